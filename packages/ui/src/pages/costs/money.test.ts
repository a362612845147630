import { describe, expect, test } from 'vitest'
import { addUsd, costPerRequest, docstoreCost, llmCost, totalCost, usdText } from './money.ts'
import type { Sums } from './money.ts'

const NOTHING: Sums = {
  requests: 0,
  errors: 0,
  calls: 0,
  input_tokens: 0,
  output_tokens: 0,
  docstore_cost_usd: 0,
  llm_cost_usd: 0,
  unpriced: 0,
}

test('addUsd adds nano-dollars, not floating point', () => {
  expect(addUsd(0.1, 0.2)).toBe(0.3)
  expect(addUsd(1e-9, 2e-9)).toBe(3e-9)
})

describe('llmCost', () => {
  test('of calls without a price is unknown, not 0', () => {
    expect(llmCost({ ...NOTHING, calls: 3, unpriced: 3 })).toEqual({ usd: null, isLowerBound: false })
  })
  test('with some calls without a price is a lower bound', () => {
    expect(llmCost({ ...NOTHING, calls: 2, llm_cost_usd: 2, unpriced: 1 })).toEqual({
      usd: 2,
      isLowerBound: true,
    })
  })
  test('of requests without calls is 0', () => {
    expect(llmCost({ ...NOTHING, requests: 2 })).toEqual({ usd: 0, isLowerBound: false })
  })
  test('of a time without requests is unknown', () => {
    expect(llmCost(NOTHING)).toEqual({ usd: null, isLowerBound: false })
    expect(totalCost(NOTHING)).toEqual({ usd: null, isLowerBound: false })
  })
})

test('docstoreCost is unknown where none was reported', () => {
  expect(docstoreCost(NOTHING).usd).toBeNull()
  expect(docstoreCost({ ...NOTHING, docstore_cost_usd: null }).usd).toBeNull()
  expect(docstoreCost({ ...NOTHING, docstore_cost_usd: 0.5 }).usd).toBe(0.5)
})

test('totalCost and costPerRequest say that they are lower bounds', () => {
  const sums = { ...NOTHING, requests: 4, llm_cost_usd: 1, docstore_cost_usd: 0.2, unpriced: 1 }
  expect(totalCost(sums)).toEqual({ usd: 1.2, isLowerBound: true })
  expect(costPerRequest(sums)).toEqual({ usd: 0.3, isLowerBound: true })
  expect(totalCost({ ...NOTHING, unpriced: 1, docstore_cost_usd: 0.2 })).toEqual({
    usd: 0.2,
    isLowerBound: true,
  })
})

test('costPerRequest is unknown where requests are not counted, or there are none', () => {
  expect(costPerRequest({ ...NOTHING, requests: null, llm_cost_usd: 1 }).usd).toBeNull()
  expect(costPerRequest(NOTHING).usd).toBeNull()
})

test.each([
  [0, '$0'],
  [1234.5, '$1,234.50'],
  [12.345678, '$12.35'],
  [0.1, '$0.10'],
  [0.9876, '$0.99'],
  [0.0123456, '$0.0123'],
  [0.003, '$0.00300'],
  [0.00421, '$0.00421'],
  [0.000000012, '$0.000000012'],
  [-3.2, '−$3.20'],
])('usdText of %s is %s', (usd, text) => {
  expect(usdText(usd)).toBe(text)
})
