/** Which alerts the incidents are for, and which families of alerts no history can show. */
import type { Family } from '@ragmeter/ops'
import type { IncidentKind } from './incidents.ts'

/** Alerts of our catalogue that fire during every incident of a kind, where there is enough traffic; others may fire too. */
export const INCIDENT_ALERTS: Readonly<Record<IncidentKind, readonly string[]>> = {
  latency: ['RagCriticalQueryLatency', 'RagHighGenerationLatency'],
  errors: ['RagVeryHighErrorRate', 'RagAvailabilityBudgetBurnFast'],
  empty_retrieval: ['RagEmptyRetrievals', 'RagRetrievalBudgetBurnFast'],
  cost_spike: ['RagCostSpike'],
  cache_loss: ['RagVeryLowCacheHitRate'],
  rate_limit: ['RagRateLimitLow', 'RagRateLimitHeadroomLow'],
  quality_drop: ['RagLowRelevance', 'RagLowContextPrecision'],
  outage: ['RagNoTraces', 'RagVeryLowQueryRate'],
  surge: ['RagInFlightHigh'],
  traffic_drop: ['RagVeryLowQueryRate'],
  database_down: ['RagDatabaseDown', 'RagVeryHighErrorRate', 'RagStoreStatsStale'],
  capacity: ['RagVectorStoreLarge', 'RagMemoryFactsHigh'],
  batch_failure: ['RagBatchJobFailed', 'RagBatchJobStale'],
  batch_stall: ['RagBatchJobStale'],
}

/** From so many requests of a usual weekday on, no alert is silent for want of traffic. */
export const REQUESTS_PER_DAY_OF_ALERTS = 20_000

/** Families without an incident, each with the reason: they are not about requests or services. */
export const FAMILIES_NOT_SIMULATED: Readonly<Partial<Record<Family, string>>> = {
  availability: 'Whether a page can be scraped is seen by Prometheus alone, and nobody scrapes a history.',
  telemetry:
    'A history is not delivered: no SDK sends it, so that nothing of it is dropped or folded on the way.',
  monitoring: 'The health of the daemon, Prometheus, Loki and Alertmanager is that of real processes.',
  watchdog: 'It fires always.',
}
