/** GET /stats: how the service is doing, in numbers over all requests. */
import { HOUR_MS } from '@ragmeter/core'
import { uptimeSeconds } from './health.ts'
import { choice, text } from './parameters.ts'
import { route } from './route.ts'
import type { StatsResult } from '../store/store.ts'
import { decimal, epochMs, map, nullable, object, oneOf, whole } from '../lib/json-schema.ts'

const PERIODS_MS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS } as const
const PERIODS = Object.keys(PERIODS_MS) as (keyof typeof PERIODS_MS)[]

const seconds = nullable(decimal('Seconds; null without data.'))
const ratio = (of: string) => nullable(decimal(`${of}, 0..1; null without data.`))

const STATS_SCHEMA = object({
  uptime_seconds: decimal('Since the start of the daemon.'),
  period: oneOf(PERIODS),
  from: epochMs('Start of the range, inclusive.'),
  to: epochMs('End of the range, exclusive.'),
  traces_total: whole('Requests ever counted, sampled or not; of the service, if one is asked for.'),
  traces_last_hour: whole('Requests of the last hour.'),
  traces_stored: whole('Traces of the range in the database: a sample, not the requests.'),
  requests: whole('Requests of the range, sampled or not.'),
  errors: whole('Of these, failed or timed out.'),
  statuses: map(whole(), 'Requests by status.'),
  success_rate: ratio('Successes among the requests'),
  latency: object({ p50: seconds, p95: seconds, p99: seconds, average: seconds }),
  retrieval: object({
    retrievals: whole(),
    empty: whole('Retrievals that found nothing.'),
    empty_rate: ratio('Empty retrievals among all'),
    p95_seconds: seconds,
    average_documents: nullable(decimal()),
    average_top_score: ratio('Average of the best scores'),
  }),
  generation: object({ calls: whole('Calls of language models.'), p95_seconds: seconds }),
  tokens: object({ input: whole(), output: whole() }),
  cost: object({
    usd: decimal('US dollars, of the calls whose price is known.'),
    unpriced_calls: whole('Calls whose price is not known: the cost does not include them.'),
  }),
  errors_by_type: map(whole(), 'Failed requests by type.'),
})

export const statsRoute = route({
  url: '/stats',
  operationId: 'getStats',
  tag: 'queries',
  summary: 'Numbers of the last hour, day or week',
  parameters: {
    period: choice('How far to look back.', PERIODS, '24h'),
    service: text('Only this service.'),
  },
  responses: { 200: { description: 'The numbers.', schema: STATS_SCHEMA } },
  answer: async ({ values: { period, service } }, context) => {
    const to = context.now()
    const of = service === undefined ? {} : { service }
    const [stats, lastHour] = await Promise.all([
      context.store.query('stats', { from: to - PERIODS_MS[period], to, ...of }).then(readStats),
      context.store.query('stats', { from: to - HOUR_MS, to, ...of }).then(readStats),
    ])
    const { requests_total, ...ofRange } = stats
    return {
      uptime_seconds: uptimeSeconds(context),
      period,
      traces_total: requests_total,
      traces_last_hour: lastHour.requests,
      ...ofRange,
    }
  },
})

/** A small answer, which is shown with another one: it is read again. */
function readStats(answer: Uint8Array): StatsResult {
  return JSON.parse(Buffer.from(answer).toString('utf8')) as StatsResult
}
