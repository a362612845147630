/**
 * Stage 3. What the daemon asks of a database. Times are epoch milliseconds UTC; ranges are half-open [from, to).
 * Writing is serial and durable; reading never waits for writing and never delays it.
 */
import type { HttpErrorCode, LabelValues, Measurement, TraceEvent } from '@ragmeter/core'
import type {
  StoredTransition,
  StoredAttempt,
  AlertWrite,
  AlertMemory,
  AlertHistoryQuery,
  NotificationsQuery,
} from './alert-records.ts'
import type { DocumentsQuery, DocumentsResult, GapsQuery, GapsResult } from './retrieval-queries.ts'
import type { SpendingQuery, SpendingResult } from './spending-query.ts'
import type { TraceFilter } from './trace-filter.ts'
import type { TracesQuery, TracesResult, WorstTracesQuery, WorstTracesResult } from './trace-queries.ts'

export type { SpendingFilters, SpendingQuery, SpendingResult } from './spending-query.ts'
export { EXACT_FIELDS } from './trace-filter.ts'
export type { ExactField, Exclusion, TraceFilter } from './trace-filter.ts'
export type {
  TracesQuery,
  TraceSummary,
  TracesResult,
  WorstTracesQuery,
  WorstTracesResult,
} from './trace-queries.ts'
export type {
  StoredAlert,
  StoredTransition,
  StoredSilence,
  StoredNotice,
  StoredAttempt,
  AlertWrite,
  AlertMemory,
  AlertHistoryQuery,
  NotificationsQuery,
} from './alert-records.ts'

/** Which parser a body goes to. */
export type BodyKind = 'batch' | 'feedback' | 'scores'

/** A request body as it arrived, decompressed. */
export interface IngestBody {
  kind: BodyKind
  /** Ownership passes to the store. */
  bytes: Uint8Array
  receivedAt: number
}

/** What became of a body. A `stored` answer is given after the transaction that holds it is on disk. */
export type IngestOutcome =
  | { outcome: 'stored'; /** JSON text of the 200 answer. */ response: string }
  | { outcome: 'refused'; code: HttpErrorCode; message: string; retryAfterSeconds?: number }

/** Counts of one committed group, for the daemon's own metrics. */
export interface CommitReport {
  bodies: number
  tracesStored: number
  tracesDuplicate: number
  tracesRejected: number
  measurementsRejected: number
  ledgerRowsRejected: number
  /** Issues by code, rejected items and repaired fields alike. */
  issues: Record<string, number>
  /** Parse, enrich, insert and commit, in milliseconds. */
  durationMs: number
  commitMs: number
}

/** Everything a committed group adds to `/metrics`; arrives after the commit, never before. */
export interface CommittedUpdate {
  measurements: readonly Measurement[]
  /** Gauges belong to the instance that sent them; '' for a client that names none. */
  gauges: readonly { instance: string; measurements: readonly Measurement[] }[]
  /** Services heard from, with the moment. */
  seen: readonly { service: string; at: number }[]
  report: CommitReport
}

/** A lifetime total, as it was when the daemon started. */
export interface StoredSeries {
  metric: string
  labels: LabelValues
  measurement: Measurement
  lastSeen: number
}

export interface StorageState {
  /** Database and write-ahead log. */
  bytes: number
  bytesMax: number | null
  traces: number
  oldestTraceAt: number | null
  /** Traces that started before it have been deleted, or are refused. */
  oldestAccepted: number
  lastCommitAt: number | null
  /** Why writing fails now; null when it works. */
  writeError: string | null
  /** Why the database is larger than its cap; null when it is not. */
  capError: string | null
  deletedTraces: number
  lastRetentionAt: number | null
}

/** Sums of requests and generations by the asked-for keys. */
export type LedgerGroup =
  | 'org'
  | 'service'
  | 'environment'
  | 'operation'
  | 'endpoint'
  | 'provider'
  | 'model'
  | 'day'
  | `dimension.${string}`

export interface LedgerQuery {
  /** UTC days, inclusive, `YYYY-MM-DD`. */
  from: string
  to: string
  groups: readonly LedgerGroup[]
  filters: Readonly<Partial<Record<LedgerGroup, string>>>
  /** Rows, 1..10000; the rest is summed up in `others`. */
  limit: number
  /** Epoch milliseconds by which the query must end. */
  deadline: number
}

