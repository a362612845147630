/** One alert as data: when it holds, for how long, how bad that is, and what is said about it. */
import type { ThresholdKey } from '../configuration/thresholds.ts'
import type { DashboardKey } from '../names.ts'
import type { Signal } from './signal.ts'

/** From worst to least; `none` is for the watchdog, which fires always. */
export const SEVERITIES = ['critical', 'warning', 'info', 'none'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Alerts of one family are about one thing: the worse ones inhibit the others with the same service (or job). */
export const FAMILIES = [
  'availability',
  'dependency',
  'latency',
  'errors',
  'traffic',
  'cost',
  'rate_limit',
  'cache',
  'capacity',
  'quality',
  'batch',
  'slo',
  'telemetry',
  'monitoring',
  'watchdog',
] as const
export type Family = (typeof FAMILIES)[number]

export const COMPARISONS = ['>', '>=', '<', '<=', '=='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** A signal compared with a threshold. Has the value and the labels of the signal, where the comparison holds. */
export interface Compare {
  readonly kind: 'compare'
  readonly signal: Signal
  readonly comparison: Comparison
  /** A key of the configuration's `thresholds`, or a number that is part of what the alert means. */
  readonly threshold: ThresholdKey | number
}

/**
 * The first condition, where each of the others (guards) holds for the label set that shares its labels.
 * The labels of a guard are a subset of those of the first. Value and labels are those of the first.
 */
export interface All {
  readonly kind: 'all'
  readonly of: readonly [Condition, ...Condition[]]
}

/** Holds for a label set if one of them does; the value is that of the first that does. All have the same labels. */
export interface AnyOf {
  readonly kind: 'any'
  readonly of: readonly [Condition, ...Condition[]]
}

export type Condition = Compare | All | AnyOf

/** What only Prometheus can know, such as its own health. The daemon does not evaluate it. */
export interface PrometheusOnly {
  readonly kind: 'promql'
  /** `{name}` stands for the threshold of that key. */
  readonly expression: string
  /** The labels its result has. */
  readonly labels: readonly string[]
  /** Why the daemon cannot evaluate it. */
  readonly reason: string
}

/** What the value of an alert is: `rate` is per second, `state` is 1 for up and 0 for down. How it reads: `format-value.ts`. */
export const VALUE_FORMATS = [
  'percent',
  'duration',
  'usd',
  'rate',
  'times',
  'count',
  'state',
  'number',
] as const
export type ValueFormat = (typeof VALUE_FORMATS)[number]

/** What an alert says and how it is filed, whoever evaluates it. */
export interface DescribedAlert {
  /** `Rag...`, unique; the runbook has the same name. */
  readonly name: string
  readonly family: Family
  readonly severity: Severity
  /** How long the condition must hold at every evaluation before the alert fires. 0 fires at once. */
  readonly forMinutes: number
  /** How long it goes on firing after the condition last held. Default 0. */
  readonly keepFiringMinutes?: number
  /** One sentence for the head of a group: no labels, no value. */
  readonly summary: string
  /** One sentence with `{label}` for labels of the signal, `{value}`, and `{threshold:key}`. */
  readonly description: string
  readonly valueFormat: ValueFormat
  readonly dashboard: DashboardKey
  /** Name of its runbook. @default the name of the alert */
  readonly runbook?: string
}

export interface AlertSpecification extends DescribedAlert {
  readonly when: Condition | PrometheusOnly
  /** Labels of its own beside severity and alert_family, such as the name of an SLO. */
  readonly labels?: Readonly<Record<string, string>>
  /** Alerts of existing systems that it replaces, as "system: alert". */
  readonly replaces?: readonly string[]
}

/** Whether the daemon evaluates an alert too; it then knows its condition. */
export function daemonCondition(alert: AlertSpecification): Condition | undefined {
  return alert.when.kind === 'promql' ? undefined : alert.when
}

/** The first comparison: the one whose value and labels the alert has. */
export function mainComparison(condition: Condition): Compare {
  return condition.kind === 'compare' ? condition : mainComparison(condition.of[0])
}
