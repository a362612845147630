/** An alert with everything that is said about it. */
import { DASHBOARD_UIDS, describeAlert, runbookUrl } from '@ragmeter/ops'
import type { AlertSpecification, OpsConfiguration } from '@ragmeter/ops'
import type { ActiveAlert } from './alert-state.ts'
import type { PublicAlert } from './notify/notification.ts'

/** The labels under which an alert is known outside: those that Prometheus gives it too. */
export function publicLabels(alert: AlertSpecification, active: ActiveAlert): Record<string, string> {
  const { name, severity, family } = alert
  return { alertname: name, ...active.labels, severity, alert_family: family, ...alert.labels }
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
