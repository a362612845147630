import { expect, test } from 'vitest'
import { fewNote, quantileName, valuesNeeded } from './few.ts'

test.each([
  [0.5, 2],
  [0.95, 20],
  [0.05, 20],
  [0.99, 100],
])('valuesNeeded of %s is %s', (quantile, values) => {
  expect(valuesNeeded(quantile)).toBe(values)
})

test('quantileName keeps a digit where it means something', () => {
  expect([quantileName(0.5), quantileName(0.999)]).toEqual(['p50', 'p99.9'])
})

test('fewNote counts the points below what the most demanding percentile needs; a gap is no point', () => {
  expect(fewNote([0.5, 0.99], [99, null, 100, 0, 3])).toBe(
    '2 of 3 points rest on fewer than 100 values: p99 there is about the largest.',
  )
  expect(fewNote([0.5, 0.05], [19])).toBe(
    '1 of 1 points rest on fewer than 20 values: p5 there is about the smallest.',
  )
})

test('fewNote says nothing where there is enough, or nothing', () => {
  expect([fewNote([0.95], [20, null]), fewNote([0.95], []), fewNote([], [1])]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