/**
 * A sum is null where the question has no answer: requests have no provider or model, generations have no
 * environment, operation, endpoint or dimension.
 */
export interface LedgerSums {
  requests: number | null
  errors: number | null
  total_ms: number | null
  retrieval_ms: number | null
  retrievals: number | null
  llm_ms: number | null
  documents: number | null
  docstore_cost_usd: number | null
  calls: number | null
  input_tokens: number | null
  output_tokens: number | null
  cache_read_tokens: number | null
  cache_write_tokens: number | null
  reasoning_tokens: number | null
  /** Of the calls whose price is known; `unpriced` counts the others. */
  llm_cost_usd: number
  unpriced: number
  /** Calls that stated no tokens. */
  uncounted: number | null
}

export interface LedgerResult {
  /** First day of the whole ledger, whatever is filtered by; null while it is empty. */
  first_day: string | null
  /** Highest cost first. */
  rows: ({ key: Record<string, string> } & LedgerSums)[]
  /** Sum of the rows over the limit; null if there are none. */
  others: LedgerSums | null
  total: LedgerSums
}

export interface SeriesQuery {
  metric: string
  from: number
  to: number
  /** Milliseconds, a multiple of a minute. */
  stepMs: number
  /** Labels to keep; the others are summed over. */
  by: readonly string[]
  /** Exact label values. */
  filters: Readonly<Record<string, string>>
  /** 0..1 each; histograms only. */
  quantiles: readonly number[]
  /** Whether points of histograms state the counts of the classic buckets. @default false */
  buckets?: boolean
  seriesMax: number
}

export interface SeriesPoint {
  /** Start of the step. */
  at: number
  /** Counter: increase in the step, in the metric's unit. Gauge: highest value in the step. */
  value?: number
  /** Histogram only. */
  count?: number
  sum?: number
  quantiles?: Record<string, number>
  /** Counts of the classic buckets, not cumulative, the last one above all bounds. */
  buckets?: readonly number[]
}

export interface SeriesResult {
  /** Steps without data have no point: a gap is a gap. */
  series: { labels: Record<string, string>; points: SeriesPoint[] }[]
  /** Series left out over `seriesMax`. */
  omitted: number
  resolution: '1m' | '1h' | '1d'
}

export interface StatsResult {
  from: number
  to: number
  /** Start of the first bucket with a request, of the service if one is asked for; null if there never was one. */
  measured_since: number | null
  /** Exact, over all requests, sampled or not. */
  requests: number
  errors: number
  statuses: Record<string, number>
  /** null without requests: no data is not 100 %. */
  success_rate: number | null
  /** Seconds. */
  latency: { p50: number | null; p95: number | null; p99: number | null; average: number | null }
  retrieval: {
    retrievals: number
    failed: number
    empty: number
    /** Of those that did not fail. */
    empty_rate: number | null
    p95_seconds: number | null
    average_documents: number | null
    average_top_score: number | null
  }
  generation: { calls: number; p95_seconds: number | null }
  /** null where no call stated any: unknown is not zero. */
  tokens: { input: number | null; output: number | null }
  /** null where nothing is known: `usd` is the sum of what is, and a lower bound with `unpriced_calls`. */
  cost: { usd: number | null; llm_usd: number | null; docstore_usd: number | null; unpriced_calls: number }
  errors_by_type: Record<string, number>
  /** Traces kept in the database, whose start lies in the range: a sample, not the requests. */
  traces_stored: number
  /** Requests ever counted by this database; of the service, if one is asked for. */
  requests_total: number
}

/** Columns of traces whose values are counted. */
export const FACET_FIELDS = [
  'status',
  'error_type',
  'service',
  'environment',
  'release',
  'operation',
  'endpoint',
  'intent',
  'org',
  'provider',
  'model',
  'kept_reason',
] as const satisfies readonly (keyof TraceFilter)[]
export type FacetField = (typeof FACET_FIELDS)[number]

export interface FacetsQuery {
  filter: TraceFilter
  fields: readonly FacetField[]
  /** Matching traces that are counted, the newest first. */
  tracesMax: number
  /** Values of each field that are named, the most frequent first. */
  valuesMax: number
  /** Epoch milliseconds by which the query must end; it then returns what it has, and says so. */
  deadline: number
}

