/** What became of each notification, from the attempts to deliver it. Pure. */
import type { Attempt } from '../alert-queries.ts'

export type Fate = 'delivered' | 'waiting' | 'dead'

export interface NotificationRow {
  id: string
  notifier: string
  fate: Fate
  attempts: number
  /** Of the last attempt, epoch milliseconds. */
  at: number
  /** Why the last attempt that failed did. */
  error: string | null
  alerts: Attempt['alerts']
}

const FATES: Readonly<Record<Attempt['outcome'], Fate>> = {
  delivered: 'delivered',
  failed: 'waiting',
  dead: 'dead',
}

/** @param attempts the latest first @returns a row for each notification, the latest first */
export function notificationRows(attempts: readonly Attempt[]): NotificationRow[] {
  const rows = new Map<string, NotificationRow>()
  for (const { notification, notifier, outcome, attempt, at, error, alerts } of attempts) {
    const key = `${notifier}\n${notification}`
    const known = rows.get(key)
    if (known === undefined) {
      rows.set(key, {
        id: notification,
        notifier,
        fate: FATES[outcome],
        attempts: attempt,
        at,
        error,
        alerts,
      })
    } else known.error ??= error
  }
  return Array.from(rows.values())
}

export interface NotifierSums {
  delivered: number
  /** Of these, delivered at another attempt than the first. */
  retried: number
  dead: number
  lastDeliveredAt: number | undefined
}

export function sumsOf(rows: readonly NotificationRow[], notifier: string): NotifierSums {
  const own = rows.filter((row) => row.notifier === notifier)
  const delivered = own.filter(({ fate }) => fate === 'delivered')
  return {
    delivered: delivered.length,
    retried: delivered.filter(({ attempts }) => attempts > 1).length,
    dead: own.filter(({ fate }) => fate === 'dead').length,
    lastDeliveredAt: delivered[0]?.at,
  }
}

/** What happened, in words. */
export function fateWords({ fate, attempts }: Pick<NotificationRow, 'fate' | 'attempts'>): string {
  if (fate === 'delivered') return attempts <= 1 ? 'delivered' : `delivered at attempt ${attempts}`
  if (fate === 'waiting') return `failed ${attempts === 1 ? 'once' : `${attempts} times`}, is tried again`
  if (attempts === 0) return 'given up before the first attempt'
  return attempts === 1 ? 'given up after the first attempt' : `given up after ${attempts} attempts`
}
