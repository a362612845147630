import { describe, expect, it } from 'vitest'
import { averageOf, emptinessOf, emptyLines, retrieverRows, returnedWhereFound } from './health-numbers.ts'

const of = (retriever: string, outcome: string, ...values: (number | undefined)[]) => ({
  labels: { retriever, outcome },
  points: values.flatMap((value, step) => (value === undefined ? [] : [{ at: step * 1000, value }])),
})
const histogram = (retriever: string, count: number, sum: number) => ({
  labels: { retriever },
  points: [{ at: 0, count, sum }],
})
const answer = { from: 0, to: 3000, step_seconds: 1, omitted: 0 }

describe('averageOf', () => {
  it('is of all observations of all steps and series; of none it is not known', () => {
    expect(averageOf({ series: [histogram('a', 1, 1), histogram('b', 3, 0)] })).toEqual({
      value: 0.25,
      count: 4,
    })
    expect(averageOf({ series: [] })).toEqual({ value: null, count: 0 })
    expect(averageOf(undefined)).toEqual({ value: null, count: 0 })
  })
})

describe('emptinessOf', () => {
  it('leaves out the retrievals that failed', () => {
    const series = [of('a', 'empty', 1, 1), of('a', 'found', 6), of('a', 'error', 100)]
    expect(emptinessOf({ series })).toEqual({ empty: 2, answered: 8, ratio: 0.25 })
    expect(emptinessOf({ series: [of('a', 'error', 1)] })).toEqual({ empty: 0, answered: 0, ratio: null })
  })
})

describe('emptyLines', () => {
  it('is 0 where all was found, and a gap where nothing was answered', () => {
    const series = [
      of('a', 'found', 4, undefined, 3),
      of('a', 'empty', undefined, undefined, 1),
      of('', 'error', 1),
    ]
    expect(emptyLines({ ...answer, series })).toEqual([
      { name: 'a', values: [0, null, 0.25] },
      { name: 'not stated', values: [null, null, null] },
    ])
  })
})

describe('returnedWhereFound', () => {
  it('leaves out the empty ones, and is a gap where nothing was found', () => {
    const points = [0, 1000, 2000].map((at) => ({ at, count: 8, sum: at === 1000 ? 0 : 12 }))
    const outcomes = [of('a', 'found', 4, undefined, 6), of('a', 'empty', 4, 8, 2)]
    expect(
      returnedWhereFound({ ...answer, series: [{ labels: {}, points }] }, { ...answer, series: outcomes }),
    ).toEqual([3, null, 2])
  })
})

describe('retrieverRows', () => {
  it('puts together what is known of each, the busiest first', () => {
    const rows = retrieverRows({
      outcomes: {
        series: [of('a', 'found', 3), of('b', 'found', 5), of('b', 'empty', 5), of('b', 'error', 2)],
      },
      topScore: { series: [histogram('b', 2, 1)] },
      margin: { series: [] },
      returned: { series: [histogram('a', 3, 12)] },
      used: undefined,
    })
    expect(rows).toEqual([
      {
        retriever: 'b',
        retrievals: 12,
        failed: 2,
        empty: 0.5,
        topScore: 0.5,
        margin: null,
        returned: null,
        used: null,
      },
      {
        retriever: 'a',
        retrievals: 3,
        failed: 0,
        empty: 0,
        topScore: null,
        margin: null,
        returned: 4,
        used: null,
      },
    ])
  })
})
