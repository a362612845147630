import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { NANO_PER_USD, nanoUsd, usdOf } from './money.ts'

test('usdOf and nanoUsd are inverse up to the highest cost of a request, through JSON too', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LIMITS.costUsdMax * NANO_PER_USD }), (nano) => {
      expect(nanoUsd(Number(JSON.stringify(usdOf(nano))))).toBe(nano)
    }),
    { numRuns: 5000 },
  )
})

test('unpriced is not free', () => {
  expect(usdOf(null)).toBeNull()
  expect(usdOf(undefined)).toBeNull()
  expect(usdOf(0)).toBe(0)
})

test('nanoUsd rounds to the nearest', () => {
  expect([0.000_000_001, 0.000_000_001_4, 0.1 + 0.2].map(nanoUsd)).toEqual([1, 1, 300_000_000])
})