export interface Facet {
  field: FacetField
  values: { value: string; count: number }[]
  /** Values beyond `valuesMax`, and the traces that have them. */
  others: { values: number; count: number }
  /** Traces that state no value. */
  missing: number
}

export interface FacetsResult {
  facets: Facet[]
  /** Matching traces that were counted. */
  counted: number
  /** Whether these are all. Else there may be more before `since`: the bound or the deadline was reached. */
  complete: boolean
  /** Epoch milliseconds. */
  since: number
}

export interface ClientState {
  instance: string
  name: string | null
  version: string | null
  service: string | null
  last_sequence: number
  /** Batches whose number was skipped and has not come since. */
  gaps: number
  /** Batches of gaps that are not waited for any more: one that comes all the same counts as a duplicate. */
  gaps_given_up: number
  batches: number
  duplicates: number
  traces_accepted: number
  traces_rejected: number
  measurements_rejected: number
  ledger_rows_rejected: number
  /** Dropped by the client, by reason, as it reported. */
  dropped: Record<string, number>
  first_seen: number
  last_seen: number
  /** `closed`: said goodbye. `tail_unknown`: vanished without. */
  state: 'live' | 'closed' | 'tail_unknown'
}

/** Queries by name: each with its parameters and its result. */
export interface Queries {
  stats: { parameters: { from: number; to: number; service?: string }; result: StatsResult }
  series: { parameters: SeriesQuery; result: SeriesResult }
  traces: { parameters: TracesQuery; result: TracesResult }
  worstTraces: { parameters: WorstTracesQuery; result: WorstTracesResult }
  facets: { parameters: FacetsQuery; result: FacetsResult }
  /** By id, or by W3C trace id if no request has that id. `timestamp` (the start) makes the look-up immediate. */
  trace: { parameters: { id: string; timestamp?: number; deadline: number }; result: StoredTrace | null }
  gaps: { parameters: GapsQuery; result: GapsResult }
  documents: { parameters: DocumentsQuery; result: DocumentsResult }
  ledger: { parameters: LedgerQuery; result: LedgerResult }
  spending: { parameters: SpendingQuery; result: SpendingResult }
  clients: { parameters: { now: number }; result: ClientState[] }
  alertMemory: { parameters: null; result: AlertMemory }
  alertHistory: { parameters: AlertHistoryQuery; result: StoredTransition[] }
  notifications: { parameters: NotificationsQuery; result: StoredAttempt[] }
  /** What alerts need of the past, by the sources that are passed and returned as plain data. */
  alertWindows: {
    parameters: { plan: readonly unknown[]; now: number }
    result: Readonly<Record<string, readonly unknown[]>>
  }
}
export type QueryName = keyof Queries

/** A trace with everything that was stored of it; late feedback and scores included. */
export interface StoredTrace extends TraceEvent {
  feedback_events: readonly { event_id: string; rating: string; comment: string | null; at: number }[]
  scores: readonly { event_id: string; metric: string; score: number; source: string; at: number }[]
}

export interface Store extends AsyncDisposable {
  /** Lifetime totals at the start. */
  readonly series: readonly StoredSeries[]
  /** Called after every commit, in order. */
  onCommitted: (update: CommittedUpdate) => void
  /** Resolves if the store breaks for good: it refuses everything from then on, and only a new process helps. */
  readonly failed: Promise<Error>
  /** Hands a body over; bodies of one turn of the event loop are committed together. */
  ingest(body: IngestBody): Promise<IngestOutcome>
  /**
   * The answer as JSON text, made off the main thread: an answer of megabytes must not delay ingest and scrapes.
   * @throws RagmeterError `trace_not_found`, `query_timeout`, `query_too_expensive`
   */
  query<Name extends QueryName>(name: Name, parameters: Queries[Name]['parameters']): Promise<Uint8Array>
  state(): Promise<StorageState>
  /** Writes what alerts changed. Resolves when it is on disk. @throws StoreError `retryable` and nothing is written */
  writeAlerts(write: AlertWrite): Promise<void>
}

/**
 * `retryable`: the same call may succeed later (full, locked, read-only). `fatal`: it cannot (corrupt, newer schema).
 * `in_use`: another daemon has the database. `not_empty`: history goes into an empty database only.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: 'retryable' | 'fatal' | 'in_use' | 'not_empty'
  readonly hint: string

  constructor(kind: StoreError['kind'], message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.hint = hint
  }
}
