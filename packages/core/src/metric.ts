/** What a metric definition is. The definitions themselves are in `catalogue.ts`. */
import { LIMITS } from './limits.ts'

export type MetricType = 'counter' | 'gauge' | 'histogram'

/** A label is a closed enum (`values`) or an open set bounded by a guard (`max` distinct values per service). */
export type LabelDefinition =
  | { readonly name: string; readonly values: readonly string[]; readonly atZero?: ValuesAtZero }
  | { readonly name: string; readonly max: number }

/**
 * Values of a label of a counter whose series are shown at zero beside the one of `beside`, before anything is counted in
 * them: Prometheus sees no increase in a counter that begins with a value.
 */
export interface ValuesAtZero {
  readonly beside: string
  readonly values: readonly string[]
}

/** How the gauges of several client instances become one number. */
export type GaugeAggregation = 'sum' | 'max'

export interface MetricDefinition {
  /** Position in its catalogue: the registry finds a family by it without a look-up. */
  readonly index: number
  readonly name: string
  readonly type: MetricType
  /** Base unit of the exposed value: `seconds`, `usd`, `tokens`, `documents`, `ratio`, `bytes`, `` (a count). */
  readonly unit: string
  readonly help: string
  readonly labels: readonly LabelDefinition[]
  /**
   * Values are summed as integers of 1/perUnit of the unit, so that sums are exact and do not depend on the
   * order of additions: durations in microseconds, costs in nano-USD, scores in millionths.
   */
  readonly perUnit: number
  /** Upper-inclusive classic buckets, ascending, without +Inf. Histograms only. */
  readonly buckets: readonly number[]
  readonly aggregation: GaugeAggregation
  /** `request`: follows from an event. `application`: set by the application. `telemetry`: ragmeter on itself. */
  readonly scope: 'request' | 'application' | 'telemetry'
}

/** The first label of every metric that is about a service. */
export const SERVICE_LABEL: LabelDefinition = { name: 'service', max: LIMITS.servicesMax }

export function enumLabel(name: string, values: readonly string[], atZero?: ValuesAtZero): LabelDefinition {
  return { name, values, ...(atZero === undefined ? {} : { atZero }) }
}

export function openLabel(name: string, max: number): LabelDefinition {
  return { name, max }
}

/** Gives every definition of a catalogue its index. */
export function defineMetrics<Key extends string>(
  definitions: Readonly<Record<Key, Omit<MetricDefinition, 'index'>>>,
): Readonly<Record<Key, MetricDefinition>> {
  const entries = Object.entries<Omit<MetricDefinition, 'index'>>(definitions)
  return Object.fromEntries(
    entries.map(([key, definition], index) => [key, { ...definition, index }]),
  ) as Record<Key, MetricDefinition>
}
