/** Alert specifications as alert rules of Prometheus. */
import { descriptionTemplate } from '../alerts/annotations.ts'
import { conditionPromql, prometheusOnlyPromql } from '../alerts/promql.ts'
import { durationText } from '../alerts/promql-signal.ts'
import type { FindRecording } from '../alerts/promql-signal.ts'
import { labelsOf } from '../alerts/signal.ts'
import { FAMILIES, mainComparison } from '../alerts/specification.ts'
import type { AlertSpecification } from '../alerts/specification.ts'
import type { OpsConfiguration } from '../configuration/configuration.ts'
import { DASHBOARD_UIDS } from '../names.ts'
import type { AlertRule, RuleGroup } from './rule-file.ts'

/** Often enough for `for: 1m`; above the interval of the scrapes. */
const INTERVAL = '30s'

/** The labels of an alert's result. */
export function alertLabels(alert: AlertSpecification): readonly string[] {
  return alert.when.kind === 'promql' ? alert.when.labels : labelsOf(mainComparison(alert.when).signal)
}

function alertExpression(
  alert: AlertSpecification,
  { thresholds }: OpsConfiguration,
  findRecording: FindRecording,
): string {
  return alert.when.kind === 'promql'
    ? prometheusOnlyPromql(alert.when, thresholds)
    : conditionPromql(alert.when, thresholds, findRecording)
}

/** Where the runbook of an alert is. */
export function runbookUrl(alert: AlertSpecification, { links }: OpsConfiguration): string {
  return `${links.runbooks}/${alert.runbook ?? alert.name}.md`
}

function dashboardUrl(alert: AlertSpecification, { links }: OpsConfiguration): string {
  const variable = alertLabels(alert).includes('service') ? '?var-service={{ $labels.service }}' : ''
  return `${links.grafana}/d/${DASHBOARD_UIDS[alert.dashboard]}${variable}`
}

/** One alert as a rule. @param findRecording names of recorded expressions that it may read */
function alertRule(
  alert: AlertSpecification,
  configuration: OpsConfiguration,
  findRecording: FindRecording,
): AlertRule {
  const { forMinutes, keepFiringMinutes = 0 } = alert
  return {
    alert: alert.name,
    expr: alertExpression(alert, configuration, findRecording),
    ...(forMinutes === 0 ? {} : { for: durationText(forMinutes) }),
    ...(keepFiringMinutes === 0 ? {} : { keep_firing_for: durationText(keepFiringMinutes) }),
    labels: { severity: alert.severity, alert_family: alert.family, ...alert.labels },
    annotations: {
      summary: alert.summary,
      description: descriptionTemplate(alert, configuration.thresholds),
      runbook_url: runbookUrl(alert, configuration),
      dashboard_url: dashboardUrl(alert, configuration),
    },
  }
}

/** Alerts as groups of rules, one for each family that has some. */
export function alertGroups(
  alerts: readonly AlertSpecification[],
  configuration: OpsConfiguration,
  findRecording: FindRecording,
): readonly RuleGroup[] {
  return FAMILIES.flatMap((family) => {
    const members = alerts.filter((alert) => alert.family === family)
    if (members.length === 0) return []
    const name = `ragmeter-${family.replaceAll('_', '-')}`
    return [
      {
        name,
        interval: INTERVAL,
        rules: members.map((alert) => alertRule(alert, configuration, findRecording)),
      },
    ]
  })
}
