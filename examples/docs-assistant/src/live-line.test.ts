import { expect, test } from 'vitest'

import { liveLine } from './live-line.ts'

const stats = {
  requests: 12_345,
  success_rate: 0.9987,
  latency: { p50: 0.001234, p95: 0.0456, p99: 2.5 },
  retrieval: { empty_rate: 0.125 },
  cost: { usd: 0.0123456, unpriced_calls: 0 },
}

test('liveLine shows requests, success, latency, empty retrievals and cost', () => {
  expect(liveLine(stats)).toBe(
    '12,345 requests · success 99.9 % · p50 1.23 ms · p95 45.6 ms · empty retrievals 12.5 % · cost $0.0123',
  )
})

test('liveLine tells calls without a price from calls that cost nothing', () => {
  expect(liveLine({ ...stats, cost: { usd: 0, unpriced_calls: 7 } })).toContain(
    'cost $0.0000 + 7 calls unpriced',
  )
})

test('liveLine shows latencies from a second up in seconds', () => {
  expect(liveLine({ ...stats, latency: { p50: 1, p95: 12.345 } })).toContain('p50 1 s · p95 12.3 s')
})

test('liveLine shows what is unknown as unknown', () => {
  const empty = { requests: 0, success_rate: null, latency: { p50: null, p95: null }, retrieval: null }
  expect(liveLine(empty)).toBe(
    '0 requests · success no data · p50 no data · p95 no data · empty retrievals no data · cost no data',
  )
})
