/** The groups of flagged traces: first which are the most frequent, then what there is to say of those. */
import type { Database, SqlRow, SqlValue } from '../../../lib/sqlite.ts'
import type { Gap, GapReason, GapsResult } from '../../retrieval-queries.ts'
import { GAP_REASONS } from '../../retrieval-queries.ts'
import { idOf } from '../trace-id.ts'

/** The beginning of a statement over the traces that are read, and the values that it takes. */
export interface Flagged {
  /** Table `flagged`: the temporary table `sample` with a column for each reason, and `is_bad`. */
  sql: string
  values: readonly SqlValue[]
}

/** What a group is known by: the hash of its query, or the text where there is no hash. */
interface Group extends Pick<Gap, 'service' | 'bad' | 'reasons' | 'last_seen' | 'last_trace'> {
  hash: Uint8Array | null
  text: string | null
}

interface Groups extends Pick<GapsResult, 'others' | 'ungrouped' | 'total'> {
  groups: Group[]
  /** Of all traces that were read; `oldest` is null if there are none. */
  read: { traces: number; estimate: number; oldest: number | null }
}

/** Text of a query, where the metadata has one. Takes the path to it, twice. */
export const TEXT = "iif(json_type(metadata, ?) = 'text', json_extract(metadata, ?), NULL)"

const REASON_SUMS = GAP_REASONS.map((reason) => `sum(weight * is_${reason}) AS ${reason}`).join(', ')
const SUM_OF_REASONS = GAP_REASONS.map((reason) => `sum(${reason})`).join(', ')

export function readGroups(database: Database, flagged: Flagged, limit: number): Groups {
  const sums = `NULL, NULL, NULL, sum(traces), sum(estimate), ${SUM_OF_REASONS}, NULL, NULL, count(*)`
  const rows = database
    .prepare(
      `${flagged.sql}, grouped AS MATERIALIZED (
        SELECT service, query_hash, text, count(*) AS traces, sum(weight) AS estimate, ${REASON_SUMS},
          max(timestamp) AS last_seen, id
        FROM flagged WHERE is_bad GROUP BY service, query_hash, text
      ), keyed AS (SELECT * FROM grouped WHERE query_hash IS NOT NULL OR text IS NOT NULL)
      SELECT 'group' AS kind, *, 1 AS groups FROM (
        SELECT * FROM keyed ORDER BY estimate DESC, last_seen DESC, service, query_hash, text LIMIT ?)
      UNION ALL SELECT 'keyed', ${sums} FROM keyed
      UNION ALL SELECT 'total', ${sums} FROM grouped
      UNION ALL SELECT 'read', NULL, NULL, NULL, count(*), sum(weight), ${GAP_REASONS.map(() => '0').join(', ')},
        min(timestamp), NULL, 0 FROM temp.sample`,
    )
    .all(...flagged.values, limit)
  const rowOf = (kind: string) => rows.find((row) => row['kind'] === kind) ?? {}
  const groups = rows
    .filter((row) => row['kind'] === 'group')
    .map(groupOf)
    // The parts of a union have no order of their own.
    .sort((left, right) => right.bad.estimate - left.bad.estimate || right.last_seen - left.last_seen)
  const [keyed, total, read] = [rowOf('keyed'), rowOf('total'), rowOf('read')]
  return {
    groups,
    others: {
      queries: number(keyed['groups']) - groups.length,
      ...difference(
        keyed,
        groups.map(({ bad }) => bad),
      ),
    },
    ungrouped: difference(total, [estimated(keyed)]),
    total: { ...estimated(total), reasons: reasonsOf(total) },
    read: {
      ...estimated(read),
      oldest: known(read['last_seen']) === null ? null : number(read['last_seen']),
    },
  }
}

