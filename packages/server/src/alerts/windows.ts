/**
 * The last minutes and hours of everything that alerts read, in memory: measurements are added when they are committed, so that
 * evaluating reads no database. It holds sums by label set, not series: its size follows the services, not the traffic.
 */
import { MINUTE_MS } from '@ragmeter/core'
import type { Measurement, MetricDefinition } from '@ragmeter/core'
import { GaugeWindow } from './gauge-window.ts'
import { Ring } from './ring.ts'
import type { RingSnapshot } from './ring.ts'
import { matches, metricOfSource } from './sources.ts'
import type { Extract, SourceDefinition, SourcePlan } from './sources.ts'

/** As long as a service that is silent stays on `/metrics`; then its label sets exist no more. */
const IDLE_MS = 7 * 24 * 3_600_000
/** Label sets of one source: far above what the limits of series allow. More are not alerted on, and counted. */
const GROUPS_MAX = 10_000
const WIDTH: Readonly<Record<'value' | 'count' | 'sum and count', number>> = {
  value: 1,
  count: 1,
  'sum and count': 2,
}

/** The values of one label set. Which of the three it has follows from the kind of its source. */
export interface Group {
  /** Values of the source's `by` labels. */
  readonly labels: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  seenAt: number
  readonly ring: Ring | undefined
  readonly gauges: GaugeWindow | undefined
  /** Unix seconds. */
  moment: number | undefined
}

const NO_GROUPS: ReadonlyMap<string, Group> = new Map()

interface Source {
  readonly definition: SourceDefinition
  readonly metric: MetricDefinition
  readonly groups: Map<string, Group>
  /** Keys of the label sets that found no room lately, as many as there are groups at most. */
  readonly omitted: Set<string>
}

/** Where a series is added to. */
interface Target {
  readonly source: Source
  readonly group: Group
}

export interface GroupSnapshot {
  labels: Readonly<Record<string, string>>
  seenAt: number
  ring?: RingSnapshot
  gauges?: readonly (readonly [series: string, rows: number[][]])[]
  moment?: number
}

/** Groups by the key of their source. */
export type WindowsSnapshot = Readonly<Record<string, readonly GroupSnapshot[]>>

export class Windows {
  readonly #sources = new Map<string, Source>()
  readonly #byMetric = new Map<string, Source[]>()
  /** Found once for each series: it is asked for with every measurement. */
  readonly #targets = new Map<string, readonly Target[]>()
  #latest: { metric: string; labels: object; targets: readonly Target[] } | undefined
  /** @throws Error if the plan names a metric that the catalogue does not have */
  constructor(plan: SourcePlan) {
    for (const [key, definition] of plan) {
      const source = {
        definition,
        metric: metricOfSource(definition),
        groups: new Map<string, Group>(),
        omitted: new Set<string>(),
      }
      this.#sources.set(key, source)
      const others = this.#byMetric.get(definition.metric)
      if (others === undefined) this.#byMetric.set(definition.metric, [source])
      else others.push(source)
    }
  }

