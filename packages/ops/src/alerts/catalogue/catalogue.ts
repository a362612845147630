/** All alerts but those of SLOs, in the order of triage. */
import type { AlertSpecification } from '../specification.ts'
import { DEPENDENCY_ALERTS } from './dependency.ts'
import { ERROR_ALERTS } from './errors.ts'
import { LATENCY_ALERTS } from './latency.ts'

export const ALERTS: readonly AlertSpecification[] = [
  ...DEPENDENCY_ALERTS,
  ...ERROR_ALERTS,
  ...LATENCY_ALERTS,
]
