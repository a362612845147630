import { expect, test } from 'vitest'
import { createTerminal } from '../output.ts'
import { readStatsAnswer } from '../stats-answer.ts'
import { renderStats } from './stats.ts'

const silent = { write: () => {} }
const { colours } = createTerminal(silent, silent, {}, false)
const body = {
  uptime_seconds: 5,
  traces_total: 5000,
  requests: 1200,
  errors: 12,
  traces_stored: 130,
  success_rate: 0.99,
  statuses: { success: 1180, error: 8, timeout: 4, rejected: 8 },
  errors_by_type: { timeout: 4, llm_error: 8 },
  latency: { p50: 0.84, p95: 2, p99: 3.2, average: 1 },
  retrieval: {
    retrievals: 1190,
    failed: 0,
    empty: 119,
    empty_rate: 0.1,
    p95_seconds: 0.05,
    average_documents: 4.6,
    average_top_score: 0.71,
  },
  generation: { calls: 1100, p95_seconds: 1.9 },
  tokens: { input: 1_500_000, output: 70_000 },
  cost: { usd: 4.5, llm_usd: 4.5, docstore_usd: null, unpriced_calls: 0 },
}
const render = (overrides: Record<string, unknown> = {}, service?: string) =>
  renderStats(readStatsAnswer({ ...body, ...overrides }), { period: '24h', service }, colours)

test('renderStats tells requests from stored traces and shows what was measured', () => {
  expect(render()).toBe(`Last 24 hours
  Requests      1,200 (exact: every request is counted)
  Traces        130 stored (a sample of the requests)
  Success       99.00 %
  Errors        12
    llm_error   8
    timeout     4
  Rejected      8

Latency
  P50   840 ms
  P95   2.00 s
  P99   3.20 s

Retrieval
  Retrievals   1,190
  Empty        10.00 %
  P95          50.0 ms
  Documents    4.6 on average
  Top score    0.71 on average

Generation
  LLM calls   1,100
  P95         1.90 s
  Tokens      1,500,000 in, 70,000 out
  Cost        $4.50`)
})

test('renderStats names the service', () => {
  expect(render({}, 'docs-assistant')).toContain('Last 24 hours of docs-assistant\n')
})

test('renderStats of nothing says no data, and neither 0 % nor 100 %', () => {
  const nothing = {
    requests: 0,
    errors: 0,
    traces_stored: 0,
    success_rate: null,
    latency: { p50: null, p95: null, p99: null },
    retrieval: {
      retrievals: 0,
      empty_rate: null,
      p95_seconds: null,
      average_documents: null,
      average_top_score: null,
    },
    generation: { calls: 0, p95_seconds: null },
    tokens: { input: null, output: null },
    cost: { usd: null, llm_usd: null, docstore_usd: null, unpriced_calls: 0 },
  }
  const empty = renderStats(readStatsAnswer(nothing), { period: '1h', service: undefined }, colours)
  expect(empty).not.toContain('%')
  expect(empty).not.toContain('$')
  expect(empty.match(/no data$/gm)).toHaveLength(12)
})

test.each([
  [{ cost: { usd: 4.5, unpriced_calls: 3 } }, 'at least $4.50 (3 calls without a known price)'],
  [{ cost: { usd: null, unpriced_calls: 1100 } }, 'unknown (1,100 calls without a known price)'],
  [{ cost: { usd: null, unpriced_calls: 0 } }, 'no data'],
  [
    { cost: { usd: 4.5, docstore_usd: 0.5, unpriced_calls: 1 } },
    'at least $4.50 (1 call without a known price; $0.5000 of it the document store)',
  ],
  [{ cost: { usd: 4.5, docstore_usd: 4, unpriced_calls: 0 } }, '$4.50 ($4.00 of it the document store)'],
  [{ cost: { usd: 0, unpriced_calls: 0 } }, '$0.00'],
])('renderStats: unknown cost is not zero: %o', (overrides, text) => {
  expect(/Cost +(.*)$/.exec(render(overrides))?.[1]).toBe(text)
})

test('renderStats: the type of an error forges no line and no control sequence', () => {
  const text = render({ errors_by_type: { '\u001b[2JTimeout\r\nFAKE LINE': 3 } })
  expect(text).toMatch(/^ +\uFFFD\[2JTimeout FAKE LINE +3$/mu)
})

test('renderStats: tokens that no call stated are not zero', () => {
  const unstated = { generation: { calls: 7, p95_seconds: 1 }, tokens: { input: null, output: null } }
  expect(render(unstated)).toMatch(/Tokens +no data$/m)
  expect(render({ tokens: { input: 5, output: null } })).toMatch(/Tokens +5 in, no data out$/m)
})

test('renderStats names failed retrievals, which are in no share of empty ones', () => {
  const retrieval = { ...body.retrieval, failed: 3 }
  expect(render({ retrieval })).toMatch(/Failed +3 \(not counted below\)\n +Empty/)
})
