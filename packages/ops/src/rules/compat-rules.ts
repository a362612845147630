/**
 * Recording rules under the metric names of existing systems, so that dashboards which people have go on working. Counters
 * keep the labels of their target: a sum over instances that restart at different times would go down, and rate() would
 * take that for a reset of all.
 */
import type { RecordingRule, RuleGroup } from './rule-file.ts'

export const COMPAT_SYSTEMS = ['RAGnarok', 'AegisRAG', 'M2.3', 'VectorLens', 'Guide'] as const
export type CompatSystem = (typeof COMPAT_SYSTEMS)[number]

const HISTOGRAM_PARTS = ['bucket', 'sum', 'count'] as const

interface Renaming {
  readonly from: string
  readonly to: string
}

function renamed(expression: string, { from, to }: Renaming): string {
  return `label_replace(${expression}, "${to}", "$1", "${from}", "(.*)")`
}

/** Their label beside ours, without ours. */
function relabelled(expression: string, renamings: readonly Renaming[]): string {
  const replaced = renamings.reduce(renamed, expression)
  return renamings.length === 0
    ? replaced
    : `sum without (${renamings.map(({ from }) => from).join(', ')}) (${replaced})`
}

function rule(record: string, expr: string, labels?: Readonly<Record<string, string>>): RecordingRule {
  return { record, expr, ...(labels === undefined ? {} : { labels }) }
}

/** A counter without some of its labels, others renamed. */
function counter(
  record: string,
  source: string,
  dropped: readonly string[],
  ...renamings: Renaming[]
): RecordingRule {
  const summed = dropped.length === 0 ? source : `sum without (${dropped.join(', ')}) (${source})`
  return rule(record, relabelled(summed, renamings))
}

/** The three series of a histogram. @param where matchers, without braces */
function histogram(
  record: string,
  source: string,
  where: string,
  dropped: readonly string[],
  labels?: Readonly<Record<string, string>>,
  renamings: readonly Renaming[] = [],
): RecordingRule[] {
  const braces = where === '' ? '' : `{${where}}`
  return HISTOGRAM_PARTS.map((part) => {
    const selected = `${source}_${part}${braces}`
    const summed = dropped.length === 0 ? selected : `sum without (${dropped.join(', ')}) (${selected})`
    return rule(`${record}_${part}`, relabelled(summed, renamings), labels)
  })
}

const REQUEST_LABELS = ['operation', 'intent', 'status']
const FAILED = 'status=~"error|timeout"'
const TASK: Renaming = { from: 'operation', to: 'task_type' }
const CACHE_TYPE: Renaming = { from: 'cache', to: 'cache_type' }
const ENDPOINT: Renaming = { from: 'route', to: 'endpoint' }
const HTTP_STATUS: Renaming = { from: 'code', to: 'status' }
const DAY_RATE = 'sum by (service, le) (rate(rag_request_duration_seconds_bucket[1d]))'

const RAGNAROK: readonly RecordingRule[] = [
  counter('ragnarok_requests_total', 'rag_requests_total{status="success"}', [
    'operation',
    'intent',
    'model',
  ]),
  rule(
    'ragnarok_requests_total',
    `sum without (operation, intent, model, status) (rag_requests_total{${FAILED}})`,
    { status: 'error' },
  ),
  rule('ragnarok_requests_last_hour', 'sum by (service) (increase(rag_requests_total[1h]))'),
  rule(
    'ragnarok_success_rate',
    'sum by (service) (rate(rag_requests_total{status="success"}[1d])) / (sum by (service) (rate(rag_requests_total{status!~"rejected|cancelled"}[1d])) > 0)',
  ),
  ...['0.5', '0.95', '0.99'].map((quantile) =>
    rule('ragnarok_latency_seconds', `histogram_quantile(${quantile}, ${DAY_RATE})`, { quantile }),
  ),
  rule(
    'ragnarok_latency_seconds_count',
    'sum without (operation, intent, status) (rag_request_duration_seconds_count)',
  ),
  rule('ragnarok_last_trace_seconds', 'time() - max by (service) (rag_last_request_timestamp_seconds > 0)'),
]

const AEGIS_RAG: readonly RecordingRule[] = [
  counter('aegis_queries_total', 'rag_requests_total', ['operation', 'status']),
  ...histogram('aegis_query_latency_seconds', 'rag_stage_duration_seconds', '', []),
  ...histogram('aegis_query_latency_seconds', 'rag_request_duration_seconds', '', REQUEST_LABELS, {
    stage: 'total',
  }),
  counter('aegis_cache_hits_total', 'rag_cache_requests_total{result="hit"}', ['result'], CACHE_TYPE),
  counter('aegis_cache_misses_total', 'rag_cache_requests_total{result="miss"}', ['result'], CACHE_TYPE),
  rule('aegis_memory_facts_count', 'max by (service, fact_type) (rag_memory_facts)'),
  counter('aegis_errors_total', 'rag_errors_total', ['stage']),
  counter('llm_requests_total', 'rag_llm_requests_total', ['status'], TASK),
  ...histogram('llm_latency_seconds', 'rag_llm_request_duration_seconds', '', ['model'], undefined, [TASK]),
  counter('llm_cost_usd_total', 'rag_llm_cost_usd_total', ['model', 'operation']),
  counter('llm_tokens_used_total', 'rag_llm_tokens_total', ['model', 'operation']),
  counter('llm_errors_total', `rag_llm_requests_total{${FAILED}}`, ['model', 'status'], TASK),
  rule('monthly_spend_usd', 'max by (budget) (rag_budget_spent_usd{period="monthly"})'),
  rule(
    'monthly_budget_remaining_usd',
    'max by (budget) (rag_budget_limit_usd{period="monthly"}) - max by (budget) (rag_budget_spent_usd{period="monthly"})',
  ),
  rule('qdrant_points_count', 'max by (service, collection) (rag_vector_store_points)'),
  rule('neo4j_entities_count', 'max by (service) (rag_graph_store_entities)'),
  rule('neo4j_relations_count', 'max by (service) (rag_graph_store_relations)'),
  counter('aegis_rag_requests_total', 'rag_http_requests_total', [], ENDPOINT, HTTP_STATUS),
  ...histogram('aegis_rag_request_latency_seconds', 'rag_http_request_duration_seconds', '', [], undefined, [
    ENDPOINT,
  ]),
]

