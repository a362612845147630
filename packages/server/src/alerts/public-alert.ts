/** An alert with everything that is said about it. */
import {
  alertLabels,
  alertsOf,
  DASHBOARD_UIDS,
  daemonCondition,
  describeAlert,
  runbookUrl,
} from '@ragmeter/ops'
import type { AlertSpecification, OpsConfiguration } from '@ragmeter/ops'
import type { ActiveAlert } from './alert-state.ts'
import type { PublicAlert } from './notify/notification.ts'

/** The labels under which an alert is known outside: those that Prometheus gives it too. */
export function publicLabels(alert: AlertSpecification, active: ActiveAlert): Record<string, string> {
  const { name, severity, family } = alert
  return { alertname: name, ...active.labels, severity, alert_family: family, ...alert.labels }
}

/** The names of the labels that alerts of the daemon can have outside. */
export function publicLabelNames(configuration: OpsConfiguration): readonly string[] {
  const names = alertsOf(configuration)
    .filter((alert) => daemonCondition(alert) !== undefined)
    .flatMap((alert) => [...alertLabels(alert), ...Object.keys(alert.labels ?? {})])
  return Array.from(new Set(['alertname', 'severity', 'alert_family', ...names])).toSorted()
}

/** @param url of the web application, without a slash at the end */
export function publicAlert(
  alert: AlertSpecification,
  active: ActiveAlert,
  configuration: OpsConfiguration,
  url: string,
  suppressedBy: readonly string[],
): PublicAlert {
  const { links, thresholds } = configuration
  const { service } = active.labels
  const isPending = active.state === 'pending'
  const variable = service === undefined ? '' : `?var-service=${encodeURIComponent(service)}`
  return {
    id: active.id,
    alert,
    status: active.state === 'resolved' ? 'resolved' : 'firing',
    labels: publicLabels(alert, active),
    annotations: {
      summary: alert.summary,
      description: describeAlert(alert, thresholds, active.labels, active.value),
      runbook_url: runbookUrl(alert, configuration),
      dashboard_url: `${links.grafana}/d/${DASHBOARD_UIDS[alert.dashboard]}${variable}`,
    },
    value: active.value,
    startsAt: isPending ? active.activeAt : (active.firedAt ?? active.activeAt),
    endsAt: isPending ? null : active.resolvedAt,
    url: `${url}/alerts/${active.id}`,
    suppressedBy,
  }
}
