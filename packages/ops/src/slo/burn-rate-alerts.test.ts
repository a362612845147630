import { expect, test } from 'vitest'
import { DEFAULT_CONFIGURATION } from '../configuration/configuration.ts'
import { runbookUrl } from '../rules/alert-rules.ts'
import { burnRateAlerts, BURN_WINDOWS_MINUTES } from './burn-rate-alerts.ts'
import { errorBudget } from './slo.ts'
import type { Slo } from './slo.ts'

const SLO: Slo = {
  name: 'fast_search',
  description: 'Searches are fast.',
  service: 'shop',
  total: { metric: 'rag_request_duration_seconds', part: 'count' },
  good: { metric: 'rag_request_duration_seconds', part: { atMost: 0.5 } },
  target: 0.995,
  windowDays: 28,
}

test('an objective has a page and a ticket, named after it, with its label and the general runbooks', () => {
  const alerts = burnRateAlerts(SLO)
  expect(alerts.map(({ name, severity, labels }) => [name, severity, labels])).toEqual([
    ['RagFastSearchBudgetBurnFast', 'critical', { slo: 'fast_search' }],
    ['RagFastSearchBudgetBurnSlow', 'warning', { slo: 'fast_search' }],
  ])
  expect(alerts.map((alert) => runbookUrl(alert, DEFAULT_CONFIGURATION).split('/').at(-1))).toEqual([
    'RagBudgetBurnFast.md',
    'RagBudgetBurnSlow.md',
  ])
})

test('thresholds are the factors of the SRE workbook times the budget, without the noise of floats', () => {
  const text = JSON.stringify(burnRateAlerts(SLO))
  const thresholds = Array.from(text.matchAll(/"threshold":([\d.]+)/g), ([, number]) => Number(number))
  expect(errorBudget(SLO)).toBe(0.005)
  expect(thresholds).toEqual([0.072, 0.072, 0.03, 0.03, 0.015, 0.015, 0.005, 0.005])
  expect(BURN_WINDOWS_MINUTES).toEqual([5, 30, 60, 120, 360, 1440, 4320])
})

test('only events of its service count', () => {
  const services = JSON.stringify(burnRateAlerts(SLO)).match(/"service":\{"in":\["shop"\]\}/g)
  // Numerator and denominator of four windows in each alert, and the events of its guard.
  expect(services).toHaveLength(2 * (4 * 2 + 1))
})

test.each([
  [0.94, 2],
  [0.935, 2],
  [0.93, 1],
  [0.9, 1],
])('an objective of %s has %i alerts: a share of bad events near 1 pages nobody', (target, count) => {
  expect(burnRateAlerts({ ...SLO, target })).toHaveLength(count)
})
