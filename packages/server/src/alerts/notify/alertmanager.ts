/** Alerts as `POST /api/v2/alerts` of Alertmanager takes them. */
import type { Notification } from './notification.ts'

/** An Alertmanager that hears nothing more of an alert takes it for resolved then; so it is told again before. */
const ENDS_AFTER_MS = 4 * 60_000
/** It is told again in the first round after that, which is every minute. */
export const FORWARD_INTERVAL_MS = 50_000

export function alertmanagerBody({ alerts }: Notification, now: number): object {
  return alerts.map(({ labels, annotations, startsAt, endsAt, url }) => ({
    labels,
    annotations,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt ?? now + ENDS_AFTER_MS).toISOString(),
    generatorURL: url,
  }))
}
