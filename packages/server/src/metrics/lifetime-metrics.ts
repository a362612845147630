/** The lifetime totals behind `/metrics`: what the database had at the start, and every commit since. */
import {
  CardinalityGuard,
  CounterSeries,
  findMetric,
  GaugeSeries,
  keepExemplar,
  labelValues,
  LIMITS,
  METRICS,
  Registry,
} from '@ragmeter/core'
import type { HistogramSeries, LabelValues, Measurement, MetricDefinition, Series } from '@ragmeter/core'
import type { CommittedUpdate, StoredSeries } from '../store/store.ts'
import { InstanceGauges, isMoment } from './instance-gauges.ts'

/** A service that is silent for so long leaves the page. */
const SERVICE_IDLE_MS = 7 * 24 * 3_600_000
/** Services whose silence is watched. The guard admits fewer at a time; this bounds those that come and go. */
const SERVICES_REMEMBERED_MAX = 10 * LIMITS.servicesMax

interface Dormant {
  metric: MetricDefinition
  labels: LabelValues
  measurement: Measurement
}

export class LifetimeMetrics {
  readonly #guard: CardinalityGuard
  readonly registry: Registry
  /** How many series each metric has. Apart, since these are of no service and must not take the place of one. */
  readonly seriesCounts: Registry = new Registry({ guard: new CardinalityGuard(() => {}) })
  readonly #gauges: InstanceGauges
  /** When something of a service arrived; a service that sends old events is not idle. */
  readonly #lastSeen = new Map<string, number>()
  /**
   * Totals of services that left the page. If one comes back it goes on from them: starting from zero would show a
   * counter that jumps at the next restart, when the totals are read from the database again.
   */
  readonly #dormant = new Map<string, Dormant[]>()

