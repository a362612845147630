/**
 * Totals of series that left the page while their service stayed. If one comes back it goes on from its total:
 * starting from zero would show a counter that jumps at the next restart, when totals are read from the database.
 */
import type { LabelValues, Measurement, MetricDefinition } from '@ragmeter/core'

export interface ParkedTotal {
  metric: MetricDefinition
  labels: LabelValues
  measurement: Measurement
}

export class ParkedSeries {
  readonly #metrics = new Map<MetricDefinition, Map<string, ParkedTotal>>()

  park(total: ParkedTotal): void {
    let parked = this.#metrics.get(total.metric)
    if (parked === undefined) this.#metrics.set(total.metric, (parked = new Map<string, ParkedTotal>()))
    parked.set(JSON.stringify(total.labels), total)
  }

  /** Gives the total of a series back, once. */
  take(metric: MetricDefinition, labels: LabelValues): ParkedTotal | undefined {
    const parked = this.#metrics.get(metric)
    if (parked === undefined || parked.size === 0) return undefined
    const key = JSON.stringify(labels)
    const total = parked.get(key)
    parked.delete(key)
    return total
  }

  /** The total of a series, which goes on from it. */
  totalOf(metric: MetricDefinition, labels: LabelValues): number {
    const parked = this.#metrics.get(metric)
    if (parked === undefined || parked.size === 0) return 0
    const measurement = parked.get(JSON.stringify(labels))?.measurement
    return measurement?.type === 'counter' ? measurement.delta : 0
  }

  of(metric: MetricDefinition): Iterable<ParkedTotal> {
    return this.#metrics.get(metric)?.values() ?? []
  }
}
