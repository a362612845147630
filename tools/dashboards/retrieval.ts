/** The eight panels of the Guide's dashboard under their titles, and what its text asks for beyond them. */
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification, RowSpecification } from './dashboard.ts'
import { CHOSEN, ERROR_RATIO, ERROR_STEPS, LATENCY_QUANTILES, LATENCY_STEPS } from './expressions.ts'

const { thresholds } = DEFAULT_CONFIGURATION
const RETRIEVER = '{service=~"$service",retriever=~"$retriever|"}'

const GUIDE: RowSpecification = {
  panels: [
    {
      title: 'Request Rate',
      description: 'Requests a minute.',
      view: 'stat',
      unit: 'reqpm',
      width: 8,
      height: 6,
      queries: [{ expression: `service:rag_requests:rate5m${CHOSEN} * 60`, legend: '{{service}}' }],
    },
    {
      title: 'Response Latency P95/P99',
      description: 'Latency of whole requests within the last five minutes.',
      view: 'stat',
      unit: 's',
      width: 8,
      height: 6,
      thresholds: LATENCY_STEPS,
      queries: LATENCY_QUANTILES.slice(1),
    },
    {
      title: 'Error Rate',
      description: 'Share of valid requests that failed, within the last five minutes.',
      view: 'stat',
      unit: 'percentunit',
      decimals: 2,
      width: 8,
      height: 6,
      thresholds: ERROR_STEPS,
      queries: [{ expression: ERROR_RATIO, legend: '{{service}}' }],
      traces: 'status:error',
    },
    {
      title: 'Token Usage Rate',
      description: 'Tokens per second, by direction.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      queries: [
        {
          expression: `sum by (service, token_type) (service_provider_model_token_type:rag_llm_tokens:rate5m${CHOSEN})`,
          legend: '{{service}} {{token_type}}',
        },
      ],
    },
    {
      title: 'Latency Distribution P50/95/99',
      description: 'Latency of whole requests.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      thresholds: LATENCY_STEPS,
      queries: LATENCY_QUANTILES,
      traces: '',
    },
    {
      title: 'Request Rate by Endpoint',
      description: 'Requests per second, by operation: endpoints with ids in them would be without end.',
      view: 'timeseries',
      unit: 'reqps',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `sum by (service, operation) (rate(rag_requests_total${CHOSEN}[$__rate_interval]))`,
          legend: '{{service}} {{operation}}',
        },
      ],
      traces: 'operation:${__field.labels.operation}',
    },
    {
      title: 'Retrieval Score Distribution',
      description: 'How many returned documents had which score, 0 to 1.',
      view: 'heatmap',
      unit: 'none',
      width: 8,
      queries: [
        {
          expression: `sum by (le) (increase(rag_retrieval_score_bucket${RETRIEVER}[$__rate_interval]))`,
          legend: '{{le}}',
        },
      ],
    },
    {
      title: 'Cache Hit Rate',
      description: 'Share of lookups that hit, by cache.',
      view: 'timeseries',
      unit: 'percentunit',
      min: 0,
      max: 1,
      width: 8,
      queries: [
        {
          expression: `service_cache:rag_cache_hits_per_requests:ratio_rate5m${CHOSEN}`,
          legend: '{{service}} {{cache}}',
        },
      ],
    },
  ],
}

function meanOf(metric: string, labels: string): string {
  const rate = (suffix: string) =>
    `sum by (${labels}) (rate(${metric}_${suffix}${labels.includes('retriever') ? RETRIEVER : CHOSEN}[$__rate_interval]))`
  return `${rate('sum')} / (${rate('count')} > 0)`
}

