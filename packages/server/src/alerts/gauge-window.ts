/** The last minutes of the gauges that share one label set: the lowest and the highest value of each series and minute. */
import { GAUGE_TIME_TO_LIVE_MS, MINUTE_MS } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'

/** Clients' clocks may be ahead by so much. */
const AHEAD_MINUTES = 12
const SERIES_MAX = 1000
/** Instances of one series whose values are told apart. */
const INSTANCES_MAX = 1000
/** How long a value of an instance counts, as on `/metrics`. */
const STATED_MINUTES = GAUGE_TIME_TO_LIVE_MS / MINUTE_MS

interface Extent {
  low: number
  high: number
}

interface Stated {
  readonly minute: number
  readonly value: number
}

interface Series {
  /** By the number of the minute. */
  readonly minutes: Map<number, Extent>
  latest: number
  /** What each instance stated last. */
  readonly instances: Map<string, Stated>
  /** What all of them together were last, as far as it was taken over; it counts until one of them states something. */
  loaded: Stated | undefined
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
    if (minute > series.latest) this.#advance(series, minute)
    const { instances } = series
    const known = instances.get(instance)
    if (known === undefined ? instances.size < INSTANCES_MAX : known.minute <= minute)
      instances.set(instance, { minute, value })
    series.loaded = undefined
    const combined = this.#combined(value, this.#counting(series, minute, instance))
    this.#extend(series, minute, combined, combined)
  }

  /** Takes over what a minute was, of all instances together. */
  load(key: string, minute: number, low: number, high: number): void {
    const series = this.#seriesOf(key)
    if (series === undefined) return
    if (minute > series.latest) this.#advance(series, minute)
    if (minute === series.latest && series.instances.size === 0) series.loaded = { minute, value: high }
    this.#extend(series, minute, low, high)
  }

  /** Of each series with a value in the minutes from <= minute < to, the highest or the lowest. */
  values(from: number, to: number, over: 'max' | 'min'): number[] {
    const found: number[] = []
    for (const series of this.#series.values()) {
      let picked: number | undefined
      for (let minute = from; minute < to; minute += 1) {
        const extent = series.minutes.get(minute) ?? this.#held(series, minute)
        if (extent === undefined) continue
        const value = over === 'max' ? extent.high : extent.low
        if (picked === undefined || (over === 'max' ? value > picked : value < picked)) picked = value
      }
      if (picked !== undefined) found.push(picked)
    }
    return found
  }

  /** Rows of a minute with its lowest and its highest value, in their order. */
  snapshot(): (readonly [string, number[][]])[] {
    return Array.from(this.#series, ([key, { minutes }]) => [
      key,
      Array.from(minutes, ([minute, { low, high }]) => [minute, low, high]).sort(
        ([left = 0], [right = 0]) => left - right,
      ),
    ])
  }

  /** Takes over the rows of a snapshot. */
  restore(key: string, rows: readonly (readonly number[])[]): void {
    const series = this.#seriesOf(key)
    if (series === undefined) return
    // What counted after each of them is among them, up to the last.
    for (const [minute = 0, low = 0, high = low] of rows) {
      series.loaded = undefined
      this.load(key, minute, low, high)
    }
  }

  #seriesOf(key: string): Series | undefined {
    const known = this.#series.get(key)
    if (known !== undefined || this.#series.size >= SERIES_MAX) return known
    const series: Series = { minutes: new Map(), latest: -Infinity, instances: new Map(), loaded: undefined }
    this.#series.set(key, series)
    return series
  }

  #extend(series: Series, minute: number, low: number, high: number): void {
    if (minute <= series.latest - this.#spanMinutes - AHEAD_MINUTES) return
    const extent = series.minutes.get(minute)
    if (extent === undefined) {
      series.minutes.set(minute, { low, high })
      return
    }
    extent.low = Math.min(extent.low, low)
    extent.high = Math.max(extent.high, high)
  }

  /** Goes on to a minute in which something is stated, and writes down what counted in those before it. */
  #advance(series: Series, minute: number): void {
    const end = Math.min(minute, series.latest + STATED_MINUTES + 1)
    for (let between = series.latest + 1; between < end; between += 1) {
      const held = this.#held(series, between)
      if (held !== undefined) series.minutes.set(between, held)
    }
    series.latest = minute
    for (const old of series.minutes.keys()) {
      if (old <= minute - this.#spanMinutes - AHEAD_MINUTES) series.minutes.delete(old)
    }
    for (const [instance, stated] of series.instances) {
      if (stated.minute + STATED_MINUTES < minute) series.instances.delete(instance)
    }
  }

  /** What a minute is after the last one in which something was stated: what still counts. */
  #held(series: Series, minute: number): Extent | undefined {
    if (minute <= series.latest) return undefined
    const [first, ...others] = this.#counting(series, minute)
    if (first === undefined) return undefined
    const value = this.#combined(first, others)
    return { low: value, high: value }
  }

  /** Values that were stated shortly before a minute or in it, but not by one of the instances. */
  #counting({ instances, loaded }: Series, minute: number, besides?: string): number[] {
    const counting: number[] = []
    const count = (stated: Stated): void => {
      if (stated.minute + STATED_MINUTES >= minute) counting.push(stated.value)
    }
    if (loaded !== undefined) count(loaded)
    for (const [instance, stated] of instances) if (instance !== besides) count(stated)
    return counting
  }

  #combined(first: number, others: readonly number[]): number {
    return others.reduce(
      (left, right) => (this.#aggregation === 'sum' ? left + right : Math.max(left, right)),
      first,
    )
  }
}
