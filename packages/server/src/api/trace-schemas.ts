/** JSON Schema of the answers of the trace routes. */
import { array, boolean, decimal, epochMs, nullable, object, string, whole } from '../lib/json-schema.ts'
import type { Schema } from '../lib/json-schema.ts'
import { OUTGOING_TRACE } from '../lib/trace-schema.ts'

/** Fields of a trace that a list does not show. */
const DETAILS: ReadonlySet<string> = new Set([
  'stages',
  'generations',
  'cache',
  'quality',
  'error_message',
  'retrieval',
  'rerank',
  'cost_usd',
  'docstore_cost_usd',
])

const SUMMARY = object({
  ...Object.fromEntries(Object.entries(OUTGOING_TRACE).filter(([name]) => !DETAILS.has(name))),
  retrieval_latency_ms: nullable(decimal()),
  retrieval_count: nullable(whole()),
  top_score: nullable(decimal('Best score of the retrieval.')),
  generation_latency_ms: nullable(decimal()),
  provider: nullable(string()),
  model: nullable(string()),
  input_tokens: nullable(whole()),
  output_tokens: nullable(whole()),
  cost_usd: nullable(decimal('US dollars; null where no price is known.')),
})

export const TRACE_LIST_SCHEMA: Schema = object({
  traces: array(SUMMARY),
  next_cursor: nullable(string('Pass as `cursor` for the next page; null at the end.')),
  truncated: boolean(
    'The search ran out of time before the page was full; the next page goes on from there.',
  ),
})

export const STORED_TRACE_SCHEMA: Schema = object({
  ...OUTGOING_TRACE,
  feedback_events: array(
    object({ event_id: string(), rating: string(), comment: nullable(string()), at: epochMs('Arrival.') }),
    'Feedback that came after the request.',
  ),
  scores: array(
    object({
      event_id: string(),
      metric: string(),
      score: decimal('0..1'),
      source: string(),
      at: epochMs('Arrival.'),
    }),
    'Scores that came after the request.',
  ),
})
