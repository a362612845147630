/** Committed but not yet folded: the sum of the journal, kept in memory so that folding need not read it. */
import { findMetric, labelValues, MeasurementBuffer } from '@ragmeter/core'
import type { CardinalityGuard, LedgerRow, Measurement } from '@ragmeter/core'
import { aggregated } from '../rollup/rollup.ts'
import type { JournalEntry } from '../rollup/rollup.ts'

export class Pending {
  readonly #buffer: MeasurementBuffer
  #ledger: LedgerRow[] = []
  /** Latest value of a gauge within a minute, by series and instance. */
  readonly #gauges = new Map<
    string,
    { measurement: Measurement & { type: 'gauge' }; values: Map<string, number> }
  >()

  constructor(guard: CardinalityGuard) {
    this.#buffer = new MeasurementBuffer({ guard })
  }

  add(entry: JournalEntry): void {
    for (const measurement of entry.measurements) {
      const metric = findMetric(measurement.metric)
      if (metric === undefined) continue
      this.#buffer.at(measurement.minute).merge(metric, labelValues(metric, measurement.labels), measurement)
    }
    // One by one: a list of arguments as long as a journal entry can be would overflow the stack.
    for (const row of entry.ledger) this.#ledger.push(row)
    for (const { instance, measurements } of entry.gauges) {
      for (const measurement of measurements) this.#setGauge(instance, measurement)
    }
  }

  /** Everything that is pending; nothing is afterwards. */
  drain(): { measurements: Measurement[]; ledger: LedgerRow[] } {
    const { measurements } = this.#buffer.drain()
    for (const { measurement, values } of this.#gauges.values()) {
      const metric = findMetric(measurement.metric)
      if (metric === undefined) continue
      measurements.push({ ...measurement, value: aggregated(metric, Array.from(values.values())) })
    }
    this.#gauges.clear()
    const ledger = this.#ledger
    this.#ledger = []
    return { measurements, ledger }
  }

  #setGauge(instance: string, measurement: Measurement): void {
    const metric = findMetric(measurement.metric)
    if (metric === undefined || measurement.type !== 'gauge') return
    const key = JSON.stringify([
      measurement.metric,
      measurement.minute,
      ...labelValues(metric, measurement.labels),
    ])
    const known = this.#gauges.get(key)
    if (known === undefined)
      this.#gauges.set(key, { measurement, values: new Map([[instance, measurement.value]]) })
    else known.values.set(instance, measurement.value)
  }
}
