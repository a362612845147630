import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONTEXT, eventOf, NOW, plain, wireTrace } from '../test/arbitrary-trace.ts'
import { parseTrace, Reader, traceToWire } from './index.ts'
import type { TraceEvent } from './index.ts'

const example: TraceEvent = {
  id: 'a',
  timestamp: NOW - 877,
  total_latency_ms: 12.5,
  status: 'error',
  service: 's',
  error_type: 'llm_error',
  retrieval: { retriever: 'bm25', latency_ms: 1.25, count: 2, scores: [0.5, 0.25] },
  generations: [
    { provider: 'openai', model: 'gpt-4o', model_raw: 'gpt-4o-2024-08-06', cost_nano_usd: 123_456_789 },
    { provider: 'x', model: 'y', latency_ms: 3 },
  ],
  docstore_cost_nano_usd: 1,
  metadata: { k: 'v', n: 1 },
}

test('traceToWire is read back by parseTrace as the same event', () => {
  const reader = new Reader()
  const read = parseTrace(plain(traceToWire(example)), reader, CONTEXT)
  expect(reader.issues).toEqual([])
  const [first, second] = example.generations ?? []
  expect(plain(read)).toEqual(
    plain({ ...example, generations: [{ ...first, cost_source: 'given' }, second] }),
  )
})

test('traceToWire keeps money exact to the nano-dollar', () => {
  for (const nano of [1, 3, 333_333_333, 999_999_999_999_999]) {
    const wire = plain(
      traceToWire({
        ...example,
        generations: undefined,
        docstore_cost_nano_usd: undefined,
        cost_nano_usd: nano,
      }),
    )
    expect(parseTrace(wire, new Reader(), CONTEXT)?.cost_nano_usd).toBe(nano)
  }
})

test('traceToWire leaves out what the batch states for all traces', () => {
  const wire = traceToWire({ ...example, environment: 'prod' }, { service: 's', environment: 'staging' })
  expect(wire['service']).toBeUndefined()
  expect(wire['environment']).toBe('prod')
})

describe('traceToWire of any parsed trace', () => {
  test('is parsed as the same trace, without an issue', () => {
    fc.assert(
      fc.property(wireTrace, (trace) => {
        const event = eventOf(trace)
        const reader = new Reader()
        const again = parseTrace(plain(traceToWire(event)), reader, { ...CONTEXT, service: 'elsewhere' })
        expect(reader.issues).toEqual([])
        expect(plain(again)).toEqual(plain(event))
        expect(again).toEqual(event)
      }),
      { numRuns: 500 },
    )
  })

  test('leaves out what the batch states, and is still the same trace', () => {
    const shared = { service: 'docs', environment: 'a', release: 'b', instance: 'x y' }
    fc.assert(
      fc.property(wireTrace, (trace) => {
        const batch = { ...CONTEXT, ...shared }
        const event = eventOf(trace, batch)
        expect(eventOf(plain(traceToWire(event, shared)), batch)).toEqual(event)
      }),
    )
  })
})

test('traceToWire keeps unpriced apart from not yet priced', () => {
  const generations = [{ cost_nano_usd: null, cost_source: 'unpriced' as const }, {}]
  const wire = plain(traceToWire({ ...example, generations }))
  expect(wire).toMatchObject({ generations: [{ cost_usd: null, cost_source: 'unpriced' }, {}] })
  expect(eventOf(wire).generations).toEqual([{ cost_nano_usd: null, cost_source: 'unpriced' }, {}])
})
