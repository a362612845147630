/** Alerts on quotas of providers, as their responses state them. */
import type { AlertSpecification } from '../specification.ts'
import type { Gauge, Where } from '../signal.ts'
import { all, compare, enough } from './shared.ts'

const LABELS = ['service', 'provider', 'model', 'limit']

function quota(metric: string, where?: Where): Gauge {
  return {
    kind: 'gauge',
    metric,
    ...(where === undefined ? {} : { where }),
    over: 'max',
    windowMinutes: 2,
    aggregate: 'max',
    by: LABELS,
  }
}

/** The quota is known from responses only: without calls its last value stays, although it has been refilled. */
const CALLED = enough({ metric: 'rag_llm_requests_total', windowMinutes: 5 }, ['service', 'provider'], 1)
const REQUESTS: Where = { limit: { in: ['requests'] } }

export const RATE_LIMIT_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagRateLimitLow',
    family: 'rate_limit',
    severity: 'warning',
    when: all(
      compare(quota('rag_llm_rate_limit_remaining', REQUESTS), '<', 'rateLimitRequestsLeft'),
      // Of a quota that is smaller than the threshold, fewer are always left.
      compare(quota('rag_llm_rate_limit_max', REQUESTS), '>', 'rateLimitRequestsLeft'),
      CALLED,
    ),
    forMinutes: 2,
    summary: 'The request quota of a language model is nearly used up.',
    description:
      '{service} has {value} requests left at {provider} {model} (threshold {threshold:rateLimitRequestsLeft}).',
    valueFormat: 'count',
    dashboard: 'operations',
    replaces: ['M2.3: RateLimitWarning'],
  },
  {
    name: 'RagRateLimitHeadroomLow',
    family: 'rate_limit',
    severity: 'warning',
    when: all(
      compare(
        {
          kind: 'gauge-ratio',
          numerator: quota('rag_llm_rate_limit_remaining'),
          denominator: quota('rag_llm_rate_limit_max'),
        },
        '<',
        'rateLimitHeadroom',
      ),
      CALLED,
    ),
    forMinutes: 5,
    summary: 'A quota of a language model is nearly used up.',
    description:
      '{value} of the quota of {limit} is left to {service} at {provider} {model} (threshold {threshold:rateLimitHeadroom}).',
    valueFormat: 'percent',
    dashboard: 'operations',
  },
]
