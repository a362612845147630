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

/** What has to be told of one group, or of a part of a large one. */
export interface DueNotification {
  /** Of the group and the part. */
  readonly key: string
  readonly alerts: readonly PublicAlert[]
  /** It does not wait for the end of a pause after a failure. */
  readonly isUrgent: boolean
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
function isNews({ startsAt }: PublicAlert, notice: ReturnType<NoticeLookup>): boolean {
  return notice?.state !== 'firing' || notice.at < startsAt
}

/**
 * What a notifier has to be told now.
 * @param alerts firing and lately resolved ones
 * @param notices what it was told of each alert
 */
export function dueNotifications(
  rules: NotifierRules,
  alerts: readonly PublicAlert[],
  notices: NoticeLookup,
  now: number,
): DueNotification[] {
  const groups = new Map<string, PublicAlert[]>()
  for (const one of alerts) {
    // That it is over concerns whoever was told that it fires, whatever became of its severity.
    const isTold =
      one.status === 'firing'
        ? one.suppressedBy.length === 0 && rules.severities.includes(one.alert.severity)
        : rules.sendResolved && notices(one.id)?.state === 'firing'
    if (!isTold) continue
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return Array.from(groups).flatMap(([key, group]) =>
    inParts(group)
      .map((part, index) => ({ key: `${key}${index}`, alerts: part, isUrgent: false }))
      .filter((part) => isDue(rules, part.alerts, notices, now)),
  )
}

/** Whether a group has news, is in part over, or has gone on for long. */
function isDue(
  { repeatMs }: NotifierRules,
  group: readonly PublicAlert[],
  notices: NoticeLookup,
  now: number,
): boolean {
  return group.some((one) => {
    const notice = notices(one.id)
    return one.status === 'resolved' || isNews(one, notice) || now - (notice?.at ?? now) >= repeatMs
  })
}

/** Each part is told by itself: one that cannot be delivered repeats none of the others. Firing ones come first. */
function inParts(group: readonly PublicAlert[]): PublicAlert[][] {
  const sorted = group.toSorted((left, right) =>
    left.status < right.status ? -1 : left.status > right.status ? 1 : 0,
  )
  const parts: PublicAlert[][] = []
  for (let start = 0; start < sorted.length; start += ALERTS_MAX)
    parts.push(sorted.slice(start, start + ALERTS_MAX))
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
