import { expect, test } from 'vitest'

import { liveLine } from './live-line.ts'

const stats = {
  requests: 12_345,
  success_rate: 0.9987,
  latency: { p50: 0.001234, p95: 0.0456, p99: 2.5 },
  retrieval: { empty_rate: 0.125 },
  cost: { usd: 0.0123456, unpriced_calls: 0 },
}

test('liveLine shows requests, success, latency, empty retrievals and cost on 80 columns', () => {
  const line = liveLine(stats)
  expect(line).toBe('12,345 requests  ok 99.9 %  p50 1.23 ms  p95 45.6 ms  empty 12.5 %  cost $0.0123')
  expect(line.length).toBeLessThanOrEqual(80)
})

const unpriced = (usd: number | null) => liveLine({ ...stats, cost: { usd, unpriced_calls: 7 } })

test('liveLine tells calls without a price from calls that cost nothing', () => {
  expect(unpriced(null)).toContain('cost n/a, 7 unpriced calls')
  expect(unpriced(0.5)).toContain('cost >= $0.5000, 7 unpriced calls')
})

test('liveLine shows latencies from a second up in seconds', () => {
  expect(liveLine({ ...stats, latency: { p50: 1, p95: 12.345 } })).toContain('p50 1 s  p95 12.3 s')
})

test('liveLine shows what is unknown as unknown', () => {
  const unknown = { requests: 3, success_rate: null, latency: { p50: null }, retrieval: null }
  expect(liveLine(unknown)).toBe('3 requests  ok n/a  p50 n/a  p95 n/a  empty n/a  cost n/a')
})

test('liveLine says so when nothing was asked yet', () => {
  expect(liveLine({ ...stats, requests: 0 })).toBe('No requests yet.')
})
