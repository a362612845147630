/** Since when each budget counts, and for whom: what is asked of the ledger, to the nano-dollar, over all requests. */
import { DAY_MS, HOUR_MS } from '@ragmeter/core'
import type { Budget } from '@ragmeter/ops'
import type { SpendingQuery } from '../store/store.ts'

const DAYS_PER_WEEK = 7
/** No clock is further from UTC than 14 hours; one more for those that are set while a day begins. */
const ZONE_HOURS_MAX = 15

/** The calendar day of a moment in a time zone, as UTC midnight of the same date. */
function localDayIn(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return (at) => Date.parse(`${format.format(at)}T00:00:00Z`)
}

/** First day of the period that a day lies in, both as UTC midnight of their date. */
function firstDayOf(period: Budget['period'], day: number): number {
  const date = new Date(day)
  if (period === 'daily') return day
  if (period === 'monthly') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  // getUTCDay counts from Sunday, a week from Monday.
  return day - ((date.getUTCDay() + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK) * DAY_MS
}

/**
 * The first whole hour of the period that a moment lies in. Where the day of a zone begins within an hour of UTC, that hour
 * belongs to the period before: money is counted by the hour.
 * @returns epoch milliseconds
 */
export function periodStart({ period, timeZone }: Budget, at: number): number {
  const localDay = localDayIn(timeZone)
  // An hour in whose middle the period begins is of the period before, up to its end.
  const hour = Math.floor(at / HOUR_MS) * HOUR_MS
  const first = firstDayOf(period, localDay(hour))
  // Days of a zone follow each other, so halving finds the first hour of one.
  let low = first - ZONE_HOURS_MAX * HOUR_MS
  let high = first + ZONE_HOURS_MAX * HOUR_MS
  while (low < high) {
    const middle = low + Math.floor((high - low) / HOUR_MS / 2) * HOUR_MS
    if (localDay(middle) >= first) high = middle
    else low = middle + HOUR_MS
  }
  return low
}

export function budgetQuery(budget: Budget, at: number, deadline: number): SpendingQuery {
  const { service, provider, org } = budget
  const filters = {
    ...(service === undefined ? {} : { service }),
    ...(provider === undefined ? {} : { provider }),
    ...(org === undefined ? {} : { org }),
  }
  return { since: periodStart(budget, at), until: at, filters, deadline }
}
