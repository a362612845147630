import { expect, test } from 'vitest'
import { errorRows, seenByType, totalOfSeries } from './error-rows.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const series = (error_type: string, points: [number, number][], more: Record<string, string> = {}) => ({
  labels: { error_type, ...more },
  points: points.map(([at, value]) => ({ at, value })),
})

test('errorRows adds up stages and services, the most frequent type first', () => {
  const rows = errorRows(
    {
      from: 0,
      to: 3 * HOUR,
      step_seconds: 3600,
      series: [
        series('timeout', [[0, 1]], { stage: 'generation', service: 'a' }),
        series(
          'timeout',
          [
            [0, 2],
            [2 * HOUR, 3],
          ],
          { stage: 'retrieval', service: 'b' },
        ),
        series('internal', [[HOUR, 1]], { stage: '', service: 'a' }),
        series('other', [[HOUR, 0]]),
      ],
    },
    100,
  )
  expect(rows).toEqual([
    {
      type: 'timeout',
      count: 6,
      share: 0.06,
      trend: [3, 0, 3],
      places: [
        { stage: 'retrieval', service: 'b', count: 5 },
        { stage: 'generation', service: 'a', count: 1 },
      ],
    },
    {
      type: 'internal',
      count: 1,
      share: 0.01,
      trend: [0, 1, 0],
      places: [{ stage: '', service: 'a', count: 1 }],
    },
  ])
})

test('errorRows without requests has no share', () => {
  const [row] = errorRows({ from: 0, to: HOUR, step_seconds: 3600, series: [series('timeout', [[0, 1]])] }, 0)
  expect(row?.share).toBeNull()
})

test('seenByType makes days precise where hours reach', () => {
  const answer = (step_seconds: number, points: [number, number][]) => ({
    from: 0,
    to: 100 * DAY,
    step_seconds,
    series: [series('timeout', points)],
  })
  const seen = seenByType([
    answer(86_400, [
      [DAY, 1],
      [50 * DAY, 4],
    ]),
    // Hours reach back to day 40 only: the first is not the first.
    answer(3600, [
      [50 * DAY + 2 * HOUR, 1],
      [50 * DAY + 5 * HOUR, 3],
    ]),
    answer(60, [[50 * DAY + 5 * HOUR + 120_000, 3]]),
  ])
  expect(seen.get('timeout')).toEqual({
    first: { at: DAY, precisionMs: DAY },
    last: { at: 50 * DAY + 5 * HOUR + 120_000, precisionMs: 60_000 },
  })
})

test('seenByType makes the first moment precise too', () => {
  const answer = (step_seconds: number, points: [number, number][]) => ({
    from: 0,
    to: 100 * DAY,
    step_seconds,
    series: [series('timeout', points)],
  })
  const seen = seenByType([
    answer(86_400, [[DAY, 2]]),
    answer(3600, [
      [DAY + HOUR, 1],
      [DAY + 3 * HOUR, 1],
    ]),
  ])
  expect(seen.get('timeout')).toEqual({
    first: { at: DAY + HOUR, precisionMs: HOUR },
    last: { at: DAY + 3 * HOUR, precisionMs: HOUR },
  })
})

test('totalOfSeries adds up all points', () => {
  expect(
    totalOfSeries({
      series: [
        series('a', [
          [0, 1],
          [1, 2],
        ]),
        series('b', [[0, 4]]),
      ],
    }),
  ).toBe(7)
})
