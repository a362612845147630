/** The event model: one TraceEvent is one request of a RAG application. Names are the wire's (snake_case) everywhere. */
import type {
  CacheName,
  CostSource,
  ErrorType,
  FeedbackRating,
  KeptReason,
  QualitySource,
  StageName,
  Status,
} from './enums.ts'

export type Scalar = string | number | boolean | null

/** One timed step. `start_ms` is relative to the start of the request. */
export interface Stage {
  id?: string | undefined
  parent?: string | undefined
  stage: StageName
  /** Free name of the step, for people; never a metric label. */
  name?: string | undefined
  start_ms?: number | undefined
  duration_ms: number
  status?: Status | undefined
  attributes?: Record<string, Scalar> | undefined
}

export interface RetrievedDocument {
  id?: string | undefined
  score?: number | undefined
  /** 1-based rank after reranking, if there was any. */
  rank?: number | undefined
  /** Whether the document went into the prompt. */
  used?: boolean | undefined
  /** Whether the answer cites the document. */
  cited?: boolean | undefined
}

export interface Retrieval {
  retriever?: string | undefined
  latency_ms?: number | undefined
  /** Documents returned. 0 is an empty retrieval; undefined is unknown. */
  count?: number | undefined
  /** Scores in the order of the documents. Only scores in 0..1 become observations. */
  scores?: readonly number[] | undefined
  documents?: readonly RetrievedDocument[] | undefined
  status?: Status | undefined
}

export interface Rerank {
  latency_ms?: number | undefined
  in_count?: number | undefined
  out_count?: number | undefined
  scores?: readonly number[] | undefined
  /** Mean absolute change of rank of the documents that were kept, in ranks. */
  displacement?: number | undefined
}

/** One call of a language model. */
export interface Generation {
  /** Normalised name of the provider: a metric label. */
  provider?: string | undefined
  /** Normalised name of the model: a metric label. */
  model?: string | undefined
  /** The model as the client named it, where that differs: prices are looked up by it first. */
  model_raw?: string | undefined
  /** One of LLM_OPERATIONS; `chat` if absent. */
  operation?: string | undefined
  latency_ms?: number | undefined
  time_to_first_token_ms?: number | undefined
  /** Includes cached tokens (OpenTelemetry GenAI rule). */
  input_tokens?: number | undefined
  output_tokens?: number | undefined
  cache_read_tokens?: number | undefined
  cache_write_tokens?: number | undefined
  reasoning_tokens?: number | undefined
  /** Cost in integer nano-USD (1e-9 US dollars); null is unpriced, undefined is not yet priced. On the wire: `cost_usd`. */
  cost_nano_usd?: number | null | undefined
  cost_source?: CostSource | undefined
  answer_length?: number | undefined
  status?: Status | undefined
}

export interface CacheLookup {
  cache: CacheName
  hit: boolean
}

export interface QualityScore {
  metric: string
  /** 0..1 */
  score: number
  source: QualitySource
}

export interface Feedback {
  rating: FeedbackRating
  comment?: string | undefined
}

/** Why the trace was kept and with which probability a request like it is kept (0 < p <= 1). */
export interface Kept {
  reason: KeptReason
  probability: number
}

/** A parsed request. `timestamp` is its start in epoch milliseconds UTC. */
export interface TraceEvent {
  id: string
  timestamp: number
  total_latency_ms: number
  status: Status
  trace_id?: string | undefined
  parent_span_id?: string | undefined
  request_id?: string | undefined
  query_hash?: string | undefined
  query_length?: number | undefined
  service: string
  environment?: string | undefined
  release?: string | undefined
  instance?: string | undefined
  operation?: string | undefined
  endpoint?: string | undefined
  intent?: string | undefined
  org?: string | undefined
  user_id?: string | undefined
  session_id?: string | undefined
  error_type?: ErrorType | undefined
  error_message?: string | undefined
  exception?: string | undefined
  stages?: readonly Stage[] | undefined
  retrieval?: Retrieval | undefined
  rerank?: Rerank | undefined
  generations?: readonly Generation[] | undefined
  /** Integer nano-USD. On the wire: `docstore_cost_usd`. */
  docstore_cost_nano_usd?: number | undefined
  /** Total given by the client, integer nano-USD; without it the total is the sum of the parts. On the wire: `cost_usd`. */
  cost_nano_usd?: number | null | undefined
  cache?: readonly CacheLookup[] | undefined
  quality?: readonly QualityScore[] | undefined
  feedback?: Feedback | undefined
  kept?: Kept | undefined
  metadata?: Readonly<Record<string, Scalar>> | undefined
}
