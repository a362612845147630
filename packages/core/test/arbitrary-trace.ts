/** Valid traces of the wire, as clients send them: any field present or not, flat or nested. For property tests. */
import * as fc from 'fast-check'
import { enums, parseTrace, Reader } from '../src/index.ts'
import type { ParseContext, TraceEvent } from '../src/index.ts'

export const NOW = Date.UTC(2026, 10, 21, 12)
const HOUR_MS = 3_600_000

export const CONTEXT: ParseContext = {
  now: NOW,
  oldest: NOW - 24 * HOUR_MS,
  service: 'unknown',
  fallbackId: (index) => `fallback-${index}`,
}

/** Half of the values absent: most clients send few fields. */
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 })
const name = fc.constantFrom('a', 'b', 'search', 'Ä', 'x y', '"quoted"\\')
const latency = fc.oneof(fc.double({ min: 0, max: 100_000, noNaN: true }), fc.integer({ min: 0, max: 5000 }))
const count = fc.integer({ min: 0, max: 5000 })
const score = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: -50, max: 50, noNaN: true }),
)
const cost = fc.integer({ min: 0, max: 1e12 }).map((nano) => nano / 1e9)
const status = fc.constantFrom(...enums.STATUSES)
const scalar = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)
// The one key that is refused, with a warning.
const key = fc.string({ maxLength: 12 }).filter((text) => text !== '__proto__')
const scalars = fc.dictionary(key, scalar, { maxKeys: 4 })

const stage = fc.record({
  id: some(name),
  parent: some(name),
  stage: fc.constantFrom(...enums.STAGES),
  name: some(name),
  start_ms: some(latency),
  duration_ms: latency,
  status: some(status),
  attributes: some(scalars),
})
const retrieval = fc.record({
  retriever: some(name),
  latency_ms: some(latency),
  count: some(count),
  scores: some(fc.array(score, { maxLength: 5 })),
  documents: some(
    fc.array(
      fc.record({
        id: some(name),
        score: some(score),
        rank: some(count),
        used: some(fc.boolean()),
        cited: some(fc.boolean()),
      }),
      {
        maxLength: 4,
      },
    ),
  ),
  status: some(status),
})
const rerank = fc.record({
  latency_ms: some(latency),
  in_count: some(count),
  out_count: some(count),
  scores: some(fc.array(score, { maxLength: 5 })),
  displacement: some(latency),
})
const generation = fc.record({
  provider: some(fc.constantFrom('openai', 'azure.ai.openai', 'aws.bedrock', 'Anthropic', 'my own')),
  model: some(
    fc.constantFrom('gpt-4o', 'gpt-4o-2024-08-06', 'us.anthropic.claude-3-5-sonnet-20241022-v2:0', 'Qwen'),
  ),
  operation: some(fc.constantFrom(...enums.LLM_OPERATIONS)),
  latency_ms: some(latency),
  time_to_first_token_ms: some(latency),
  input_tokens: some(count),
  output_tokens: some(count),
  cache_read_tokens: some(count),
  cache_write_tokens: some(count),
  reasoning_tokens: some(count),
  cost_usd: some(cost),
  cost_source: some(fc.constantFrom(...enums.COST_SOURCES)),
  answer_length: some(count),
  status: some(status),
})

const flat = {
  query_hash: some(name),
  query_length: some(count),
  retrieval_latency_ms: some(latency),
  retrieval_count: some(count),
  generation_latency_ms: some(latency),
  answer_length: some(count),
  model_version: some(fc.constantFrom('gpt-4o-2024-08-06', 'mistral:7b')),
  success: some(fc.boolean()),
  error_type: some(fc.constantFrom('timeout', 'openai.RateLimitError', 'KeyError')),
  metadata: some(scalars),
}
const nested = {
  trace_id: some(fc.constantFrom('4bf92f3577b34da6a3ce929d0e0e4736', 't')),
  request_id: some(name),
  service: some(fc.constantFrom('docs', 'shop', 'Ä')),
  environment: some(name),
  release: some(name),
  instance: some(name),
  operation: some(name),
  endpoint: some(name),
  intent: some(name),
  org: some(fc.constantFrom('acme', 'globex', 'initech')),
  user_id: some(name),
  session_id: some(name),
  status: some(status),
  error_message: some(name),
  exception: some(name),
  stages: some(fc.array(stage, { maxLength: 4 })),
  retrieval: some(retrieval),
  rerank: some(rerank),
  generations: some(fc.array(generation, { maxLength: 3 })),
  docstore_cost_usd: some(cost),
  cost_usd: some(cost),
  cache: some(
    fc.array(fc.record({ cache: fc.constantFrom(...enums.CACHES), hit: fc.boolean() }), { maxLength: 3 }),
  ),
  quality: some(
    fc.array(
      fc.record({
        metric: fc.constantFrom('faithfulness', 'relevance'),
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        source: fc.constantFrom(...enums.QUALITY_SOURCES),
      }),
      { maxLength: 3 },
    ),
  ),
  feedback: some(fc.record({ rating: fc.constantFrom(...enums.FEEDBACK_RATINGS), comment: some(name) })),
  kept: some(
    fc.record({
      reason: fc.constantFrom(...enums.KEPT_REASONS),
      probability: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    }),
  ),
}

/** A trace as JSON; most start in one of two minutes, so that they meet. */
export const wireTrace: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    id: fc.string({ minLength: 1, maxLength: 20 }),
    timestamp: fc.oneof(
      fc.integer({ min: NOW - 90_000, max: NOW }),
      fc.integer({ min: NOW - 3 * HOUR_MS, max: NOW }).map((at) => new Date(at).toISOString()),
    ),
    total_latency_ms: latency,
    ...flat,
    ...nested,
  })
  .map((trace) => JSON.parse(JSON.stringify(trace)) as Record<string, unknown>)

export function eventOf(trace: unknown, context: ParseContext = CONTEXT): TraceEvent {
  const event = parseTrace(trace, new Reader(), context)
  if (event === undefined) throw new Error(`not a valid trace: ${JSON.stringify(trace)}`)
  return event
}

/** Undefined fields are no fields: what two events have in common once they went through JSON. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
