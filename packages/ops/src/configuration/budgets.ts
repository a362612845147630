/** Budgets: how much may be spent in a day, a week or a month, by all or by a part. */
import type { BudgetPeriod } from '@ragmeter/core'

export const BUDGETS_MAX = 50

export interface Budget {
  /** Unique; label `budget` of `rag_budget_limit_usd` and `rag_budget_spent_usd`. */
  readonly name: string
  readonly limitUsd: number
  /** A day, a week from Monday, or a month of the calendar. */
  readonly period: BudgetPeriod
  /** IANA name of the time zone whose midnight begins a period; the next full hour of UTC, where it is at none. */
  readonly timeZone: string
  /** What is counted; all of those stated must match. Nothing stated counts everything. */
  readonly service?: string
  readonly provider?: string
  readonly org?: string
}