  /** @param now epoch milliseconds */
  constructor(stored: readonly StoredSeries[], now: number) {
    this.#guard = new CardinalityGuard((metric, label, service) => {
      // Counting a fold of this very metric would fold again, for ever.
      if (metric === METRICS.labelOverflow) return
      this.registry.count(METRICS.labelOverflow, 1, service, metric.name, label)
    })
    this.registry = new Registry({ guard: this.#guard, exponential: false })
    this.#gauges = new InstanceGauges(this.registry)
    for (const { labels, lastSeen } of stored) this.#see(labels[0] ?? '', lastSeen)
    for (const { metric: name, labels: stated, measurement, lastSeen } of stored) {
      const metric = findMetric(name)
      if (metric === undefined) continue
      const labels = metric.labels.map((_, position) => stated[position] ?? '')
      const service = labels[0] ?? ''
      if (this.#isIdle(service, now)) this.#park(service, { metric, labels, measurement })
      else this.#merge(metric, labels, measurement, '', lastSeen)
    }
    for (const [service, at] of this.#lastSeen)
      if (!this.#isIdle(service, now)) this.#showLastSeen(service, at)
  }

  /** Adds what a commit brought. @param now epoch milliseconds */
  apply(update: CommittedUpdate, now: number): void {
    for (const { service, at } of update.seen) {
      this.#hear(service, now)
      this.#showLastSeen(service, at)
    }
    for (const measurement of update.measurements) this.#add(measurement, '', now)
    for (const { instance, measurements } of update.gauges) {
      for (const measurement of measurements) this.#add(measurement, instance, now)
    }
  }

  /** Requests ever counted; those of services that left the page too. */
  requestsTotal(): number {
    let total = 0
    for (const series of this.registry.family(METRICS.requests).series)
      total += (series as CounterSeries).value
    for (const parked of this.#dormant.values()) {
      for (const { metric, measurement } of parked) {
        if (metric === METRICS.requests && measurement.type === 'counter') total += measurement.delta
      }
    }
    return total
  }

  /** Makes the registry ready to be shown: old gauges and idle services go, the series are counted. */
  prepare(now: number): void {
    this.#gauges.expire(now)
    for (const service of this.#lastSeen.keys()) if (this.#isIdle(service, now)) this.#fallAsleep(service)
    for (const { metric, series } of this.registry.families()) {
      this.seriesCounts.set(METRICS.series, series.length, '', metric.name)
      this.seriesCounts.set(METRICS.seriesLimit, this.#limitOf(metric), '', metric.name)
    }
  }

  /** The limit holds for each service: the one for a metric grows with the services that use it. */
  #limitOf(metric: MetricDefinition): number {
    const services = new Set(this.registry.family(metric).series.map((series) => series.labels[0]))
    return LIMITS.seriesPerMetricAndServiceMax * Math.max(1, services.size)
  }

  #add(measurement: Measurement, instance: string, now: number): void {
    const metric = findMetric(measurement.metric)
    if (metric === undefined) return
    if (this.#dormant.size > 0) this.#hear(measurement.labels['service'] ?? '', now)
    this.#merge(metric, labelValues(metric, measurement.labels), measurement, instance, now)
  }

  #merge(
    metric: MetricDefinition,
    labels: LabelValues,
    measurement: Measurement,
    instance: string,
    at: number,
  ): void {
    if (metric.type !== measurement.type) return
    if (measurement.type === 'gauge') {
      this.#gauges.set(instance, metric, labels, measurement.value, at)
      return
    }
    this.registry.merge(metric, labels, measurement)
    if (measurement.type !== 'histogram' || measurement.exemplars === undefined) return
    const series = this.registry.series(metric, labels) as HistogramSeries
    for (const exemplar of measurement.exemplars) keepExemplar(series, metric, exemplar)
  }

  #hear(service: string, now: number): void {
    this.#wake(service, now)
    this.#see(service, now)
  }

  #see(service: string, at: number): void {
    const known = this.#lastSeen.get(service)
    if (known === undefined ? this.#lastSeen.size < SERVICES_REMEMBERED_MAX : known < at) {
      this.#lastSeen.set(service, at)
    }
  }

  /** A service is idle if it was heard from once, and not for long. */
  #isIdle(service: string, now: number): boolean {
    const at = this.#lastSeen.get(service)
    return at !== undefined && now - at > SERVICE_IDLE_MS
  }

  #showLastSeen(service: string, at: number): void {
    this.registry.raise(METRICS.clientLastSeen, at / 1000, service)
  }

  #fallAsleep(service: string): void {
    if (this.#dormant.has(service)) return
    for (const family of this.registry.families()) {
      for (const series of family.series.filter(({ labels }) => labels[0] === service)) {
        const measurement = totalOf(family.metric, series)
        if (measurement !== undefined)
          this.#park(service, { metric: family.metric, labels: series.labels, measurement })
        if (series instanceof GaugeSeries) this.#gauges.forget(series)
        this.registry.remove(family.metric, series.labels)
      }
    }
    if (!this.#dormant.has(service)) this.#dormant.set(service, [])
  }

  #park(service: string, dormant: Dormant): void {
    const parked = this.#dormant.get(service)
    if (parked === undefined) this.#dormant.set(service, [dormant])
    else parked.push(dormant)
  }

  #wake(service: string, at: number): void {
    const parked = this.#dormant.get(service)
    if (parked === undefined) return
    this.#dormant.delete(service)
    for (const { metric, labels, measurement } of parked) this.#merge(metric, labels, measurement, '', at)
  }
}

/** A total as a measurement; gauges but moments are out of date by then. */
function totalOf(metric: MetricDefinition, series: Series): Measurement | undefined {
  const base = { metric: metric.name, labels: {}, minute: 0 }
  if (series instanceof CounterSeries) return { ...base, type: 'counter', delta: series.value }
  if (series instanceof GaugeSeries) {
    return series.value === undefined || !isMoment(metric)
      ? undefined
      : { ...base, type: 'gauge', value: series.value }
  }
  const { count, sum, classic } = series
  return { ...base, type: 'histogram', count, sum, classic, zero: 0, offset: 0, exponential: [] }
}
