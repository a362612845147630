/**
 * Measurements: what happened to one series in one minute. The same form travels from the SDK to the daemon,
 * lies in the daemon's journal, and moves from its writer to its `/metrics`.
 */

/** Label values in the order of the metric's definition; '' is "not stated". */
export type LabelValues = readonly string[]

export interface Exemplar {
  trace_id: string
  /** In the metric's unit. */
  value: number
  /** Epoch milliseconds. */
  timestamp: number
}

interface MeasurementOf<Type extends string> {
  type: Type
  /** Name of a metric of the catalogue. */
  metric: string
  /** Label values by name; a label that is absent is not stated. */
  labels: Record<string, string>
  /** Start of the minute (epoch milliseconds, UTC) in which the measured requests started. */
  minute: number
}

export interface CounterMeasurement extends MeasurementOf<'counter'> {
  /** Integer of 1/perUnit of the metric's unit (nano-USD for costs, a plain count otherwise); >= 0. */
  delta: number
}

export interface GaugeMeasurement extends MeasurementOf<'gauge'> {
  /** In the metric's unit. */
  value: number
}

export interface HistogramMeasurement extends MeasurementOf<'histogram'> {
  count: number
  /** Integer of 1/perUnit of the metric's unit: microseconds, nano-USD, millionths. */
  sum: number
  /** Counts of the classic buckets, not cumulative, the last one being +Inf. */
  classic: readonly number[]
  /** Values that are zero. */
  zero: number
  /** Exponential buckets of scale 5: index of the first one, and counts. */
  offset: number
  exponential: readonly number[]
  /** At most one per classic bucket, the latest. */
  exemplars?: readonly Exemplar[]
}

export type Measurement = CounterMeasurement | GaugeMeasurement | HistogramMeasurement

export const MINUTE_MS = 60_000
/**
 * How long the value of a gauge that one instance stated counts: on `/metrics`, and for alerts. Longer than any usual interval
 * of flushing; a process that is gone has no queue. A moment stays, since it remains true.
 */
export const GAUGE_TIME_TO_LIVE_MS = 5 * MINUTE_MS
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Start of the minute of a moment. */
export function minuteOf(timestamp: number): number {
  return timestamp - (((timestamp % MINUTE_MS) + MINUTE_MS) % MINUTE_MS)
}

/**
 * Sums stop at the largest integer that is exact, instead of going on inexactly: it takes a hostile client to get
 * there, and no database or client has to deal with more. Saturating additions may be done in any order.
 */
export function saturated(sum: number): number {
  return sum > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : sum
}