const M23: readonly RecordingRule[] = [
  ...histogram('rag_query_latency_seconds', 'rag_request_duration_seconds', '', ['intent', 'status']),
  ...histogram('rag_retrieval_latency_seconds', 'rag_stage_duration_seconds', 'stage="retrieval"', ['stage']),
  ...histogram('rag_llm_latency_seconds', 'rag_llm_request_duration_seconds', '', [
    'provider',
    'model',
    'operation',
  ]),
  counter('rag_input_tokens_sum', 'rag_llm_tokens_total{token_type="input"}', [
    'provider',
    'operation',
    'token_type',
  ]),
  counter('rag_output_tokens_sum', 'rag_llm_tokens_total{token_type="output"}', [
    'provider',
    'operation',
    'token_type',
  ]),
  counter('rag_input_tokens_count', 'rag_llm_requests_total', ['provider', 'operation', 'status']),
  counter('rag_output_tokens_count', 'rag_llm_requests_total', ['provider', 'operation', 'status']),
  ...histogram('rag_query_cost_usd', 'rag_request_cost_usd', '', []),
  counter('rag_total_cost_usd_total', 'rag_llm_cost_usd_total', ['provider', 'operation']),
  counter('rag_total_cost_usd', 'rag_llm_cost_usd_total', ['provider', 'operation']),
  counter('rag_cache_hits_total', 'rag_cache_requests_total{result="hit"}', ['result'], CACHE_TYPE),
  counter('rag_cache_misses_total', 'rag_cache_requests_total{result="miss"}', ['result'], CACHE_TYPE),
  rule(
    'rag_cache_hit_rate',
    relabelled(
      'sum by (service, cache) (rate(rag_cache_requests_total{result="hit"}[5m])) / (sum by (service, cache) (rate(rag_cache_requests_total[5m])) > 0)',
      [CACHE_TYPE],
    ),
  ),
  ...histogram('rag_relevance_score', 'rag_quality_score', 'metric="relevance"', ['metric', 'source']),
  ...histogram('rag_context_precision', 'rag_quality_score', 'metric="context_precision"', [
    'metric',
    'source',
  ]),
  rule(
    'rag_rate_limit_remaining',
    'min by (service, provider) (rag_llm_rate_limit_remaining{limit="requests"})',
  ),
  counter('rag_rate_limit_hits_total', 'rag_errors_total{error_type="rate_limited"}', [
    'stage',
    'error_type',
  ]),
  rule('rag_active_requests', 'sum by (service) (rag_requests_in_flight)'),
]

/** VectorLens has a service for each operation; here operations of any service stand for them. */
function vectorLens(prefix: string, operation: string): RecordingRule[] {
  const where = `operation="${operation}"`
  const dropped = ['operation', 'intent', 'model', 'status']
  return [
    counter(`${prefix}_requests_total`, `rag_requests_total{${where}}`, dropped),
    counter(`${prefix}_request_total`, `rag_requests_total{${where}}`, dropped),
    counter(`${prefix}_error_total`, `rag_requests_total{${where},${FAILED}}`, dropped),
    ...histogram(`${prefix}_request_duration_seconds`, 'rag_request_duration_seconds', where, REQUEST_LABELS),
  ]
}

const VECTOR_LENS: readonly RecordingRule[] = [
  ...vectorLens('vectorlens', 'search'),
  ...vectorLens('documentstore', 'retrieve'),
  ...vectorLens('chatapi', 'chat'),
  rule('vectorlens_http_requests_in_progress', 'sum by (service) (rag_requests_in_flight)'),
  ...histogram('documentstore_docs_returned', 'rag_retrieval_documents', '', ['retriever']),
  counter('chatapi_tokens_input_total', 'rag_llm_tokens_total{token_type="input"}', [
    'provider',
    'model',
    'operation',
    'token_type',
  ]),
]

const GUIDE: readonly RecordingRule[] = [
  counter('rag_api_requests_total', 'rag_http_requests_total', [], ENDPOINT, HTTP_STATUS),
  ...histogram('rag_api_request_duration_seconds', 'rag_http_request_duration_seconds', '', [], undefined, [
    ENDPOINT,
  ]),
  counter('rag_embedding_cache_total', 'rag_cache_requests_total{cache="embedding"}', ['cache']),
  ...histogram('rag_rerank_duration_seconds', 'rag_stage_duration_seconds', 'stage="rerank"', ['stage']),
]

/** The rules of each system. */
export const COMPAT_RULES: Readonly<Record<CompatSystem, readonly RecordingRule[]>> = {
  RAGnarok: RAGNAROK,
  AegisRAG: AEGIS_RAG,
  'M2.3': M23,
  VectorLens: VECTOR_LENS,
  Guide: GUIDE,
}

export function compatGroups(): readonly RuleGroup[] {
  return COMPAT_SYSTEMS.map((system) => ({
    name: `ragmeter-compat-${system.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`,
    interval: '30s',
    rules: COMPAT_RULES[system],
  }))
}
