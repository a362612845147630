/** GET /stats: how the service is doing, in numbers over all requests. */
import { HOUR_MS } from '@ragmeter/core'
import { uptimeSeconds } from './health.ts'
import { choice, optionalTime, text } from './parameters.ts'
import { ParameterError } from '../lib/request-error.ts'
import { route } from './route.ts'
import { emptyRange } from './trace-filter.ts'
import type { StatsResult } from '../store/store.ts'
import { decimal, epochMs, map, nullable, object, oneOf, whole } from '../lib/json-schema.ts'

const PERIODS_MS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS } as const
const PERIODS = Object.keys(PERIODS_MS) as (keyof typeof PERIODS_MS)[]

const seconds = nullable(decimal('Seconds; null without data.'))
const ratio = (of: string) => nullable(decimal(`${of}, 0..1; null without data.`))

const tokens = nullable(whole('Of the calls that state them; null if none does.'))

const STATS_SCHEMA = object({
  uptime_seconds: decimal('Since the start of the daemon.'),
  period: nullable(oneOf(PERIODS, 'null if `from` was stated.')),
  from: epochMs('Start of the range, inclusive.'),
  to: epochMs('End of the range, exclusive.'),
  measured_since: nullable(
    epochMs(
      'First request of the database, of the service if one is asked for, to the minute, hour or day that is still held: what was before is not known. null if there never was one.',
    ),
  ),
  traces_total: whole('Requests ever counted, sampled or not; of the service, if one is asked for.'),
  traces_last_hour: whole('Requests of the last hour.'),
  traces_stored: whole('Traces of the range in the database: a sample, not the requests.'),
  requests: whole('Requests of the range, sampled or not.'),
  errors: whole('Of these, failed or timed out.'),
  statuses: map(whole(), 'Requests by status.'),
  success_rate: ratio('Successes among the requests'),
  latency: object({ p50: seconds, p95: seconds, p99: seconds, average: seconds }),
  retrieval: object({
    retrievals: whole('Retrievals whose outcome is known, failed ones included.'),
    failed: whole('Of these, failed.'),
    empty: whole('Of these, found nothing.'),
    empty_rate: ratio('Empty retrievals among those that did not fail'),
    p95_seconds: seconds,
    average_documents: nullable(decimal()),
    average_top_score: ratio('Average of the best scores'),
  }),
  generation: object({ calls: whole('Calls of language models.'), p95_seconds: seconds }),
  tokens: object({ input: tokens, output: tokens }),
  cost: object({
    usd: nullable(
      decimal(
        'US dollars: what is known of model calls and document store together, as in the ledger. A lower bound if `unpriced_calls` is not 0; null if nothing is known.',
      ),
    ),
    llm_usd: nullable(decimal('Of the model calls whose price is known; null if there are none.')),
    docstore_usd: nullable(decimal('Of the document store; null if no application stated any.')),
    unpriced_calls: whole('Model calls whose price is not known: the cost does not include them.'),
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
    from: optionalTime('Start of a range instead of `period`.'),
    to: optionalTime('End of that range; now without it.'),
    service: text('Only this service.'),
  },
  responses: { 200: { description: 'The numbers.', schema: STATS_SCHEMA } },
  answer: async ({ values: { period, from, to, service } }, context) => {
    const now = context.now()
    const range = from === undefined ? { from: now - PERIODS_MS[period], to: now } : { from, to: to ?? now }
    if (range.from >= range.to) throw emptyRange()
    if (from === undefined && to !== undefined) {
      throw new ParameterError('to', '`to` is stated without `from`', 'State both, or `period`.')
    }
    const of = service === undefined ? {} : { service }
    const [stats, lastHour] = await Promise.all([
      context.store.query('stats', { ...range, ...of }).then(readStats),
      context.store.query('stats', { from: now - HOUR_MS, to: now, ...of }).then(readStats),
    ])
    const { requests_total, ...ofRange } = stats
    return {
      uptime_seconds: uptimeSeconds(context),
      period: from === undefined ? period : null,
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
