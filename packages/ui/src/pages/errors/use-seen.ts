/** When each type of error was first and last seen, in all that the daemon remembers. */
import { useMemo } from 'react'
import { useSeries } from '../../api/queries.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/time-range.ts'
import type { TimeRange } from '../../lib/time-range.ts'
import { seenByType } from './error-rows.ts'
import type { SeenSpan } from './error-rows.ts'

/** Days are kept for two years, hours for 90 days, minutes for two: no question has more than 1,000 steps. */
const LOOKS: readonly [lengthMs: number, text: string, stepMs: number][] = [
  [730 * DAY_MS, '1d', DAY_MS],
  [40 * DAY_MS, '1h', HOUR_MS],
  [DAY_MS, '2m', 2 * MINUTE_MS],
]
const [DAYS, HOURS, MINUTES] = LOOKS as [
  (typeof LOOKS)[number],
  (typeof LOOKS)[number],
  (typeof LOOKS)[number],
]
const QUESTION = { metric: 'rag_errors_total', by: ['error_type'] }

export interface SeenTypes {
  types: ReadonlyMap<string, SeenSpan>
  /** Start of the first day with a request: what is seen first on it may be no news. */
  firstDay: number | undefined
}

export function useSeen(service: string | undefined, now: number): SeenTypes {
  const { data: days } = useSeries(rangeOf(DAYS, now), service, QUESTION)
  const { data: hours } = useSeries(rangeOf(HOURS, now), service, QUESTION)
  const { data: minutes } = useSeries(rangeOf(MINUTES, now), service, QUESTION)
  const { data: requests } = useSeries(rangeOf(DAYS, now), service, { metric: 'rag_requests_total' })
  const types = useMemo(
    () => seenByType([days, hours, minutes].filter((answer) => answer !== undefined)),
    [days, hours, minutes],
  )
  return { types, firstDay: requests?.series[0]?.points[0]?.at }
}

function rangeOf([lengthMs, text, ms]: (typeof LOOKS)[number], now: number): TimeRange {
  const to = Math.ceil(now / ms) * ms
  return { from: to - lengthMs, to, step: { text, ms } }
}
