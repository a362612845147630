/** Every alert there is, quiet ones too: what it compares with what, and the values that its signal has now. */
import { alertsOf, daemonCondition, mainComparison, runbookUrl, thresholdValue } from '@ragmeter/ops'
import type { AlertSpecification, OpsConfiguration, Signal } from '@ragmeter/ops'
import type { Sample } from './evaluate.ts'

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
  /** Why only Prometheus can evaluate it; null if the daemon does. */
  readonly prometheusOnly: string | null
  readonly runbook: string
  readonly runbookUrl: string
  readonly samples: readonly Sample[]
  readonly sampleCount: number
}

/** @param evaluate computes signals at the moment that is meant */
export function alertRules(
  configuration: OpsConfiguration,
  evaluate: (signal: Signal) => readonly Sample[],
): AlertRule[] {
  return alertsOf(configuration).map((alert) => ({
    name: alert.name,
    severity: alert.severity,
    family: alert.family,
    summary: alert.summary,
    valueFormat: alert.valueFormat,
    forMinutes: alert.forMinutes,
    prometheusOnly: alert.when.kind === 'promql' ? alert.when.reason : null,
    runbook: alert.runbook ?? alert.name,
    runbookUrl: runbookUrl(alert, configuration),
    ...comparedBy(alert, configuration, evaluate),
  }))
}

function comparedBy(
  alert: AlertSpecification,
  { thresholds }: OpsConfiguration,
  evaluate: (signal: Signal) => readonly Sample[],
): Pick<AlertRule, 'comparison' | 'threshold' | 'samples' | 'sampleCount'> {
  const condition = daemonCondition(alert)
  if (condition === undefined) return { comparison: null, threshold: null, samples: [], sampleCount: 0 }
  const { signal, comparison, threshold } = mainComparison(condition)
  const samples = evaluate(signal)
  // Of an alert on what is too low, the lowest value is the worst.
  const sign = comparison.startsWith('<') ? 1 : -1
  return {
    comparison,
    threshold: thresholdValue(threshold, thresholds),
    samples: samples.toSorted((left, right) => sign * (left.value - right.value)).slice(0, SAMPLES_SHOWN),
    sampleCount: samples.length,
  }
}
