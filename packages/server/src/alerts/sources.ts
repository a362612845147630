/** What alerts read: each series of the catalogue that some signal is made of, once, however many signals read it. */
import { findMetric } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import type { Condition, Counted, Gauge, LabelCondition, Signal, Where } from '@ragmeter/ops'

/** Which numbers of a measurement are added up: of a histogram some are made of several. */
export type Extract = 'value' | 'count' | 'sum and count' | 'buckets' | { readonly atMost: number }

/** Label sets of one metric and how far back they are kept. Plain data: it travels to the thread that reads the rollups. */
export interface SourceDefinition {
  readonly kind: 'sums' | 'gauge' | 'moment'
  readonly metric: string
  readonly extract: Extract
  readonly where: Where
  readonly by: readonly string[]
  /** Window and offset of the signal that reaches back furthest. */
  readonly spanMinutes: number
}

/** Sources by their key. */
export type SourcePlan = ReadonlyMap<string, SourceDefinition>

/** The same key for what can share one source: all but how far back it reaches. */
function keyOf({ kind, metric, extract, where, by }: Omit<SourceDefinition, 'spanMinutes'>): string {
  const sorted = Object.entries(where).sort(([left], [right]) => (left < right ? -1 : 1))
  return JSON.stringify([kind, metric, extract, sorted, [...by].sort()])
}

type Keyed = readonly [string, SourceDefinition]

function keyed(definition: SourceDefinition): Keyed {
  return [keyOf(definition), { ...definition, by: [...definition.by].sort() }]
}

/** Signals are data that does not change, and are asked for in every round: the text of a key is made once. */
const keyedOnce = new WeakMap<object, Map<string, Keyed>>()

function once(part: object, by: readonly string[], make: () => SourceDefinition): Keyed {
  let byLabels = keyedOnce.get(part)
  if (byLabels === undefined) {
    byLabels = new Map<string, Keyed>()
    keyedOnce.set(part, byLabels)
  }
  const labels = by.join(',')
  let result = byLabels.get(labels)
  if (result === undefined) byLabels.set(labels, (result = keyed(make())))
  return result
}

/** The source of a counted signal. @returns its key and definition */
export function countedSource(counted: Counted, by: readonly string[]): Keyed {
  return once(counted, by, () => {
    const { metric, part, where = {}, windowMinutes, offsetMinutes = 0 } = counted
    const spanMinutes = windowMinutes + offsetMinutes
    return { kind: 'sums', metric, extract: part ?? 'value', where, by, spanMinutes }
  })
}

/** The source of a quantile (`buckets`) or a mean (`sum and count`). */
export function histogramSource(signal: SignalOf<'quantile' | 'mean'>): Keyed {
  const { metric, where = {}, windowMinutes, by } = signal
  const extract = signal.kind === 'quantile' ? 'buckets' : 'sum and count'
  return once(signal, by, () => ({ kind: 'sums', metric, extract, where, by, spanMinutes: windowMinutes }))
}

export function gaugeSource(gauge: Gauge): Keyed {
  const { metric, where = {}, windowMinutes, by } = gauge
  return once(gauge, by, () => ({
    kind: 'gauge',
    metric,
    extract: 'value',
    where,
    by,
    spanMinutes: windowMinutes,
  }))
}

export function momentSource(signal: SignalOf<'age'>): Keyed {
  const { metric, where = {}, by } = signal
  return once(signal, by, () => ({ kind: 'moment', metric, extract: 'value', where, by, spanMinutes: 0 }))
}

type SignalOf<Kind extends Signal['kind']> = Signal & { kind: Kind }

function sourcesOf(signal: Signal): readonly Keyed[] {
  switch (signal.kind) {
    case 'increase':
    case 'rate':
      return [countedSource(signal.of, signal.by)]
    case 'ratio':
      return [countedSource(signal.numerator, signal.by), countedSource(signal.denominator, signal.by)]
    case 'quantile':
    case 'mean':
      return [histogramSource(signal)]
    case 'gauge':
      return [gaugeSource(signal)]
    case 'gauge-ratio':
      return [gaugeSource(signal.numerator), gaugeSource(signal.denominator)]
    case 'age':
      return [momentSource(signal)]
    default:
      return []
  }
}

/** All signals of a condition. */
export function signalsOf(condition: Condition): readonly Signal[] {
  return condition.kind === 'compare' ? [condition.signal] : condition.of.flatMap(signalsOf)
}

const texts = new WeakMap<Signal, string>()

/** A text that signals have in common exactly if they are the same. */
export function signalText(signal: Signal): string {
  let text = texts.get(signal)
  if (text === undefined) texts.set(signal, (text = JSON.stringify(signal)))
  return text
}

/** Every source that these signals read. */
export function planSources(signals: Iterable<Signal>): SourcePlan {
  const plan = new Map<string, SourceDefinition>()
  for (const signal of signals) {
    for (const [key, definition] of sourcesOf(signal)) {
      const known = plan.get(key)
      const spanMinutes = Math.max(known?.spanMinutes ?? 0, definition.spanMinutes)
      plan.set(key, { ...definition, spanMinutes })
    }
  }
  return plan
}

/** @throws Error if the catalogue has no such metric: an alert that reads it could never fire */
export function metricOfSource({ metric: name }: SourceDefinition): MetricDefinition {
  const metric = findMetric(name)
  if (metric === undefined) throw new Error(`there is no metric ${name} in the catalogue`)
  return metric
}

function holds(condition: LabelCondition, value: string): boolean {
  if ('startsWith' in condition) return value.startsWith(condition.startsWith)
  return 'in' in condition ? condition.in.includes(value) : !condition.notIn.includes(value)
}

/** Whether labels meet every condition. A label that is not stated has the value ''. */
export function matches(where: Where, labels: Readonly<Record<string, string>>): boolean {
  for (const [label, condition] of Object.entries(where)) {
    if (!holds(condition, labels[label] ?? '')) return false
  }
  return true
}
