/** Words and numbers of alerts, for people. */
import { formatValue } from '../../lib/format.ts'
import type { Unit } from '../../lib/format.ts'
import type { HeldBack, Rule, ValueFormat } from './alert-queries.ts'

export const UNITS: Readonly<Record<ValueFormat, Unit>> = {
  percent: 'ratio',
  duration: 'seconds',
  usd: 'usd',
  // One unit for every value beside a threshold: that of ragmeter.yaml.
  rate: 'per-second',
  times: 'times',
  count: 'count',
  state: 'state',
  number: 'number',
}

export function alertValue(value: number | null, format: ValueFormat): string {
  return formatValue(value, UNITS[format])
}

/** The value of an alert is that of the last evaluation at which its condition held. */
export function pastValue(value: string, isOver: boolean): string {
  return isOver ? `was ${value}` : value
}

const COMPARISONS: Readonly<Record<string, string>> = {
  '>': 'above',
  '>=': 'from',
  '<': 'below',
  '<=': 'at most',
  '==': 'at',
}

/** `above 5.00%`; undefined for an alert that only Prometheus evaluates. */
export function thresholdWords({
  comparison,
  threshold,
  value_format: format,
}: Pick<Rule, 'comparison' | 'threshold' | 'value_format'>): string | undefined {
  if (comparison === null || threshold === null) return undefined
  if (format === 'state') return `when ${alertValue(threshold, format)}`
  const value = alertValue(threshold, format).replace(/\.0+%$/, '%')
  return `${COMPARISONS[comparison] ?? comparison} ${value}`
}

/** Why an alert is quiet although its value is beyond its threshold. */
export function heldBackWords(held: HeldBack): string {
  const { metric, window_minutes: minutes, offset_minutes: offset, value_format: format } = held
  const { value, comparison, threshold } = held
  const before = offset === 0 ? '' : `, ${windowWords(offset)} before,`
  const within = minutes === null ? '' : ` within ${windowWords(minutes)}${before}`
  const must = comparison === '>=' ? 'at least' : (COMPARISONS[comparison] ?? comparison)
  return `held back: ${metric ?? 'it'}${within} is ${alertValue(value, format)}, not ${must} ${alertValue(threshold, format)}`
}

function windowWords(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}

/** Labels that say nothing beside the name and the severity. */
const OWN_LABELS: ReadonlySet<string> = new Set(['alertname', 'severity', 'alert_family'])

/** What the alert is about: name and value. */
export function subjectOf(labels: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(labels).filter(([name]) => !OWN_LABELS.has(name))
}

const FAMILY_NAMES: Readonly<Record<string, string>> = {
  availability: 'Availability',
  dependency: 'Dependencies',
  latency: 'Latency',
  errors: 'Errors',
  traffic: 'Traffic',
  cost: 'Cost',
  rate_limit: 'Rate limits',
  cache: 'Cache',
  capacity: 'Capacity',
  quality: 'Quality',
  batch: 'Batch jobs',
  slo: 'Error budgets',
  telemetry: 'Telemetry',
  monitoring: 'Monitoring',
}

export function familyName(family: string): string {
  return FAMILY_NAMES[family] ?? family
}

/** `from` and `to` of a transition, as a sentence; undefined where the state says all of it. */
export function transitionWords(from: string, to: string): string | undefined {
  if (to === 'firing') return 'began to fire'
  if (to === 'pending') return 'its condition holds; it waits before it fires'
  if (to === 'resolved') return undefined
  if (from === 'pending') return 'went away before it fired'
  return 'is not evaluated any more'
}
