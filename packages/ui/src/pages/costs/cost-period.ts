/** Periods of whole UTC days, as the ledger counts them: `YYYY-MM-DD`, both ends included. */

const DAY_MS = 86_400_000

export interface DayRange {
  from: string
  to: string
}

export const PERIODS = ['month', 'last-month', '7d', '30d', '90d', '365d', 'custom'] as const
export type Period = (typeof PERIODS)[number]

export const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  month: 'This month',
  'last-month': 'Last month',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '365d': 'Last 365 days',
  custom: 'Chosen days',
}

/** What the ledger answers at most. */
export const DAYS_MAX = 730

export function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10)
}

/** @returns undefined if it is no day of the calendar */
export function readDay(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const moment = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(moment) || dayOf(moment) !== text ? undefined : moment
}

/** The days of a period. Chosen days that make no range are those of this month. */
export function daysOfPeriod(
  period: Period,
  fromDay: string | undefined,
  toDay: string | undefined,
  now: number,
): DayRange {
  if (period === 'month') return monthToDate(now)
  if (period === 'last-month') return monthBefore(now)
  if (period !== 'custom')
    return { from: dayOf(now - (Number.parseInt(period, 10) - 1) * DAY_MS), to: dayOf(now) }
  const from = readDay(fromDay)
  const to = readDay(toDay)
  const isRange = from !== undefined && to !== undefined && from <= to && (to - from) / DAY_MS < DAYS_MAX
  return isRange ? { from: dayOf(from), to: dayOf(to) } : monthToDate(now)
}

export function monthToDate(now: number): DayRange {
  return { from: `${dayOf(now).slice(0, 7)}-01`, to: dayOf(now) }
}

/** The whole month before. */
export function monthBefore(now: number): DayRange {
  const lastDay = Date.parse(`${monthToDate(now).from}T00:00:00Z`) - DAY_MS
  return monthToDate(lastDay)
}

/** The first day of last month up to the day that today is; a shorter month ends with its last day. */
export function sameDaysOfLastMonth(now: number): DayRange {
  const { from, to } = monthBefore(now)
  const same = `${from.slice(0, 8)}${dayOf(now).slice(8)}`
  return { from, to: same < to ? same : to }
}

/** Whether data began before a range: of the first day itself only a part may be known. */
export function isWhollyKnown({ from }: DayRange, firstDay: string | null | undefined): boolean {
  return typeof firstDay === 'string' && firstDay < from
}

/** Every day of a range, so that a day without requests has its place on an axis. */
export function daysIn({ from, to }: DayRange): string[] {
  const first = readDay(from)
  const last = readDay(to)
  if (first === undefined || last === undefined) return []
  const count = Math.min(DAYS_MAX, Math.round((last - first) / DAY_MS) + 1)
  return Array.from({ length: Math.max(0, count) }, (_, index) => dayOf(first + index * DAY_MS))
}

export function monthOf(day: string): string {
  return day.slice(0, 7)
}

const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const longDay = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const longMonth = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' })

/** `1–21 Nov 2026`, `25 Oct – 21 Nov 2026`. */
export function rangeText({ from, to }: DayRange): string {
  const last = longDay.format(Date.parse(to))
  if (from === to) return last
  if (monthOf(from) === monthOf(to)) return `${Number(from.slice(8))}–${last}`
  const isSameYear = from.slice(0, 4) === to.slice(0, 4)
  return `${(isSameYear ? shortDay : longDay).format(Date.parse(from))} – ${last}`
}

/** A day (`21 Nov 2026`) or a month (`Nov 2026`). */
export function dayText(day: string): string {
  return day.length === 7 ? longMonth.format(Date.parse(`${day}-01`)) : longDay.format(Date.parse(day))
}
