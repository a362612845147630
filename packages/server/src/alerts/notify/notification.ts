/** What notifiers are given, and when: new alerts, resolved ones, and those that go on, from time to time. Pure. */
import type { AlertSpecification, Severity } from '@ragmeter/ops'
import type { StoredNotice } from '../../store/store.ts'

/** An alert as the world sees it. */
export interface PublicAlert {
  readonly id: string
  readonly alert: AlertSpecification
  readonly status: 'firing' | 'resolved'
  /** All labels, alertname, severity and alert_family among them. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly value: number
  /** Epoch milliseconds. */
  readonly startsAt: number
  /** Epoch milliseconds; null while it fires. */
  readonly endsAt: number | null
  /** Page that shows it. */
  readonly url: string
  /** Why nobody is told; empty if somebody is. */
  readonly suppressedBy: readonly string[]
}

/** Alerts of one name and service go together. */
export interface Notification {
  readonly id: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly status: 'firing' | 'resolved'
  readonly alerts: readonly PublicAlert[]
}

export interface NotifierRules {
  readonly name: string
  readonly severities: readonly Severity[]
  readonly sendResolved: boolean
  readonly repeatMs: number
}

export type NoticeLookup = (alert: string) => Pick<StoredNotice, 'state' | 'at'> | undefined

/** Alerts in one notification; the rest of its group follows in others. */
const ALERTS_MAX = 50
const GROUP_LABELS = ['alertname', 'service'] as const

function keyOf({ labels }: PublicAlert): string {
  return JSON.stringify(GROUP_LABELS.map((name) => labels[name] ?? ''))
}

/** Whether somebody must be told of a firing alert now. */
function isNews({ status, startsAt }: PublicAlert, notice: ReturnType<NoticeLookup>): boolean {
  return status === 'firing' && (notice?.state !== 'firing' || notice.at < startsAt)
}

/**
 * What a notifier has to be told now.
 * @param alerts firing and lately resolved ones
 * @param notices what it was told of each alert, or is about to be
 * @param newId makes the id of a notification
 */
export function dueNotifications(
  rules: NotifierRules,
  alerts: readonly PublicAlert[],
  notices: NoticeLookup,
  now: number,
  newId: () => string,
): Notification[] {
  const groups = new Map<string, PublicAlert[]>()
  for (const one of alerts) {
    if (!rules.severities.includes(one.alert.severity)) continue
    const isTold = one.status === 'resolved' || one.suppressedBy.length === 0
    if (!isTold) continue
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return Array.from(groups.values()).flatMap((group) => {
    const firing = group.filter(({ status }) => status === 'firing')
    const resolved = group.filter(
      ({ id, status }) => status === 'resolved' && rules.sendResolved && notices(id)?.state === 'firing',
    )
    const hasNews = firing.some((one) => isNews(one, notices(one.id)))
    const oldest = Math.min(...firing.map(({ id }) => notices(id)?.at ?? now))
    const isRepeat = firing.length > 0 && now - oldest >= rules.repeatMs
    if (!hasNews && !isRepeat && resolved.length === 0) return []
    return inParts([...firing, ...resolved]).map((part) => notificationOf(part, newId()))
  })
}

function inParts(alerts: readonly PublicAlert[]): PublicAlert[][] {
  const parts: PublicAlert[][] = []
  for (let start = 0; start < alerts.length; start += ALERTS_MAX)
    parts.push(alerts.slice(start, start + ALERTS_MAX))
  return parts
}

export function notificationOf(alerts: readonly PublicAlert[], id: string): Notification {
  const [first] = alerts
  const groupLabels = GROUP_LABELS.flatMap((name) => {
    const value = first?.labels[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const isFiring = alerts.some(({ status }) => status === 'firing')
  return {
    id,
    groupLabels: Object.fromEntries(groupLabels),
    status: isFiring ? 'firing' : 'resolved',
    alerts,
  }
}

/** Pairs that all of these objects have. */
export function commonOf(records: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...others] = records
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  )
}

/** One line: `[FIRING:2] RagHighErrorRate docs`. */
export function headline({ status, alerts, groupLabels }: Notification): string {
  const count = alerts.filter((one) => one.status === status).length
  return `[${status.toUpperCase()}:${count}] ${Object.values(groupLabels).join(' ')}`
}
