/** The ten panels of M2.3's dashboard under their titles, with expressions that say what the titles promise. */
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification, RowSpecification } from './dashboard.ts'
import {
  CACHE_STEPS,
  CHOSEN,
  ERROR_RATIO,
  ERROR_STEPS,
  LATENCY_QUANTILES,
  LATENCY_STEPS,
} from './expressions.ts'

const { thresholds } = DEFAULT_CONFIGURATION

const BEYOND: RowSpecification = {
  title: 'Beyond',
  panels: [
    {
      title: 'HTTP Responses by Route',
      description: 'Answers of the application per second, by route and status code.',
      view: 'timeseries',
      unit: 'reqps',
      min: 0,
      queries: [
        {
          expression: `sum by (service, method, route, code) (rate(rag_http_requests_total${CHOSEN}[$__rate_interval]))`,
          legend: '{{method}} {{route}} {{code}}',
        },
      ],
    },
    {
      title: 'HTTP Latency by Route (p95)',
      description: 'Until the application has answered, by route.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      queries: [
        {
          expression: `histogram_quantile(0.95, sum by (service, method, route, le) (rate(rag_http_request_duration_seconds_bucket${CHOSEN}[$__rate_interval])))`,
          legend: '{{method}} {{route}}',
        },
      ],
    },
    {
      title: 'Time to First Token (p95)',
      description: 'What a user waits for before a streamed answer begins.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `histogram_quantile(0.95, sum by (service, model, le) (rate(rag_llm_time_to_first_token_seconds_bucket${CHOSEN}[$__rate_interval])))`,
          legend: '{{service}} {{model}}',
        },
      ],
      traces: 'model:${__field.labels.model}',
    },
    {
      title: 'LLM Calls by Status',
      description: 'Calls of language models per second, by model and outcome.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `sum by (service, model, status) (rate(rag_llm_requests_total${CHOSEN}[$__rate_interval]))`,
          legend: '{{service}} {{model}} {{status}}',
        },
      ],
      traces: 'model:${__field.labels.model}',
    },
    {
      title: 'Cached and Reasoning Tokens',
      description:
        'Parts of the tokens above: read from and written to the cache of the provider, and spent on reasoning.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `sum by (service, model, detail) (rate(rag_llm_tokens_detail_total${CHOSEN}[$__rate_interval]))`,
          legend: '{{service}} {{model}} {{detail}}',
        },
      ],
    },
    {
      title: 'Calls to Dependencies',
      description: 'Calls per second, by dependency and outcome.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `sum by (service, dependency, status) (rate(rag_dependency_requests_total${CHOSEN}[$__rate_interval]))`,
          legend: '{{service}} {{dependency}} {{status}}',
        },
      ],
    },
    {
      title: 'Cache Entries',
      description: 'Replicas may share a cache, so the highest counts.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `max by (service, cache) (rag_cache_entries${CHOSEN})`,
          legend: '{{service}} {{cache}}',
        },
      ],
    },
    {
      title: 'Age of Store Statistics',
      description: 'How long ago the sizes of a store were last read. What is old says nothing about now.',
      view: 'stat',
      unit: 's',
      width: 8,
      thresholds: [
        [null, 'green'],
        [thresholds.storeStatsAge, 'red'],
      ],
      queries: [
        {
          expression: `time() - max by (service, store) (rag_store_stats_last_success_timestamp_seconds${CHOSEN})`,
          legend: '{{service}} {{store}}',
        },
      ],
    },
  ],
}

