import { expect, test } from 'vitest'
import { formatValue } from './format-value.ts'

// Texts of Prometheus 2.42 for the same values; scenarios compare more of them with promtool.
test.each([
  ['percent', 0.05, '5%'],
  ['percent', 0.137_931, '13.79%'],
  ['percent', 2, '200%'],
  ['percent', 120, '1.2e+04%'],
  ['duration', 0, '0s'],
  ['duration', 0.35, '350ms'],
  ['duration', 0.000_002, '2us'],
  ['duration', 4.9792, '4.979s'],
  ['duration', 60, '1m 0s'],
  ['duration', 5760, '1h 36m 0s'],
  ['duration', 90_061.9, '1d 1h 1m 1s'],
  ['duration', -65, '-1m 5s'],
  ['usd', 150.2, '$150.20'],
  ['usd', 0.005, '$0.01'],
  ['rate', 0, '0'],
  ['rate', 0.001_666_666, '0.001667'],
  ['rate', 0.01, '0.01'],
  ['rate', 0.000_05, '5e-05'],
  ['rate', 1, '1'],
  ['rate', 2500, '2.5k'],
  ['times', 6.2, '6.2'],
  ['count', 120_000, '120k'],
  ['count', 1_100_000, '1.1M'],
  ['count', -3, '-3'],
  ['state', 1, 'up'],
  ['state', 0, 'down'],
  ['number', 0.0042, '0.0042'],
  ['number', Infinity, '+Inf'],
  ['number', Number.NaN, 'NaN'],
] as const)('formatValue of %s %s is %s', (format, value, text) => {
  expect(formatValue(value, format)).toBe(text)
})
