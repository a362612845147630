/** The algebra of signals, read literally from its documentation, minute by minute: slow, and easy to check. */
import { findMetric, GAUGE_TIME_TO_LIVE_MS, MINUTE_MS } from '@ragmeter/core'
import type {
  AlertSpecification,
  Condition,
  Counted,
  Gauge,
  LabelCondition,
  MinuteValue,
  Scenario,
  ScenarioSeries,
  Signal,
  Thresholds,
  Transition,
  Where,
} from '../src/index.ts'
import { labelsOf, mainComparison, minuteValues, scenarioMinutes, thresholdValue } from '../src/index.ts'

type Labels = Readonly<Record<string, string>>
/** Values by the JSON of their labels. */
type Values = ReadonlyMap<string, number>

function matches(labels: Labels, where: Where = {}): boolean {
  return Object.entries(where).every(([name, condition]: [string, LabelCondition]) => {
    const value = labels[name] ?? ''
    if ('in' in condition) return condition.in.includes(value)
    return 'notIn' in condition ? !condition.notIn.includes(value) : value.startsWith(condition.startsWith)
  })
}

function keyOf(labels: Labels, by: readonly string[]): string {
  return JSON.stringify(by.map((name) => labels[name] ?? ''))
}

function projected(key: string, from: readonly string[], to: readonly string[]): string {
  const values = JSON.parse(key) as string[]
  return JSON.stringify(to.map((name) => values[from.indexOf(name)] ?? ''))
}

const SECONDS = 60
const HELD_MINUTES = GAUGE_TIME_TO_LIVE_MS / MINUTE_MS

export class ReferenceEvaluator {
  readonly #series: readonly { series: ScenarioSeries; values: readonly MinuteValue[] }[]
  readonly #thresholds: Thresholds
  readonly #sums = new Map<readonly MinuteValue[], Map<string, readonly number[]>>()

  constructor(scenario: Scenario, thresholds: Thresholds) {
    this.#series = scenario.series.map((series) => ({ series, values: minuteValues(series) }))
    this.#thresholds = thresholds
  }

