/** JSON Schema of a trace on the wire: what clients send, and what the daemon shows of one. */
import { enums } from '@ragmeter/core'
import { array, boolean, decimal, nullable, object, oneOf, optional, string, whole } from './json-schema.ts'
import type { Schema } from './json-schema.ts'

const scalars: Schema = {
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
}
const status = oneOf(enums.STATUSES)
const milliseconds = (what: string) => decimal(`${what}, in milliseconds.`)
const dollars = (what: string) => nullable(decimal(`${what} in US dollars; null where no price is known.`))

/** Every property optional. */
function partial(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  const entries = Object.entries(properties).map(([name, schema]) => [name, optional(schema)] as const)
  return object(Object.fromEntries(entries), description)
}

const FEEDBACK = object({ rating: oneOf(enums.FEEDBACK_RATINGS), comment: optional(string()) })

const STAGE = object({
  stage: oneOf(enums.STAGES),
  duration_ms: milliseconds('Duration'),
  id: optional(string()),
  parent: optional(string('Id of the stage around it.')),
  name: optional(string('Free name, for people.')),
  start_ms: optional(milliseconds('Start, relative to the start of the request')),
  status: optional(status),
  attributes: optional(scalars),
})

const DOCUMENT = partial({
  id: string(),
  score: decimal(),
  rank: whole('1-based rank after reranking.'),
  used: boolean('Whether the document went into the prompt.'),
  cited: boolean('Whether the answer cites the document.'),
})

const RETRIEVAL = partial({
  retriever: string('Name of the retriever, such as `bm25`.'),
  latency_ms: milliseconds('Latency'),
  count: whole('Documents returned; 0 is an empty retrieval.'),
  scores: array(decimal(), 'In the order of the documents.'),
  documents: array(DOCUMENT),
  status,
})

const RERANK = partial({
  latency_ms: milliseconds('Latency'),
  in_count: whole(),
  out_count: whole(),
  scores: array(decimal()),
  displacement: decimal('Mean absolute change of rank of the documents that were kept.'),
})

const GENERATION = partial({
  provider: string(),
  model: string(),
  model_raw: string('The model as it was named, where that differs.'),
  operation: oneOf(enums.LLM_OPERATIONS),
  latency_ms: milliseconds('Latency'),
  time_to_first_token_ms: milliseconds('Time to the first token'),
  input_tokens: whole('Cached ones included.'),
  output_tokens: whole('Reasoning included.'),
  cache_read_tokens: whole(),
  cache_write_tokens: whole(),
  reasoning_tokens: whole(),
  cost_usd: dollars('Cost'),
  cost_source: oneOf(enums.COST_SOURCES),
  answer_length: whole('Characters.'),
  status,
})

/** The fields of a trace beside its id, start and total latency. */
const TRACE_FIELDS: Readonly<Record<string, Schema>> = {
  status,
  trace_id: string('W3C trace id.'),
  parent_span_id: string('W3C span id.'),
  request_id: string(),
  query_hash: string('The daemon stores a keyed hash of it.'),
  query_length: whole('Characters.'),
  service: string(),
  environment: string(),
  release: string(),
  instance: string(),
  operation: string('What was asked for, such as `search`.'),
  endpoint: string(),
  intent: string(),
  org: string(),
  user_id: string(),
  session_id: string(),
  error_type: oneOf(enums.ERROR_TYPES, 'Other names are mapped to these.'),
  error_message: string(),
  exception: string('Name of the exception.'),
  stages: array(STAGE),
  retrieval: RETRIEVAL,
  rerank: RERANK,
  generations: array(GENERATION),
  docstore_cost_usd: decimal('Cost of the document store in US dollars.'),
  cost_usd: dollars('Total cost'),
  cache: array(object({ cache: oneOf(enums.CACHES), hit: boolean() })),
  quality: array(object({ metric: string(), score: decimal('0..1'), source: oneOf(enums.QUALITY_SOURCES) })),
  feedback: FEEDBACK,
  kept: object({
    reason: oneOf(enums.KEPT_REASONS),
    probability: decimal('How likely a request like it is kept.'),
  }),
  metadata: scalars,
}

/** The flat form that other clients send; null is "not stated". */
const FLAT_FIELDS: Readonly<Record<string, Schema>> = {
  retrieval_latency_ms: nullable(decimal()),
  retrieval_count: nullable(whole()),
  generation_latency_ms: nullable(decimal()),
  answer_length: nullable(whole()),
  model_version: nullable(string()),
  success: nullable(boolean('`status` in two values.')),
  error_type: nullable(string('A type of error, or a name of an exception, which is mapped to one.')),
  metadata: nullable(scalars),
}

export const INCOMING_TRACE: Schema = object(
  {
    id: optional(string('One for each request; with `timestamp` it makes a retry recognisable.')),
    timestamp: optional({
      type: ['string', 'number'],
      description: 'Start: ISO 8601, or epoch seconds or milliseconds. Without it, the time of arrival.',
    }),
    total_latency_ms: milliseconds('Total latency'),
    ...Object.fromEntries(
      Object.entries({ ...TRACE_FIELDS, ...FLAT_FIELDS }).map(([name, schema]) => [name, optional(schema)]),
    ),
  },
  'One request of a RAG application. Fields that are not known are ignored.',
)

export const OUTGOING_TRACE: Readonly<Record<string, Schema>> = {
  id: string('Id of the request.'),
  timestamp: { type: 'number', description: 'Start. Epoch milliseconds.' },
  total_latency_ms: milliseconds('Total latency'),
  status,
  service: string(),
  ...Object.fromEntries(
    Object.entries(TRACE_FIELDS)
      .filter(([name]) => name !== 'status' && name !== 'service')
      .map(([name, schema]) => [name, optional(schema)]),
  ),
}
