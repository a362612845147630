import { expect, test } from 'vitest'
import {
  formatAverage,
  formatBytes,
  formatCount,
  formatScore,
  formatSeconds,
  formatShare,
  formatSpan,
  formatUsd,
  plural,
} from './format.ts'

test.each([
  formatAverage,
  formatBytes,
  formatCount,
  formatScore,
  formatSeconds,
  formatShare,
  formatSpan,
  formatUsd,
])('%o of unknown is no data, never 0', (format) => {
  for (const unknown of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(format(unknown)).toBe('no data')
  }
})

test.each([
  [1, '100 %'],
  [0, '0 %'],
  [0.5, '50.00 %'],
  [0.29, '29.00 %'],
  [0.99999, '99.99 %'],
  [1 - 1e-9, '99.99 %'],
  [0.00001, '< 0.01 %'],
  [0.0001, '0.01 %'],
])('formatShare(%f) is %s: never rounded to all or nothing', (share, text) => {
  expect(formatShare(share)).toBe(text)
})

test.each([
  [0, '0 s'],
  [0.0000421, '42.1 µs'],
  [0.00084, '840 µs'],
  [0.00123, '1.23 ms'],
  [0.84, '840 ms'],
  [0.9996, '1.00 s'],
  [3.2, '3.20 s'],
  [12.34, '12.3 s'],
  [1234.5, '1,235 s'],
])('formatSeconds(%f) is %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})

test.each([
  [0, '$0.00'],
  [0.0000034, '$0.0000034'],
  [0.00123, '$0.0012'],
  [0.4567, '$0.4567'],
  [1234.567, '$1,234.57'],
])('formatUsd(%f) is %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text)
})

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [61, '1 min 1 s'],
  [3600, '1 h'],
  [93_784, '1 d 2 h'],
])('formatSpan(%f) is %s', (seconds, text) => {
  expect(formatSpan(seconds)).toBe(text)
})

test('formatBytes uses binary units', () => {
  expect([0, 1023, 1536, 5 * 1024 ** 3].map(formatBytes)).toEqual([
    '0 bytes',
    '1,023 bytes',
    '1.5 KiB',
    '5.0 GiB',
  ])
})

test('plural', () => {
  expect([plural(0, 'call'), plural(1, 'call'), plural(1200, 'call')]).toEqual([
    '0 calls',
    '1 call',
    '1,200 calls',
  ])
})
