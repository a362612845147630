/** The handle of one request: what an application says about it. Two implementations: one that measures, one that does nothing. */
import type {
  CacheName,
  LlmOperation,
  QualitySource,
  RetrievedDocument,
  Scalar,
  StageName,
  Status,
} from '@ragmeter/core'

export interface TraceOptions {
  /** What was asked for, such as `search` or `ask`: a metric label, so no ids in it. */
  operation?: string
  /** Route of the application, such as `/api/query`. */
  endpoint?: string
  intent?: string
  /** Customer or tenant: breaks down costs in the ledger, never a metric label. */
  org?: string
  /** Hashed before it leaves the process, unless `hashUserIds` is false. */
  user?: string
  session?: string
  /** Id of the request in the application's logs, such as the incoming `x-request-id`. @default a new UUIDv7 */
  requestId?: string
  /**
   * The W3C header of the caller: the trace is continued. See `traceContextOf`. The caller's sampled flag is not
   * obeyed: services with one rate keep the same traces, by the id.
   */
  traceparent?: string
  /** The W3C header of the caller, handed on as it is. */
  tracestate?: string
  /** Keeps the trace whatever the sample says, under the cap of `alwaysKeepPerSecondMax`. @default false */
  force?: boolean
  metadata?: Readonly<Record<string, Scalar>>
}

export interface RetrievalRecord {
  /** Which retriever, such as `bm25`: a metric label. */
  retriever?: string
  latencyMs?: number
  /** Documents returned. @default the number of `documents`, else of `scores` */
  count?: number
  /** In the order of the documents. Scores in 0..1 become observations; others are counted as unnormalised. */
  scores?: readonly number[]
  documents?: readonly RetrievedDocument[]
  /** What the document store charged for it, in US dollars. */
  costUsd?: number
  /** @default 'success' */
  status?: Status
}

export interface RerankRecord {
  latencyMs?: number
  inCount?: number
  outCount?: number
  scores?: readonly number[]
  /** Mean absolute change of rank of the documents that were kept. */
  displacement?: number
  /** @default 'success' */
  status?: Status
}

export interface GenerationRecord {
  provider?: string
  /** As the provider names it; `gpt-4o-2024-08-06` is measured as `gpt-4o`. */
  model?: string
  /** @default 'chat' */
  operation?: LlmOperation
  latencyMs?: number
  timeToFirstTokenMs?: number
  /** All input tokens, cached ones included. */
  inputTokens?: number
  outputTokens?: number
  cacheReadTokens?: number
  cacheWriteTokens?: number
  reasoningTokens?: number
  /** What the call cost, if the application knows it better than the price book. */
  costUsd?: number
  /** Characters of the answer. */
  answerLength?: number
  /** @default 'success' */
  status?: Status
}

export interface StageRecord {
  stage: StageName
  /** Free name for people; never a metric label. */
  name?: string
  durationMs: number
  /** Since the start of the request. @default it has just ended */
  startMs?: number
  /** @default 'success' */
  status?: Status
  attributes?: Readonly<Record<string, Scalar>>
}

/** What is known before a retrieval runs. */
export type RetrievalOptions = Pick<RetrievalRecord, 'retriever' | 'costUsd'>

export interface RerankOptions {
  /** The documents before reranking: with them the change of rank is measured. */
  documents?: readonly unknown[]
  /** @default the number of `documents` */
  inCount?: number
}

/** What is known before a model is called. */
export type GenerationOptions = Pick<GenerationRecord, 'provider' | 'model' | 'operation'>

export interface StageOptions {
  stage: StageName
  name?: string
  attributes?: Readonly<Record<string, Scalar>>
}

export interface EndOptions {
  /** @default what was recorded: 'success' unless there was an error */
  status?: Status
}

/**
 * No method throws. What is recorded after the end, or still runs then, is measured under the labels of the request when
 * it is known; the trace does not show it. What only the trace could tell (metadata, org, user, session, intent, errors,
 * used and cited documents, `force`) comes too late then, and is counted as `after_end`.
 */
export interface Trace extends Disposable {
  /** Whether the trace itself will be kept as things stand. Its measurements are taken either way. */
  readonly isSampled: boolean
  /** W3C trace id, 32 hex digits; '' when the client is disabled. */
  readonly traceId: string
  /** '' when the client is disabled. */
  readonly requestId: string
  /** Undefined until it is stated. */
  readonly org: string | undefined

  recordRetrieval(record: RetrievalRecord): void
  /**
   * States which of the retrieved documents went into the prompt, by their ids; the others did not. Called after the
   * retrieval; without documents that were seen it is dropped and counted as `invalid`.
   */
  recordUsed(ids: readonly (string | number)[]): void
  /**
   * States which of the retrieved documents the answer cites, by their ids; the others are not cited. A cited document
   * counts as used in the prompt, another one only if it was said to be. Called after the retrieval; without documents
   * that were seen it is dropped and counted as `invalid`.
   */
  recordCitations(ids: readonly (string | number)[]): void
  recordRerank(record: RerankRecord): void
  recordGeneration(record: GenerationRecord): void
  recordStage(record: StageRecord): void
  recordCache(cache: CacheName, hit: boolean): void
  /** @param score 0..1; anything else is dropped and counted as `invalid` */
  recordQuality(metric: string, score: number, source?: QualitySource): void
  /**
   * Measures the answer by the words it shares with the documents in the prompt, as the quality metrics
   * `context_utilisation` and `groundedness`. The texts are read here and now; only the two scores leave.
   */
  recordAnswer(answer: string, documents: readonly string[]): void
  /** The request failed. The first error counts: later ones follow from it. An `AbortError` is a cancellation. */
  recordError(error: unknown): void
  /** At most 32 keys of 64 bytes with values of 512 bytes: more is cut or left out. */
  addMetadata(key: string, value: Scalar): void
  setOrg(org: string): void
  setUser(user: string): void
  setSession(session: string): void
  setIntent(intent: string): void
  /** Keeps this trace whatever the sample says. */
  force(): void

  /** Times a retrieval and reads counts and scores from what it returns. */
  retrieval<Result>(options: RetrievalOptions, run: () => Result): Result
  /** Times a rerank step and reads scores and changes of rank from what it returns. */
  rerank<Result>(options: RerankOptions, run: () => Result): Result
  /**
   * Times a model call, reads tokens from what it returns, and prices it. When it returns a stream, the
   * generation ends with the stream. A call that outlives the request is booked when it ends.
   */
  generation<Result>(options: GenerationOptions, run: () => Result): Result
  /** Times any other step. */
  stage<Result>(stage: StageName | StageOptions, run: () => Result): Result

  /** Headers that continue the trace in another service: `traceparent`, `tracestate`, `x-request-id`. */
  headers(): Record<string, string>
  /** Makes this the current trace of everything that runs inside. */
  run<Result>(run: () => Result): Result
  /**
   * Ends the request; with a stream still open, the end of the stream does. It does not wait for steps that still run:
   * they are measured when they end.
   */
  end(options?: EndOptions): void
}
