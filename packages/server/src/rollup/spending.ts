/** What a row of the ledger adds to what was spent, by hour. */
import { DAY_MS } from '@ragmeter/core'
import type { LedgerRow } from '@ragmeter/core'

/**
 * The longest period of a budget is a month of 31 days, and its first hour lies in the day before of UTC at most; the rest
 * is for what comes late.
 */
export const SPENDING_RETENTION_MS = 40 * DAY_MS

/** Of rows that state no hour: noon UTC lies in the day of the same date nearly everywhere. */
const UNKNOWN_HOUR = 12

export interface Spending {
  /** `YYYY-MM-DDTHH`, UTC. */
  readonly hour: string
  /** '' for the document store, and for calls that state none. */
  readonly provider: string
  readonly costNanoUsd: number
}

/** Costs of models are in the rows of generations, those of the document store in the rows of requests. */
export function spendingOf(row: LedgerRow): Spending {
  const hour = `${row.day}T${String(row.hour ?? UNKNOWN_HOUR).padStart(2, '0')}`
  return row.kind === 'requests'
    ? { hour, provider: '', costNanoUsd: row.docstore_cost_nano_usd }
    : { hour, provider: row.provider, costNanoUsd: row.cost_nano_usd }
}
