/** Lists of stored traces, newest first, and one trace whole. */
import { enums, LIMITS, RagmeterError, timestampOfId } from '@ragmeter/core'
import { createKeyedHash } from '../../../lib/keyed-hash.ts'
import type { Database, SqlRow, SqlValue } from '../../../lib/sqlite.ts'
import { EXACT_FIELDS } from '../../store.ts'
import type {
  ExactField,
  Exclusion,
  Queries,
  StoredTrace,
  TraceFilter,
  TracesQuery,
  TracesResult,
} from '../../store.ts'
import { readPseudonymKey } from '../pseudonym-key.ts'
import { storedId } from '../trace-id.ts'
import { summaryOf, traceOf } from '../trace-rows.ts'

/**
 * A search looks at some rows after the other, so that it can stop at its deadline; more at a time as it goes on,
 * since most searches end soon.
 */
const FIRST_WINDOW_ROWS = 2000
const WINDOW_ROWS_MAX = 50_000
/** How far the time inside an id may lie from the start of its trace. */
const ID_TIME_TOLERANCE_MS = 60_000

/** What a filter asks, in SQL. */
export interface Condition {
  /** Whether only failed traces are wanted: there is an index of them, by which the windows are made. */
  isFailed: boolean
  sql: string
  values: SqlValue[]
}

export function queryTraces(database: Database, query: TracesQuery, clock: () => number): TracesResult {
  const { filter, after } = query
  const condition = conditionOf(database, filter)
  if (after !== undefined) {
    condition.sql += ' AND (timestamp, id) < (?, ?)'
    condition.values.push(after.timestamp, storedId(after.id))
  }
  const newest = after === undefined ? filter.to : Math.min(filter.to, after.timestamp + 1)
  const search = searchBackwards(
    database,
    condition,
    { ...filter, to: newest },
    query.limit + 1,
    query.deadline,
    clock,
  )
  const rows = search.rows.slice(0, query.limit)
  const last = rows.at(-1)
  const more = search.rows.length > query.limit
  return {
    traces: rows.map(summaryOf),
    next:
      more && last !== undefined
        ? keyOf(last)
        : search.stoppedAt === null
          ? null
          : { timestamp: search.stoppedAt, id: '' },
    truncated: search.stoppedAt !== null,
  }
}

export function queryTrace(
  database: Database,
  query: Queries['trace']['parameters'],
  clock: () => number,
): StoredTrace | null {
  const row = findTrace(database, query, clock)
  if (row === undefined) return null
  const details = database
    .prepare('SELECT body FROM trace_details WHERE timestamp = ? AND id = ?')
    .get(row['timestamp'] ?? null, row['id'] ?? null)
  const event = traceOf(row, details?.['body'])
  const names = [event.id, event.trace_id ?? event.id, event.request_id ?? event.id]
  return {
    ...event,
    feedback_events: database
      .prepare(
        'SELECT event_id, rating, comment, at FROM feedback WHERE trace IN (?, ?, ?) ORDER BY at, event_id LIMIT 100',
      )
      .all(...names)
      .map((late) => ({
        event_id: String(late['event_id']),
        rating: String(late['rating']),
        comment: late['comment'] === null ? null : String(late['comment']),
        at: Number(late['at']),
      })),
    scores: database
      .prepare(
        'SELECT event_id, metric, score, source, at FROM scores WHERE trace IN (?, ?, ?) ORDER BY at, event_id, metric LIMIT 100',
      )
      .all(...names)
      .map((late) => ({
        event_id: String(late['event_id']),
        metric: String(late['metric']),
        score: Number(late['score']),
        source: String(late['source']),
        at: Number(late['at']),
      })),
  }
}

/**
 * By start and id at once; else around the time inside the id; else by a search back from now.
 * @throws RagmeterError `query_timeout`
 */
