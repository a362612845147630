import { expect, test } from 'vitest'
import { monthsOf, numberOf, sortRows } from './cost-rows.ts'
import type { Sums } from './money.ts'

const sums = (over: Partial<Sums>): Sums => ({
  requests: 1,
  errors: 0,
  calls: 1,
  input_tokens: 10,
  output_tokens: 1,
  docstore_cost_usd: 0.1,
  llm_cost_usd: 0.2,
  unpriced: 0,
  ...over,
})

test('monthsOf adds days up exactly, and keeps the order of time', () => {
  const months = monthsOf([
    { value: '2026-11-02', sums: sums({}) },
    { value: '2026-10-31', sums: sums({ unpriced: 2 }) },
    { value: '2026-11-01', sums: sums({ llm_cost_usd: 0.1 }) },
  ])
  expect(months.map(({ value }) => value)).toEqual(['2026-10', '2026-11'])
  expect(months[1]?.sums).toEqual(
    sums({
      requests: 2,
      calls: 2,
      input_tokens: 20,
      output_tokens: 2,
      docstore_cost_usd: 0.2,
      llm_cost_usd: 0.3,
    }),
  )
})

test('monthsOf keeps what is not known unknown', () => {
  const [month] = monthsOf(
    ['01', '02'].map((day) => ({ value: `2026-11-${day}`, sums: sums({ requests: null }) })),
  )
  expect(month?.sums.requests).toBeNull()
})

test('sortRows puts what is not known last, in both directions', () => {
  const rows = [
    { value: 'unknown', sums: sums({ llm_cost_usd: 0, unpriced: 1, docstore_cost_usd: 0 }) },
    { value: 'low', sums: sums({ llm_cost_usd: 1 }) },
    { value: 'high', sums: sums({ llm_cost_usd: 2 }) },
  ]
  const order = (isDescending: boolean) => sortRows(rows, 'total', isDescending).map(({ value }) => value)
  expect(order(true)).toEqual(['high', 'low', 'unknown'])
  expect(order(false)).toEqual(['low', 'high', 'unknown'])
})

test('numberOf total is the sum of both costs', () => {
  expect(numberOf('total', sums({}))).toBe(0.3)
})
