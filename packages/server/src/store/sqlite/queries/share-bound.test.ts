import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareLowerBound } from './share-bound.ts'

test('shareLowerBound is the lower end of the Wilson interval', () => {
  // Of a share of 1 it is 1 / (1 + z² / n); 10 of 100 are 5.5 % to 17.4 %.
  expect(shareLowerBound(1, 1)).toBeCloseTo(0.20655, 5)
  expect(shareLowerBound(1, 20)).toBeCloseTo(0.83887, 5)
  expect(shareLowerBound(0.1, 100)).toBeCloseTo(0.05523, 5)
  expect(shareLowerBound(0, 50)).toBe(0)
})

test('shareLowerBound is never above the share, and comes nearer with more observations', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 1e6, noNaN: true }),
      (share, count) => {
        const bound = shareLowerBound(share, count)
        expect(bound).toBeGreaterThanOrEqual(0)
        expect(bound).toBeLessThanOrEqual(share + 1e-12)
        expect(shareLowerBound(share, count * 2)).toBeGreaterThanOrEqual(bound - 1e-12)
      },
    ),
  )
})
