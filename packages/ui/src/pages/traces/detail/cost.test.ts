import { expect, it } from 'vitest'
import { costOf, exactUsd } from './cost.ts'

it.each([
  [{}, 'no cost stated'],
  [{ generations: [{ cost_usd: null }] }, 'unpriced'],
  [{ generations: [{ cost_usd: 0.5 }, { cost_usd: null }] }, '$0.50 + unpriced'],
  [{ generations: [{ cost_usd: 0.5 }], docstore_cost_usd: 0.25 }, '$0.75'],
  [{ cost_usd: 2, generations: [{ cost_usd: 0.5 }] }, '$2.00'],
  [{ generations: [{ cost_usd: 0 }] }, '$0'],
])('costOf %j is %s', (trace, text) => {
  expect(costOf(trace).text).toBe(text)
})

it.each([
  [0.0123, '$0.0123'],
  [0.000_000_001, '$0.000000001'],
  [1.5, '$1.50'],
  [0, '$0.00'],
  [null, '–'],
])('exactUsd of %d is %s', (usd, text) => {
  expect(exactUsd(usd)).toBe(text)
})