export const OPERATIONS: DashboardSpecification = {
  key: 'operations',
  title: 'ragmeter / Operations',
  description: 'What whoever is on call looks at: latency, errors, tokens, money, caches, quotas, answers.',
  from: 'now-3h',
  variables: [SERVICE],
  rows: [
    {
      panels: [
        {
          title: 'Query Latency (p50, p95, p99)',
          description: 'Latency of whole requests. The dashed lines are the thresholds of the alerts on p95.',
          view: 'timeseries',
          unit: 's',
          min: 0,
          thresholds: LATENCY_STEPS,
          queries: LATENCY_QUANTILES,
          traces: 'latency>1s',
        },
        {
          title: 'Request Rate & Error Rate',
          description: 'Requests per second, and those of them that failed or timed out.',
          view: 'timeseries',
          unit: 'reqps',
          min: 0,
          queries: [
            { expression: `service:rag_requests:rate5m${CHOSEN}`, legend: '{{service}}' },
            { expression: `service:rag_requests_failed:rate5m${CHOSEN}`, legend: '{{service}} failed' },
          ],
          traces: 'status:error',
        },
        {
          title: 'Token Usage',
          description: 'Tokens an hour, at the pace of the last five minutes, by model and direction.',
          view: 'timeseries',
          unit: 'short',
          min: 0,
          queries: [
            {
              expression: `sum by (service, model, token_type) (service_provider_model_token_type:rag_llm_tokens:rate5m${CHOSEN}) * 3600`,
              legend: '{{service}} {{model}} {{token_type}}',
            },
          ],
          traces: 'model:${__field.labels.model}',
        },
        {
          title: 'Cost per Query & Total Spend',
          description: 'Mean cost of a request within the last hour, and what the last 24 hours cost.',
          view: 'timeseries',
          unit: 'currencyUSD',
          min: 0,
          queries: [
            {
              expression: `service:rag_llm_cost_usd_per_request:ratio_rate1h${CHOSEN}`,
              legend: '{{service}} a request',
            },
            { expression: `service:rag_llm_cost_usd:increase1d${CHOSEN}`, legend: '{{service}} 24 hours' },
          ],
        },
        {
          title: 'Cache Hit Rate %',
          description: 'Share of lookups that hit, within the last five minutes, by cache.',
          view: 'gauge',
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: CACHE_STEPS,
          width: 8,
          queries: [
            {
              expression: `service_cache:rag_cache_hits_per_requests:ratio_rate5m${CHOSEN}`,
              legend: '{{service}} {{cache}}',
            },
          ],
        },
        {
          title: 'Error Rate %',
          description: 'Share of valid requests that failed, within the last five minutes.',
          view: 'stat',
          unit: 'percentunit',
          decimals: 2,
          thresholds: ERROR_STEPS,
          width: 8,
          queries: [{ expression: ERROR_RATIO, legend: '{{service}}' }],
          traces: 'status:error',
        },
        {
          title: 'Active Requests',
          description: 'Requests under way, of all instances together.',
          view: 'stat',
          unit: 'short',
          width: 8,
          thresholds: [
            [null, 'green'],
            [thresholds.inFlight / 2, 'yellow'],
            [thresholds.inFlight, 'red'],
          ],
          queries: [
            { expression: `sum by (service) (rag_requests_in_flight${CHOSEN})`, legend: '{{service}}' },
          ],
        },
        {
          title: 'Rate Limit Remaining',
          description:
            'What the provider says is left of a quota, as a share of it. Lowest of all instances.',
          view: 'gauge',
          unit: 'percentunit',
          min: 0,
          max: 1,
          width: 8,
          thresholds: [
            [null, 'red'],
            [thresholds.rateLimitHeadroom, 'yellow'],
            [0.25, 'green'],
          ],
          queries: [
            {
              expression: `min by (service, provider, model, limit) (rag_llm_rate_limit_remaining${CHOSEN}) / max by (service, provider, model, limit) (rag_llm_rate_limit_max${CHOSEN})`,
              legend: '{{service}} {{model}} {{limit}}',
            },
          ],
        },
        {
          title: 'Response Relevance Score',
          description:
            'Mean scores of answers within the last hour, 0 to 1. The dashed line is the threshold of the alert on relevance.',
          view: 'timeseries',
          unit: 'percentunit',
          min: 0,
          max: 1,
          width: 8,
          thresholds: [
            [null, 'red'],
            [thresholds.relevance, 'green'],
          ],
          queries: [
            {
              expression: `service_metric:rag_quality_score:mean1h${CHOSEN}`,
              legend: '{{service}} {{metric}}',
            },
          ],
        },
        {
          title: 'Error Breakdown by Type',
          description: 'Failed requests of the whole range, by the type of the error.',
          view: 'piechart',
          unit: 'short',
          width: 8,
          queries: [
            {
              expression: `sum by (service, error_type) (increase(rag_errors_total${CHOSEN}[$__range]))`,
              legend: '{{service}} {{error_type}}',
            },
          ],
          traces: 'error:${__field.labels.error_type}',
        },
      ],
    },
    BEYOND,
  ],
}
