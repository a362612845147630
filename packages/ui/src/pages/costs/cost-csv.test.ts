import { expect, test } from 'vitest'
import { costCsv, csvName } from './cost-csv.ts'
import type { LedgerAnswer } from './ledger-queries.ts'

const sums = {
  requests: 2,
  errors: 0,
  total_ms: 1,
  retrieval_ms: 1,
  retrievals: 1,
  llm_ms: 1,
  documents: 1,
  docstore_cost_usd: 0.000000001,
  calls: 3,
  input_tokens: 10,
  output_tokens: 5,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  llm_cost_usd: 0.1,
  unpriced: 0,
  uncounted: 0,
}

test('costCsv has each row, the others and the total, in full', () => {
  const answer: LedgerAnswer = {
    from: '2026-11-01',
    to: '2026-11-02',
    group: ['org'],
    rows: [
      { key: { org: 'acme' }, ...sums },
      { key: { org: '' }, ...sums, llm_cost_usd: 0, docstore_cost_usd: 0, unpriced: 3 },
    ],
    first_day: null,
    others: sums,
    total: sums,
  }
  const [heading, acme, unpriced, others, total] = costCsv(answer, 'org').split('\r\n')
  expect(heading).toBe(
    'org,total_cost_usd,llm_cost_usd,docstore_cost_usd,unpriced_llm_calls,requests,cost_per_request_usd,errors,llm_calls,input_tokens,output_tokens',
  )
  expect(acme).toBe('acme,0.100000001,0.1,0.000000001,0,2,0.0500000005,0,3,10,5')
  expect(unpriced).toBe(',,,,3,2,,0,3,10,5')
  expect([others, total]).toEqual([acme?.replace('acme', '(others)'), acme?.replace('acme', '(total)')])
})

test('costCsv by month has the months in order', () => {
  const answer: LedgerAnswer = {
    from: '2026-10-31',
    to: '2026-11-01',
    group: ['day'],
    rows: [
      { key: { day: '2026-11-01' }, ...sums },
      { key: { day: '2026-10-31' }, ...sums },
    ],
    first_day: '2026-10-01',
    others: null,
    total: sums,
  }
  const names = costCsv(answer, 'month')
    .split('\r\n')
    .map((line) => line.split(',')[0])
  expect(names).toEqual(['month', '2026-10', '2026-11', '(total)', ''])
})

test('csvName is a name of a file whatever the group', () => {
  expect(csvName('dimension.a/b', { from: '2026-11-01', to: '2026-11-02' })).toBe(
    'ragmeter-costs-by-dimension-a-b-2026-11-01-to-2026-11-02.csv',
  )
})