  /** Label sets that found no room since room was made for the last time, each once. */
  get omitted(): number {
    return Array.from(this.#sources.values()).reduce((sum, { omitted }) => sum + omitted.size, 0)
  }

  /** Metrics that some alert reads. */
  get metrics(): readonly string[] {
    return Array.from(this.#byMetric.keys())
  }

  /** How far back the sources of a metric reach. */
  spanMinutes(metric: string): number {
    return Math.max(0, ...(this.#byMetric.get(metric) ?? []).map(({ definition }) => definition.spanMinutes))
  }

  /** Whether some source takes in a series of these labels. */
  reads(metric: string, labels: Readonly<Record<string, string>>): boolean {
    return this.#targetsOf(metric, labels).length > 0
  }

  /** The label sets of a source, by their values in the order of its `by` labels. */
  groups(key: string): ReadonlyMap<string, Group> {
    return this.#sources.get(key)?.groups ?? NO_GROUPS
  }

  /** Adds what happened to one series in one minute. @param instance whose gauge it is @param now epoch milliseconds */
  add(measurement: Measurement, instance: string, now: number): void {
    const minute = Math.floor(measurement.minute / MINUTE_MS)
    for (const { source, group } of this.#targetsOf(measurement.metric, measurement.labels)) {
      group.seenAt = Math.max(group.seenAt, now)
      if (measurement.type === 'gauge') {
        if (source.definition.kind === 'moment') raise(group, measurement.value)
        else
          group.gauges?.set(seriesKey(source.metric, measurement.labels), instance, minute, measurement.value)
      } else group.ring?.add(minute, numbersOf(source, measurement))
    }
  }

  /** A series exists, whether or not something was added to it lately. @param seenAt epoch milliseconds */
  exists(metric: string, labels: Readonly<Record<string, string>>, seenAt: number, moment?: number): void {
    for (const { group } of this.#targetsOf(metric, labels)) {
      group.seenAt = Math.max(group.seenAt, seenAt)
      if (moment !== undefined) raise(group, moment)
    }
  }

  /** Takes over a bucket of the rollups. @param unit whether it is one of a minute or one of an hour @param at its number */
  load(measurement: Measurement, unit: 'minute' | 'hour', at: number): void {
    for (const { source, group } of this.#targetsOf(measurement.metric, measurement.labels)) {
      if (measurement.type !== 'gauge') {
        const numbers = numbersOf(source, measurement)
        if (unit === 'minute') group.ring?.addMinute(at, numbers)
        else group.ring?.addHour(at, numbers)
      } else if (source.definition.kind === 'moment') raise(group, measurement.value)
      else if (unit === 'minute') {
        const { value } = measurement
        group.gauges?.load(seriesKey(source.metric, measurement.labels), at, value, value)
      }
    }
  }

  /** Forgets label sets that were silent for long. */
  release(now: number): void {
    for (const { groups, omitted } of this.#sources.values()) {
      for (const [key, { seenAt }] of groups) if (now - seenAt > IDLE_MS) groups.delete(key)
      omitted.clear()
    }
    this.#targets.clear()
    this.#latest = undefined
  }

  snapshot(): WindowsSnapshot {
    return Object.fromEntries(
      Array.from(this.#sources, ([key, { groups }]) => [key, Array.from(groups.values(), snapshotOf)]),
    )
  }

  /** Takes over what another with the same plan holds. */
  restore(snapshot: WindowsSnapshot): void {
    for (const [key, groups] of Object.entries(snapshot)) {
      const source = this.#sources.get(key)
      if (source === undefined) continue
      for (const saved of groups) {
        const group = this.#groupOf(source, saved.labels)
        if (group === undefined) continue
        group.seenAt = Math.max(group.seenAt, saved.seenAt)
        if (saved.ring !== undefined) group.ring?.restore(saved.ring)
        for (const [series, rows] of saved.gauges ?? []) group.gauges?.restore(series, rows)
        if (saved.moment !== undefined) raise(group, saved.moment)
      }
    }
  }

  #targetsOf(metric: string, labels: Readonly<Record<string, string>>): readonly Target[] {
    // The rows of a series come one after the other, with the same object of labels: its key is made once for all of them.
    if (this.#latest?.labels === labels && this.#latest.metric === metric) return this.#latest.targets
    const targets = this.#findTargets(metric, labels)
    this.#latest = { metric, labels, targets }
    return targets
  }

  #findTargets(metric: string, labels: Readonly<Record<string, string>>): readonly Target[] {
    const sources = this.#byMetric.get(metric)
    const [first] = sources ?? []
    if (sources === undefined || first === undefined) return []
    const key = seriesKey(first.metric, labels)
    let targets = this.#targets.get(key)
    if (targets === undefined) {
      targets = sources.flatMap((source) => {
        const group = matches(source.definition.where, labels) ? this.#groupOf(source, labels) : undefined
        return group === undefined ? [] : [{ source, group }]
      })
      this.#targets.set(key, targets)
    }
    return targets
  }

  #groupOf(source: Source, labels: Readonly<Record<string, string>>): Group | undefined {
    const { definition, metric, groups } = source
    const values = definition.by.map((name) => labels[name] ?? '')
    const key = values.join('\u0000')
    const known = groups.get(key)
    if (known !== undefined) return known
    if (groups.size >= GROUPS_MAX) {
      if (source.omitted.size < GROUPS_MAX) source.omitted.add(key)
      return undefined
    }
    const group: Group = {
      labels: Object.fromEntries(definition.by.map((name, position) => [name, values[position] ?? ''])),
      seenAt: -Infinity,
      ring:
        definition.kind === 'sums'
          ? new Ring(widthOf(definition.extract, metric), definition.spanMinutes)
          : undefined,
      gauges:
        definition.kind === 'gauge' ? new GaugeWindow(metric.aggregation, definition.spanMinutes) : undefined,
      moment: undefined,
    }
    groups.set(key, group)
    return group
  }
}

/** In the order of the catalogue: two series of a metric never share one. */
function seriesKey(metric: MetricDefinition, labels: Readonly<Record<string, string>>): string {
  let key = metric.name
  for (const { name } of metric.labels) key += `\u0000${labels[name] ?? ''}`
  return key
}

function widthOf(extract: Extract, metric: MetricDefinition): number {
  if (extract === 'buckets') return metric.buckets.length + 1
  return typeof extract === 'string' ? WIDTH[extract] : 1
}

function numbersOf({ definition: { extract }, metric }: Source, measurement: Measurement): readonly number[] {
  if (measurement.type === 'counter') return [measurement.delta]
  if (measurement.type === 'gauge') return []
  const { count, sum, classic } = measurement
  if (extract === 'buckets') return classic
  if (extract === 'count') return [count]
  if (extract === 'sum and count') return [sum, count]
  if (extract === 'value') return []
  let below = 0
  for (const [position, bound] of metric.buckets.entries()) {
    if (bound <= extract.atMost) below += classic[position] ?? 0
  }
  return [below]
}

/** A moment only moves on; one that is not after 1970 was never stated. */
function raise(group: Group, moment: number): void {
  if (moment > 0) group.moment = Math.max(group.moment ?? 0, moment)
}

function snapshotOf({ labels, seenAt, ring, gauges, moment }: Group): GroupSnapshot {
  return {
    labels,
    seenAt,
    ...(ring === undefined ? {} : { ring: ring.snapshot() }),
    ...(gauges === undefined ? {} : { gauges: gauges.snapshot() }),
    ...(moment === undefined ? {} : { moment }),
  }
}
