/** How long to wait before the next attempt: exponential with full jitter, so that clients do not return in step. */

const BASE_MS = 500
const CEILING_MS = 30_000
/** A server may ask for patience, but not for silence. */
const RETRY_AFTER_MAX_MS = 5 * 60_000

/**
 * @param attempt attempts that failed so far, >= 1
 * @param retryAfterMs what the server asked for; jitter comes on top, up to a base interval
 * @param random 0 <= x < 1
 */
export function backoffMs(attempt: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, RETRY_AFTER_MAX_MS) + random * BASE_MS
  return random * Math.min(CEILING_MS, BASE_MS * 2 ** Math.min(attempt - 1, 16))
}

/** Seconds or an HTTP date. @returns undefined if the header says neither */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
