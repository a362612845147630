/** Lists of stored traces: the newest, and the worst. */
import type { TraceEvent } from '@ragmeter/core'
import type { TraceFilter } from './trace-filter.ts'

export interface TracesQuery {
  filter: TraceFilter
  /** 1..1000 */
  limit: number
  /** Continue after this trace (keyset paging, newest first). */
  after?: { timestamp: number; id: string }
  /** Epoch milliseconds by which the query must end; it then returns what it has, and says so. */
  deadline: number
}

/** One row of the list: the facts of a request without its details. */
export type TraceSummary = Omit<
  TraceEvent,
  | 'stages'
  | 'generations'
  | 'cache'
  | 'quality'
  | 'error_message'
  | 'retrieval'
  | 'rerank'
  | 'cost_nano_usd'
  | 'docstore_cost_nano_usd'
> & {
  retrieval_latency_ms: number | null
  retrieval_count: number | null
  top_score: number | null
  generation_latency_ms: number | null
  provider: string | null
  model: string | null
  input_tokens: number | null
  output_tokens: number | null
  cost_usd: number | null
}

export interface TracesResult {
  traces: TraceSummary[]
  /** Pass as `after` for the next page; null at the end. */
  next: { timestamp: number; id: string } | null
  /** The deadline or the scan limit ended the search before the page was full. */
  truncated: boolean
}

export interface WorstTracesQuery {
  filter: TraceFilter
  /** 1..1000 */
  limit: number
  /** Epoch milliseconds by which the query must end; it then returns the worst of what it has seen. */
  deadline: number
}

export interface WorstTracesResult {
  /** Those that failed before the others, then the slowest. */
  traces: TraceSummary[]
  /** Epoch milliseconds: older traces were not looked at. Start of the range if all were. */
  since: number
}
