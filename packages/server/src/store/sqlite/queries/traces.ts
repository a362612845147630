/** Lists of stored traces, newest first, and one trace whole. */
import { timestampOfId } from '@ragmeter/core'
import type { Database, SqlRow, SqlValue } from '../../../lib/sqlite.ts'
import type { Queries, StoredTrace, TraceFilter, TracesQuery, TracesResult } from '../../store.ts'
import { storedId } from '../trace-id.ts'
import { summaryOf, traceOf } from '../trace-rows.ts'

/** A search looks at one window of time after the other, so that it can stop at its deadline. */
const FIRST_WINDOW_MS = 10 * 60_000
const WINDOW_GROWS_BELOW_MS = 50
const WINDOW_SHRINKS_ABOVE_MS = 200
/** How far the time inside an id may lie from the start of its trace. */
const ID_TIME_TOLERANCE_MS = 60_000

interface Condition {
  sql: string
  values: SqlValue[]
}

export function queryTraces(database: Database, query: TracesQuery, clock: () => number): TracesResult {
  const { filter, after } = query
  const condition = conditionOf(filter)
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
        'SELECT event_id, rating, comment, at FROM feedback WHERE trace IN (?, ?, ?) ORDER BY at LIMIT 100',
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
        'SELECT event_id, metric, score, source, at FROM scores WHERE trace IN (?, ?, ?) ORDER BY at LIMIT 100',
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

/** By start and id at once; else around the time inside the id; else by a search back from now. */
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
  const bounds = database.prepare('SELECT min(timestamp) AS first, max(timestamp) AS last FROM traces').get()
  if (bounds === undefined || bounds['first'] === null) return undefined
  const range = { from: Number(bounds['first']), to: Number(bounds['last']) + 1 }
  const condition = { sql: ' AND (id = ? OR trace_id = ? OR request_id = ?)', values: [key, id, id] }
  return searchBackwards(database, condition, range, 1, deadline, clock).rows[0]
}

function searchBackwards(
  database: Database,
  condition: Condition,
  range: { from: number; to: number },
  limit: number,
  deadline: number,
  clock: () => number,
): { rows: SqlRow[]; stoppedAt: number | null } {
  const select = database.prepare(
    `SELECT * FROM traces WHERE timestamp >= ? AND timestamp < ?${condition.sql} ORDER BY timestamp DESC, id DESC LIMIT ?`,
  )
  const bounds = database.prepare('SELECT min(timestamp) AS first, max(timestamp) AS last FROM traces').get()
  const oldest = Math.max(range.from, Number(bounds?.['first'] ?? range.to))
  const rows: SqlRow[] = []
  let windowMs = FIRST_WINDOW_MS
  let to = Math.min(range.to, Number(bounds?.['last'] ?? range.to) + 1)
  while (to > oldest && rows.length < limit) {
    const startedAt = clock()
    if (startedAt > deadline) return { rows, stoppedAt: to }
    const from = Math.max(oldest, to - windowMs)
    rows.push(...select.all(from, to, ...condition.values, limit - rows.length))
    const elapsed = clock() - startedAt
    if (elapsed < WINDOW_GROWS_BELOW_MS) windowMs *= 2
    else if (elapsed > WINDOW_SHRINKS_ABOVE_MS) windowMs = Math.max(1000, windowMs / 2)
    to = from
  }
  return { rows, stoppedAt: null }
}

const EQUALS = [
  'service',
  'environment',
  'release',
  'org',
  'operation',
  'endpoint',
  'intent',
  'status',
  'error_type',
  'provider',
  'model',
  'trace_id',
  'request_id',
  'session_id',
  'user_id',
  'kept_reason',
] as const satisfies readonly (keyof TraceFilter)[]

const BOUNDS = [
  ['latencyMsMin', 'total_latency_ms >= ?'],
  ['latencyMsMax', 'total_latency_ms <= ?'],
  ['retrievalCountMin', 'retrieval_count >= ?'],
  ['retrievalCountMax', 'retrieval_count <= ?'],
  ['topScoreMax', 'top_score <= ?'],
] as const satisfies readonly (readonly [keyof TraceFilter, string])[]

function conditionOf(filter: TraceFilter): Condition {
  const parts: string[] = []
  const values: SqlValue[] = []
  for (const column of EQUALS) {
    const value = filter[column]
    if (value === undefined) continue
    parts.push(`${column} = ?`)
    values.push(value)
  }
  for (const [name, sql] of BOUNDS) {
    const value = filter[name]
    if (value === undefined) continue
    parts.push(sql)
    values.push(value)
  }
  if (filter.query_hash !== undefined) {
    parts.push('query_hash = ?')
    values.push(Buffer.from(filter.query_hash, 'hex'))
  }
  for (const [key, value] of Object.entries(filter.metadata ?? {})) {
    // Looking for the key in the text first spares parsing the JSON of most rows.
    parts.push(
      `instr(metadata, ?) > 0 AND ${value === 'true' || value === 'false' ? 'json_type' : 'CAST'}${metadataOperand(value)}`,
    )
    values.push(JSON.stringify(key).slice(1, -1), `$.${JSON.stringify(key)}`, value)
  }
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values }
}

/** Booleans are compared by their JSON type, everything else by its text. */
function metadataOperand(value: string): string {
  return value === 'true' || value === 'false'
    ? '(metadata, ?) = ?'
    : '(json_extract(metadata, ?) AS TEXT) = ?'
}

function keyOf(row: SqlRow): { timestamp: number; id: string } {
  const { timestamp, id } = summaryOf(row)
  return { timestamp, id }
}