/** @returns the groups with all requests of their queries, trends, and texts where they are known */
export function describeGaps(
  database: Database,
  flagged: Flagged,
  groups: readonly Group[],
  trend: GapsResult['trend'],
  textPath: string,
): Gap[] {
  if (groups.length === 0) return []
  const hashes = groups.filter(({ hash }) => hash !== null)
  const texts = groups.filter(({ hash }) => hash === null)
  const rows = database
    .prepare(
      `${flagged.sql}, asked AS (
        SELECT flagged.*, ${TEXT} AS known_text FROM flagged
          JOIN traces ON traces.timestamp = flagged.timestamp AND traces.id = flagged.id
        WHERE (flagged.service, flagged.query_hash) IN (${pairs(hashes)})
          OR (flagged.service, flagged.text) IN (${pairs(texts)})
      )
      SELECT service, query_hash, text, cast((timestamp - ?) * ? / (? - ?) AS INTEGER) AS step,
        count(*) AS traces, sum(weight) AS estimate, sum(weight * is_bad) AS bad,
        sum(weight * top_score) AS scores, sum(iif(top_score IS NULL, 0, weight)) AS scored,
        max(iif(known_text IS NULL, NULL, timestamp)) AS text_at, known_text
      FROM asked
      GROUP BY 1, 2, 3, 4`,
    )
    .all(
      ...flagged.values,
      textPath,
      textPath,
      ...hashes.flatMap(({ service, hash }) => [service, hash]),
      ...texts.flatMap(({ service, text }) => [service, text]),
      // In floating point, as the division is to be.
      trend.from,
      trend.steps,
      trend.to,
      trend.from,
    )
  const byGroup = new Map<string, SqlRow[]>()
  for (const row of rows) {
    const key = keyOf(String(row['service']), row['query_hash'] ?? null, row['text'] ?? null)
    byGroup.set(key, [...(byGroup.get(key) ?? []), row])
  }
  return groups.map((group) => {
    const found = byGroup.get(keyOf(group.service, group.hash, group.text)) ?? []
    return gapOf(group, found, trend.steps)
  })
}

function gapOf({ hash, text, ...group }: Group, rows: readonly SqlRow[], steps: number): Gap {
  const sum = (column: string) => rows.reduce((total, row) => total + number(row[column]), 0)
  const bars = Array.from({ length: steps }, () => 0)
  for (const row of rows) {
    const step = Math.min(steps - 1, number(row['step']))
    bars[step] = (bars[step] ?? 0) + number(row['bad'])
  }
  const named = rows
    .filter((row) => row['text_at'] !== null)
    .toSorted((left, right) => number(right['text_at']) - number(left['text_at']))
  const scored = sum('scored')
  return {
    ...group,
    query_hash: hash === null ? null : Buffer.from(hash).toString('hex'),
    text: text ?? (named[0] === undefined ? null : String(named[0]['known_text'])),
    asked: { traces: sum('traces'), estimate: sum('estimate') },
    average_top_score: scored === 0 ? null : sum('scores') / scored,
    trend: bars,
  }
}

function groupOf(row: SqlRow): Group {
  const hash = row['query_hash']
  return {
    service: String(row['service']),
    hash: hash instanceof Uint8Array ? hash : null,
    text: known(row['text']) === null ? null : String(row['text']),
    bad: estimated(row),
    reasons: reasonsOf(row),
    last_seen: number(row['last_seen']),
    last_trace: idOf(row['id']),
  }
}

function reasonsOf(row: SqlRow): Record<GapReason, number> {
  return Object.fromEntries(GAP_REASONS.map((reason) => [reason, number(row[reason])])) as Record<
    GapReason,
    number
  >
}

function estimated(row: SqlRow): { traces: number; estimate: number } {
  return { traces: number(row['traces']), estimate: number(row['estimate']) }
}

/** What is left of a sum. Of no trace there is nothing left, whatever rounding says. */
function difference(
  whole: SqlRow,
  parts: readonly { traces: number; estimate: number }[],
): { traces: number; estimate: number } {
  const traces = parts.reduce((left, part) => left - part.traces, number(whole['traces']))
  const estimate = parts.reduce((left, part) => left - part.estimate, number(whole['estimate']))
  return { traces, estimate: traces === 0 ? 0 : estimate }
}

function known(value: SqlValue | undefined): SqlValue {
  return value ?? null
}

/** A sum of no rows is NULL. */
function number(value: SqlValue | undefined): number {
  return Number(value ?? 0)
}

function pairs(groups: readonly Group[]): string {
  return groups.length === 0
    ? 'SELECT NULL, NULL WHERE FALSE'
    : `VALUES ${groups.map(() => '(?, ?)').join(', ')}`
}

function keyOf(service: string, hash: SqlValue, text: SqlValue): string {
  return JSON.stringify([
    service,
    hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : null,
    text,
  ])
}
