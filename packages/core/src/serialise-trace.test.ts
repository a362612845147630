import { expect, test } from 'vitest'
import { parseTrace, Reader, traceToWire } from './index.ts'
import type { TraceEvent } from './index.ts'

const context = { now: 2e12, oldest: 0, service: 's', fallbackId: () => 'fallback' }

const event: TraceEvent = {
  id: 'a',
  timestamp: 1_700_000_000_123,
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

/** Drops what is undefined, so that two events can be compared. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('traceToWire is read back by parseTrace as the same event', () => {
  const reader = new Reader()
  const read = parseTrace(plain(traceToWire(event)), reader, context)
  expect(reader.issues).toEqual([])
  const [first, second] = event.generations ?? []
  expect(plain(read)).toEqual(plain({ ...event, generations: [{ ...first, cost_source: 'given' }, second] }))
})

test('traceToWire keeps money exact to the nano-dollar', () => {
  for (const nano of [1, 3, 333_333_333, 999_999_999_999_999]) {
    const wire = plain(traceToWire({ ...event, cost_nano_usd: nano }))
    expect(parseTrace(wire, new Reader(), context)?.cost_nano_usd).toBe(nano)
  }
})

test('traceToWire leaves out what the batch states for all traces', () => {
  const wire = traceToWire({ ...event, environment: 'prod' }, { service: 's', environment: 'staging' })
  expect(wire['service']).toBeUndefined()
  expect(wire['environment']).toBe('prod')
})