const RETRIEVAL_ROW: RowSpecification = {
  title: 'Retrieval',
  panels: [
    {
      title: 'Empty Retrievals',
      description:
        'Share of retrievals within 30 minutes that found nothing. The dashed line is where the alert fires.',
      view: 'timeseries',
      unit: 'percentunit',
      min: 0,
      thresholds: [
        [null, 'green'],
        [thresholds.emptyRetrievalRatio, 'red'],
      ],
      queries: [
        {
          expression: `service:rag_retrievals_empty_per_retrievals:ratio_rate30m${CHOSEN}`,
          legend: '{{service}}',
        },
      ],
      traces: 'retrieval.count:0',
    },
    {
      title: 'Retrievals by Outcome',
      description: 'Calls of retrievers per second, found, empty and failed.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      queries: [
        {
          expression: `sum by (retriever, outcome) (rate(rag_retrievals_total${RETRIEVER}[$__rate_interval]))`,
          legend: '{{retriever}} {{outcome}}',
        },
      ],
    },
    {
      title: 'Documents Returned',
      description: 'How many retrievals returned how many documents.',
      view: 'heatmap',
      unit: 'none',
      queries: [
        {
          expression: `sum by (le) (increase(rag_retrieval_documents_bucket${RETRIEVER}[$__rate_interval]))`,
          legend: '{{le}}',
        },
      ],
    },
    {
      title: 'Documents Returned and Used',
      description: 'Mean number of documents a retrieval returns, and of those that reach the prompt.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      queries: [
        {
          expression: meanOf('rag_retrieval_documents', 'service, retriever'),
          legend: '{{retriever}} returned',
        },
        {
          expression: meanOf('rag_retrieval_documents_used', 'service, retriever'),
          legend: '{{retriever}} used',
        },
      ],
      traces: '',
    },
    {
      title: 'Top Score and Margin',
      description:
        'Mean score of the best document, and how far it is above the worst. A small margin means that the order is chance.',
      view: 'timeseries',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        { expression: meanOf('rag_retrieval_top_score', 'service, retriever'), legend: '{{retriever}} top' },
        {
          expression: meanOf('rag_retrieval_score_margin', 'service, retriever'),
          legend: '{{retriever}} margin',
        },
      ],
      traces: '',
    },
    {
      title: 'Rerank Displacement',
      description:
        'By how many ranks reranking moves a document on average. None means that it could be left out.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      queries: [{ expression: meanOf('rag_rerank_displacement_ranks', 'service'), legend: '{{service}}' }],
      traces: '',
    },
  ],
}

const QUALITY_ROW: RowSpecification = {
  title: 'Answers',
  panels: [
    {
      title: 'Quality Scores',
      description: 'Mean scores within an hour, 0 to 1, by metric.',
      view: 'timeseries',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        { expression: `service_metric:rag_quality_score:mean1h${CHOSEN}`, legend: '{{service}} {{metric}}' },
      ],
    },
    {
      title: 'Scores an Hour',
      description: 'How many scores the means rest on, and evaluations that failed.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      queries: [
        {
          expression: `service_metric:rag_quality_score_count:increase1h${CHOSEN}`,
          legend: '{{service}} {{metric}}',
        },
        {
          expression: `sum by (service, metric) (increase(rag_quality_evaluation_failures_total${CHOSEN}[1h]))`,
          legend: '{{service}} {{metric}} failed',
        },
      ],
    },
    {
      title: 'Feedback',
      description: 'Ratings of users over the whole range.',
      view: 'piechart',
      unit: 'short',
      queries: [
        {
          expression: `sum by (rating) (increase(rag_feedback_total${CHOSEN}[$__range]))`,
          legend: '{{rating}}',
        },
      ],
    },
    {
      title: 'Database Latency',
      description: 'The p95 of calls to databases and other dependencies.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      thresholds: [
        [null, 'green'],
        [thresholds.databaseLatency, 'red'],
      ],
      queries: [
        {
          expression: `service_dependency_kind:rag_dependency_request_duration_seconds:p95_rate5m${CHOSEN}`,
          legend: '{{service}} {{dependency}}',
        },
      ],
    },
  ],
}

export const RETRIEVAL: DashboardSpecification = {
  key: 'retrieval',
  title: 'ragmeter / Retrieval and quality',
  description: 'Whether the right documents are found, and whether the answers are good.',
  from: 'now-6h',
  variables: [
    SERVICE,
    {
      name: 'retriever',
      label: 'Retriever',
      query: 'label_values(rag_retrievals_total{service=~"$service"}, retriever)',
    },
  ],
  rows: [GUIDE, RETRIEVAL_ROW, QUALITY_ROW],
}
