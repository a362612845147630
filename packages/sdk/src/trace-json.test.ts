import { traceToWire } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiJson, billionths, fixed3, share4, quote, wholeNumber } from './json-text.ts'
import { traceJson } from './trace-json.ts'

const shared = { service: 's', environment: undefined, release: undefined, instance: 'i' }
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const text = maybe(fc.string({ unit: 'binary' }))
const count = maybe(fc.integer({ min: 0, max: 1e9 }))
const micros = maybe(fc.integer({ min: 0, max: 6e11 }).map((us) => us / 1000))
const nano = fc.integer({ min: 0, max: 1e15 })
const score = fc.integer({ min: 0, max: 10_000 }).map((steps) => steps / 10_000)
const unnormalised = fc.oneof(
  fc.double({ min: 1.1, max: 1e6, noNaN: true }),
  fc.double({ min: -1e6, max: -0.1, noNaN: true }),
)
const status = maybe(fc.constantFrom('success' as const, 'error' as const))

const generation = fc.record({
  provider: text,
  model: text,
  model_raw: text,
  operation: text,
  latency_ms: micros,
  time_to_first_token_ms: micros,
  input_tokens: count,
  output_tokens: count,
  cache_read_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count,
  cost_nano_usd: fc.option(maybe(nano), { nil: null }),
  cost_source: maybe(fc.constantFrom('override' as const, 'unpriced' as const)),
  answer_length: count,
  status,
})

const event: fc.Arbitrary<TraceEvent> = fc.record({
  id: fc.uuid(),
  timestamp: fc.integer({ min: 0, max: 4e12 }),
  total_latency_ms: micros.map((value) => value ?? 0),
  status: fc.constantFrom('success' as const, 'cancelled' as const),
  trace_id: maybe(fc.constant('0af7651916cd43dd8448eb211c80319c')),
  parent_span_id: maybe(fc.constant('b7ad6b7169203331')),
  request_id: text,
  query_hash: maybe(fc.constant('feed')),
  query_length: count,
  service: fc.constant('s'),
  instance: fc.constant('i'),
  operation: text,
  endpoint: text,
  intent: text,
  org: text,
  user_id: text,
  session_id: text,
  error_type: maybe(fc.constant('llm_error' as const)),
  error_message: text,
  exception: text,
  stages: maybe(
    fc.array(
      fc.record({
        stage: fc.constant('rerank' as const),
        name: text,
        duration_ms: micros.map((value) => value ?? 0),
        start_ms: micros,
        attributes: maybe(fc.constant({ k: 'é' })),
      }),
    ),
  ),
  retrieval: maybe(
    fc.record({
      retriever: text,
      latency_ms: micros,
      count,
      scores: maybe(fc.array(fc.oneof(score, unnormalised))),
      documents: maybe(fc.array(fc.record({ id: text, score: maybe(score) }))),
      status,
    }),
  ),
  rerank: maybe(fc.record({ latency_ms: micros, in_count: count })),
  generations: maybe(fc.array(generation)),
  docstore_cost_nano_usd: maybe(nano),
  cost_nano_usd: maybe(nano),
  cache: maybe(fc.constant([{ cache: 'semantic' as const, hit: true }])),
  quality: maybe(fc.array(fc.record({ metric: fc.string(), score, source: fc.constant('sdk' as const) }))),
  kept: maybe(fc.constant({ reason: 'head' as const, probability: 0.1 })),
  metadata: maybe(
    fc.dictionary(
      fc.string(),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
    ),
  ),
})

test('traceJson says what traceToWire says, in ASCII', () => {
  fc.assert(
    fc.property(event, (one) => {
      const json = traceJson(one)
      expect(json).toMatch(/^[\x20-\x7f]*$/)
      // Half a surrogate pair is written as an escape by both; -0 is 0 on the wire.
      const read = JSON.parse(json, withoutTail) as unknown
      expect(read).toEqual(JSON.parse(JSON.stringify(traceToWire(one, shared)), withoutTail))
    }),
    { numRuns: 300 },
  )
})

/** What a double has beyond twelve digits is not compared. */
function withoutTail(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(12)) + 0 : value
}

test('fixed-point texts read back as the number they stand for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (whole) => {
      expect(Number(fixed3(whole / 1000))).toBe(whole / 1000)
      expect(Number(billionths(whole))).toBe(whole / 1e9)
      expect(wholeNumber(whole)).toBe(String(whole))
    }),
  )
  const scores = [0, 1, 0.5, 0.0001, 0.99996, 0.12345, 1.5, -0.1]
  expect(scores.map(share4)).toEqual(['0', '1', '0.5', '0.0001', '1', '0.1235', '1.5', '-0.1'])
  expect(billionths(1)).toBe('0.000000001')
  expect(Number(billionths(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER / 1e9)
  expect(fixed3(1e300)).toBe('1e+300')
})

test('quote and asciiJson escape what is not ASCII', () => {
  expect(quote('plain "no"')).toBe(String.raw`"plain \"no\""`)
  // The last character of ASCII, which JSON does not escape.
  expect(quote('\x7f')).toBe('"\x7f"')
  expect(asciiJson({ clé: '質\u{1F600}' })).toBe(String.raw`{"cl\u00e9":"\u8cea\ud83d\ude00"}`)
})
