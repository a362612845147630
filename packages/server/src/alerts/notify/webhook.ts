/** The body that Alertmanager's webhook receivers get (version 4), so that whatever receives those receives ours. */
import { commonOf } from './notification.ts'
import type { Notification, PublicAlert } from './notification.ts'

/** How Go writes no time. */
const NEVER = '0001-01-01T00:00:00Z'

export function webhookBody(notification: Notification, receiver: string, externalUrl: string): object {
  const { alerts, groupLabels, status } = notification
  return {
    version: '4',
    groupKey: `{}:{${Object.entries(groupLabels)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(', ')}}`,
    truncatedAlerts: 0,
    status,
    receiver,
    groupLabels,
    commonLabels: commonOf(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonOf(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
    alerts: alerts.map(alertBody),
  }
}

function alertBody({ id, status, labels, annotations, startsAt, endsAt, url }: PublicAlert): object {
  return {
    status,
    labels,
    annotations,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: endsAt === null ? NEVER : new Date(endsAt).toISOString(),
    generatorURL: url,
    fingerprint: id,
  }
}
