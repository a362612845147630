import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BUCKET_INDEX_MAX,
  BUCKET_INDEX_MIN,
  bucketIndex,
  bucketUpperBound,
  bucketValue,
  ExponentialHistogram,
  HISTOGRAM_RELATIVE_ERROR,
  HISTOGRAM_SCALE,
} from './exponential-histogram.ts'

const BASE = 2 ** (2 ** -HISTOGRAM_SCALE)

/** The next double above or below a positive one. */
function neighbour(value: number, step: 1n | -1n): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigUint64(0, view.getBigUint64(0) + step)
  return view.getFloat64(0)
}

describe('bucketIndex', () => {
  test('is upper-inclusive at every boundary, and right one ulp beside it', () => {
    for (let index = BUCKET_INDEX_MIN; index < BUCKET_INDEX_MAX; index += 1) {
      const bound = bucketUpperBound(index)
      expect(bucketIndex(bound)).toBe(index)
      expect(bucketIndex(neighbour(bound, -1n))).toBe(index)
      expect(bucketIndex(neighbour(bound, 1n))).toBe(index + 1)
    }
  })

  test('bounds are powers of the base, to the last bit but one', () => {
    for (let index = BUCKET_INDEX_MIN; index <= BUCKET_INDEX_MAX; index += 1) {
      const exact = BASE ** (index + 1)
      expect(Math.abs(bucketUpperBound(index) / exact - 1)).toBeLessThan(1e-12)
    }
    // Powers of two are exact.
    expect(bucketUpperBound(-1)).toBe(1)
    expect(bucketUpperBound(31)).toBe(2)
    expect(bucketUpperBound(-33)).toBe(0.5)
  })

  test('values outside the range go to the nearest end', () => {
    expect(bucketIndex(2 ** -30)).toBe(BUCKET_INDEX_MIN)
    expect(bucketIndex(1e-300)).toBe(BUCKET_INDEX_MIN)
    expect(bucketIndex(5e-324)).toBe(BUCKET_INDEX_MIN)
    expect(bucketIndex(2 ** 30)).toBe(BUCKET_INDEX_MAX)
    expect(bucketIndex(neighbour(2 ** 30, 1n))).toBe(BUCKET_INDEX_MAX)
    expect(bucketIndex(Number.MAX_VALUE)).toBe(BUCKET_INDEX_MAX)
    expect(bucketIndex(Infinity)).toBe(BUCKET_INDEX_MAX)
  })

  test('agrees with the logarithm away from boundaries', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -29, max: 2 ** 29, noNaN: true }), (value) => {
        const logarithm = Math.log2(value) * 2 ** HISTOGRAM_SCALE
        fc.pre(Math.abs(logarithm - Math.round(logarithm)) > 1e-9)
        expect(bucketIndex(value)).toBe(Math.ceil(logarithm) - 1)
      }),
    )
  })
})

test('HISTOGRAM_RELATIVE_ERROR is what bucketValue keeps at both ends of any bucket', () => {
  expect(HISTOGRAM_RELATIVE_ERROR).toBeGreaterThan((BASE - 1) / (BASE + 1))
  expect(HISTOGRAM_RELATIVE_ERROR).toBeLessThan(((BASE - 1) / (BASE + 1)) * 1.0001)
  for (let index = BUCKET_INDEX_MIN; index <= BUCKET_INDEX_MAX; index += 1) {
    const value = bucketValue(index)
    for (const end of [bucketUpperBound(index - 1), bucketUpperBound(index)]) {
      expect(Math.abs(value / end - 1)).toBeLessThanOrEqual(HISTOGRAM_RELATIVE_ERROR)
    }
  }
})

const value = fc.oneof(
  fc.double({ min: 0, max: 2 ** 30, noNaN: true }),
  fc.double({ min: 1e-4, max: 100, noNaN: true }),
  fc.integer({ min: 0, max: 1000 }),
  fc.constantFrom(0, 2 ** -30, 2 ** -31, 1, 2 ** 30),
)
const observations = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 1000 })), { maxLength: 80 })
type Observations = readonly (readonly [number, number])[]

function histogramOf(list: Observations): ExponentialHistogram {
  const histogram = new ExponentialHistogram()
  for (const [observed, weight] of list) histogram.add(observed, weight)
  return histogram
}

const contentOf = (histogram: ExponentialHistogram) => ({
  zero: histogram.zeroCount,
  ...histogram.buckets(),
})

