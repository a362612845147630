import { expect, test } from 'vitest'
import type { Rule, ValueFormat } from './alert-queries.ts'
import { alertValue, heldBackWords, thresholdWords } from './alert-words.ts'

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

test('heldBackWords say which other condition does not hold', () => {
  expect(
    heldBackWords({
      metric: 'rag_requests_total',
      window_minutes: 360,
      offset_minutes: 0,
      value: 12,
      value_format: 'count',
      comparison: '>=',
      threshold: 60,
    }),
  ).toBe('held back: rag_requests_total within 6 h is 12, not at least 60')
  expect(
    heldBackWords({
      metric: null,
      window_minutes: 5,
      offset_minutes: 0,
      value: null,
      value_format: 'percent',
      comparison: '>',
      threshold: 0.15,
    }),
  ).toBe('held back: it within 5 min is –, not above 15.0%')
  expect(
    heldBackWords({
      metric: 'rag_requests_total',
      window_minutes: 60,
      offset_minutes: 1440,
      value: 0,
      value_format: 'count',
      comparison: '>',
      threshold: 10,
    }),
  ).toBe('held back: rag_requests_total within 1 h, 24 h before, is 0, not above 10')
})
