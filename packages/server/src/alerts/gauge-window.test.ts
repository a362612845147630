import { expect, test } from 'vitest'
import { GaugeWindow } from './gauge-window.ts'

/** The lowest and the highest value of each minute. */
function minutes(window: GaugeWindow, from: number, to: number): (readonly number[] | null)[] {
  return Array.from({ length: to - from }, (_, index) => {
    const [low] = window.values(from + index, from + index + 1, 'min')
    const [high] = window.values(from + index, from + index + 1, 'max')
    return low === undefined || high === undefined ? null : [low, high]
  })
}

test('GaugeWindow holds what was stated for five minutes, as /metrics does, and no longer', () => {
  const window = new GaugeWindow('max', 2)
  window.set('up', 'a', 100, 0)
  expect(minutes(window, 99, 107)).toEqual([null, [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], null])
})

test('GaugeWindow of a gauge that is stated every four minutes has a value in each', () => {
  const window = new GaugeWindow('max', 2)
  for (const [position, value] of [1, 0, 0].entries()) window.set('up', 'a', 100 + 4 * position, value)
  const expected = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].map((value) => [value, value])
  expect(minutes(window, 100, 115)).toEqual([...expected, null])
})

test('GaugeWindow holds the value of each instance for its own five minutes', () => {
  const window = new GaugeWindow('sum', 5)
  window.set('queue', 'gone', 100, 10)
  window.set('queue', 'there', 103, 1)
  window.set('queue', 'there', 108, 2)
  expect(minutes(window, 100, 110)).toEqual(
    [10, 10, 10, 11, 11, 11, 1, 1, 2, 2].map((value) => [value, value]),
  )
})

test('GaugeWindow that was read from the database holds the last value until an instance states another', () => {
  const window = new GaugeWindow('sum', 5)
  window.load('queue', 100, 7, 7)
  window.load('queue', 102, 8, 8)
  expect(minutes(window, 100, 104)).toEqual([7, 7, 8, 8].map((value) => [value, value]))
  window.set('queue', 'a', 104, 3)
  expect(minutes(window, 103, 106)).toEqual([8, 3, 3].map((value) => [value, value]))
})

test('GaugeWindow restored from a snapshot has the same minutes, with a gap that was one', () => {
  const window = new GaugeWindow('max', 30)
  for (const [minute, value] of [
    [100, 1],
    [110, 0],
    [99, 2],
  ] as const)
    window.set('up', 'a', minute, value)
  const restored = new GaugeWindow('max', 30)
  for (const [key, rows] of window.snapshot()) restored.restore(key, rows)
  expect(minutes(restored, 98, 118)).toEqual(minutes(window, 98, 118))
  expect(minutes(restored, 105, 110)).toEqual([[1, 1], null, null, null, null])
})