function findTrace(
  database: Database,
  { id, timestamp, deadline }: Queries['trace']['parameters'],
  clock: () => number,
): SqlRow | undefined {
  const key = storedId(id)
  if (timestamp !== undefined) {
    const row = database.prepare('SELECT * FROM traces WHERE timestamp = ? AND id = ?').get(timestamp, key)
    if (row !== undefined) return row
  }
  const inside = timestampOfId(id)
  if (inside !== undefined) {
    const row = database
      .prepare('SELECT * FROM traces WHERE timestamp BETWEEN ? AND ? AND id = ?')
      .get(inside - ID_TIME_TOLERANCE_MS, inside + ID_TIME_TOLERANCE_MS, key)
    if (row !== undefined) return row
  }
  const condition = {
    isFailed: false,
    sql: ' AND (id = ? OR trace_id = ? OR request_id = ?)',
    values: [key, id, id],
  }
  const search = searchBackwards(database, condition, EVER, 1, deadline, clock)
  if (search.rows.length === 0 && search.stoppedAt !== null) {
    throw new RagmeterError('query_timeout', 'The search for the trace took too long.', {
      hint: 'State the start of the trace as `timestamp`: then it is found at once.',
    })
  }
  return search.rows[0]
}

const EVER = { from: -Number.MAX_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }

function searchBackwards(
  database: Database,
  condition: Condition,
  range: { from: number; to: number },
  limit: number,
  deadline: number,
  clock: () => number,
): { rows: SqlRow[]; stoppedAt: number | null } {
  const select = database.prepare(
    `SELECT * ${rangeOf(condition)}${condition.sql} ORDER BY timestamp DESC, id DESC LIMIT ?`,
  )
  const rows: SqlRow[] = []
  for (const { from, to } of windowsBackwards(database, condition, range)) {
    if (rows.length >= limit) break
    if (clock() > deadline) return { rows, stoppedAt: to }
    rows.push(...select.all(from, to, ...condition.values, limit - rows.length))
  }
  return { rows, stoppedAt: null }
}

/** The traces of [?, ?) among which a search looks. */
export function rangeOf({ isFailed }: Condition): string {
  const [table, scope] = isFailed ? FAILED_TRACES : ['traces', '']
  return `FROM ${table} WHERE timestamp >= ? AND timestamp < ?${scope}`
}

/** The range in windows of so many rows that one of them takes little time, the newest first. */
export function* windowsBackwards(
  database: Database,
  condition: Condition,
  { from: oldest, to: newest }: { from: number; to: number },
): Generator<{ from: number; to: number }> {
  const boundary = database.prepare(
    `SELECT timestamp ${rangeOf(condition)} ORDER BY timestamp DESC LIMIT 1 OFFSET ?`,
  )
  let windowRows = FIRST_WINDOW_ROWS
  let to = newest
  while (to > oldest) {
    const from = Number(boundary.get(oldest, to, windowRows)?.['timestamp'] ?? oldest)
    yield { from, to }
    windowRows = Math.min(WINDOW_ROWS_MAX, windowRows * 2)
    to = from
  }
}

const BOUNDS = [
  ['latencyMsMin', 'total_latency_ms >= ?'],
  ['latencyMsMax', 'total_latency_ms <= ?'],
  ['retrievalCountMin', 'retrieval_count >= ?'],
  ['retrievalCountMax', 'retrieval_count <= ?'],
  ['topScoreMin', 'top_score >= ?'],
  ['topScoreMax', 'top_score <= ?'],
] as const satisfies readonly (readonly [keyof TraceFilter, string])[]

interface Part {
  sql: string
  values: SqlValue[]
}

