/** The recording rules of requests, latency, caches, cost and quality: what alerts and dashboards read more than once. */
import type { Counted, Gauge, Quantile, Ratio, Rate, Signal } from '../alerts/signal.ts'
import { failed, valid } from '../alerts/catalogue/shared.ts'
import { recordingOf } from './recordings.ts'
import type { Recording } from './recordings.ts'
import type { RuleGroup } from './rule-file.ts'

function rate(of: Counted, ...by: string[]): Rate {
  return { kind: 'rate', of, by }
}

function ratio(numerator: Counted, denominator: Counted, ...by: string[]): Ratio {
  return { kind: 'ratio', numerator, denominator, by }
}

function increase(of: Counted, ...by: string[]): Signal {
  return { kind: 'increase', of, by }
}

function quantile(value: number, metric: string, ...by: string[]): Quantile {
  return { kind: 'quantile', metric, quantile: value, windowMinutes: 5, by }
}

const REQUESTS: Counted = { metric: 'rag_requests_total', windowMinutes: 5 }
const LOOKUPS: Counted = { metric: 'rag_cache_requests_total', windowMinutes: 5 }
const HITS: Counted = { ...LOOKUPS, where: { result: { in: ['hit'] } } }
const COST: Counted = { metric: 'rag_llm_cost_usd_total', windowMinutes: 60 }
const RETRIEVALS: Counted = { metric: 'rag_retrievals_total', windowMinutes: 30 }
const SCORES: Counted = { metric: 'rag_quality_score', part: 'count', windowMinutes: 60 }

function budget(metric: string, over: Gauge['over']): Gauge {
  return { kind: 'gauge', metric, over, windowMinutes: 2, aggregate: 'max', by: ['budget', 'period'] }
}

interface RecordingGroup {
  readonly name: string
  readonly interval: string
  readonly recordings: readonly Recording[]
}

const GROUPS: readonly RecordingGroup[] = [
  {
    name: 'ragmeter-record-requests',
    interval: '30s',
    recordings: [
      { record: 'service:rag_requests:rate5m', signal: rate(REQUESTS, 'service') },
      { record: 'service_intent:rag_requests:rate5m', signal: rate(REQUESTS, 'service', 'intent') },
      {
        record: 'service:rag_requests_valid:rate5m',
        signal: rate(valid('rag_requests_total', 5), 'service'),
      },
      {
        record: 'service:rag_requests_valid:increase5m',
        signal: increase(valid('rag_requests_total', 5), 'service'),
      },
      {
        record: 'service:rag_requests_failed:rate5m',
        signal: rate(failed('rag_requests_total', 5), 'service'),
      },
      {
        record: 'service:rag_requests_failed_per_requests_valid:ratio_rate5m',
        signal: ratio(failed('rag_requests_total', 5), valid('rag_requests_total', 5), 'service'),
      },
      {
        record: 'service_error_type:rag_errors:rate5m',
        signal: rate({ metric: 'rag_errors_total', windowMinutes: 5 }, 'service', 'error_type'),
      },
    ],
  },
  {
    name: 'ragmeter-record-latency',
    interval: '30s',
    recordings: [
      {
        record: 'service:rag_request_duration_seconds:p50_rate5m',
        signal: quantile(0.5, 'rag_request_duration_seconds', 'service'),
      },
      {
        record: 'service:rag_request_duration_seconds:p95_rate5m',
        signal: quantile(0.95, 'rag_request_duration_seconds', 'service'),
      },
      {
        record: 'service:rag_request_duration_seconds:p99_rate5m',
        signal: quantile(0.99, 'rag_request_duration_seconds', 'service'),
      },
      {
        record: 'service_stage:rag_stage_duration_seconds:p95_rate5m',
        signal: quantile(0.95, 'rag_stage_duration_seconds', 'service', 'stage'),
      },
      {
        record: 'service_dependency_kind:rag_dependency_request_duration_seconds:p95_rate5m',
        signal: quantile(0.95, 'rag_dependency_request_duration_seconds', 'service', 'dependency', 'kind'),
      },
      {
        record: 'service_provider_model:rag_llm_request_duration_seconds:p95_rate5m',
        signal: quantile(0.95, 'rag_llm_request_duration_seconds', 'service', 'provider', 'model'),
      },
    ],
  },
  {
    name: 'ragmeter-record-cache',
    interval: '30s',
    recordings: [
      {
        record: 'service_cache_result:rag_cache_requests:rate5m',
        signal: rate(LOOKUPS, 'service', 'cache', 'result'),
      },
      {
        record: 'service_cache:rag_cache_hits_per_requests:ratio_rate5m',
        signal: ratio(HITS, LOOKUPS, 'service', 'cache'),
      },
      {
        record: 'service:rag_cache_hits_per_requests:ratio_rate5m',
        signal: ratio(HITS, LOOKUPS, 'service'),
      },
    ],
  },
  {
    name: 'ragmeter-record-cost',
    interval: '1m',
    recordings: [
      { record: 'service:rag_llm_cost_usd:increase1h', signal: increase(COST, 'service') },
      {
        record: 'service:rag_llm_cost_usd:increase1d',
        signal: increase({ ...COST, windowMinutes: 1440 }, 'service'),
      },
      {
        record: 'service:rag_llm_cost_usd_per_request:ratio_rate1h',
        signal: ratio(COST, { ...REQUESTS, windowMinutes: 60 }, 'service'),
      },
      {
        record: 'service_provider_model_token_type:rag_llm_tokens:rate5m',
        signal: rate(
          { metric: 'rag_llm_tokens_total', windowMinutes: 5 },
          'service',
          'provider',
          'model',
          'token_type',
        ),
      },
      {
        record: 'budget_period:rag_budget_spent_per_limit:ratio',
        signal: {
          kind: 'gauge-ratio',
          numerator: budget('rag_budget_spent_usd', 'min'),
          denominator: budget('rag_budget_limit_usd', 'max'),
        },
      },
    ],
  },
  {
    name: 'ragmeter-record-quality',
    interval: '1m',
    recordings: [
      {
        record: 'service_metric:rag_quality_score:mean1h',
        signal: {
          kind: 'mean',
          metric: 'rag_quality_score',
          windowMinutes: 60,
          by: ['service', 'metric'],
        },
      },
      {
        record: 'service_metric:rag_quality_score_count:increase1h',
        signal: increase(SCORES, 'service', 'metric'),
      },
      {
        record: 'service:rag_retrievals_empty_per_retrievals:ratio_rate30m',
        signal: ratio({ ...RETRIEVALS, where: { outcome: { in: ['empty'] } } }, RETRIEVALS, 'service'),
      },
      {
        record: 'service_retriever:rag_retrieval_top_score:mean1h',
        signal: {
          kind: 'mean',
          metric: 'rag_retrieval_top_score',
          windowMinutes: 60,
          by: ['service', 'retriever'],
        },
      },
    ],
  },
]

/** Every recorded signal but those of objectives. */
export const RECORDINGS: readonly Recording[] = GROUPS.flatMap(({ recordings }) => recordings)

export function recordingGroups(): readonly RuleGroup[] {
  return GROUPS.map(({ name, interval, recordings }) => ({
    name,
    interval,
    rules: recordings.map(recordingOf),
  }))
}
