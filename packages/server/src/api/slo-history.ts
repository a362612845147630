/** GET /api/v1/slos/history: how the error budgets were spent. */
import { array, decimal, epochMs, nullable, object, string, whole } from '../lib/json-schema.ts'
import { integer } from './parameters.ts'
import { route } from './route.ts'

const HISTORY_SCHEMA = object({
  step_seconds: whole(),
  slos: array(
    object({
      name: string(),
      service: string(),
      points: array(
        object({
          at: epochMs('End of the rolling window.'),
          error_budget_remaining: nullable(
            decimal(
              'Share that was left; null without events, or where the whole window is not kept any more.',
            ),
          ),
        }),
      ),
    }),
  ),
})

export const sloHistoryRoute = route({
  url: '/api/v1/slos/history',
  operationId: 'listSloHistory',
  tag: 'alerts',
  summary: 'What was left of the error budgets over the last days',
  parameters: { days: integer('How far back.', { minimum: 1, maximum: 60, default: 30 }) },
  responses: { 200: { description: 'The budgets.', schema: HISTORY_SCHEMA } },
  answer: async ({ values: { days } }, { histories }) => {
    const { stepSeconds, slos } = await histories.budgets(days)
    return {
      step_seconds: stepSeconds,
      slos: slos.map(({ slo, service, points }) => ({
        name: slo,
        service,
        points: points.map(({ at, value }) => ({ at, error_budget_remaining: value })),
      })),
    }
  },
})
