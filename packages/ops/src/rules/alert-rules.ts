/** Alert specifications as alert rules of Prometheus, and of Loki's ruler, which reads the same files with LogQL in them. */
import { descriptionTemplate } from '../alerts/annotations.ts'
import { conditionPromql, withThresholds } from '../alerts/promql.ts'
import { durationText } from '../alerts/promql-signal.ts'
import type { FindRecording } from '../alerts/promql-signal.ts'
import { labelsOf } from '../alerts/signal.ts'
import { FAMILIES, mainComparison } from '../alerts/specification.ts'
import type { AlertSpecification, DescribedAlert } from '../alerts/specification.ts'
import type { OpsConfiguration } from '../configuration/configuration.ts'
import type { LogAlertSpecification } from '../logs/log-alerts.ts'
import { DASHBOARD_UIDS } from '../names.ts'
import type { AlertRule, RuleGroup } from './rule-file.ts'

/** Often enough for `for: 1m`; above the interval of the scrapes. */
const INTERVAL = '30s'
/** Loki reads the lines of the whole window anew each time. */
const LOG_INTERVAL = '1m'

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
    ? withThresholds(alert.when.expression, thresholds)
    : conditionPromql(alert.when, thresholds, findRecording)
}

/** Where the runbook of an alert is. */
export function runbookUrl(alert: DescribedAlert, { links }: OpsConfiguration): string {
  return `${links.runbooks}/${alert.runbook ?? alert.name}.md`
}

function dashboardUrl(alert: DescribedAlert, labels: readonly string[], { links }: OpsConfiguration): string {
  const variable = labels.includes('service') ? '?var-service={{ $labels.service | urlquery }}' : ''
  return `${links.grafana}/d/${DASHBOARD_UIDS[alert.dashboard]}${variable}`
}

interface RuleParts {
  readonly expression: string
  /** The labels of its result. */
  readonly labels: readonly string[]
  /** Labels of its own. */
  readonly own?: Readonly<Record<string, string>> | undefined
}

/** One alert as a rule, whoever evaluates it. */
function ruleOf(
  alert: DescribedAlert,
  { expression, labels, own }: RuleParts,
  configuration: OpsConfiguration,
): AlertRule {
  const { forMinutes, keepFiringMinutes = 0 } = alert
  return {
    alert: alert.name,
    expr: expression,
    ...(forMinutes === 0 ? {} : { for: durationText(forMinutes) }),
    ...(keepFiringMinutes === 0 ? {} : { keep_firing_for: durationText(keepFiringMinutes) }),
    labels: { severity: alert.severity, alert_family: alert.family, ...own },
    annotations: {
      summary: alert.summary,
      description: descriptionTemplate(alert, configuration.thresholds),
      runbook_url: runbookUrl(alert, configuration),
      dashboard_url: dashboardUrl(alert, labels, configuration),
    },
  }
}

/** Alerts as groups of rules, one for each family that has some. */
function groupsByFamily<Alert extends DescribedAlert>(
  alerts: readonly Alert[],
  { prefix, interval }: { prefix: string; interval: string },
  toRule: (alert: Alert) => AlertRule,
): readonly RuleGroup[] {
  return FAMILIES.flatMap((family) => {
    const members = alerts.filter((alert) => alert.family === family)
    if (members.length === 0) return []
    return [{ name: `${prefix}-${family.replaceAll('_', '-')}`, interval, rules: members.map(toRule) }]
  })
}

/** @param findRecording names of recorded expressions that they may read */
export function alertGroups(
  alerts: readonly AlertSpecification[],
  configuration: OpsConfiguration,
  findRecording: FindRecording,
): readonly RuleGroup[] {
  return groupsByFamily(alerts, { prefix: 'ragmeter', interval: INTERVAL }, (alert) => {
    const expression = alertExpression(alert, configuration, findRecording)
    return ruleOf(alert, { expression, labels: alertLabels(alert), own: alert.labels }, configuration)
  })
}

/** For Loki's ruler. */
export function logAlertGroups(
  alerts: readonly LogAlertSpecification[],
  configuration: OpsConfiguration,
): readonly RuleGroup[] {
  return groupsByFamily(alerts, { prefix: 'ragmeter-logs', interval: LOG_INTERVAL }, (alert) => {
    const expression = withThresholds(alert.expression, configuration.thresholds)
    return ruleOf(alert, { expression, labels: alert.labels }, configuration)
  })
}
