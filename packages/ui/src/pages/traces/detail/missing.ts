/** Why the daemon does not have a trace, as far as that can be known. Pure. */
import { timestampOfId } from '@ragmeter/core'

/** `deleted`: it started before what is kept; `absent`: what is kept reaches back to it; `unknown`: it may be either. */
export type Missing = { why: 'deleted' | 'absent'; startedAt: number } | { why: 'unknown' }

/**
 * @param at start of the trace as the address says it, epoch milliseconds
 * @param oldestAccepted traces that started before are deleted; undefined if that is not known
 */
export function missingOf(id: string, at: string | undefined, oldestAccepted: number | undefined): Missing {
  const stated = at === undefined || at.trim() === '' ? Number.NaN : Number(at)
  const startedAt = Number.isFinite(stated) ? stated : timestampOfId(id)
  if (startedAt === undefined || oldestAccepted === undefined) return { why: 'unknown' }
  return { why: startedAt < oldestAccepted ? 'deleted' : 'absent', startedAt }
}
