/** Everything that was measured: what waits for the next batch, and the totals since the start for `/metrics`. */
import { CardinalityGuard, labelObject, MeasurementBuffer, METRICS, minuteOf, Registry } from '@ragmeter/core'
import type {
  DropReason,
  GaugeSeries,
  LabelValues,
  LedgerRow,
  Measurement,
  MetricDefinition,
  SamplingDecision,
  TraceEvent,
} from '@ragmeter/core'

export interface RecorderOptions {
  service: string
  dimensions: readonly string[]
  /** Epoch milliseconds. */
  now: () => number
}

export interface Drained {
  measurements: Measurement[]
  ledger: LedgerRow[]
  dropped: Record<string, number>
}

export class Recorder {
  readonly service: string
  readonly #now: () => number
  readonly #buffer: MeasurementBuffer
  readonly #gauges: Registry
  /** Totals of the life of the process. */
  readonly totals: Registry
  #measurements: Measurement[] = []
  #ledger: LedgerRow[] = []
  #dropped: Record<string, number> = {}
  #isDirty = false

  constructor(options: RecorderOptions) {
    this.service = options.service
    this.#now = options.now
    const foldLabel = (metric: MetricDefinition, label: string) => {
      this.count(METRICS.labelOverflow, 1, metric.name, label)
    }
    const guard = new CardinalityGuard(foldLabel)
    this.#buffer = new MeasurementBuffer({
      guard,
      dimensions: options.dimensions,
      onOverflow: () => foldLabel(METRICS.requests, 'org'),
    })
    this.#gauges = new Registry({ guard, exponential: false })
    this.totals = new Registry({ guard, exponential: false })
  }

  /** Measures one request and what was decided about its trace. */
  record(event: TraceEvent, decision: SamplingDecision): void {
    this.#isDirty = true
    this.#buffer.record(event)
    this.#buffer.at(event.timestamp).count(METRICS.traces, 1, this.service, decision)
  }

  /** Measures what a request did after it was recorded. */
  recordParts(event: TraceEvent): void {
    this.#isDirty = true
    this.#buffer.recordParts(event)
  }

  /** @param labels of the metric after `service` */
  count(metric: MetricDefinition, amount: number, a = '', b = '', c = '', d = ''): void {
    this.#isDirty = true
    this.#buffer.at(this.#now()).count(metric, amount, this.service, a, b, c, d)
  }

  /** @param value in the metric's unit */
  observe(metric: MetricDefinition, value: number, a = '', b = '', c = '', d = ''): void {
    this.#isDirty = true
    this.#buffer.at(this.#now()).observe(metric, value, 1, this.service, a, b, c, d)
  }

  /** Gauges keep their value until they are set again; every batch states all of them. */
  set(metric: MetricDefinition, value: number, a = '', b = '', c = '', d = ''): void {
    if (!Number.isFinite(value)) return this.drop('invalid', 1)
    this.#isDirty = true
    this.#gauges.set(metric, value, this.service, a, b, c, d)
  }

  /** A gauge of the client itself: it changes all the time and is no reason to send a batch. */
  setQuietly(metric: MetricDefinition, value: number, a = '', b = ''): void {
    this.#gauges.set(metric, value, this.service, a, b)
  }

  drop(reason: DropReason, items: number): void {
    if (items <= 0) return
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + items
    this.count(METRICS.telemetryDropped, items, reason)
  }

  /**
   * Says again what a batch said that will not arrive. The totals know it already, so it goes straight to what waits.
   */
  restate(dropped: Readonly<Record<string, number>>): void {
    const minute = minuteOf(this.#now())
    for (const [reason, items] of Object.entries(dropped)) {
      this.#dropped[reason] = (this.#dropped[reason] ?? 0) + items
      const labels = { service: this.service, reason }
      const metric = METRICS.telemetryDropped.name
      this.#measurements.push({ type: 'counter', metric, labels, minute, delta: items })
    }
  }

  /** Whether anything happened since the last batch. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  /** Brings the totals up to date; what was measured still waits for the next batch. */
  settle(): void {
    const { measurements, ledger } = this.#buffer.drain((metric, labels, measurement) => {
      this.totals.merge(metric, labels, measurement)
    })
    for (const measurement of measurements) this.#measurements.push(measurement)
    for (const row of ledger) this.#ledger.push(row)
    for (const { metric, labels, value } of this.#gaugeValues()) {
      ;(this.totals.series(metric, labels) as GaugeSeries).value = value
    }
  }

  /** Takes out what waits. */
  drain(): Drained {
    this.settle()
    const minute = minuteOf(this.#now())
    for (const { metric, labels, value } of this.#gaugeValues()) {
      const named = labelObject(metric, labels)
      this.#measurements.push({ type: 'gauge', metric: metric.name, labels: named, minute, value })
    }
    const drained = { measurements: this.#measurements, ledger: this.#ledger, dropped: this.#dropped }
    this.#measurements = []
    this.#ledger = []
    this.#dropped = {}
    this.#isDirty = false
    return drained
  }

  *#gaugeValues(): IterableIterator<{ metric: MetricDefinition; labels: LabelValues; value: number }> {
    for (const { metric, series } of this.#gauges.families()) {
      for (const { labels, value } of series as GaugeSeries[])
        if (value !== undefined) yield { metric, labels, value }
    }
  }
}
