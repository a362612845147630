/** Alerts on caches that answer too little. */
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Counted } from '../signal.ts'
import type { AlertSpecification, Severity } from '../specification.ts'
import { all, compare, enough } from './shared.ts'

const LOOKUPS: Counted = { metric: 'rag_cache_requests_total', windowMinutes: 5 }
const HITS: Counted = { ...LOOKUPS, where: { result: { in: ['hit'] } } }
const BY = ['service', 'cache']

function cacheAlert(
  name: string,
  severity: Severity,
  threshold: ThresholdKey,
  summary: string,
  replaces: readonly string[],
): AlertSpecification {
  return {
    name,
    family: 'cache',
    severity,
    when: all(
      compare({ kind: 'ratio', numerator: HITS, denominator: LOOKUPS, by: BY }, '<', threshold),
      enough(LOOKUPS, BY, 'cacheLookupsMin'),
    ),
    forMinutes: 10,
    summary,
    description: `{value} of the lookups in the {cache} cache of {service} were hits within 5 minutes (threshold {threshold:${threshold}}).`,
    valueFormat: 'percent',
    dashboard: 'operations',
    replaces,
  }
}

export const CACHE_ALERTS: readonly AlertSpecification[] = [
  cacheAlert(
    'RagVeryLowCacheHitRate',
    'warning',
    'cacheHitRatioWarning',
    'A cache of a RAG service hardly answers.',
    ['M2.3: LowCacheHitRate', 'Guide: LowCacheHitRate', 'Guide: NoCacheHits'],
  ),
  cacheAlert(
    'RagLowCacheHitRate',
    'info',
    'cacheHitRatioInfo',
    'A cache of a RAG service answers less than half.',
    ['AegisRAG: LowCacheHitRate'],
  ),
]
