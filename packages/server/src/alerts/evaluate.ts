/** Conditions over windows: for which label sets they hold, and with which value. Pure; the moment is an argument. */
import { MINUTE_MS } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { labelsOf, thresholdValue } from '@ragmeter/ops'
import type { Compare, Comparison, Condition, Counted, Gauge, Signal, Thresholds } from '@ragmeter/ops'
import { classicQuantile } from './classic-quantile.ts'
import {
  countedSource,
  gaugeSource,
  histogramSource,
  metricOfSource,
  momentSource,
  signalText,
} from './sources.ts'
import type { Group, Windows } from './windows.ts'

const SECONDS_PER_MINUTE = 60

/** One label set for which a condition holds, or a signal has a value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** By the values of their labels, in the order of the names of these. */
type Samples = ReadonlyMap<string, Sample>

const ALWAYS: Samples = new Map([['', { labels: {}, value: 1 }]])

export const COMPARE: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
  '==': (value, threshold) => value === threshold,
}

/** Samples of one moment; a signal that several conditions share is computed once. */
export class Evaluation {
  readonly #windows: Windows
  readonly #thresholds: Thresholds
  readonly #seconds: number
  /** The first minute that is not over. */
  readonly #minute: number
  readonly #signals = new Map<string, Samples>()

  /** @param at epoch milliseconds; windows end with the last minute that was over then */
  constructor(windows: Windows, thresholds: Thresholds, at: number) {
    this.#windows = windows
    this.#thresholds = thresholds
    this.#seconds = at / 1000
    this.#minute = Math.floor(at / MINUTE_MS)
  }

