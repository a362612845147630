/** The numbers that alerts compare with: one list, of which the section `thresholds` of ragmeter.yaml overrides some. */

export type ThresholdUnit =
  | 'seconds'
  | 'ratio'
  | 'usd'
  | 'requests'
  | 'requests per second'
  | 'count'
  | 'times'

export interface ThresholdDefinition {
  readonly default: number
  readonly unit: ThresholdUnit
  /** Bounds, inclusive. */
  readonly min: number
  readonly max: number
  readonly doc: string
  /** Compared with a quantile of this histogram, which is only as fine as its buckets: must be one of its bounds. */
  readonly bucketOf?: string
}

const REQUEST = 'rag_request_duration_seconds'
const STAGE = 'rag_stage_duration_seconds'
const DEPENDENCY = 'rag_dependency_request_duration_seconds'

function seconds(value: number, bucketOf: string, doc: string): ThresholdDefinition {
  return { default: value, unit: 'seconds', min: 0.001, max: 3600, doc, bucketOf }
}

function ratio(value: number, doc: string): ThresholdDefinition {
  return { default: value, unit: 'ratio', min: 0, max: 1, doc }
}

export const THRESHOLDS = {
  trafficMin: {
    default: 20,
    unit: 'requests',
    min: 1,
    max: 1e6,
    doc: 'Valid requests (or calls) within the window below which ratios and quantiles alert nobody.',
  },
  latencyInfo: seconds(1, REQUEST, 'p95 latency of requests, info.'),
  latencyWarning: seconds(2, REQUEST, 'p95 latency of requests, warning.'),
  latencyCritical: seconds(5, REQUEST, 'p95 latency of requests, critical.'),
  retrievalLatency: seconds(0.5, STAGE, 'p95 latency of the stage retrieval, warning.'),
  generationLatency: seconds(2, STAGE, 'p95 latency of the stage generation, warning.'),
  databaseLatency: seconds(0.5, DEPENDENCY, 'p95 latency of calls to a database, warning.'),
  errorRatioInfo: ratio(0.01, 'Share of valid requests that failed, info.'),
  errorRatioWarning: ratio(0.05, 'Share of valid requests that failed, warning.'),
  errorRatioHigh: ratio(0.1, 'Share of valid requests that failed, critical after five minutes.'),
  errorRatioCritical: ratio(0.2, 'Share of valid requests that failed, critical after one minute.'),
} as const satisfies Record<string, ThresholdDefinition>

export type ThresholdKey = keyof typeof THRESHOLDS

/** A number for every key. */
export type Thresholds = Readonly<Record<ThresholdKey, number>>

export const DEFAULT_THRESHOLDS = Object.fromEntries(
  Object.entries(THRESHOLDS).map(([key, { default: value }]) => [key, value]),
) as Thresholds
