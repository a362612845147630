/** The last minutes of the gauges that share one label set: one value for each series and minute. */
import type { MetricDefinition } from '@ragmeter/core'

/** Clients' clocks may be ahead by so much. */
const AHEAD_MINUTES = 12
const SERIES_MAX = 1000
/** Instances of one series whose values are told apart within a minute. */
const INSTANCES_MAX = 1000

interface Series {
  /** By the number of the minute. */
  readonly minutes: Map<number, number>
  /** The latest minute, by instance. */
  latest: number
  instances: Map<string, number>
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

  set(key: string, instance: string, minute: number, value: number): void {
    const series = this.#seriesOf(key)
    if (series === undefined) return
    if (minute > series.latest) this.#advance(series, minute)
    if (minute < series.latest) {
      // Late: which instances the minute had is forgotten.
      const known = series.minutes.get(minute)
      const isHeld = minute > series.latest - this.#spanMinutes - AHEAD_MINUTES
      if (isHeld) series.minutes.set(minute, known === undefined ? value : this.#combine(known, value))
      return
    }
    if (series.instances.size < INSTANCES_MAX || series.instances.has(instance)) {
      series.instances.set(instance, value)
    }
    const values = Array.from(series.instances.values())
    series.minutes.set(
      minute,
      values.reduce((left, right) => this.#combine(left, right)),
    )
  }

  /** Of each series with a value in the minutes from <= minute < to, the highest or the lowest. */
  values(from: number, to: number, over: 'max' | 'min'): number[] {
    const found: number[] = []
    for (const { minutes } of this.#series.values()) {
      let picked: number | undefined
      for (let minute = from; minute < to; minute += 1) {
        const value = minutes.get(minute)
        if (value === undefined) continue
        if (picked === undefined || (over === 'max' ? value > picked : value < picked)) picked = value
      }
      if (picked !== undefined) found.push(picked)
    }
    return found
  }

  snapshot(): (readonly [string, number[][]])[] {
    return Array.from(this.#series, ([key, { minutes }]) => [key, Array.from(minutes)] as const)
  }

  restore(key: string, rows: readonly (readonly number[])[]): void {
    for (const [minute = 0, value = 0] of rows) this.set(key, '', minute, value)
  }

  #seriesOf(key: string): Series | undefined {
    const known = this.#series.get(key)
    if (known !== undefined || this.#series.size >= SERIES_MAX) return known
    const series = { minutes: new Map(), latest: -Infinity, instances: new Map() }
    this.#series.set(key, series)
    return series
  }

  #advance(series: Series, minute: number): void {
    series.latest = minute
    series.instances = new Map()
    for (const old of series.minutes.keys()) {
      if (old <= minute - this.#spanMinutes - AHEAD_MINUTES) series.minutes.delete(old)
    }
  }

  #combine(left: number, right: number): number {
    return this.#aggregation === 'sum' ? left + right : Math.max(left, right)
  }
}
