/**
 * The metric catalogue: every metric of ragmeter, once, as data. From it follow measurement, exposition,
 * rollups, series queries, rules, dashboards and the reference page.
 */
import {
  BUDGET_PERIODS,
  CACHE_RESULTS,
  CACHES,
  DEPENDENCY_KINDS,
  DROP_REASONS,
  ERROR_TYPES,
  FEEDBACK_RATINGS,
  LLM_OPERATIONS,
  QUALITY_SOURCES,
  RETRIEVAL_OUTCOMES,
  SAMPLING_DECISIONS,
  STAGES,
  STATUSES,
  TOKEN_DETAILS,
  TOKEN_TYPES,
} from './enums.ts'
import { counter, duration, gauge, histogram, ratio } from './metric-kinds.ts'
import { NANO_PER_USD } from './money.ts'
import { defineMetrics, enumLabel, openLabel } from './metric.ts'
import type { MetricDefinition } from './metric.ts'

const LLM_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]
const FIRST_TOKEN_BUCKETS = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8]
const DEPENDENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const DOCUMENT_BUCKETS = [0, 1, 2, 3, 5, 8, 10, 15, 20, 50, 100]
const DISPLACEMENT_BUCKETS = [0, 0.5, 1, 2, 3, 5, 8, 13, 20, 50]
const COST_BUCKETS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

const status = enumLabel('status', STATUSES, { beside: 'success', values: ['error', 'timeout'] })
const stage = enumLabel('stage', STAGES)
const errorType = enumLabel('error_type', ERROR_TYPES)
const llmOperation = enumLabel('operation', LLM_OPERATIONS)
const operation = openLabel('operation', 50)
const intent = openLabel('intent', 30)
const provider = openLabel('provider', 20)
const model = openLabel('model', 50)
const retriever = openLabel('retriever', 30)
const route = openLabel('route', 100)
const store = openLabel('store', 20)
const dependency = openLabel('dependency', 30)
const kind = enumLabel('kind', DEPENDENCY_KINDS)
const cache = enumLabel('cache', CACHES)
const budget = openLabel('budget', 50)
const budgetPeriod = enumLabel('period', BUDGET_PERIODS)
const qualityMetric = openLabel('metric', 30)

