/** Ranges of time as the URL states them: relative to now (`now-24h`), or moments (ISO 8601, UTC). */

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export const DEFAULT_FROM = 'now-24h'
export const DEFAULT_TO = 'now'

/** Points of a chart at most: more would show the chance of few requests in a step, not the trend. */
const POINTS_MAX = 120
const RANGE_MS_MIN = 5 * MINUTE_MS
const RANGE_MS_MAX = 730 * DAY_MS

const UNITS_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS }

/** Steps that divide an hour or a day, or are whole days: those the API takes. */
const STEPS = [
  ['1m', MINUTE_MS],
  ['2m', 2 * MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['10m', 10 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['30m', 30 * MINUTE_MS],
  ['1h', HOUR_MS],
  ['3h', 3 * HOUR_MS],
  ['6h', 6 * HOUR_MS],
  ['12h', 12 * HOUR_MS],
  ['1d', DAY_MS],
  ['7d', 7 * DAY_MS],
] as const

export interface Step {
  /** As the API takes it. */
  text: string
  ms: number
}

/** A range in whole steps: asked again within a step it is the same, so nothing on the page moves. */
export interface TimeRange {
  /** Epoch milliseconds, start of the first step. */
  from: number
  /** Epoch milliseconds, end of the last step. */
  to: number
  step: Step
}

/** @returns epoch milliseconds; undefined if it is no moment */
export function readMoment(text: string, now: number): number | undefined {
  const relative = /^(?:now)?(?:-(\d{1,5})([mhdw]))?$/.exec(text)
  if (relative !== null && text !== '') {
    const [, amount, unit = ''] = relative
    return amount === undefined ? now : now - Number(amount) * (UNITS_MS[unit] ?? 0)
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return undefined
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? undefined : moment
}

/** The range of the URL. What cannot be read, or makes no range, is the last 24 hours. */
export function rangeOf(from: string | undefined, to: string | undefined, now: number): TimeRange {
  const end = readMoment(to ?? DEFAULT_TO, now) ?? now
  const start = readMoment(from ?? DEFAULT_FROM, now)
  const isRange = start !== undefined && end - start >= RANGE_MS_MIN && end - start <= RANGE_MS_MAX
  return isRange ? wholeRange(start, end) : wholeRange(now - DAY_MS, now)
}

/** Whether the URL names a range that can be shown; if not, `rangeOf` gives the last 24 hours. */
export function isRangeText(from: string | undefined, to: string | undefined, now: number): boolean {
  const [start, end] = [readMoment(from ?? DEFAULT_FROM, now), readMoment(to ?? DEFAULT_TO, now)]
  if (start === undefined || end === undefined) return false
  return end - start >= RANGE_MS_MIN && end - start <= RANGE_MS_MAX
}

function wholeRange(from: number, to: number): TimeRange {
  const [text, ms] = STEPS.find(([, candidate]) => (to - from) / candidate <= POINTS_MAX) ?? [
    '7d',
    7 * DAY_MS,
  ]
  return { from: Math.floor(from / ms) * ms, to: Math.ceil(to / ms) * ms, step: { text, ms } }
}

/** The period of the same length just before. */
export function previousRange({ from, to, step }: TimeRange): TimeRange {
  return { from: from - (to - from), to: from, step }
}

/** The same middle, twice as long; never beyond now. */
export function zoomedOut({ from, to }: TimeRange, now: number): { from: string; to: string } {
  const length = Math.min((to - from) * 2, RANGE_MS_MAX)
  const end = Math.min(now, (from + to) / 2 + length / 2)
  return absoluteRange(end - length, end)
}

/** As the URL states it; at least five minutes. */
export function absoluteRange(from: number, to: number): { from: string; to: string } {
  const start = Math.floor(from / MINUTE_MS) * MINUTE_MS
  const end = Math.max(Math.ceil(to / MINUTE_MS) * MINUTE_MS, start + RANGE_MS_MIN)
  return { from: isoMinutes(start), to: isoMinutes(end) }
}

function isoMinutes(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 16)}Z`
}