  /** The value of a condition at a moment, by label set. @param at minutes after the start */
  condition(condition: Condition, at: number): Values {
    if (condition.kind === 'compare') {
      const limit = thresholdValue(condition.threshold, this.#thresholds)
      const holds = {
        '>': (v: number) => v > limit,
        '>=': (v: number) => v >= limit,
        '<': (v: number) => v < limit,
      }
      const test = { ...holds, '<=': (v: number) => v <= limit, '==': (v: number) => v === limit }
      const values = this.signal(condition.signal, at)
      return new Map([...values].filter(([, value]) => test[condition.comparison](value)))
    }
    if (condition.kind === 'any') {
      const parts = condition.of.map((part) => this.condition(part, at))
      return new Map(parts.toReversed().flatMap((values) => [...values]))
    }
    const [first, ...guards] = condition.of
    const labels = labelsOf(mainComparison(first).signal)
    const held = guards.map((guard) => ({
      labels: labelsOf(mainComparison(guard).signal),
      values: this.condition(guard, at),
    }))
    return new Map(
      [...this.condition(first, at)].filter(([key]) =>
        held.every((guard) => guard.values.has(projected(key, labels, guard.labels))),
      ),
    )
  }

  signal(signal: Signal, at: number): Values {
    switch (signal.kind) {
      case 'always':
        return new Map([['[]', 1]])
      case 'increase':
        return this.#counted(signal.of, signal.by, at)
      case 'rate': {
        const seconds = signal.of.windowMinutes * SECONDS
        return mapped(this.#counted(signal.of, signal.by, at), (value) => value / seconds)
      }
      case 'ratio': {
        const { numerator, denominator, by, complement } = signal
        const top = this.#counted(numerator, by, at)
        const bottom = [...this.#counted(denominator, by, at)].filter(([, value]) => value > 0)
        return new Map(
          bottom.map(([key, value]) => {
            const scale = denominator.windowMinutes / numerator.windowMinutes
            const quotient = ((top.get(key) ?? 0) / value) * scale
            return [key, complement === true ? 1 - quotient : quotient]
          }),
        )
      }
      case 'quantile':
        return this.#histogram(signal, at, (observed, bounds) =>
          quantileOf(signal.quantile, observed, bounds),
        )
      case 'mean':
        return this.#histogram(signal, at, (observed) => {
          const count = observed.reduce((sum, { times }) => sum + times, 0)
          return observed.reduce((sum, { times, value }) => sum + times * value, 0) / count
        })
      case 'gauge':
        return this.#gauge(signal, at)
      case 'gauge-ratio': {
        const bottom = this.#gauge(signal.denominator, at)
        return new Map(
          [...this.#gauge(signal.numerator, at)].flatMap(([key, value]) => {
            const divisor = bottom.get(key) ?? 0
            return divisor === 0 ? [] : [[key, value / divisor] as const]
          }),
        )
      }
      default: {
        const moments = this.#grouped(signal.metric, signal.where, signal.by, (series) =>
          gaugeValues(series.values)
            .slice(0, at)
            .filter((value) => value !== undefined && value > 0)
            .at(-1),
        )
        return mapped(moments, (values) => at * SECONDS - Math.max(...values))
      }
    }
  }

  #grouped<Value>(
    metric: string,
    where: Where | undefined,
    by: readonly string[],
    valueOf: (series: { values: readonly MinuteValue[] }) => Value | undefined,
  ): Map<string, Value[]> {
    const groups = new Map<string, Value[]>()
    for (const { series, values } of this.#series) {
      if (series.metric !== metric || !matches(series.labels, where)) continue
      const value = valueOf({ values })
      if (value === undefined) continue
      const key = keyOf(series.labels, by)
      groups.set(key, [...(groups.get(key) ?? []), value])
    }
    return groups
  }

  #counted(
    { metric, part, where, windowMinutes, offsetMinutes = 0 }: Counted,
    by: readonly string[],
    at: number,
  ): Values {
    const end = at - offsetMinutes
    const groups = this.#grouped(metric, where, by, ({ values }) => {
      const first = values.findIndex(({ kind }) => kind !== 'missing')
      if (first < 0 || first >= end) return undefined
      const sums = this.#totals(values, part)
      return (sums[clamped(end, values)] ?? 0) - (sums[clamped(end - windowMinutes, values)] ?? 0)
    })
    return mapped(groups, total)
  }

  /** What was added up to each minute. Kept, since windows of days are asked for at every minute. */
  #totals(values: readonly MinuteValue[], part: Counted['part']): readonly number[] {
    const key = JSON.stringify(part ?? null)
    const known = this.#sums.get(values) ?? new Map<string, readonly number[]>()
    this.#sums.set(values, known)
    let sums = known.get(key)
    if (sums === undefined) {
      let sum = 0
      sums = [0, ...values.map((value) => (sum += addedIn(value, part)))]
      known.set(key, sums)
    }
    return sums
  }

  #histogram(
    {
      metric,
      where,
      by,
      windowMinutes,
    }: Pick<Counted, 'metric' | 'where' | 'windowMinutes'> & { by: readonly string[] },
    at: number,
    valueOf: (observed: readonly { times: number; value: number }[], bounds: readonly number[]) => number,
  ): Values {
    const groups = this.#grouped(metric, where, by, ({ values }) =>
      window(values, at, windowMinutes).flatMap((value) =>
        value.kind === 'observations' ? value.observations : [],
      ),
    )
    const bounds = findMetric(metric)?.buckets ?? []
    const observed = [...groups].map(
      ([key, lists]) => [key, lists.flat().filter(({ times }) => times > 0)] as const,
    )
    return new Map(
      observed.filter(([, list]) => list.length > 0).map(([key, list]) => [key, valueOf(list, bounds)]),
    )
  }

  #gauge({ metric, where, over, windowMinutes, aggregate, by, sumBy }: Gauge, at: number): Values {
    const choose = over === 'max' ? Math.max : Math.min
    const groups = this.#grouped(metric, where, by, ({ values }) => {
      const inWindow = window(heldValues(values), at, windowMinutes).filter((value) => value !== undefined)
      return inWindow.length === 0 ? undefined : choose(...inWindow)
    })
    const combine = { max: (v: number[]) => Math.max(...v), min: (v: number[]) => Math.min(...v), sum: total }
    const values = mapped(groups, combine[aggregate])
    if (sumBy === undefined) return values
    const sums = new Map<string, number>()
    for (const [key, value] of values) {
      const outer = projected(key, by, sumBy)
      sums.set(outer, (sums.get(outer) ?? 0) + value)
    }
    return sums
  }
}

function window<Value>(values: readonly Value[], end: number, minutes: number): readonly Value[] {
  return end <= 0 ? [] : values.slice(Math.max(0, end - minutes), end)
}

function clamped(minute: number, values: readonly unknown[]): number {
  return Math.min(Math.max(minute, 0), values.length)
}

