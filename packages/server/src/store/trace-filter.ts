/** What is asked of stored traces. */

/** What a filter compares for equality. */
export const EXACT_FIELDS = [
  'service',
  'environment',
  'release',
  'org',
  'operation',
  'endpoint',
  'intent',
  'status',
  'error_type',
  'provider',
  'model',
  'trace_id',
  'request_id',
  'session_id',
  'user_id',
  'kept_reason',
  'retriever',
  'query_hash',
] as const satisfies readonly (keyof TraceFilter)[]
export type ExactField = (typeof EXACT_FIELDS)[number]

/** A value that a field, or a key of the metadata, must not have. */
export type Exclusion =
  | { readonly field: ExactField; readonly value: string }
  | { readonly metadataKey: string; readonly value: string }

export interface TraceFilter {
  from: number
  to: number
  service?: string
  environment?: string
  release?: string
  org?: string
  operation?: string
  endpoint?: string
  intent?: string
  status?: string
  error_type?: string
  provider?: string
  model?: string
  query_hash?: string
  trace_id?: string
  request_id?: string
  session_id?: string
  user_id?: string
  kept_reason?: string
  retriever?: string
  latencyMsMin?: number
  latencyMsMax?: number
  retrievalCountMin?: number
  retrievalCountMax?: number
  topScoreMin?: number
  topScoreMax?: number
  /** Requests whose retrieval found no document, or failed. */
  hasFoundNothing?: boolean
  /** Exact values of metadata keys. */
  metadata?: Readonly<Record<string, string>>
  /** Traces that do not state the field stay. */
  exclude?: readonly Exclusion[]
}
