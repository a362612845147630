/** The three resolutions of rollups, and which of them answers a range. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ragmeter/core'

export interface Resolution {
  readonly name: '1m' | '1h' | '1d'
  readonly table: 'rollup_1m' | 'rollup_1h' | 'rollup_1d'
  readonly bucketMs: number
  /** Rows older than this are deleted. */
  readonly retentionMs: number
}

export const MINUTES: Resolution = {
  name: '1m',
  table: 'rollup_1m',
  bucketMs: MINUTE_MS,
  retentionMs: 48 * HOUR_MS,
}
export const HOURS: Resolution = {
  name: '1h',
  table: 'rollup_1h',
  bucketMs: HOUR_MS,
  retentionMs: 90 * DAY_MS,
}
export const DAYS: Resolution = {
  name: '1d',
  table: 'rollup_1d',
  bucketMs: DAY_MS,
  retentionMs: 730 * DAY_MS,
}
export const RESOLUTIONS: readonly Resolution[] = [MINUTES, HOURS, DAYS]

/** Start of the bucket of a moment; days are UTC. */
export function bucketOf(timestamp: number, bucketMs: number): number {
  return Math.floor(timestamp / bucketMs) * bucketMs
}

/** The coarsest resolution that divides the step, among those that still hold the start of the range. */
export function resolutionFor(from: number, stepMs: number, now: number): Resolution {
  const held = RESOLUTIONS.filter(({ retentionMs }) => from >= now - retentionMs)
  const dividing = held.filter(({ bucketMs }) => stepMs % bucketMs === 0)
  return dividing.at(-1) ?? held[0] ?? DAYS
}

/** A stretch of a range that one resolution answers exactly. */
export interface Stretch {
  resolution: Resolution
  from: number
  to: number
}

/**
 * Cuts a range into minutes at its edges and hours inside: exact to the minute, with few rows. Where minutes are
 * no longer held, the range starts at the full hour before; where hours are no longer held, at the full day.
 */
export function stretchesOf(from: number, to: number, now: number): Stretch[] {
  const start = bucketOf(from, MINUTE_MS)
  const end = bucketOf(to + MINUTE_MS - 1, MINUTE_MS)
  if (start < now - HOURS.retentionMs) return [{ resolution: DAYS, from: bucketOf(start, DAY_MS), to: end }]
  const firstHour =
    start < now - MINUTES.retentionMs ? bucketOf(start, HOUR_MS) : bucketOf(start + HOUR_MS - 1, HOUR_MS)
  const lastHour =
    end < now - MINUTES.retentionMs ? bucketOf(end + HOUR_MS - 1, HOUR_MS) : bucketOf(end, HOUR_MS)
  if (firstHour >= lastHour) return [{ resolution: MINUTES, from: start, to: end }]
  return [
    { resolution: MINUTES, from: start, to: firstHour },
    { resolution: HOURS, from: firstHour, to: lastHour },
    { resolution: MINUTES, from: lastHour, to: end },
  ].filter((stretch) => stretch.from < stretch.to)
}