describe('ExponentialHistogram', () => {
  test('loses no count, in whichever order its range grows', () => {
    fc.assert(
      fc.property(observations, (list) => {
        const truth = new Map<number, number>()
        let zeros = 0
        for (const [observed, weight] of list) {
          if (observed < 2 ** -30) zeros += weight
          else truth.set(bucketIndex(observed), (truth.get(bucketIndex(observed)) ?? 0) + weight)
        }
        const { zero, offset, counts } = contentOf(histogramOf(list))
        expect(zero).toBe(zeros)
        const found = new Map(counts.map((count, position) => [offset + position, count]))
        for (const [index, count] of found) expect(count).toBe(truth.get(index) ?? 0)
        for (const index of truth.keys()) expect(found.has(index)).toBe(true)
      }),
    )
  })

  test('merge is commutative and associative, and the same as adding everything to one', () => {
    fc.assert(
      fc.property(observations, observations, observations, (a, b, c) => {
        const whole = contentOf(histogramOf([...a, ...b, ...c]))
        const leftFirst = histogramOf(a)
        leftFirst.merge(histogramOf(b))
        leftFirst.merge(histogramOf(c))
        const rightFirst = histogramOf(c)
        const tail = histogramOf(b)
        tail.merge(histogramOf(a))
        rightFirst.merge(tail)
        expect(contentOf(leftFirst)).toEqual(whole)
        expect(contentOf(rightFirst)).toEqual(whole)
      }),
    )
  })

  test('addBuckets of buckets() is the same histogram', () => {
    fc.assert(
      fc.property(observations, (list) => {
        const { zero, offset, counts } = contentOf(histogramOf(list))
        const copy = new ExponentialHistogram()
        copy.zeroCount = zero
        copy.addBuckets(offset, counts)
        expect(contentOf(copy)).toEqual({ zero, offset, counts })
      }),
    )
  })

  test('quantile is within HISTOGRAM_RELATIVE_ERROR of the exact nearest rank', () => {
    const quantile = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 0.5, 0.95, 0.99, 1),
    )
    fc.assert(
      fc.property(observations, quantile, (list, q) => {
        const sorted = list
          .flatMap(([observed, weight]) => new Array<number>(weight).fill(observed))
          .sort((left, right) => left - right)
        fc.pre(sorted.length > 0)
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number
        const counted = exact < 2 ** -30 ? 0 : exact
        // Rounding of the arithmetic itself, beside the stated error.
        const bound = counted * HISTOGRAM_RELATIVE_ERROR * (1 + 1e-12)
        const estimate = histogramOf(list).quantile(q) ?? Number.NaN
        expect(Math.abs(estimate - counted)).toBeLessThanOrEqual(bound)
      }),
    )
  })

  test.each([
    [0, 1],
    [0.25, 1],
    [0.251, 2],
    [0.5, 2],
    [0.51, 3],
    [0.75, 3],
    [0.76, 4],
    [1, 4],
  ])('quantile %d of 1, 2, 3 and 4 is %d', (q, expected) => {
    const histogram = histogramOf([1, 2, 3, 4].map((observed) => [observed, 1]))
    expect(Math.round(histogram.quantile(q) ?? Number.NaN)).toBe(expected)
  })

  test('quantile of nothing is undefined, not zero', () => {
    expect(new ExponentialHistogram().quantile(0.5)).toBeUndefined()
  })

  test('buckets outside the range are counted at its ends', () => {
    const histogram = new ExponentialHistogram()
    histogram.addBuckets(BUCKET_INDEX_MIN - 2, [1, 2, 4])
    histogram.addBuckets(BUCKET_INDEX_MAX, [8, 16])
    const { offset, counts } = histogram.buckets()
    expect([offset, counts.at(0), counts.at(-1)]).toEqual([BUCKET_INDEX_MIN, 7, 24])
    expect(counts).toHaveLength(BUCKET_INDEX_MAX - BUCKET_INDEX_MIN + 1)
  })

  test('clear forgets the counts and can be filled again', () => {
    const histogram = histogramOf([
      [0, 1],
      [5, 2],
    ])
    histogram.clear()
    expect(contentOf(histogram)).toEqual({ zero: 0, offset: 0, counts: [] })
    expect(histogram.quantile(0.5)).toBeUndefined()
    histogram.add(5)
    expect(contentOf(histogram)).toEqual(contentOf(histogramOf([[5, 1]])))
  })

  test('merging a histogram with itself doubles it', () => {
    const histogram = histogramOf([
      [0, 1],
      [0.1, 2],
      [9, 3],
    ])
    histogram.merge(histogram)
    expect(contentOf(histogram)).toEqual(
      contentOf(
        histogramOf([
          [0, 2],
          [0.1, 4],
          [9, 6],
        ]),
      ),
    )
  })
})
