import { ExponentialHistogram } from '@ragmeter/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addHistograms, packHistogram, unpackHistogram } from './pack-histogram.ts'
import type { HistogramValue } from './pack-histogram.ts'

const anyCount = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat())
const histogram: fc.Arbitrary<HistogramValue> = fc
  .record({
    count: anyCount,
    sum: anyCount,
    zero: anyCount,
    classic: fc.array(anyCount, { minLength: 3, maxLength: 14 }),
    offset: fc.integer({ min: -960, max: 900 }),
    exponential: fc.array(anyCount, { maxLength: 60 }),
  })
  .map((value) => (value.exponential.length === 0 ? { ...value, offset: 0 } : value))
const EMPTY: HistogramValue = { count: 0, sum: 0, zero: 0, classic: [], offset: 0, exponential: [] }

/** A histogram of real values, with the core's own as its truth. */
const observed = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true })), { maxLength: 60 })
  .map((values) => {
    const truth = new ExponentialHistogram()
    for (const value of values) truth.add(value)
    const { offset, counts } = truth.buckets()
    return {
      truth,
      value: { ...EMPTY, count: values.length, zero: truth.zeroCount, offset, exponential: counts },
    }
  })

describe('packHistogram', () => {
  it('gives back what was packed', () => {
    fc.assert(
      fc.property(histogram, (value) => {
        expect(unpackHistogram(packHistogram(value))).toEqual(value)
      }),
    )
  })

  it('grows for the longest histogram there can be', () => {
    const value: HistogramValue = {
      ...EMPTY,
      exponential: new Array<number>(1920).fill(Number.MAX_SAFE_INTEGER),
      offset: -960,
    }
    expect(unpackHistogram(packHistogram(value))).toEqual(value)
  })

  it('writes sums beyond the largest exact integer as that, so that reading never fails', () => {
    const value = { ...EMPTY, count: 2 ** 60, sum: 1e300, zero: Number.MAX_VALUE }
    const largest = Number.MAX_SAFE_INTEGER
    expect(unpackHistogram(packHistogram(value))).toEqual({
      ...EMPTY,
      count: largest,
      sum: largest,
      zero: largest,
    })
  })

  it('takes a tenth of the JSON of a usual histogram', () => {
    const exponential = Array.from({ length: 120 }, (_, i) => (i * 7) % 40)
    const value = {
      count: 2000,
      sum: 123_456_789,
      zero: 0,
      classic: [0, 3, 90, 700, 1200, 7],
      offset: -60,
      exponential,
    }
    expect(packHistogram(value).length).toBeLessThan(JSON.stringify(value).length / 2)
  })
})

describe('unpackHistogram', () => {
  it.each([
    ['nothing', []],
    ['a format of the future', [2, 0, 0, 0, 0, 0, 0]],
    ['half a number', [1, 0x80]],
    ['a missing list', [1, 0, 0, 0, 0, 0]],
    ['a list that is longer than the bytes', [1, 0, 0, 0, 0xff, 0xff, 0x7f, 0, 0]],
    ['a number that does not end', [1, ...new Array<number>(300).fill(0xff)]],
    ['something after the end', [1, 0, 0, 0, 0, 0, 0, 7]],
  ])('throws for %s', (_, bytes) => {
    expect(() => unpackHistogram(Uint8Array.from(bytes))).toThrow('packed histogram')
  })

  it('throws or gives whole numbers, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const numbers = numbersOf(Uint8Array.of(1, ...bytes))
        expect(numbers.every((number) => Number.isInteger(number))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('addHistograms', () => {
  it('is the merging of exponential histograms', () => {
    fc.assert(
      fc.property(observed, observed, (left, right) => {
        const sum = addHistograms(left.value, right.value)
        left.truth.merge(right.truth)
        expect({ zero: sum.zero, offset: sum.offset, counts: sum.exponential }).toEqual({
          zero: left.truth.zeroCount,
          ...left.truth.buckets(),
        })
      }),
    )
  })

  it('does not depend on order or grouping', () => {
    fc.assert(
      fc.property(histogram, histogram, histogram, (a, b, c) => {
        expect(addHistograms(a, b)).toEqual(addHistograms(b, a))
        expect(addHistograms(addHistograms(a, b), c)).toEqual(addHistograms(a, addHistograms(b, c)))
      }),
    )
  })

  it('keeps the other if one has no buckets', () => {
    const value = { ...EMPTY, offset: -5, exponential: [1, 2], classic: [3] }
    expect(addHistograms(EMPTY, value)).toEqual(value)
    expect(addHistograms(value, EMPTY)).toEqual(value)
  })
})

/** @returns nothing if the bytes are no packed histogram */
function numbersOf(bytes: Uint8Array): number[] {
  try {
    const { count, sum, zero, offset, classic, exponential } = unpackHistogram(bytes)
    return [count, sum, zero, offset, ...classic, ...exponential]
  } catch (error) {
    if (String(error).includes('packed histogram')) return []
    throw error
  }
}
