/** Why an alert is quiet although its value is beyond its threshold: one of its other conditions does not hold. */
import { labelsOf, mainComparison, thresholdValue } from '@ragmeter/ops'
import type { Compare, Condition, Counted, Signal, Thresholds, ValueFormat } from '@ragmeter/ops'
import { COMPARE } from './evaluate.ts'
import type { Sample } from './evaluate.ts'

export interface HeldBack {
  /** What must be enough beside it; null where it is what the alert looks at, within another window. */
  readonly metric: string | null
  readonly windowMinutes: number | null
  /** How long ago the window ended. */
  readonly offsetMinutes: number
  /** null where it has no value. */
  readonly value: number | null
  readonly valueFormat: ValueFormat
  readonly comparison: string
  readonly threshold: number
}

export interface HeldBackContext {
  readonly thresholds: Thresholds
  /** The values of a signal at the moment that is meant. */
  readonly evaluate: (signal: Signal) => readonly Sample[]
}

/** @param format of the alert @param sample of its main signal; null if it is not beyond the threshold, or nothing holds it back */
export function heldBack(
  condition: Condition,
  format: ValueFormat,
  sample: Sample,
  context: HeldBackContext,
): HeldBack | null {
  const main = mainComparison(condition)
  if (!isBeyond(main, sample.value, context)) return null
  const unmet = firstUnmet(condition, sample, context)
  if (unmet === undefined) return null
  const { signal, comparison, threshold } = unmet
  const counted = countedOf(signal)
  const isSame = signal.kind === main.signal.kind
  return {
    metric: isSame || counted === undefined ? null : counted.metric,
    windowMinutes: counted?.windowMinutes ?? null,
    offsetMinutes: counted?.offsetMinutes ?? 0,
    value: valueFor(signal, sample, context) ?? null,
    valueFormat: isSame ? format : counted?.metric.endsWith('_usd_total') === true ? 'usd' : 'count',
    comparison,
    threshold: thresholdValue(threshold, context.thresholds),
  }
}

/** In the order of the condition, so that its main comparison comes before its guards. */
function firstUnmet(condition: Condition, sample: Sample, context: HeldBackContext): Compare | undefined {
  if (condition.kind === 'compare') return holds(condition, sample, context) ? undefined : condition
  const unmet = condition.of.map((one) => firstUnmet(one, sample, context))
  if (condition.kind === 'all') return unmet.find((one) => one !== undefined)
  return unmet.includes(undefined) ? undefined : unmet[0]
}

function holds(compare: Compare, sample: Sample, context: HeldBackContext): boolean {
  const value = valueFor(compare.signal, sample, context)
  return value !== undefined && isBeyond(compare, value, context)
}

function isBeyond(
  { comparison, threshold }: Compare,
  value: number,
  { thresholds }: HeldBackContext,
): boolean {
  return COMPARE[comparison](value, thresholdValue(threshold, thresholds))
}

/** Of the label set that shares the labels of the signal. */
function valueFor(signal: Signal, { labels }: Sample, { evaluate }: HeldBackContext): number | undefined {
  const names = labelsOf(signal)
  return evaluate(signal).find((one) => names.every((name) => one.labels[name] === labels[name]))?.value
}

function countedOf(signal: Signal): Pick<Counted, 'metric' | 'windowMinutes' | 'offsetMinutes'> | undefined {
  if (signal.kind === 'increase' || signal.kind === 'rate') return signal.of
  if (signal.kind === 'ratio') return signal.numerator
  return 'metric' in signal && 'windowMinutes' in signal ? signal : undefined
}
