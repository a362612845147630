/** Collects measurements by the minute until they are sealed: into a batch (SDK) or into a transaction (daemon). */
import type { CardinalityGuard } from './cardinality-guard.ts'
import type { TraceEvent } from './event.ts'
import { Ledger } from './ledger.ts'
import type { LedgerOptions, LedgerRow } from './ledger.ts'
import { measure, measureParts } from './measure.ts'
import { minuteOf, saturated } from './measurement.ts'
import type { Exemplar, LabelValues, Measurement } from './measurement.ts'
import type { MetricDefinition } from './metric.ts'
import { CounterSeries, GaugeSeries, Registry } from './registry.ts'
import type { Series } from './registry.ts'

export interface MeasurementBufferOptions extends LedgerOptions {
  guard: CardinalityGuard
}

/** Sees every series that is drained, to add it to a registry of lifetime totals. */
export type DrainListener = (metric: MetricDefinition, labels: LabelValues, measurement: Measurement) => void

export class MeasurementBuffer {
  readonly #guard: CardinalityGuard
  readonly #ledger: Ledger
  readonly #minutes = new Map<number, Registry>()
  #minute = Number.NaN
  #registry: Registry | undefined

  constructor(options: MeasurementBufferOptions) {
    this.#guard = options.guard
    this.#ledger = new Ledger(options)
  }

  /**
   * Measures a request: every observation, and its ledger rows.
   * @param moment whose minute it is counted in. @default the start of the request
   */
  record(event: TraceEvent, weight = 1, moment = event.timestamp): void {
    measure(event, this.at(moment), weight)
    this.#ledger.book(event, weight)
  }

  /** Measures what a request did after it was recorded, under its labels: it is no further request. */
  recordParts(event: TraceEvent): void {
    measureParts(event, this.at(event.timestamp))
    this.#ledger.bookParts(event)
  }

  /** The registry of the minute of a moment. */
  at(timestamp: number): Registry {
    const minute = minuteOf(timestamp)
    if (minute === this.#minute && this.#registry !== undefined) return this.#registry
    let registry = this.#minutes.get(minute)
    if (registry === undefined) this.#minutes.set(minute, (registry = new Registry({ guard: this.#guard })))
    this.#minute = minute
    this.#registry = registry
    return registry
  }

  /** Takes everything out, as it goes on the wire. */
  drain(listener?: DrainListener): { measurements: Measurement[]; ledger: LedgerRow[] } {
    const measurements: Measurement[] = []
    for (const [minute, registry] of this.#minutes) {
      for (const family of registry.families()) {
        for (const series of family.series) {
          const measurement = sealSeries(family.metric, series, minute)
          if (measurement === undefined) continue
          measurements.push(measurement)
          listener?.(family.metric, series.labels, measurement)
        }
      }
    }
    this.#minutes.clear()
    this.#registry = undefined
    return { measurements, ledger: this.#ledger.drain() }
  }
}

function sealSeries(metric: MetricDefinition, series: Series, minute: number): Measurement | undefined {
  const base = { metric: metric.name, labels: labelObject(metric, series.labels), minute }
  if (series instanceof CounterSeries) return { ...base, type: 'counter', delta: saturated(series.value) }
  if (series instanceof GaugeSeries) {
    return series.value === undefined ? undefined : { ...base, type: 'gauge', value: series.value }
  }
  const { offset, counts } = series.exponential?.buckets() ?? { offset: 0, counts: [] }
  const exemplars = series.exemplars?.filter((exemplar): exemplar is Exemplar => exemplar !== undefined)
  return {
    ...base,
    type: 'histogram',
    count: series.count,
    sum: saturated(series.sum),
    classic: series.classic,
    zero: series.exponential?.zeroCount ?? 0,
    offset,
    exponential: counts,
    ...(exemplars === undefined ? {} : { exemplars }),
  }
}

/** Label values by name; values that are not stated are left out. */
export function labelObject(metric: MetricDefinition, values: LabelValues): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let position = 0; position < metric.labels.length; position += 1) {
    const value = values[position]
    if (value !== undefined && value !== '') labels[metric.labels[position]?.name as string] = value
  }
  return labels
}

/** Label values in the order of the definition. */
export function labelValues(metric: MetricDefinition, labels: Readonly<Record<string, string>>): string[] {
  return metric.labels.map(({ name }) => labels[name] ?? '')
}
