/**
 * Gauges of client instances as one value per series. A value counts for some minutes after it was sent: the queue
 * length of a process that is gone is not a queue length. Moments (`..._timestamp_seconds`) stay, since a moment
 * in the past remains true; their latest is shown. Ages are of a monotonic clock: setting the clock of the host back must
 * not keep the values of the dead alive.
 */
import type { LabelValues, MetricDefinition, Registry } from '@ragmeter/core'
import { GAUGE_TIME_TO_LIVE_MS, GaugeSeries } from '@ragmeter/core'

/** Instances whose values one series remembers; the longest silent one is forgotten first. */
const INSTANCES_PER_SERIES_MAX = 1000

interface Entry {
  readonly metric: MetricDefinition
  readonly labels: LabelValues
  readonly values: Map<string, { value: number; at: number }>
}

export class InstanceGauges {
  readonly #registry: Registry
  readonly #entries = new Map<GaugeSeries, Entry>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  set(instance: string, metric: MetricDefinition, labels: LabelValues, value: number, at: number): void {
    const series = this.#registry.series(metric, labels)
    if (!(series instanceof GaugeSeries)) return
    if (isMoment(metric)) {
      if (series.value === undefined || series.value < value) series.value = value
      return
    }
    let entry = this.#entries.get(series)
    if (entry === undefined) {
      entry = { metric, labels: series.labels, values: new Map() }
      this.#entries.set(series, entry)
    }
    // Re-inserting keeps the map in the order of the last value, so the first one is the longest silent.
    entry.values.delete(instance)
    entry.values.set(instance, { value, at })
    if (entry.values.size > INSTANCES_PER_SERIES_MAX) {
      for (const oldest of entry.values.keys()) {
        entry.values.delete(oldest)
        break
      }
    }
    series.value = aggregate(entry)
  }

  /** Drops values that are too old, and the series without any. */
  expire(now: number): void {
    for (const [series, entry] of this.#entries) {
      let expired = false
      for (const [instance, { at }] of entry.values) {
        if (now - at <= GAUGE_TIME_TO_LIVE_MS) break
        entry.values.delete(instance)
        expired = true
      }
      if (entry.values.size === 0) {
        this.#entries.delete(series)
        this.#registry.remove(entry.metric, entry.labels)
      } else if (expired) series.value = aggregate(entry)
    }
  }

  /** Forgets a series that was removed from the registry. */
  forget(series: GaugeSeries): void {
    this.#entries.delete(series)
  }
}

/** Whether a gauge states a moment, which does not age. */
export function isMoment(metric: MetricDefinition): boolean {
  return metric.name.endsWith('_timestamp_seconds')
}

function aggregate({ metric, values }: Entry): number {
  let result = metric.aggregation === 'sum' ? 0 : -Infinity
  for (const { value } of values.values()) {
    result = metric.aggregation === 'sum' ? result + value : Math.max(result, value)
  }
  return result
}
