/** A notification that is of no alert: it shows that a notifier reaches its receiver. */
import type { Notification } from './notification.ts'
import { notificationOf } from './notification.ts'

/** It is over as it begins, so that it keeps nobody busy. @param now epoch milliseconds @param url of the web application */
export function testNotification(id: string, now: number, url: string): Notification {
  const description = 'A test of this notifier of ragmeter. Nothing is wrong.'
  const [alertname, severity] = ['RagTestNotification', 'info'] as const
  const alert = {
    name: alertname,
    family: 'watchdog',
    severity,
    forMinutes: 0,
    summary: description,
    description,
    valueFormat: 'number',
    dashboard: 'overview',
    when: { kind: 'promql', expression: 'vector(0)', labels: [], reason: 'It is a test.' },
  } as const
  const one = {
    id,
    alert,
    status: 'resolved',
    labels: { alertname, severity, alert_family: alert.family },
    annotations: { summary: description, description },
    value: 0,
    startsAt: now,
    endsAt: now,
    url: `${url}/alerts`,
    suppressedBy: [],
  } as const
  return notificationOf([one], id)
}