  /** The label sets for which the condition holds, with the value of its first comparison. */
  condition(condition: Condition): readonly Sample[] {
    return Array.from(this.#holding(condition).values())
  }

  /** The values of a signal. */
  signal(signal: Signal): readonly Sample[] {
    return Array.from(this.#samples(signal).values())
  }

  #holding(condition: Condition): Samples {
    if (condition.kind === 'compare') return this.#compared(condition)
    const [first, ...others] = condition.of
    const result = new Map(this.#holding(first))
    const labels = labelsOfCondition(first)
    for (const other of others) {
      if (condition.kind === 'all' && result.size === 0) break
      const theirs = this.#holding(other)
      if (condition.kind === 'any') {
        for (const [key, sample] of theirs) if (!result.has(key)) result.set(key, sample)
        continue
      }
      const shared = labelsOfCondition(other)
      // Keys of equal labels are equal; those of fewer labels have to be made.
      const isEqual = shared.length === labels.length
      for (const [key, sample] of result) {
        if (!theirs.has(isEqual ? key : keyOf(shared, sample.labels))) result.delete(key)
      }
    }
    return result
  }

  #compared({ signal, comparison, threshold }: Compare): Samples {
    const limit = thresholdValue(threshold, this.#thresholds)
    const holds = COMPARE[comparison]
    const result = new Map<string, Sample>()
    for (const [key, sample] of this.#samples(signal)) if (holds(sample.value, limit)) result.set(key, sample)
    return result
  }

  #samples(signal: Signal): Samples {
    const text = signalText(signal)
    let samples = this.#signals.get(text)
    if (samples === undefined) this.#signals.set(text, (samples = this.#compute(signal)))
    return samples
  }

  #compute(signal: Signal): Samples {
    switch (signal.kind) {
      case 'always':
        return ALWAYS
      case 'increase':
        return this.#counted(signal.of, signal.by)
      case 'rate':
        return this.#counted(signal.of, signal.by, signal.of.windowMinutes * SECONDS_PER_MINUTE)
      case 'ratio':
        return this.#ratio(signal)
      case 'quantile':
      case 'mean':
        return this.#histogram(signal)
      case 'gauge':
        return this.#gauge(signal)
      case 'gauge-ratio':
        return this.#gaugeRatio(signal.numerator, signal.denominator)
      default:
        return this.#age(signal)
    }
  }

  /** @param divisor 1 for an increase, the seconds of the window for a rate */
  #counted(counted: Counted, by: readonly string[], divisor = 1): Samples {
    const [key, definition] = countedSource(counted, by)
    const to = this.#minute - (counted.offsetMinutes ?? 0)
    // Counts of observations are whole; what a counter counts is in parts of its unit.
    const perUnit = definition.extract === 'value' ? metricOfSource(definition).perUnit : 1
    return this.#valuesOf(key, ({ ring }) => {
      const sum = ring?.sum(to - counted.windowMinutes, to)[0] ?? 0
      return sum / perUnit / divisor
    })
  }

  #ratio({ numerator, denominator, by, complement }: Signal & { kind: 'ratio' }): Samples {
    const tops = this.#counted(numerator, by)
    const bottoms = this.#counted(denominator, by)
    // Not two rates: of equal windows the quotient is exact then, and at a threshold that matters.
    const scale = denominator.windowMinutes / numerator.windowMinutes
    return derived(bottoms, (key, bottom) => {
      if (bottom <= 0) return undefined
      const quotient = ((tops.get(key)?.value ?? 0) / bottom) * scale
      return complement === true ? 1 - quotient : quotient
    })
  }

  #histogram(signal: Signal & { kind: 'quantile' | 'mean' }): Samples {
    const [key, definition] = histogramSource(signal)
    const metric = metricOfSource(definition)
    return this.#valuesOf(key, ({ ring }) => {
      const sums = ring?.sum(this.#minute - signal.windowMinutes, this.#minute)
      if (sums === undefined) return undefined
      return signal.kind === 'quantile'
        ? classicQuantile(signal.quantile, sums, metric.buckets)
        : meanOf(metric, sums)
    })
  }

  #gauge(gauge: Gauge): Samples {
    const { windowMinutes, over, aggregate, sumBy } = gauge
    const [source] = gaugeSource(gauge)
    const samples = this.#valuesOf(source, ({ gauges }) => {
      const values = gauges?.values(this.#minute - windowMinutes, this.#minute, over) ?? []
      return values.length === 0 ? undefined : aggregated(aggregate, values)
    })
    if (sumBy === undefined) return samples
    const sums = new Map<string, Sample>()
    for (const { labels, value } of samples.values()) {
      const key = keyOf(sumBy, labels)
      const known = sums.get(key)
      sums.set(key, { labels: known?.labels ?? pick(sumBy, labels), value: (known?.value ?? 0) + value })
    }
    return sums
  }

  #gaugeRatio(numerator: Gauge, denominator: Gauge): Samples {
    const bottoms = this.#gauge(denominator)
    return derived(this.#gauge(numerator), (key, top) => {
      const bottom = bottoms.get(key)?.value ?? 0
      return bottom === 0 ? undefined : top / bottom
    })
  }

  #age(signal: Signal & { kind: 'age' }): Samples {
    const [key] = momentSource(signal)
    return this.#valuesOf(key, ({ moment }) => (moment === undefined ? undefined : this.#seconds - moment))
  }

  /** A value for every label set of a source that has one. */
  #valuesOf(source: string, valueOf: (group: Group) => number | undefined): Samples {
    const samples = new Map<string, Sample>()
    for (const [key, group] of this.#windows.groups(source)) {
      const value = valueOf(group)
      if (value !== undefined) samples.set(key, { labels: group.labels, value })
    }
    return samples
  }
}

function derived(samples: Samples, valueOf: (key: string, value: number) => number | undefined): Samples {
  const result = new Map<string, Sample>()
  for (const [key, { labels, value }] of samples) {
    const next = valueOf(key, value)
    if (next !== undefined) result.set(key, { labels, value: next })
  }
  return result
}

function labelsOfCondition(condition: Condition): readonly string[] {
  return condition.kind === 'compare' ? labelsOf(condition.signal) : labelsOfCondition(condition.of[0])
}

/** As windows key their label sets: values in the order of the names of the labels. */
function keyOf(names: readonly string[], labels: Readonly<Record<string, string>>): string {
  return names
    .toSorted()
    .map((name) => labels[name] ?? '')
    .join('\u0000')
}

function pick(names: readonly string[], labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? '']))
}

function meanOf(metric: MetricDefinition, [sum = 0, count = 0]: Float64Array): number | undefined {
  return count <= 0 ? undefined : sum / metric.perUnit / count
}

function aggregated(how: Gauge['aggregate'], values: readonly number[]): number {
  if (how === 'sum') return values.reduce((left, right) => left + right, 0)
  return values.reduce((left, right) => (how === 'max' ? Math.max(left, right) : Math.min(left, right)))
}
