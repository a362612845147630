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

/** It is counted in the minute of its arrival. */
type UndatedCounter = Omit<Extract<Measurement, { type: 'counter' }>, 'minute'>

export interface Drained {
  measurements: (Measurement | UndatedCounter)[]
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
    this.#isDirty = true
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + items
    this.totals.count(METRICS.telemetryDropped, items, this.service, reason)
  }

  /** Says again what a batch said that will not arrive. The totals know it already. */
  restate(dropped: Readonly<Record<string, number>>): void {
    for (const [reason, items] of Object.entries(dropped)) {
      this.#isDirty = true
      this.#dropped[reason] = (this.#dropped[reason] ?? 0) + items
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
    // First, and so in the batch that states what was dropped, and is restated with it.
    const measurements = [...this.#losses(), ...this.#measurements]
    const drained = { measurements, ledger: this.#ledger, dropped: this.#dropped }
    this.#measurements = []
    this.#ledger = []
    this.#dropped = {}
    this.#isDirty = false
    return drained
  }

  /** Without a minute: where the clock is wrong, the daemon would refuse the count of what it refused, too. */
  #losses(): UndatedCounter[] {
    const metric = METRICS.telemetryDropped.name
    return Object.entries(this.#dropped).map(([reason, delta]) => {
      return { type: 'counter', metric, labels: { service: this.service, reason }, delta }
    })
  }

  *#gaugeValues(): IterableIterator<{ metric: MetricDefinition; labels: LabelValues; value: number }> {
    for (const { metric, series } of this.#gauges.families()) {
      for (const { labels, value } of series as GaugeSeries[])
        if (value !== undefined) yield { metric, labels, value }
    }
  }
}
