/** GET /api/v1/traces and GET /api/v1/traces/{id}. */
import { enums, LIMITS, RagmeterError, traceToWire } from '@ragmeter/core'
import { ParameterError } from '../lib/request-error.ts'
import type { StoredTrace, TraceFilter, TracesQuery, TracesResult } from '../store/store.ts'
import { CURSOR_LENGTH_MAX, readCursor, writeCursor } from './cursor.ts'
import { choice, integer, number, optionalTime, text, time } from './parameters.ts'
import type { ValuesOf } from './parameters.ts'
import { route } from './route.ts'
import { STORED_TRACE_SCHEMA, TRACE_LIST_SCHEMA } from './trace-schemas.ts'

const COUNT = { minimum: 0, maximum: LIMITS.countMax }

const PARAMETERS = {
  from: time('Start of the range, inclusive.', 'now-24h'),
  to: time('End of the range, exclusive.', 'now'),
  limit: integer('Traces of one page.', { minimum: 1, maximum: 1000, default: 100 }),
  cursor: text(
    '`next_cursor` of the page before; the other parameters stay as they were.',
    CURSOR_LENGTH_MAX,
  ),
  service: text('Service.'),
  environment: text('Environment.'),
  release: text('Release.'),
  org: text('Organisation.'),
  operation: text('Operation.'),
  endpoint: text('Endpoint.'),
  intent: text('Intent.'),
  status: choice('Final status.', enums.STATUSES),
  error_type: choice('Error type.', enums.ERROR_TYPES),
  provider: text('Provider of a model that was called.'),
  model: text('Model that was called.'),
  query_hash: text('Hash of the query, as the daemon shows it: keyed, not the one the client sent.'),
  trace_id: text('W3C trace id.'),
  request_id: text('Request id.'),
  session_id: text('Session id.'),
  user_id: text('User id, as the client sent it.'),
  kept_reason: choice('Why the trace was kept.', enums.KEPT_REASONS),
  latency_ms_min: number('At least this total latency, in milliseconds.', {
    minimum: 0,
    maximum: LIMITS.latencyMsMax,
  }),
  latency_ms_max: number('At most this total latency, in milliseconds.', {
    minimum: 0,
    maximum: LIMITS.latencyMsMax,
  }),
  retrieval_count_min: number('At least so many documents retrieved.', COUNT),
  retrieval_count_max: number('At most so many documents retrieved; 0 finds empty retrievals.', COUNT),
  top_score_max: number('Best score at most this.', { minimum: -1e9, maximum: 1e9 }),
} as const

const METADATA = 'metadata.'

export const tracesRoute = route({
  url: '/api/v1/traces',
  operationId: 'listTraces',
  tag: 'queries',
  summary: 'Stored traces, newest first',
  description: 'Traces are a sample of the requests: count requests with /stats or /api/v1/series.',
  parameters: PARAMETERS,
  prefixes: { [METADATA]: { doc: 'Exact value of a metadata key.', example: 'metadata.KEY' } },
  responses: { 200: { description: 'One page.', schema: TRACE_LIST_SCHEMA } },
  answer: ({ values, prefixed }, { store, now, queryTimeoutMs }) => {
    const cursor = values.cursor === undefined ? undefined : readCursor(values.cursor)
    const from = cursor?.from ?? values.from
    if (from >= values.to) throw emptyRange()
    return store.query('traces', {
      filter: filterOf(values, from, prefixed[METADATA] ?? {}),
      limit: values.limit,
      ...(cursor === undefined ? {} : { after: cursor.after }),
      deadline: now() + queryTimeoutMs,
    })
  },
})

export function tracesView({ traces, next, truncated }: TracesResult, { filter }: TracesQuery): object {
  const next_cursor = next === null ? null : writeCursor({ after: next, from: filter.from })
  return { traces, next_cursor, truncated }
}

export function emptyRange(): ParameterError {
  return new ParameterError('from', '`from` is not before `to`', 'Swap them, or leave one out.')
}

function filterOf(
  values: ValuesOf<typeof PARAMETERS>,
  from: number,
  metadata: Readonly<Record<string, string>>,
): TraceFilter {
  const {
    to,
    limit,
    cursor,
    latency_ms_min,
    latency_ms_max,
    retrieval_count_min,
    retrieval_count_max,
    top_score_max,
    ...exact
  } = values
  const filter = {
    ...exact,
    from,
    to,
    latencyMsMin: latency_ms_min,
    latencyMsMax: latency_ms_max,
    retrievalCountMin: retrieval_count_min,
    retrievalCountMax: retrieval_count_max,
    topScoreMax: top_score_max,
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
  }
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as unknown as TraceFilter
}

export const traceRoute = route({
  url: '/api/v1/traces/:id',
  operationId: 'getTrace',
  tag: 'queries',
  summary: 'One trace with everything that was stored of it',
  path: { id: 'Id of the request, or the W3C trace id.' },
  parameters: {
    timestamp: optionalTime('Start of the request, if it is known: the trace is then found at once.'),
  },
  responses: { 200: { description: 'The trace.', schema: STORED_TRACE_SCHEMA } },
  answer: ({ values: { timestamp } }, { store, now, queryTimeoutMs }, { id = '' }) =>
    store.query('trace', {
      id,
      ...(timestamp === undefined ? {} : { timestamp }),
      deadline: now() + queryTimeoutMs,
    }),
})

/** @throws RagmeterError `trace_not_found` */
export function traceView(trace: StoredTrace | null, { id }: { id: string }): object {
  if (trace === null)
    throw new RagmeterError('trace_not_found', `no stored trace has the id ${JSON.stringify(id)}`)
  return { ...traceToWire(trace), feedback_events: trace.feedback_events, scores: trace.scores }
}
