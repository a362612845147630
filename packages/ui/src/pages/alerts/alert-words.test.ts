import { expect, test } from 'vitest'
import type { Rule, ValueFormat } from './alert-queries.ts'
import { alertValue, thresholdWords } from './alert-words.ts'

test.each<[ValueFormat, number, Rule['comparison'], number, string, string]>([
  ['percent', 0.25, '>', 0.05, '25.0%', 'above 5%'],
  ['rate', 0.001_666, '<', 0.01, '0.00167/s', 'below 0.01/s'],
  ['times', 6.2, '>', 4, '×6.2', 'above ×4'],
  ['count', 6, '==', 0, '6', 'at 0'],
  ['count', 120_000, '>', 100_000, '120K', 'above 100K'],
  ['state', 0, '==', 0, 'down', 'when down'],
])(
  'alertValue and thresholdWords of %s %s %s %s say the unit',
  (format, value, comparison, threshold, ...said) => {
    const words = thresholdWords({ value_format: format, comparison, threshold })
    expect([alertValue(value, format), words]).toEqual(said)
  },
)

test('thresholdWords has none where only Prometheus evaluates', () => {
  expect(thresholdWords({ value_format: 'count', comparison: null, threshold: null })).toBeUndefined()
})
