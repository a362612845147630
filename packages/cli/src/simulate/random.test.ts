import { expect, test } from 'vitest'
import { createRandom } from './random.ts'

const COUNT = 20_000
const draw = (next: () => number) => Array.from({ length: COUNT }, next)
const first = (...seeds: number[]) => createRandom(...seeds).next()
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('createRandom gives the same numbers for the same seeds, and others for any other list of them', () => {
  expect(first(7, 1)).toBe(first(7, 1))
  const lists = [[7, 1], [1, 7], [7], [7, 1, 0], [8, 1], [7, 2], [7 + 2 ** 32, 1]]
  expect(new Set(lists.map((seeds) => first(...seeds))).size).toBe(lists.length)
})

test('next is spread evenly over 0..1', () => {
  const random = createRandom(1)
  const tenths = Array.from({ length: 10 }, () => 0)
  for (const value of draw(() => random.next())) {
    const tenth = Math.floor(value * 10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  expect(tenths).toHaveLength(10)
  for (const count of tenths) expect(Math.abs(count / COUNT - 0.1)).toBeLessThan(0.01)
})

test.each([0, 0.3, 5, 59, 61, 900])('poisson has the mean and the variance %s', (expected) => {
  const random = createRandom(2)
  const values = draw(() => random.poisson(expected))
  const variance = mean(values.map((value) => (value - expected) ** 2))
  expect(Math.abs(mean(values) - expected)).toBeLessThanOrEqual(0.03 * expected)
  expect(Math.abs(variance - expected)).toBeLessThanOrEqual(0.06 * expected)
})

test('weighted chooses as often as the weights say, logNormal has the median it is given', () => {
  const random = createRandom(3)
  const items = [
    { name: 'a', weight: 3 },
    { name: 'b', weight: 1 },
  ]
  const share = draw(() => (random.weighted(items).name === 'a' ? 1 : 0))
  expect(Math.abs(mean(share) - 0.75)).toBeLessThan(0.02)
  const above = draw(() => (random.logNormal(40, 0.5) > 40 ? 1 : 0))
  expect(Math.abs(mean(above) - 0.5)).toBeLessThan(0.02)
  expect(() => random.pick([])).toThrow(RangeError)
})

test('integer includes both ends', () => {
  const random = createRandom(4)
  expect(new Set(draw(() => random.integer(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]))
})
