/** What many alerts have in common: which requests are valid, which failed, and the guard against low traffic. */
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Compare, Comparison, Condition } from '../specification.ts'
import type { Counted, Signal, Where } from '../signal.ts'

/** Rejected and cancelled requests are not the service's doing: neither good nor bad. */
const VALID: Where = { status: { notIn: ['rejected', 'cancelled'] } }
const FAILED: Where = { status: { in: ['error', 'timeout'] } }

/** Kinds of dependencies that hold data. */
export const DATABASES = ['vector_store', 'graph_store', 'database'] as const

/** Calls of a counter with the label `status` that count: neither rejected nor cancelled. */
export function valid(metric: string, windowMinutes: number, where: Where = {}): Counted {
  return { metric, where: { ...where, ...VALID }, windowMinutes }
}

/** Those of them that failed. */
export function failed(metric: string, windowMinutes: number, where: Where = {}): Counted {
  return { metric, where: { ...where, ...FAILED }, windowMinutes }
}

export function compare(signal: Signal, comparison: Comparison, threshold: ThresholdKey | number): Compare {
  return { kind: 'compare', signal, comparison, threshold }
}

export function all(first: Condition, ...guards: readonly Condition[]): Condition {
  return { kind: 'all', of: [first, ...guards] }
}

/** At least so many events within the window: below that, a ratio or a quantile is chance. */
export function enough(of: Counted, by: readonly string[], threshold: ThresholdKey | number): Compare {
  return compare({ kind: 'increase', of, by }, '>=', threshold)
}

/** At least `trafficMin` valid requests of the service within five minutes. */
export const ENOUGH_REQUESTS: Compare = enough(valid('rag_requests_total', 5), ['service'], 'trafficMin')

/** The service had so many requests at this hour of the day before: silence is not its habit. */
export function usually(threshold: ThresholdKey): Compare {
  return compare(
    {
      kind: 'increase',
      of: { metric: 'rag_requests_total', windowMinutes: 60, offsetMinutes: 1440 },
      by: ['service'],
    },
    '>',
    threshold,
  )
}
