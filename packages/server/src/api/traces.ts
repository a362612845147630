/** GET /api/v1/traces and GET /api/v1/traces/{id}. */
import { RagmeterError, traceToWire } from '@ragmeter/core'
import type { StoredTrace, TracesQuery, TracesResult } from '../store/store.ts'
import { CURSOR_LENGTH_MAX, readCursor, writeCursor } from './cursor.ts'
import { integer, optionalTime, text } from './parameters.ts'
import { route } from './route.ts'
import { emptyRange, FILTER_PARAMETERS, FILTER_PREFIXES, filterOf } from './trace-filter.ts'
import { STORED_TRACE_SCHEMA, TRACE_LIST_SCHEMA } from './trace-schemas.ts'

const PARAMETERS = {
  ...FILTER_PARAMETERS,
  limit: integer('Traces of one page.', { minimum: 1, maximum: 1000, default: 100 }),
  cursor: text(
    '`next_cursor` of the page before; the other parameters stay as they were.',
    CURSOR_LENGTH_MAX,
  ),
} as const

export const tracesRoute = route({
  url: '/api/v1/traces',
  operationId: 'listTraces',
  tag: 'queries',
  summary: 'Stored traces, newest first',
  description: 'Traces are a sample of the requests: count requests with /stats or /api/v1/series.',
  parameters: PARAMETERS,
  prefixes: FILTER_PREFIXES,
  responses: { 200: { description: 'One page.', schema: TRACE_LIST_SCHEMA } },
  answer: ({ values, ...open }, { store, now, queryTimeoutMs }) => {
    const { limit, cursor: position, ...rest } = values
    const cursor = position === undefined ? undefined : readCursor(position)
    const from = cursor?.from ?? rest.from
    if (from >= rest.to) throw emptyRange()
    return store.query('traces', {
      filter: filterOf({ values: { ...rest, from }, ...open }),
      limit,
      ...(cursor === undefined ? {} : { after: cursor.after }),
      deadline: now() + queryTimeoutMs,
    })
  },
})

export function tracesView({ traces, next, truncated }: TracesResult, { filter }: TracesQuery): object {
  const next_cursor = next === null ? null : writeCursor({ after: next, from: filter.from })
  return { traces, next_cursor, truncated }
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
