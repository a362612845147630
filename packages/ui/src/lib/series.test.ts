import { expect, test } from 'vitest'
import {
  countsOf,
  heatOf,
  linesOf,
  perSecond,
  ratioLines,
  ratios,
  stepsOf,
  sum,
  topLines,
  totalOf,
} from './series.ts'
import type { Answer } from './series.ts'

const answer = (series: Answer['series'], more: Partial<Answer> = {}): Answer => ({
  from: 0,
  to: 180_000,
  step_seconds: 60,
  omitted: 0,
  series,
  ...more,
})
const value = (point: { value?: number }) => point.value

test('stepsOf is every step of the range, whether it has data or not', () => {
  expect(stepsOf(answer([]))).toEqual([0, 60_000, 120_000])
})

test('totalOf leaves a gap where there is no point, and keeps a zero that was measured', () => {
  const points = [
    { at: 0, value: 0 },
    { at: 120_000, value: 2 },
  ]
  expect(totalOf(answer([{ labels: {}, points }]), value)).toEqual([0, null, 2])
  expect(totalOf(answer([]), value)).toEqual([null, null, null])
})

test('linesOf is zero where another series of the same answer has data, else a gap', () => {
  const lines = linesOf(
    answer([
      { labels: { status: 'success' }, points: [{ at: 0, value: 5 }] },
      { labels: { status: '' }, points: [{ at: 60_000, value: 1 }] },
    ]),
    'status',
    value,
  )
  expect(lines).toEqual([
    { name: 'success', values: [5, 0, null] },
    { name: 'not stated', values: [0, 1, null] },
  ])
})

test('ratios: nothing of something is zero, of nothing unknown', () => {
  expect(ratios([1, null, null, 3], [4, 4, null, 0])).toEqual([0.25, 0, null, null])
})

test('perSecond keeps gaps, and divides the running step by what has gone by of it', () => {
  const steps = [0, 60_000, 120_000]
  expect(perSecond([120, null, 60], steps, 60_000, 150_000)).toEqual([2, null, 2])
  expect(perSecond([120, 60, 1], steps, 60_000, 121_000)).toEqual([2, 1, null])
})

test('sum of no data is unknown', () => expect([sum([null]), sum([null, 0, 2])]).toEqual([null, 2]))

test('topLines sums up what it does not name, and counts it', () => {
  const lines = ['a', 'b', 'c', 'd'].map((name, index) => ({ name, values: [index, null] }))
  expect(topLines(lines, 2, 3)).toEqual([
    { name: 'd', values: [3, null] },
    { name: 'c', values: [2, null] },
    { name: '2 others (3 more left out)', values: [1, null] },
  ])
  expect(topLines(lines, 4)).toHaveLength(4)
})

test('heatOf cuts off empty rows and keeps gaps apart from emptiness', () => {
  const points = [{ at: 60_000, buckets: [0, 3, 0, 1, 0] }]
  expect(heatOf(answer([{ labels: {}, points }], { bucket_bounds: [1, 2, 3, 4] }))).toEqual({
    bounds: [2, 3, 4],
    columns: [null, [3, 0, 1], null],
  })
  expect(heatOf(answer([], { bucket_bounds: [1] }))).toEqual({ bounds: [], columns: [null, null, null] })
})

const series = (service: string, status: string, ...values: number[]) => ({
  labels: { service, status },
  points: values.map((number, index) => ({ at: index * 60_000, value: number })),
})

test('ratioLines is the share of some values, by another label, and a gap where there is nothing', () => {
  const given = answer([
    series('small', 'error', 1),
    series('large', 'success', 6, 0),
    series('large', 'timeout', 1, 0),
    series('large', 'error', 1, 0),
  ])
  expect(ratioLines(given, 'status', ['error', 'timeout'], 'service')).toEqual([
    { name: 'large', values: [0.25, null, null] },
    { name: 'small', values: [1, null, null] },
  ])
  expect(ratioLines(given, 'status', ['error', 'timeout'], undefined)[0]?.values[0]).toBeCloseTo(3 / 9)
})

test('ratioLines without the part is zero, not unknown', () => {
  const given = answer([{ labels: { outcome: 'found' }, points: [{ at: 0, value: 4 }] }])
  expect(ratioLines(given, 'outcome', ['empty'], undefined)[0]?.values).toEqual([0, null, null])
})

test('countsOf is the count of every point of every series', () => {
  const given = answer([
    { labels: {}, points: [{ at: 0, count: 3 }, { at: 60_000 }] },
    { labels: {}, points: [{ at: 0, count: 1 }] },
  ])
  expect(countsOf(given)).toEqual([3, null, 1])
})
