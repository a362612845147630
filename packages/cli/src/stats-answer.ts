/** Reads GET /stats. A field that is missing, as from a daemon of another version, is unknown and not 0. */
import { isObject } from './probe.ts'

export interface StatsAnswer {
  uptimeSeconds: number | null
  /** Requests ever counted. */
  tracesTotal: number | null
  /** Requests of the period, exact. */
  requests: number | null
  errors: number | null
  /** Traces kept in the database: a sample. */
  tracesStored: number | null
  successRate: number | null
  /** Requests by status. */
  statuses: Readonly<Record<string, number>>
  errorsByType: Readonly<Record<string, number>>
  p50: number | null
  p95: number | null
  p99: number | null
  retrievals: number | null
  failedRetrievals: number | null
  emptyRate: number | null
  retrievalP95: number | null
  averageDocuments: number | null
  averageTopScore: number | null
  generationCalls: number | null
  generationP95: number | null
  inputTokens: number | null
  outputTokens: number | null
  /** Of model calls and document store. */
  costUsd: number | null
  docstoreUsd: number | null
  unpricedCalls: number | null
}

export function readStatsAnswer(body: Readonly<Record<string, unknown>>): StatsAnswer {
  const number = (...path: string[]) => numberAt(body, path)
  return {
    uptimeSeconds: number('uptime_seconds'),
    tracesTotal: number('traces_total'),
    requests: number('requests'),
    errors: number('errors'),
    tracesStored: number('traces_stored'),
    successRate: number('success_rate'),
    statuses: countsAt(body, 'statuses'),
    errorsByType: countsAt(body, 'errors_by_type'),
    p50: number('latency', 'p50'),
    p95: number('latency', 'p95'),
    p99: number('latency', 'p99'),
    retrievals: number('retrieval', 'retrievals'),
    failedRetrievals: number('retrieval', 'failed'),
    emptyRate: number('retrieval', 'empty_rate'),
    retrievalP95: number('retrieval', 'p95_seconds'),
    averageDocuments: number('retrieval', 'average_documents'),
    averageTopScore: number('retrieval', 'average_top_score'),
    generationCalls: number('generation', 'calls'),
    generationP95: number('generation', 'p95_seconds'),
    inputTokens: number('tokens', 'input'),
    outputTokens: number('tokens', 'output'),
    costUsd: number('cost', 'usd'),
    docstoreUsd: number('cost', 'docstore_usd'),
    unpricedCalls: number('cost', 'unpriced_calls'),
  }
}

function numberAt(body: Readonly<Record<string, unknown>>, path: readonly string[]): number | null {
  let value: unknown = body
  for (const name of path) value = isObject(value) ? value[name] : undefined
  return typeof value === 'number' ? value : null
}

function countsAt(body: Readonly<Record<string, unknown>>, name: string): Record<string, number> {
  const value = body[name]
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}
