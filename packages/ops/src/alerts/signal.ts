/**
 * What an alert looks at: a small closed algebra over the metric catalogue, which two evaluators understand. One makes
 * PromQL of it (`promql-signal.ts`), the other reads the daemon's rollups of one minute.
 *
 * Every signal gives, at a moment T, one number for each label set of its `by` labels, or none where it has no value.
 * No value is not zero: a comparison with it never holds.
 *
 * "The minutes of a window" are the whole minutes M with T - window <= M < T, when T is a full minute; `offsetMinutes`
 * moves the window back. A counter or histogram *exists* for a label set from the moment it was first stated until its
 * service leaves `/metrics`; a minute in which nothing was added to it adds zero. In Prometheus the same holds for the
 * samples between T - window and T.
 */

/** Which values of one label are meant. A label that is not stated has the value ''. */
export type LabelCondition =
  | { readonly in: readonly string[] }
  | { readonly notIn: readonly string[] }
  | { readonly startsWith: string }

/** Conditions by label name; all of them must hold. */
export type Where = Readonly<Record<string, LabelCondition>>

/** What is counted, over which window. It is no signal by itself; `increase`, `rate` and `ratio` are made of it. */
export interface Counted {
  /** Name of a counter or, with `part`, of a histogram. */
  readonly metric: string
  /**
   * Of a histogram: how many observations (`count`), or how many of them at or below a bound (`atMost`), which must be
   * one of the finite classic buckets of the metric. Not stated for a counter.
   */
  readonly part?: 'count' | { readonly atMost: number }
  readonly where?: Where
  readonly windowMinutes: number
  /** Moves the window into the past. Default 0. */
  readonly offsetMinutes?: number
}

/**
 * By how much the counted went up within the window.
 * PromQL: `sum by (by) (increase(metric{where}[window] offset offset))`.
 * Minutes: the sum of what was added to every matching series in the minutes of the window.
 */
export interface Increase {
  readonly kind: 'increase'
  readonly of: Counted
  readonly by: readonly string[]
}

/** The increase divided by the seconds of the window. PromQL: `sum by (by) (rate(...))`. */
export interface Rate {
  readonly kind: 'rate'
  readonly of: Counted
  readonly by: readonly string[]
}

/**
 * Rate of the numerator divided by the rate of the denominator, each over its own window; with `complement`
 * one minus that. A numerator without a value is zero where the denominator has one. No value where the denominator is zero
 * or has none.
 */
export interface Ratio {
  readonly kind: 'ratio'
  readonly numerator: Counted
  readonly denominator: Counted
  readonly complement?: boolean
  readonly by: readonly string[]
}

/**
 * Quantile of a histogram over its classic buckets.
 * PromQL: `histogram_quantile(quantile, sum by (by, le) (rate(metric_bucket{where}[window])))`.
 * Minutes: the classic counts of the window's minutes are added up. With `rank = quantile * count`, the bucket is the first
 * whose cumulative count is at least `rank`; the value is interpolated linearly within it, from the bound below (0 for the first
 * bucket if its bound is above 0) to its own. In the bucket above all bounds the value is the highest finite bound.
 * No value where the window has no observation.
 */
export interface Quantile {
  readonly kind: 'quantile'
  readonly metric: string
  /** 0..1 */
  readonly quantile: number
  readonly where?: Where
  readonly windowMinutes: number
  readonly by: readonly string[]
}

/**
 * Mean of the observations of a histogram.
 * PromQL: `sum by (by) (rate(metric_sum[window])) / (sum by (by) (rate(metric_count[window])) > 0)`.
 * Minutes: the sums added up, divided by the counts added up. No value where the window has no observation.
 */
export interface Mean {
  readonly kind: 'mean'
  readonly metric: string
  readonly where?: Where
  readonly windowMinutes: number
  readonly by: readonly string[]
}

/**
 * A gauge, as the highest (`max`) or lowest (`min`) of its values within the window, aggregated over the series
 * that share the `by` labels. A window rather than the last value, so that a missed scrape changes nothing:
 * `max` for an alert on low values, `min` for one on high values.
 * PromQL: `aggregate by (by) (over_over_time(metric{where}[window]))`, and `sum by (sumBy) (...)` around it.
 * Minutes: a minute has the value that was stated in it or, as on `/metrics`, the last one that was stated in the five minutes
 * before (`GAUGE_TIME_TO_LIVE_MS`). Of the window's values the highest or lowest is taken, then those of the matching series are
 * aggregated, then summed up by `sumBy`. No value where none of them has one.
 */
export interface Gauge {
  readonly kind: 'gauge'
  readonly metric: string
  readonly where?: Where
  readonly over: 'max' | 'min'
  readonly windowMinutes: number
  readonly aggregate: 'max' | 'min' | 'sum'
  readonly by: readonly string[]
  /** Sums the label sets of `by` up; a subset of it. The labels of the signal are then these. */
  readonly sumBy?: readonly string[]
}

/** One gauge divided by another with the same labels. No value where either has none or the divisor is zero. */
export interface GaugeRatio {
  readonly kind: 'gauge-ratio'
  readonly numerator: Gauge
  readonly denominator: Gauge
}

/**
 * Seconds since the moment that a gauge states (`..._timestamp_seconds`).
 * PromQL: `time() - max by (by) (metric{where} > 0)`.
 * Minutes: T minus the latest moment stated so far; a moment does not expire before its service leaves `/metrics`.
 */
export interface Age {
  readonly kind: 'age'
  readonly metric: string
  readonly where?: Where
  readonly by: readonly string[]
}

/** The number 1, without labels, always. PromQL: `vector(1)`. */
export interface Always {
  readonly kind: 'always'
}

export type Signal = Increase | Rate | Ratio | Quantile | Mean | Gauge | GaugeRatio | Age | Always

/** The labels that tell the values of a signal apart. */
export function labelsOf(signal: Signal): readonly string[] {
  switch (signal.kind) {
    case 'always':
      return []
    case 'gauge':
      return signal.sumBy ?? signal.by
    case 'gauge-ratio':
      return labelsOf(signal.numerator)
    default:
      return signal.by
  }
}
