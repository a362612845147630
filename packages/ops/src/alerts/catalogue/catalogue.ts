/** All alerts but those of SLOs, in the order of triage. */
import type { AlertSpecification } from '../specification.ts'
import { AVAILABILITY_ALERTS } from './availability.ts'
import { BATCH_ALERTS } from './batch.ts'
import { CACHE_ALERTS } from './cache.ts'
import { CAPACITY_ALERTS } from './capacity.ts'
import { COST_ALERTS } from './cost.ts'
import { DEPENDENCY_ALERTS } from './dependency.ts'
import { ERROR_ALERTS } from './errors.ts'
import { LATENCY_ALERTS } from './latency.ts'
import { MONITORING_ALERTS } from './monitoring.ts'
import { QUALITY_ALERTS } from './quality.ts'
import { RATE_LIMIT_ALERTS } from './rate-limit.ts'
import { TELEMETRY_ALERTS } from './telemetry.ts'
import { TRAFFIC_ALERTS } from './traffic.ts'

export const ALERTS: readonly AlertSpecification[] = [
  ...AVAILABILITY_ALERTS,
  ...DEPENDENCY_ALERTS,
  ...ERROR_ALERTS,
  ...LATENCY_ALERTS,
  ...TRAFFIC_ALERTS,
  ...RATE_LIMIT_ALERTS,
  ...COST_ALERTS,
  ...CACHE_ALERTS,
  ...CAPACITY_ALERTS,
  ...QUALITY_ALERTS,
  ...BATCH_ALERTS,
  ...TELEMETRY_ALERTS,
  ...MONITORING_ALERTS,
]
