/** What several dashboards show, so that they show the same. */
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { PanelQuery, ThresholdStep } from './panel.ts'

const { thresholds } = DEFAULT_CONFIGURATION

/** The services that are chosen. */
export const CHOSEN = '{service=~"$service"}'

export const ERROR_RATIO = `service:rag_requests_failed_per_requests_valid:ratio_rate5m${CHOSEN}`

/** Median, p95 and p99 of the latency of requests. */
export const LATENCY_QUANTILES: readonly PanelQuery[] = [50, 95, 99].map((percent) => ({
  expression: `service:rag_request_duration_seconds:p${percent}_rate5m${CHOSEN}`,
  legend: `{{service}} p${percent}`,
}))

/** Colours change where alerts fire. */
export const ERROR_STEPS: readonly ThresholdStep[] = [
  [null, 'green'],
  [thresholds.errorRatioInfo, 'yellow'],
  [thresholds.errorRatioWarning, 'orange'],
  [thresholds.errorRatioCritical, 'red'],
]

export const LATENCY_STEPS: readonly ThresholdStep[] = [
  [null, 'green'],
  [thresholds.latencyWarning, 'orange'],
  [thresholds.latencyCritical, 'red'],
]

export const CACHE_STEPS: readonly ThresholdStep[] = [
  [null, 'red'],
  [thresholds.cacheHitRatioWarning, 'yellow'],
  [thresholds.cacheHitRatioInfo, 'green'],
]
