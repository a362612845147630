import { expect, test } from 'vitest'
import { changeOf, formatValue } from './format.ts'
import type { Unit } from './format.ts'

test.each<[number | null | undefined, Unit, string]>([
  [null, 'count', '–'],
  [undefined, 'ratio', '–'],
  [Number.NaN, 'seconds', '–'],
  [0, 'count', '0'],
  [9999, 'count', '9,999'],
  [123_456, 'tokens', '123K'],
  [0.25, 'per-second', '0.25/s'],
  [0.637, 'rate', '0.637/s'],
  [0.01, 'rate', '0.6/min'],
  [6 / 86_400, 'rate', '0.25/h'],
  [0, 'rate', '0/s'],
  [0, 'ratio', '0%'],
  [0.000_01, 'ratio', '<0.01%'],
  [0.999_99, 'ratio', '>99.99%'],
  [1, 'ratio', '100%'],
  [0.1234, 'ratio', '12.3%'],
  [0.0123, 'ratio', '1.23%'],
  [0.000_25, 'seconds', '250 µs'],
  [0.1234, 'seconds', '123 ms'],
  [2.345, 'seconds', '2.35 s'],
  [600, 'seconds', '10 min'],
  [0, 'usd', '$0'],
  [0.000_123_4, 'usd', '$0.000123'],
  [0.012, 'usd', '$0.012'],
  [0.1, 'usd', '$0.10'],
  [0.456, 'usd', '$0.46'],
  [1234.5, 'usd', '$1,234.50'],
  [0.8765, 'score', '0.88'],
  [1, 'state', 'up'],
  [0.5, 'state', 'partly up'],
  [0, 'state', 'down'],
  [4, 'times', '×4'],
])('formatValue(%s, %s) is %s', (value, unit, expected) => {
  expect(formatValue(value, unit)).toBe(expected)
})

test('changeOf nothing, or from nothing, is unknown', () => {
  expect(changeOf(15, 10)).toBe(0.5)
  expect([changeOf(1, 0), changeOf(1, null), changeOf(undefined, 1)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
