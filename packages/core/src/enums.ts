/** The closed vocabularies of ragmeter: used on the wire, as metric labels, in SQL and in the UI alike. */

/** Final status of a request. Bad is `error | timeout`; valid is everything but `rejected | cancelled`. */
export const STATUSES = ['success', 'error', 'timeout', 'rejected', 'cancelled'] as const
export type Status = (typeof STATUSES)[number]

/** Stages of a RAG pipeline, as a request goes through them. There is no `total`: the end-to-end latency is a metric of its own. */
export const STAGES = [
  'intent_classification',
  'query_rewrite',
  'embedding',
  'retrieval',
  'graph_retrieval',
  'memory_retrieval',
  'rerank',
  'generation',
  'guardrail',
  'postprocess',
  'tool',
] as const
export type StageName = (typeof STAGES)[number]

export const ERROR_TYPES = [
  'timeout',
  'rate_limited',
  'llm_error',
  'embedding_error',
  'retrieval_error',
  'database_error',
  'cache_error',
  'validation_error',
  'guardrail_blocked',
  'internal',
  'other',
] as const
export type ErrorType = (typeof ERROR_TYPES)[number]

export const CACHES = ['embedding', 'semantic', 'retrieval', 'response'] as const
export type CacheName = (typeof CACHES)[number]

export const DEPENDENCY_KINDS = [
  'vector_store',
  'graph_store',
  'database',
  'cache',
  'llm',
  'embedding',
  'reranker',
] as const
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number]

/** What an LLM was called for. `chat` when nothing is stated. */
export const LLM_OPERATIONS = [
  'chat',
  'text_completion',
  'embeddings',
  'rerank',
  'classify',
  'rewrite',
  'judge',
] as const
export type LlmOperation = (typeof LLM_OPERATIONS)[number]

export const RETRIEVAL_OUTCOMES = ['found', 'empty', 'error'] as const
export const CACHE_RESULTS = ['hit', 'miss'] as const
export const FEEDBACK_RATINGS = ['positive', 'neutral', 'negative'] as const
export type FeedbackRating = (typeof FEEDBACK_RATINGS)[number]

/** Input and output partition the billable tokens; cached and reasoning tokens are subsets, kept in a metric of their own. */
export const TOKEN_TYPES = ['input', 'output'] as const
export const TOKEN_DETAILS = ['cache_read', 'cache_write', 'reasoning'] as const

/** Why a trace was kept. */
export const KEPT_REASONS = ['head', 'error', 'slow', 'forced'] as const
export type KeptReason = (typeof KEPT_REASONS)[number]

/** Sampling decision of every request: a kept reason, `not_sampled`, or `rate_capped` (wanted, but over the cap). */
export const SAMPLING_DECISIONS = [...KEPT_REASONS, 'not_sampled', 'rate_capped'] as const
export type SamplingDecision = (typeof SAMPLING_DECISIONS)[number]

/** Where a cost comes from. `unpriced` means: no price is known, so the cost is null, never 0. */
export const COST_SOURCES = ['given', 'override', 'default', 'genai-prices', 'unpriced'] as const
export type CostSource = (typeof COST_SOURCES)[number]

/** Periods of a budget: a day, a week from Monday, a month of the calendar. */
export const BUDGET_PERIODS = ['daily', 'weekly', 'monthly'] as const
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number]

/** Where a quality score comes from. */
export const QUALITY_SOURCES = ['sdk', 'judge', 'human', 'application'] as const
export type QualitySource = (typeof QUALITY_SOURCES)[number]

/**
 * Why telemetry was dropped, in the SDK or in the daemon. `trace_cut`: parts of a kept trace beyond its limits, which
 * were measured; `expired`: too old to be sent again; `after_end`: said of a request that had ended, of which only its
 * trace could have told.
 */
export const DROP_REASONS = [
  'queue_full',
  'measurement_overflow',
  'spool_full',
  'rejected',
  'gave_up',
  'too_large',
  'closed',
  'unnormalised_score',
  'invalid',
  'trace_cut',
  'expired',
  'after_end',
] as const
export type DropReason = (typeof DROP_REASONS)[number]