function mapped<From, To>(map: ReadonlyMap<string, From>, change: (value: From) => To): Map<string, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function addedIn(value: MinuteValue, part: Counted['part']): number {
  if (value.kind === 'number') return value.number
  if (value.kind !== 'observations') return 0
  const isMeant = (observed: number) => typeof part !== 'object' || observed <= part.atMost
  return total(value.observations.filter((one) => isMeant(one.value)).map(({ times }) => times))
}

const knownHeld = new WeakMap<readonly MinuteValue[], readonly (number | undefined)[]>()
const knownGauges = new WeakMap<readonly MinuteValue[], readonly (number | undefined)[]>()

function gaugeValues(values: readonly MinuteValue[]): readonly (number | undefined)[] {
  const known = knownGauges.get(values)
  if (known !== undefined) return known
  const result: (number | undefined)[] = []
  for (const [minute, value] of values.entries()) {
    if (value.kind === 'number') result.push(value.number)
    else if (value.kind === 'now') result.push((minute + 1) * SECONDS)
    else result.push(value.kind === 'keep' ? result.at(-1) : undefined)
  }
  knownGauges.set(values, result)
  return result
}

/** What a gauge is in each minute: what was stated in it, or not long before. */
function heldValues(values: readonly MinuteValue[]): readonly (number | undefined)[] {
  const known = knownHeld.get(values)
  if (known !== undefined) return known
  const stated = gaugeValues(values)
  const result = Array.from({ length: stated.length + HELD_MINUTES }, (_, minute) =>
    stated.slice(Math.max(0, minute - HELD_MINUTES), minute + 1).findLast((value) => value !== undefined),
  )
  knownHeld.set(values, result)
  return result
}

function quantileOf(
  quantile: number,
  observed: readonly { times: number; value: number }[],
  bounds: readonly number[],
): number {
  const countAt = (bound: number) =>
    total(observed.filter(({ value }) => value <= bound).map(({ times }) => times))
  const count = countAt(Infinity)
  const rank = quantile * count
  const position = bounds.findIndex((bound) => countAt(bound) >= rank)
  if (position < 0) return bounds.at(-1) ?? Number.NaN
  const upper = bounds[position] ?? Number.NaN
  const lower = position === 0 ? 0 : (bounds[position - 1] ?? Number.NaN)
  if (position === 0 && upper <= 0) return upper
  const below = position === 0 ? 0 : countAt(lower)
  return lower + (upper - lower) * ((rank - below) / (countAt(upper) - below))
}

export interface Evaluated {
  readonly labels: Labels
  readonly transitions: readonly Transition[]
  /** At the first evaluation at which it fires. */
  readonly value: number | undefined
}

/** What becomes of an alert in a scenario: evaluated every minute, with the state machine of Prometheus. */
export function evaluateAlert(
  alert: AlertSpecification,
  condition: Condition,
  scenario: Scenario,
  thresholds: Thresholds,
): readonly Evaluated[] {
  const evaluator = new ReferenceEvaluator(scenario, thresholds)
  const names = labelsOf(mainComparison(condition).signal)
  const found = new Map<string, { transitions: Transition[]; since: number; last: number; value?: number }>()
  for (let at = 0; at <= scenarioMinutes(scenario); at += 1) {
    const values = evaluator.condition(condition, at)
    for (const key of values.keys()) {
      if (!found.has(key)) found.set(key, { transitions: [], since: at, last: at })
    }
    for (const [key, entry] of found) step(entry, alert, values.get(key), at)
  }
  return [...found].map(([key, { transitions, value }]) => {
    const texts = JSON.parse(key) as string[]
    const labels = names.map((name, position) => [name, texts[position] ?? ''] as const)
    return { labels: Object.fromEntries(labels), transitions, value }
  })
}

function step(
  entry: { transitions: Transition[]; since: number; last: number; value?: number },
  { forMinutes, keepFiringMinutes = 0 }: AlertSpecification,
  value: number | undefined,
  at: number,
): void {
  const state = entry.transitions.at(-1)?.state ?? 'inactive'
  const go = (next: Transition['state']) => entry.transitions.push({ minute: at, state: next })
  if (value === undefined) {
    if (state === 'pending') go('inactive')
    if (state === 'firing' && at - entry.last > keepFiringMinutes) go('inactive')
    return
  }
  entry.last = at
  if (state === 'inactive') {
    entry.since = at
    if (forMinutes > 0) go('pending')
  }
  if (state !== 'firing' && at - entry.since >= forMinutes) {
    go('firing')
    entry.value ??= value
  }
}
