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

/**
 * Start of the finest bucket of a moment that is still held: no answer tells moments within it apart any more. A late
 * batch that is spread over a month has tens of thousands of minutes, each with its series, but some hundred hours.
 */
export function heldBucketOf(timestamp: number, now: number): number {
  return bucketOf(timestamp, heldResolutionOf(timestamp, now).bucketMs)
}

/** The finest resolution that still holds a moment. */
export function heldResolutionOf(timestamp: number, now: number): Resolution {
  return RESOLUTIONS.find(({ retentionMs }) => timestamp >= now - retentionMs) ?? DAYS
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
 * Cuts a range into minutes and hours at its edges and days inside: exact to the minute, with few rows. Where minutes are
 * no longer held an edge moves outwards to the full hour, where hours are no longer held to the full UTC day.
 */
export function stretchesOf(from: number, to: number, now: number): Stretch[] {
  // Buckets are deleted one by one: what is cut out of a coarser bucket must be there whole.
  const minutesFrom = ceiling(now - MINUTES.retentionMs, HOUR_MS)
  const hoursFrom = ceiling(now - HOURS.retentionMs, DAY_MS)
  const precisionAt = (moment: number) =>
    moment >= minutesFrom ? MINUTE_MS : moment >= hoursFrom ? HOUR_MS : DAY_MS
  const start = bucketOf(from, precisionAt(from))
  const end = ceiling(to, precisionAt(to))
  return cut(start, end, [DAYS, HOURS, MINUTES]).filter((stretch) => stretch.from < stretch.to)
}

/** Whole buckets of the first resolution inside, and the edges in the finer ones. */
function cut(from: number, to: number, [resolution, ...finer]: readonly Resolution[]): Stretch[] {
  if (resolution === undefined) return []
  const first = ceiling(from, resolution.bucketMs)
  const last = bucketOf(to, resolution.bucketMs)
  if (first >= last) return cut(from, to, finer)
  return [...cut(from, first, finer), { resolution, from: first, to: last }, ...cut(last, to, finer)]
}

function ceiling(timestamp: number, bucketMs: number): number {
  return Math.ceil(timestamp / bucketMs) * bucketMs
}
