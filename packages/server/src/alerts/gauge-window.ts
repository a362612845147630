/** The last minutes of the gauges that share one label set: the lowest and the highest value of each series and minute. */
import { MINUTE_MS } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { GAUGE_TIME_TO_LIVE_MS } from '../lib/gauge-time-to-live.ts'

/** Clients' clocks may be ahead by so much. */
const AHEAD_MINUTES = 12
const SERIES_MAX = 1000
/** Instances of one series whose values are told apart. */
const INSTANCES_MAX = 1000
/** How long a value of an instance counts beside those of others, as on `/metrics`. */
const STATED_MINUTES = GAUGE_TIME_TO_LIVE_MS / MINUTE_MS

interface Extent {
  low: number
  high: number
}

interface Series {
  /** By the number of the minute. */
  readonly minutes: Map<number, Extent>
  latest: number
  /** What each instance stated last. */
  readonly instances: Map<string, { minute: number; value: number }>
}

export class GaugeWindow {
  readonly #aggregation: MetricDefinition['aggregation']
  readonly #spanMinutes: number
  readonly #series = new Map<string, Series>()

  /** @param aggregation how the values of several instances become one */
  constructor(aggregation: MetricDefinition['aggregation'], spanMinutes: number) {
    this.#aggregation = aggregation
    this.#spanMinutes = spanMinutes
  }

  /** One instance states its value. What the others stated in the last minutes still counts. */
  set(key: string, instance: string, minute: number, value: number): void {
    const series = this.#seriesOf(key)
    if (series === undefined) return
    const { instances } = series
    const known = instances.get(instance)
    if (known === undefined ? instances.size < INSTANCES_MAX : known.minute <= minute)
      instances.set(instance, { minute, value })
    let combined = value
    for (const [other, stated] of instances) {
      if (other === instance) continue
      if (stated.minute + STATED_MINUTES >= minute) combined = this.#combine(combined, stated.value)
    }
    this.#extend(series, minute, combined, combined)
  }

  /** Takes over what a minute was, of all instances together. */
  load(key: string, minute: number, low: number, high: number): void {
    const series = this.#seriesOf(key)
    if (series !== undefined) this.#extend(series, minute, low, high)
  }

  /** Of each series with a value in the minutes from <= minute < to, the highest or the lowest. */
  values(from: number, to: number, over: 'max' | 'min'): number[] {
    const found: number[] = []
    for (const { minutes } of this.#series.values()) {
      let picked: number | undefined
      for (let minute = from; minute < to; minute += 1) {
        const extent = minutes.get(minute)
        if (extent === undefined) continue
        const value = over === 'max' ? extent.high : extent.low
        if (picked === undefined || (over === 'max' ? value > picked : value < picked)) picked = value
      }
      if (picked !== undefined) found.push(picked)
    }
    return found
  }

  /** Rows of a minute with its lowest and its highest value. */
  snapshot(): (readonly [string, number[][]])[] {
    return Array.from(this.#series, ([key, { minutes }]) => [
      key,
      Array.from(minutes, ([minute, { low, high }]) => [minute, low, high]),
    ])
  }

  restore(key: string, rows: readonly (readonly number[])[]): void {
    for (const [minute = 0, low = 0, high = low] of rows) this.load(key, minute, low, high)
  }

  #seriesOf(key: string): Series | undefined {
    const known = this.#series.get(key)
    if (known !== undefined || this.#series.size >= SERIES_MAX) return known
    const series: Series = { minutes: new Map(), latest: -Infinity, instances: new Map() }
    this.#series.set(key, series)
    return series
  }

  #extend(series: Series, minute: number, low: number, high: number): void {
    if (minute > series.latest) this.#advance(series, minute)
    if (minute <= series.latest - this.#spanMinutes - AHEAD_MINUTES) return
    const extent = series.minutes.get(minute)
    if (extent === undefined) {
      series.minutes.set(minute, { low, high })
      return
    }
    extent.low = Math.min(extent.low, low)
    extent.high = Math.max(extent.high, high)
  }

  #advance(series: Series, minute: number): void {
    series.latest = minute
    for (const old of series.minutes.keys()) {
      if (old <= minute - this.#spanMinutes - AHEAD_MINUTES) series.minutes.delete(old)
    }
    for (const [instance, stated] of series.instances) {
      if (stated.minute + STATED_MINUTES < minute) series.instances.delete(instance)
    }
  }

  #combine(left: number, right: number): number {
    return this.#aggregation === 'sum' ? left + right : Math.max(left, right)
  }
}