/** All metrics by a short key. The key is for code; the `name` is for everyone else. */
export const METRICS = defineMetrics({
  requests: counter(
    'request',
    'rag_requests_total',
    [operation, intent, model, status],
    'RAG requests by final status.',
  ),
  requestDuration: duration(
    'request',
    'rag_request_duration_seconds',
    [operation, intent, status],
    'End-to-end latency of RAG requests.',
  ),
  stageDuration: duration('request', 'rag_stage_duration_seconds', [stage], 'Latency of pipeline stages.'),
  lastRequest: gauge(
    'request',
    'rag_last_request_timestamp_seconds',
    [],
    'Unix time of the start of the last request.',
    'seconds',
  ),
  errors: counter('request', 'rag_errors_total', [errorType, stage], 'Failed requests by type and stage.'),
  retrievals: counter(
    'request',
    'rag_retrievals_total',
    [retriever, enumLabel('outcome', RETRIEVAL_OUTCOMES, { beside: 'found', values: ['empty'] })],
    'Retrieval calls by outcome.',
  ),
  retrievalDocuments: histogram(
    'request',
    'rag_retrieval_documents',
    [retriever],
    'Documents returned per retrieval.',
    'documents',
    1,
    DOCUMENT_BUCKETS,
  ),
  retrievalScore: ratio(
    'request',
    'rag_retrieval_score',
    [retriever],
    'Normalised (0-1) score of returned documents.',
  ),
  retrievalTopScore: ratio(
    'request',
    'rag_retrieval_top_score',
    [retriever],
    'Best normalised (0-1) score of a retrieval.',
  ),
  retrievalScoreMargin: ratio(
    'request',
    'rag_retrieval_score_margin',
    [retriever],
    'Best minus worst returned normalised (0-1) score of a retrieval.',
  ),
  retrievalDocumentsUsed: histogram(
    'request',
    'rag_retrieval_documents_used',
    [retriever],
    'Returned documents that went into the prompt.',
    'documents',
    1,
    DOCUMENT_BUCKETS,
  ),
  rerankDisplacement: histogram(
    'request',
    'rag_rerank_displacement_ranks',
    [],
    'Mean absolute change of rank by reranking, of the documents kept.',
    'ranks',
    1e6,
    DISPLACEMENT_BUCKETS,
  ),
  llmRequests: counter(
    'request',
    'rag_llm_requests_total',
    [provider, model, llmOperation, status],
    'LLM calls.',
  ),
  llmDuration: duration(
    'request',
    'rag_llm_request_duration_seconds',
    [provider, model, llmOperation],
    'LLM call latency.',
    LLM_BUCKETS,
  ),
  llmFirstToken: duration(
    'request',
    'rag_llm_time_to_first_token_seconds',
    [provider, model],
    'Time to first token of streamed LLM calls.',
    FIRST_TOKEN_BUCKETS,
  ),
  llmTokens: counter(
    'request',
    'rag_llm_tokens_total',
    [provider, model, llmOperation, enumLabel('token_type', TOKEN_TYPES)],
    'Billable tokens (input and output partition the total).',
    'tokens',
  ),
  llmTokensDetail: counter(
    'request',
    'rag_llm_tokens_detail_total',
    [provider, model, enumLabel('detail', TOKEN_DETAILS)],
    'Subsets of tokens: cache_read, cache_write, reasoning.',
    'tokens',
  ),
  llmCost: counter(
    'request',
    'rag_llm_cost_usd_total',
    [provider, model, llmOperation],
    'LLM cost in US dollars, of the calls whose price is known, and what a stated total of a request leaves over.',
    'usd',
    NANO_PER_USD,
  ),
  llmUnpriced: counter(
    'request',
    'rag_llm_unpriced_requests_total',
    [provider, model],
    'LLM calls whose cost is unknown: no price for the model, or no token counts.',
  ),
  docstoreCost: counter(
    'request',
    'rag_docstore_cost_usd_total',
    [],
    'Cost of the document store in US dollars, as far as applications state it.',
    'usd',
    NANO_PER_USD,
  ),
  requestCost: histogram(
    'request',
    'rag_request_cost_usd',
    [model],
    'Cost per RAG request in US dollars, of the requests whose cost is known.',
    'usd',
    NANO_PER_USD,
    COST_BUCKETS,
  ),
  cacheRequests: counter(
    'request',
    'rag_cache_requests_total',
    [cache, enumLabel('result', CACHE_RESULTS)],
    'Cache lookups by result.',
  ),
  quality: ratio(
    'request',
    'rag_quality_score',
    [qualityMetric, enumLabel('source', QUALITY_SOURCES)],
    'Quality scores (0-1).',
  ),
  feedback: counter(
    'request',
    'rag_feedback_total',
    [enumLabel('rating', FEEDBACK_RATINGS)],
    'User feedback.',
  ),
  traces: counter(
    'telemetry',
    'rag_traces_total',
    [enumLabel('decision', SAMPLING_DECISIONS)],
    'Traces by sampling decision.',
  ),
  tracesStored: counter(
    'telemetry',
    'rag_traces_stored_total',
    [],
    'Traces stored in the database of the daemon.',
  ),

  buildInfo: gauge(
    'telemetry',
    'rag_build_info',
    [openLabel('version', 10), openLabel('revision', 10)],
    'Build information, always 1.',
  ),
  inFlight: gauge('application', 'rag_requests_in_flight', [], 'Requests being processed.', '', 'sum'),
  httpRequests: counter(
    'application',
    'rag_http_requests_total',
    [openLabel('method', 10), route, openLabel('code', 60)],
    'HTTP responses.',
  ),
  httpDuration: duration(
    'application',
    'rag_http_request_duration_seconds',
    [openLabel('method', 10), route],
    'HTTP latency.',
  ),
  rateLimitRemaining: gauge(
    'application',
    'rag_llm_rate_limit_remaining',
    [provider, model, openLabel('limit', 10)],
    'Remaining quota in the rate-limit window.',
  ),
  rateLimitMax: gauge(
    'application',
    'rag_llm_rate_limit_max',
    [provider, model, openLabel('limit', 10)],
    'Quota of the rate-limit window.',
  ),
  cacheEntries: gauge('application', 'rag_cache_entries', [cache], 'Cache entries.'),
  memoryFacts: gauge('application', 'rag_memory_facts', [openLabel('fact_type', 10)], 'Facts in memory.'),
  vectorStorePoints: gauge(
    'application',
    'rag_vector_store_points',
    [store, openLabel('collection', 50)],
    'Points per vector collection.',
  ),
  graphStoreEntities: gauge(
    'application',
    'rag_graph_store_entities',
    [store],
    'Entities in the graph store.',
  ),
  graphStoreRelations: gauge(
    'application',
    'rag_graph_store_relations',
    [store],
    'Relations in the graph store.',
  ),
  storeStatsLastSuccess: gauge(
    'application',
    'rag_store_stats_last_success_timestamp_seconds',
    [store],
    'Unix time of the last successful statistics poll.',
    'seconds',
  ),
  dependencyUp: gauge(
    'application',
    'rag_dependency_up',
    [dependency, kind],
    '1 if the last health probe of the dependency succeeded.',
  ),
  dependencyRequests: counter(
    'application',
    'rag_dependency_requests_total',
    [dependency, kind, status],
    'Calls to dependencies.',
  ),
  dependencyDuration: duration(
    'application',
    'rag_dependency_request_duration_seconds',
    [dependency, kind],
    'Latency of calls to dependencies.',
    DEPENDENCY_BUCKETS,
  ),
  qualityFailures: counter(
    'application',
    'rag_quality_evaluation_failures_total',
    [qualityMetric],
    'Failed evaluations.',
  ),
  sampleRatio: gauge('telemetry', 'rag_trace_sample_ratio', [], 'Configured sampling ratio.', 'ratio'),
  telemetryDropped: counter(
    'telemetry',
    'rag_telemetry_dropped_total',
    [enumLabel('reason', DROP_REASONS)],
    'Telemetry items dropped.',
  ),
  telemetryQueue: gauge('telemetry', 'rag_telemetry_queue_length', [], 'Telemetry items queued.', '', 'sum'),
  clientLastSeen: gauge(
    'telemetry',
    'rag_client_last_seen_timestamp_seconds',
    [],
    'Unix time the daemon last heard from the service.',
    'seconds',
  ),
  series: gauge('telemetry', 'rag_metric_series', [openLabel('metric', 100)], 'Live label sets per metric.'),
  seriesLimit: gauge(
    'telemetry',
    'rag_metric_series_limit',
    [openLabel('metric', 100)],
    'Series limit per metric.',
  ),
  labelOverflow: counter(
    'telemetry',
    'rag_metric_label_overflow_total',
    [openLabel('metric', 100), openLabel('label', 20)],
    'Observations folded into the overflow value.',
  ),
  budgetLimit: gauge(
    'telemetry',
    'rag_budget_limit_usd',
    [budget, budgetPeriod],
    'Budget of the period in US dollars.',
    'usd',
  ),
  budgetSpent: gauge(
    'telemetry',
    'rag_budget_spent_usd',
    [budget, budgetPeriod],
    'US dollars spent so far in the period of the calendar, from the ledger.',
    'usd',
  ),
  jobLastSuccess: gauge(
    'application',
    'rag_job_last_success_timestamp_seconds',
    [],
    'Unix time of the last successful run of a batch job.',
    'seconds',
  ),
  jobLastRunFailed: gauge(
    'application',
    'rag_job_last_run_failed',
    [],
    '1 if the last run of a batch job failed.',
  ),
  jobDuration: gauge(
    'application',
    'rag_job_duration_seconds',
    [],
    'Duration of the last run of a batch job.',
    'seconds',
  ),
  jobProcessedRecords: gauge(
    'application',
    'rag_job_processed_records',
    [],
    'Records that the last run of a batch job processed.',
  ),
  jobExpectedInterval: gauge(
    'application',
    'rag_job_expected_interval_seconds',
    [],
    'Time between two successful runs of a batch job, as it should be.',
    'seconds',
  ),
})

export type MetricKey = keyof typeof METRICS

/** All definitions, in the order in which they are exposed. */
export const METRIC_LIST: readonly MetricDefinition[] = Object.values(METRICS)

const BY_NAME: ReadonlyMap<string, MetricDefinition> = new Map(
  METRIC_LIST.map((metric) => [metric.name, metric]),
)

/** The definition of a metric by its exposed name. */
export function findMetric(name: string): MetricDefinition | undefined {
  return BY_NAME.get(name)
}
