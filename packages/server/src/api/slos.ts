/** GET /api/v1/slos: objectives, what is left of their error budgets, and how fast they are spent. */
import { array, decimal, nullable, object, string, whole } from '../lib/json-schema.ts'
import { route } from './route.ts'

const SLOS_SCHEMA = object({
  slos: array(
    object({
      name: string(),
      description: string(),
      service: string(),
      target: decimal('Share of good events that is promised.'),
      window_days: whole('Rolling window of the error budget.'),
      covered_days: decimal(
        'How many of the last days `sli`, `events` and the budget are of: fewer than `window_days` only after the start of a daemon that has too many series to read all of the past.',
      ),
      sli: decimal('Share of good events in the window.'),
      events: decimal('Events in the window; budget and share are weighted by them.'),
      error_budget_remaining: decimal('Share that is left; below 0 when it is overspent.'),
      burn_rates: array(
        object({
          window_minutes: whole(),
          rate: nullable(
            decimal(
              '1 spends the budget exactly within its window; null without events, or if the window is not covered.',
            ),
          ),
        }),
      ),
    }),
    'One for each service that has had events in the window.',
  ),
})

export const slosRoute = route({
  url: '/api/v1/slos',
  operationId: 'listSlos',
  tag: 'alerts',
  summary: 'Service level objectives with their error budgets and burn rates',
  parameters: {},
  responses: { 200: { description: 'The objectives.', schema: SLOS_SCHEMA } },
  answer: (_, { alerting }) =>
    Promise.resolve({
      slos: alerting.slos().map((slo) => ({
        name: slo.name,
        description: slo.description,
        service: slo.service,
        target: slo.target,
        window_days: slo.windowDays,
        covered_days: slo.coveredDays,
        sli: slo.sli,
        events: slo.events,
        error_budget_remaining: slo.budgetRemaining,
        burn_rates: slo.burnRates.map(({ windowMinutes, rate }) => ({ window_minutes: windowMinutes, rate })),
      })),
    }),
})
