/** A silence as it is being written, and what it would mean. Pure. */
import type { Alert } from '../../../api/alerts.ts'
import { DAY_MS, HOUR_MS } from '../../../lib/time-range.ts'

export interface Matcher {
  name: string
  value: string
  isEqual: boolean
}

export const MATCHERS_MAX = 20

/** How long, to choose from. The daemon takes 90 days at most. */
export const DURATIONS = [
  { value: '1h', label: '1 hour', ms: HOUR_MS },
  { value: '4h', label: '4 hours', ms: 4 * HOUR_MS },
  { value: '1d', label: '1 day', ms: DAY_MS },
  { value: '7d', label: '7 days', ms: 7 * DAY_MS },
  { value: '30d', label: '30 days', ms: 30 * DAY_MS },
] as const
export type Duration = (typeof DURATIONS)[number]['value']

/** What follows from the name of the alert: a matcher for it would only be more to read. */
const IMPLIED: ReadonlySet<string> = new Set(['severity', 'alert_family'])

/** One matcher for each label of an alert; an empty one without an alert. */
export function matchersFor(alert: Pick<Alert, 'labels'> | undefined): Matcher[] {
  if (alert === undefined) return [{ name: 'service', value: '', isEqual: true }]
  return Object.entries(alert.labels)
    .filter(([name]) => !IMPLIED.has(name))
    .slice(0, MATCHERS_MAX)
    .map(([name, value]) => ({ name, value, isEqual: true }))
}

/** Whether an alert with these labels is meant: all matchers hold; a label that it does not have is ''. */
export function isMeant(
  matchers: readonly Pick<Matcher, 'name' | 'value' | 'isEqual'>[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return matchers.every(({ name, value, isEqual }) => ((labels[name] ?? '') === value) === isEqual)
}

/** Why it cannot be sent as it is; undefined if it can. */
export function problemOf(matchers: readonly Matcher[], author: string, comment: string): string | undefined {
  if (matchers.some(({ name }) => name.trim() === '')) return 'A matcher has no label: name it, or remove it.'
  if (!matchers.some(({ value, isEqual }) => isEqual && value !== ''))
    return 'Say what one label must be: without it everything would be silenced.'
  if (author.trim() === '') return 'Say who you are, so that others know whom to ask.'
  if (comment.trim() === '') return 'Say why, for whoever wonders about the silence.'
  return undefined
}