export function conditionOf(database: Database, filter: TraceFilter): Condition {
  const parts: Part[] = []
  const asked = (field: ExactField, value: string) => equality(field, askedValue(database, field, value))
  for (const field of EXACT_FIELDS) {
    const value = filter[field]
    if (value !== undefined) parts.push(asked(field, value))
  }
  for (const [name, sql] of BOUNDS) {
    const value = filter[name]
    if (value !== undefined) parts.push({ sql, values: [value] })
  }
  for (const [key, value] of Object.entries(filter.metadata ?? {})) parts.push(metadataEquality(key, value))
  for (const exclusion of filter.exclude ?? []) {
    const { value } = exclusion
    parts.push(
      inverse(
        isOfMetadata(exclusion)
          ? metadataEquality(exclusion.metadataKey, value)
          : asked(exclusion.field, value),
      ),
    )
  }
  if (filter.hasFoundNothing === true) parts.push({ sql: FOUND_NOTHING, values: [] })
  return {
    isFailed: statusesOf(filter).every(isFailure),
    sql: parts.map(({ sql }) => ` AND ${sql}`).join(''),
    values: parts.flatMap(({ values }) => values),
  }
}

/** Those that a filter lets through. */
function statusesOf({ status, exclude = [] }: TraceFilter): readonly string[] {
  const excluded = exclude.flatMap((one) => ('field' in one && one.field === 'status' ? [one.value] : []))
  const asked = status === undefined ? enums.STATUSES : [status]
  return asked.filter((one) => !excluded.includes(one))
}

export function isFailure(status: string): boolean {
  return status === 'error' || status === 'timeout'
}

function isOfMetadata(exclusion: Exclusion): exclusion is Extract<Exclusion, { metadataKey: string }> {
  return 'metadataKey' in exclusion
}

/** As it is stored. A user is stored under a pseudonym, and looked for by the name that the client gave. */
function askedValue(database: Database, field: ExactField, value: string): SqlValue {
  if (value === '') return ''
  if (field === 'query_hash') return Buffer.from(value, 'hex')
  const key = field === 'user_id' ? readPseudonymKey(database) : undefined
  // Cut as it is when it comes in.
  return key === undefined ? value : createKeyedHash(key)(value.slice(0, LIMITS.nameLengthMax))
}

function equality(column: ExactField, value: SqlValue): Part {
  if (value === '') return { sql: `(${column} IS NULL OR ${column} = '')`, values: [] }
  return { sql: `${column} = ?`, values: [value] }
}

function metadataEquality(key: string, value: string): Part {
  const path = `$.${JSON.stringify(key)}`
  // Looking for the pair in the text first spares parsing the JSON of most rows. It was written by JSON.stringify, so
  // a string is written as here, and any other value stands behind the colon as it is.
  return {
    sql: `((instr(metadata, ?) > 0 OR instr(metadata, ?) > 0) AND ${METADATA_VALUE} = ?)`,
    values: [
      `${JSON.stringify(key)}:${JSON.stringify(value)}`,
      `${JSON.stringify(key)}:${value}`,
      path,
      path,
      path,
      value,
    ],
  }
}

/** What is unknown is not equal, so it stays. */
function inverse({ sql, values }: Part): Part {
  return { sql: `(${sql}) IS NOT TRUE`, values }
}

/** SQLite takes a partial index only for a condition in the words of the index, and this one only when told to. */
const FAILED_TRACES = ['traces INDEXED BY traces_failed', " AND status IN ('error', 'timeout')"] as const

/** A retrieval that failed states how long it took, and no number of documents. */
const FOUND_NOTHING = `(retrieval_count = 0 OR
  (retrieval_count IS NULL AND retrieval_latency_ms IS NOT NULL AND status IN ('error', 'timeout')))`

/** A value of metadata as text: SQLite would give a boolean as 0 or 1. */
const METADATA_VALUE = `CASE WHEN json_type(metadata, ?) IN ('true', 'false')
  THEN json_type(metadata, ?) ELSE CAST(json_extract(metadata, ?) AS TEXT) END`

function keyOf(row: SqlRow): { timestamp: number; id: string } {
  const { timestamp, id } = summaryOf(row)
  return { timestamp, id }
}
