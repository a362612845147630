/** What many alerts have in common: which requests are valid, which failed, and the guard against low traffic. */
import type { Compare } from '../specification.ts'
import type { Counted, Where } from '../signal.ts'

/** Rejected and cancelled requests are not the service's doing: neither good nor bad. */
export const VALID: Where = { status: { notIn: ['rejected', 'cancelled'] } }
export const FAILED: Where = { status: { in: ['error', 'timeout'] } }

export function validRequests(windowMinutes: number): Counted {
  return { metric: 'rag_requests_total', where: VALID, windowMinutes }
}

export function failedRequests(windowMinutes: number): Counted {
  return { metric: 'rag_requests_total', where: FAILED, windowMinutes }
}

/** At least `trafficMin` valid requests of the service within five minutes: below that, a ratio is chance. */
export const ENOUGH_REQUESTS: Compare = {
  kind: 'compare',
  signal: { kind: 'increase', of: validRequests(5), by: ['service'] },
  comparison: '>=',
  threshold: 'trafficMin',
}
