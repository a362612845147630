/** Every alert there is, also those that are quiet, switched off, or evaluated elsewhere: what it compares, and its values now. */
import {
  alertsOf,
  chosenAlerts,
  daemonCondition,
  LOG_ALERTS,
  mainComparison,
  runbookUrl,
  thresholdValue,
} from '@ragmeter/ops'
import type {
  AlertChoices,
  AlertSpecification,
  LogAlertSpecification,
  OpsConfiguration,
  Signal,
} from '@ragmeter/ops'
import type { Sample } from './evaluate.ts'
import { heldBack } from './held-back.ts'
import type { HeldBack } from './held-back.ts'

/** Label sets of one alert that are shown: those that are nearest to its threshold, or beyond it. */
const SAMPLES_SHOWN = 5

/** @property samples the worst first @property sampleCount how many label sets have a value */
export interface AlertRule {
  readonly name: string
  readonly severity: string
  readonly family: string
  readonly summary: string
  readonly valueFormat: string
  readonly forMinutes: number
  readonly comparison: string | null
  readonly threshold: number | null
  /** Why the daemon does not evaluate it; null if it does. */
  readonly notEvaluated: string | null
  readonly runbook: string
  readonly runbookUrl: string
  readonly samples: readonly (Sample & { readonly heldBack: HeldBack | null })[]
  readonly sampleCount: number
}

/** @param evaluate computes signals at the moment that is meant */
export function alertRules(
  configuration: OpsConfiguration,
  evaluate: (signal: Signal) => readonly Sample[],
): AlertRule[] {
  const everything = { ...configuration, alerts: switchedOn(configuration.alerts) }
  const all = [...alertsOf(everything), ...chosenAlerts(LOG_ALERTS, everything.alerts)]
  return all.map((alert) => ({
    name: alert.name,
    severity: alert.severity,
    family: alert.family,
    summary: alert.summary,
    valueFormat: alert.valueFormat,
    forMinutes: alert.forMinutes,
    notEvaluated: whyNotEvaluated(alert, configuration),
    runbook: alert.runbook ?? alert.name,
    runbookUrl: runbookUrl(alert, configuration),
    ...comparedBy(alert, configuration, evaluate),
  }))
}

function switchedOn(choices: AlertChoices): AlertChoices {
  return Object.fromEntries(
    Object.entries(choices).map(([name, choice]) => [name, { ...choice, enabled: true }]),
  )
}

type AnyAlert = AlertSpecification | LogAlertSpecification

function whyNotEvaluated(alert: AnyAlert, { alerts }: OpsConfiguration): string | null {
  if (alerts[alert.name]?.enabled === false) return 'Switched off in ragmeter.yaml.'
  if (!('when' in alert)) return 'Only the ruler of Loki: it reads log lines.'
  return alert.when.kind === 'promql' ? `Only Prometheus: ${alert.when.reason}` : null
}

function comparedBy(
  alert: AnyAlert,
  configuration: OpsConfiguration,
  evaluate: (signal: Signal) => readonly Sample[],
): Pick<AlertRule, 'comparison' | 'threshold' | 'samples' | 'sampleCount'> {
  const isEvaluated = whyNotEvaluated(alert, configuration) === null
  const condition = isEvaluated && 'when' in alert ? daemonCondition(alert) : undefined
  if (condition === undefined) return { comparison: null, threshold: null, samples: [], sampleCount: 0 }
  const { signal, comparison, threshold } = mainComparison(condition)
  const samples = evaluate(signal)
  // Of an alert on what is too low, the lowest value is the worst.
  const sign = comparison.startsWith('<') ? 1 : -1
  return {
    comparison,
    threshold: thresholdValue(threshold, configuration.thresholds),
    samples: samples
      .toSorted((left, right) => sign * (left.value - right.value))
      .slice(0, SAMPLES_SHOWN)
      .map((sample) => ({
        ...sample,
        heldBack: heldBack(condition, alert.valueFormat, sample, {
          thresholds: configuration.thresholds,
          evaluate,
        }),
      })),
    sampleCount: samples.length,
  }
}
