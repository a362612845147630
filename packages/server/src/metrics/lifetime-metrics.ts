/** The lifetime totals behind `/metrics`: what the database had at the start, and every commit since. */
import {
  CardinalityGuard,
  CounterSeries,
  findMetric,
  GaugeSeries,
  labelValues,
  LIMITS,
  METRICS,
  OVERFLOW_VALUE,
  Registry,
} from '@ragmeter/core'
import type { LabelValues, Measurement, MetricDefinition, Series } from '@ragmeter/core'
import type { CommittedUpdate, StoredSeries } from '../store/store.ts'
import { InstanceGauges, isMoment } from './instance-gauges.ts'
import { ParkedSeries } from './parked-series.ts'
import type { ParkedTotal } from './parked-series.ts'

/** A service that is silent for so long leaves the page, and so does a series that takes the place of others. */
const IDLE_MS = 7 * 24 * 3_600_000
/** Services whose silence is watched. The guard admits fewer at a time; this bounds those that come and go. */
const SERVICES_REMEMBERED_MAX = 10 * LIMITS.servicesMax

export class LifetimeMetrics {
  readonly #guard: CardinalityGuard
  readonly registry: Registry
  /** How many series each metric has. Apart, since these are of no service and must not take the place of one. */
  readonly seriesCounts: Registry = new Registry({ guard: new CardinalityGuard(() => {}) })
  readonly #gauges: InstanceGauges
  readonly #monotonic: () => number
  /** When something of a service arrived; a service that sends old events is not idle. */
  readonly #lastSeen = new Map<string, number>()
  /**
   * Totals of services that left the page. If one comes back it goes on from them: starting from zero would show a
   * counter that jumps at the next restart, when the totals are read from the database again.
   */
  readonly #dormant = new Map<string, ParkedTotal[]>()
  /** When each series was last added to. */
  readonly #addedAt = new Map<Series, number>()
  readonly #parked = new ParkedSeries()

  /**
   * @param now epoch milliseconds
   * @param monotonic milliseconds of any origin, for what ages within minutes
   */
  constructor(stored: readonly StoredSeries[], now: number, monotonic: () => number) {
    this.#guard = new CardinalityGuard((metric, label, service) => {
      // Counting a fold of this very metric would fold again, for ever.
      if (metric === METRICS.labelOverflow) return
      this.registry.count(METRICS.labelOverflow, 1, service, metric.name, label)
    })
    this.registry = new Registry({ guard: this.#guard, exponential: false })
    this.#gauges = new InstanceGauges(this.registry)
    this.#monotonic = monotonic
    for (const { labels, lastSeen } of stored) this.#see(labels[0] ?? '', lastSeen)
    for (const { metric: name, labels: stated, measurement, lastSeen } of stored) {
      const metric = findMetric(name)
      if (metric === undefined) continue
      const labels = metric.labels.map((_, position) => stated[position] ?? '')
      const service = labels[0] ?? ''
      const total = { metric, labels, measurement }
      // Of an idle service, those that it had left behind before: it comes back without them.
      const until = this.#isIdle(service, now) ? (this.#lastSeen.get(service) ?? now) : now
      if (until - lastSeen > IDLE_MS && takesPlace(metric, labels)) this.#parked.park(total)
      else if (this.#isIdle(service, now)) this.#putToSleep(service, total)
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

  /** Requests ever counted; those of services and series that left the page too. */
  requestsTotal(): number {
    let total = 0
    for (const series of this.registry.family(METRICS.requests).series)
      total += (series as CounterSeries).value
    for (const { metric, measurement } of [
      ...Array.from(this.#dormant.values()).flat(),
      ...this.#parked.of(METRICS.requests),
    ]) {
      if (metric === METRICS.requests && measurement.type === 'counter') total += measurement.delta
    }
    return total
  }

  /** What a counter that left the page goes on from; zero of one that never was. */
  totalAtRest(metric: MetricDefinition, labels: LabelValues): number {
    return this.#parked.totalOf(metric, labels)
  }

  /** Makes the registry ready to be shown: old gauges, idle services and idle series go, the series are counted. */
  prepare(now: number): void {
    this.#gauges.expire(this.#monotonic())
    for (const service of this.#lastSeen.keys()) if (this.#isIdle(service, now)) this.#fallAsleep(service)
    this.#parkIdleSeries(now)
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
      this.#gauges.set(instance, metric, labels, measurement.value, this.#monotonic())
      return
    }
    const series = this.registry.series(metric, labels)
    const parked = this.#parked.take(metric, series.labels)
    if (parked !== undefined) this.registry.merge(metric, series.labels, parked.measurement)
    this.registry.merge(metric, series.labels, measurement)
    this.#addedAt.set(series, at)
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
    return at !== undefined && now - at > IDLE_MS
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
          this.#putToSleep(service, { metric: family.metric, labels: series.labels, measurement })
        this.#remove(family.metric, series)
      }
    }
    if (!this.#dormant.has(service)) this.#dormant.set(service, [])
  }

  /** Those that take a place among the values of a label, so that the values in use now find one. */
  #parkIdleSeries(now: number): void {
    for (const { metric, series: all } of this.registry.families()) {
      for (const series of all.filter(
        (one) => this.#isSeriesIdle(one, now) && takesPlace(metric, one.labels),
      )) {
        const measurement = totalOf(metric, series)
        if (measurement !== undefined) this.#parked.park({ metric, labels: series.labels, measurement })
        this.#remove(metric, series)
      }
    }
  }

  #isSeriesIdle(series: Series, now: number): boolean {
    const at = this.#addedAt.get(series)
    return at !== undefined && now - at > IDLE_MS
  }

  #remove(metric: MetricDefinition, series: Series): void {
    if (series instanceof GaugeSeries) this.#gauges.forget(series)
    this.#addedAt.delete(series)
    this.registry.remove(metric, series.labels)
  }

  #putToSleep(service: string, total: ParkedTotal): void {
    const asleep = this.#dormant.get(service)
    if (asleep === undefined) this.#dormant.set(service, [total])
    else asleep.push(total)
  }

  #wake(service: string, at: number): void {
    const parked = this.#dormant.get(service)
    if (parked === undefined) return
    this.#dormant.delete(service)
    for (const { metric, labels, measurement } of parked) this.#merge(metric, labels, measurement, '', at)
  }
}

/** Whether a series has a value of an open label. One without goes on being shown: there are few of them. */
function takesPlace(metric: MetricDefinition, labels: LabelValues): boolean {
  return metric.labels.some((label, position) => {
    const value = labels[position] ?? ''
    return position > 0 && 'max' in label && value !== '' && value !== OVERFLOW_VALUE
  })
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
