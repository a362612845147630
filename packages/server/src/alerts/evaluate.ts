/** Conditions over windows: for which label sets they hold, and with which value. Pure; the moment is an argument. */
import { MINUTE_MS } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { labelsOf, thresholdValue } from '@ragmeter/ops'
import type { Comparison, Condition, Counted, Gauge, Signal, Thresholds } from '@ragmeter/ops'
import { classicQuantile } from './classic-quantile.ts'
import { countedSource, gaugeSource, histogramSource, metricOfSource, momentSource } from './sources.ts'
import type { Windows } from './windows.ts'

const SECONDS_PER_MINUTE = 60

/** One label set for which a condition holds, or a signal has a value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

type Samples = ReadonlyMap<string, Sample>

const COMPARE: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
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
    if (condition.kind === 'compare') {
      const threshold = thresholdValue(condition.threshold, this.#thresholds)
      const holds = COMPARE[condition.comparison]
      return new Map(
        Array.from(this.#samples(condition.signal)).filter(([, { value }]) => holds(value, threshold)),
      )
    }
    const [first, ...others] = condition.of
    const result = new Map(this.#holding(first))
    for (const other of others) {
      const theirs = this.#holding(other)
      if (condition.kind === 'any') {
        for (const [key, sample] of theirs) if (!result.has(key)) result.set(key, sample)
        continue
      }
      const shared = labelsOfCondition(other)
      const present = new Set(Array.from(theirs.values(), (sample) => keyOf(shared, sample.labels)))
      for (const [key, sample] of result) {
        if (!present.has(keyOf(shared, sample.labels))) result.delete(key)
      }
    }
    return result
  }

  #samples(signal: Signal): Samples {
    const key = JSON.stringify(signal)
    let samples = this.#signals.get(key)
    if (samples === undefined) {
      const by = [...labelsOf(signal)].sort()
      samples = new Map(this.#compute(signal).map((sample) => [keyOf(by, sample.labels), sample]))
      this.#signals.set(key, samples)
    }
    return samples
  }

  #compute(signal: Signal): Sample[] {
    switch (signal.kind) {
      case 'always':
        return [{ labels: {}, value: 1 }]
      case 'increase':
        return this.#counted(signal.of, signal.by)
      case 'rate':
        return this.#rates(signal.of, signal.by)
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

  #counted(counted: Counted, by: readonly string[]): Sample[] {
    const [key, definition] = countedSource(counted, by)
    const metric = metricOfSource(definition)
    const to = this.#minute - (counted.offsetMinutes ?? 0)
    // Counts of observations are whole; what a counter counts is in parts of its unit.
    const perUnit = definition.extract === 'value' ? metric.perUnit : 1
    return Array.from(this.#windows.groups(key), ({ labels, ring }) => ({
      labels,
      value: (ring?.sum(to - counted.windowMinutes, to)[0] ?? 0) / perUnit,
    }))
  }

  #rates(counted: Counted, by: readonly string[]): Sample[] {
    const seconds = counted.windowMinutes * SECONDS_PER_MINUTE
    return this.#counted(counted, by).map(({ labels, value }) => ({ labels, value: value / seconds }))
  }

  #ratio(signal: Signal & { kind: 'ratio' }): Sample[] {
    const { numerator, denominator, by, complement } = signal
    const tops = new Map(this.#rates(numerator, by).map(({ labels, value }) => [keyOf(by, labels), value]))
    return this.#rates(denominator, by).flatMap(({ labels, value }) => {
      if (value <= 0) return []
      const quotient = (tops.get(keyOf(by, labels)) ?? 0) / value
      return [{ labels, value: complement === true ? 1 - quotient : quotient }]
    })
  }

  #histogram(signal: Signal & { kind: 'quantile' | 'mean' }): Sample[] {
    const [key, definition] = histogramSource(signal)
    const metric = metricOfSource(definition)
    return Array.from(this.#windows.groups(key)).flatMap(({ labels, ring }) => {
      const sums = ring?.sum(this.#minute - signal.windowMinutes, this.#minute) ?? []
      const value =
        signal.kind === 'quantile'
          ? classicQuantile(signal.quantile, sums, metric.buckets)
          : meanOf(metric, sums)
      return value === undefined ? [] : [{ labels, value }]
    })
  }

  #gauge(gauge: Gauge): Sample[] {
    const [key] = gaugeSource(gauge)
    const samples = Array.from(this.#windows.groups(key)).flatMap(({ labels, gauges }) => {
      const values = gauges?.values(this.#minute - gauge.windowMinutes, this.#minute, gauge.over) ?? []
      return values.length === 0 ? [] : [{ labels, value: aggregate(gauge.aggregate, values) }]
    })
    const { sumBy } = gauge
    if (sumBy === undefined) return samples
    const sums = new Map<string, { labels: Record<string, string>; value: number }>()
    for (const { labels, value } of samples) {
      const outer = keyOf(sumBy, labels)
      const known = sums.get(outer)
      if (known !== undefined) known.value += value
      else sums.set(outer, { labels: pick(sumBy, labels), value })
    }
    return Array.from(sums.values())
  }

  #gaugeRatio(numerator: Gauge, denominator: Gauge): Sample[] {
    const by = labelsOf(numerator)
    const bottoms = new Map(this.#gauge(denominator).map(({ labels, value }) => [keyOf(by, labels), value]))
    return this.#gauge(numerator).flatMap(({ labels, value }) => {
      const bottom = bottoms.get(keyOf(by, labels)) ?? 0
      return bottom === 0 ? [] : [{ labels, value: value / bottom }]
    })
  }

  #age(signal: Signal & { kind: 'age' }): Sample[] {
    const [key] = momentSource(signal)
    return Array.from(this.#windows.groups(key)).flatMap(({ labels, moment }) =>
      moment === undefined ? [] : [{ labels, value: this.#seconds - moment }],
    )
  }
}

function labelsOfCondition(condition: Condition): readonly string[] {
  return condition.kind === 'compare' ? labelsOf(condition.signal) : labelsOfCondition(condition.of[0])
}

function keyOf(names: readonly string[], labels: Readonly<Record<string, string>>): string {
  return names.map((name) => labels[name] ?? '').join('\u0000')
}

function pick(names: readonly string[], labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? '']))
}

function meanOf(metric: MetricDefinition, [sum = 0, count = 0]: readonly number[]): number | undefined {
  return count <= 0 ? undefined : sum / metric.perUnit / count
}

function aggregate(how: Gauge['aggregate'], values: readonly number[]): number {
  if (how === 'sum') return values.reduce((left, right) => left + right, 0)
  return values.reduce((left, right) => (how === 'max' ? Math.max(left, right) : Math.min(left, right)))
}
