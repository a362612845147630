/** The fourteen panels of AegisRAG's overview, in its order, with what was wrong in them put right. */
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification } from './dashboard.ts'
import { CACHE_STEPS, CHOSEN, ERROR_RATIO, ERROR_STEPS, LATENCY_STEPS } from './expressions.ts'

export const OVERVIEW: DashboardSpecification = {
  key: 'overview',
  title: 'ragmeter / Overview',
  description: 'Is it up, is it fast, is it right, what does it cost: all services at a glance.',
  from: 'now-6h',
  variables: [
    SERVICE,
    {
      name: 'intent',
      label: 'Intent',
      query: 'label_values(rag_requests_total{service=~"$service"}, intent)',
    },
    { name: 'model', label: 'Model', query: 'label_values(rag_requests_total{service=~"$service"}, model)' },
  ],
  rows: [
    {
      panels: [
        {
          title: 'Query Rate (QPS)',
          description: 'Requests of all outcomes per second, by service, and by intent.',
          view: 'timeseries',
          unit: 'reqps',
          min: 0,
          queries: [
            {
              expression:
                'sum by (service) (rate(rag_requests_total{service=~"$service",intent=~"$intent|",model=~"$model|"}[$__rate_interval]))',
              legend: '{{service}}',
            },
            {
              expression:
                'sum by (service, intent) (rate(rag_requests_total{service=~"$service",intent=~"$intent",model=~"$model|"}[$__rate_interval]))',
              legend: '{{service}} {{intent}}',
            },
          ],
          traces: '',
        },
        {
          title: 'P95 Latency by Stage',
          description:
            'Nineteen of twenty runs of a stage are faster than this. The dashed lines are the thresholds of the alerts on whole requests.',
          view: 'timeseries',
          unit: 's',
          min: 0,
          thresholds: LATENCY_STEPS,
          queries: [
            {
              expression: `service_stage:rag_stage_duration_seconds:p95_rate5m${CHOSEN}`,
              legend: '{{service}} {{stage}}',
            },
            {
              expression: `service:rag_request_duration_seconds:p95_rate5m${CHOSEN}`,
              legend: '{{service}} whole request',
            },
          ],
          traces: '',
        },
        {
          title: 'Cache Hit Rate',
          description: 'Share of cache lookups that hit. Low right after a start, when caches are cold.',
          view: 'gauge',
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: CACHE_STEPS,
          width: 6,
          queries: [
            {
              expression: `service:rag_cache_hits_per_requests:ratio_rate5m${CHOSEN}`,
              legend: '{{service}}',
            },
          ],
        },
        {
          title: 'Error Rate',
          description:
            'Share of valid requests that failed or timed out; rejected and cancelled ones do not count.',
          view: 'gauge',
          unit: 'percentunit',
          min: 0,
          max: 1,
          decimals: 1,
          thresholds: ERROR_STEPS,
          width: 6,
          queries: [{ expression: ERROR_RATIO, legend: '{{service}}' }],
          traces: 'status:error',
        },
        {
          title: 'Memory Facts Count',
          description:
            'Facts in the memory of the service. Replicas report the same store, so the highest counts.',
          view: 'stat',
          unit: 'short',
          width: 6,
          queries: [
            {
              expression:
                'sum by (service) (max by (service, fact_type) (rag_memory_facts{service=~"$service"}))',
              legend: '{{service}} total',
            },
            {
              expression: 'max by (service, fact_type) (rag_memory_facts{service=~"$service"})',
              legend: '{{service}} {{fact_type}}',
            },
          ],
        },
        {
          title: 'LLM Requests & Tokens',
          description: 'Calls of language models, and tokens in and out, per second.',
          view: 'stat',
          unit: 'short',
          width: 6,
          queries: [
            {
              expression:
                'sum by (service) (rate(rag_llm_requests_total{service=~"$service"}[$__rate_interval]))',
              legend: '{{service}} calls/s',
            },
            {
              expression:
                'sum by (service, token_type) (rate(rag_llm_tokens_total{service=~"$service"}[$__rate_interval]))',
              legend: '{{service}} {{token_type}} tokens/s',
            },
          ],
        },
        {
          title: 'Query Latency Distribution',
          description:
            'How many requests took how long. The dots are single requests: click one for its trace.',
          view: 'heatmap',
          unit: 's',
          queries: [
            {
              expression:
                'sum by (le) (increase(rag_request_duration_seconds_bucket{service=~"$service",intent=~"$intent|"}[$__rate_interval]))',
              legend: '{{le}}',
              exemplars: true,
            },
          ],
        },
        {
          title: 'Errors by Type',
          description: 'Failed requests per second, by the type of the error.',
          view: 'timeseries',
          unit: 'reqps',
          min: 0,
          queries: [
            {
              expression: `service_error_type:rag_errors:rate5m${CHOSEN}`,
              legend: '{{service}} {{error_type}}',
            },
          ],
          traces: 'error:${__field.labels.error_type}',
        },
        {
          title: 'Queries by Intent & Model',
          description: 'What was asked for and which model answered, over the whole range.',
          view: 'piechart',
          unit: 'short',
          width: 8,
          queries: [
            {
              expression:
                'sum by (intent, model) (increase(rag_requests_total{service=~"$service",intent=~"$intent|",model=~"$model|"}[$__range]))',
              legend: '{{intent}} {{model}}',
            },
          ],
        },
        {
          title: 'Cache Performance by Type',
          description: 'Lookups per second that hit and that missed, by cache.',
          view: 'timeseries',
          unit: 'ops',
          min: 0,
          width: 8,
          queries: [
            {
              expression: `sum by (cache, result) (service_cache_result:rag_cache_requests:rate5m${CHOSEN})`,
              legend: '{{cache}} {{result}}',
            },
          ],
        },
        {
          title: 'Database Metrics',
          description: 'Sizes of the stores. Replicas report the same store, so the highest counts.',
          view: 'stat',
          unit: 'short',
          width: 8,
          queries: [
            {
              expression:
                'max by (service, store, collection) (rag_vector_store_points{service=~"$service"})',
              legend: '{{store}} {{collection}} points',
            },
            {
              expression: 'max by (service, store) (rag_graph_store_entities{service=~"$service"})',
              legend: '{{store}} entities',
            },
            {
              expression: 'max by (service, store) (rag_graph_store_relations{service=~"$service"})',
              legend: '{{store}} relations',
            },
          ],
        },
        {
          title: 'LLM Cost (Monthly)',
          description:
            'Cost of the last 30 days by provider, and what the monthly budgets of ragmeter.yaml have spent and left, since the month began.',
          view: 'timeseries',
          unit: 'currencyUSD',
          queries: [
            {
              expression: 'sum by (provider) (increase(rag_llm_cost_usd_total{service=~"$service"}[30d]))',
              legend: '{{provider}}, 30 days',
            },
            {
              expression: 'max by (budget) (rag_budget_spent_usd{period="monthly"})',
              legend: '{{budget}} spent',
            },
            {
              expression:
                'max by (budget) (rag_budget_limit_usd{period="monthly"}) - max by (budget) (rag_budget_spent_usd{period="monthly"})',
              legend: '{{budget}} left',
            },
          ],
        },
        {
          title: 'LLM Latency by Provider',
          description: 'Median and p95 of calls of language models.',
          view: 'timeseries',
          unit: 's',
          min: 0,
          queries: [0.95, 0.5].map((quantile) => ({
            expression: `histogram_quantile(${quantile}, sum by (service, provider, le) (rate(rag_llm_request_duration_seconds_bucket{service=~"$service"}[$__rate_interval])))`,
            legend: `{{service}} {{provider}} p${quantile * 100}`,
          })),
          traces: 'provider:${__field.labels.provider}',
        },
        {
          title: 'Service Availability',
          description: 'Whether Prometheus reaches the scraped processes, and services their dependencies.',
          view: 'state-timeline',
          unit: 'none',
          width: 24,
          texts: [
            { value: 0, text: 'down', colour: 'red' },
            { value: 1, text: 'up', colour: 'green' },
          ],
          queries: [
            { expression: 'min by (job, instance) (up)', legend: '{{job}} {{instance}}' },
            {
              expression: 'max by (service, dependency) (rag_dependency_up{service=~"$service"})',
              legend: '{{service}}: {{dependency}}',
            },
          ],
        },
      ],
    },
  ],
}
