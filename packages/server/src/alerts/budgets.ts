/** What is spent of each budget, from the ledger: to the nano-dollar, over all requests. */
import { dayOf } from '@ragmeter/core'
import type { Budget } from '@ragmeter/ops'
import type { LedgerQuery } from '../store/store.ts'

const DAY_MS = 86_400_000
const DAYS_PER_WEEK = 7

/** The calendar day of a moment in a time zone, as UTC midnight of the same date. */
function localDay(at: number, timeZone: string): Date {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return new Date(`${format.format(at)}T00:00:00Z`)
}

/** The first day of the period that a moment lies in; `YYYY-MM-DD` of the ledger, whose days are UTC. */
export function periodStart({ period, timeZone }: Budget, at: number): string {
  const day = localDay(at, timeZone)
  if (period === 'monthly') return dayOf(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1))
  if (period === 'daily') return dayOf(day.getTime())
  // getUTCDay counts from Sunday, a week from Monday.
  const daysSinceMonday = (day.getUTCDay() + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK
  return dayOf(day.getTime() - daysSinceMonday * DAY_MS)
}

/** What the ledger is asked for; undefined where the period has begun before any day of the ledger could. */
export function budgetQuery(budget: Budget, at: number, deadline: number): LedgerQuery | undefined {
  const from = periodStart(budget, at)
  const to = dayOf(at)
  if (from > to) return undefined
  const { service, provider, org } = budget
  const filters = Object.entries({ service, provider, org }).filter(
    (entry): entry is ['service' | 'provider' | 'org', string] => entry[1] !== undefined,
  )
  return { from, to, groups: [], filters: Object.fromEntries(filters), limit: 1, deadline }
}

/** Language models, and the document store where the ledger can tell whose it is. */
export function spentUsd(total: { llm_cost_usd: number; docstore_cost_usd: number | null }): number {
  return total.llm_cost_usd + (total.docstore_cost_usd ?? 0)
}
