/** Asks the ledger what is spent of the budgets, and states it for `/metrics` and for the alerts. */
import { CardinalityGuard, METRICS, minuteOf, Registry } from '@ragmeter/core'
import type { Budget } from '@ragmeter/ops'
import type { SpendingResult, Store } from '../store/store.ts'
import { budgetQuery } from './budgets.ts'
import type { Windows } from './windows.ts'

const ASK_INTERVAL_MS = 60_000
const QUERY_TIMEOUT_MS = 10_000
/** A ledger that takes long to add up is asked less often: this much of the time at most. */
const SHARE_OF_TIME = 0.05

export class BudgetWatch {
  /** Of no service, so that it takes the place of none. */
  readonly registry = new Registry({ guard: new CardinalityGuard(() => {}) })
  readonly #budgets: readonly Budget[]
  readonly #store: Pick<Store, 'query'>
  readonly #now: () => number
  readonly #spentUsd = new Map<string, number>()
  #askAgainAt = -Infinity

  /** @param now epoch milliseconds */
  constructor(budgets: readonly Budget[], store: Pick<Store, 'query'>, now: () => number) {
    this.#budgets = budgets
    this.#store = store
    this.#now = now
  }

  /** States the budgets for this minute. @throws what the store throws; the last known numbers are stated first */
  async state(windows: Windows, at: number): Promise<void> {
    try {
      if (at >= this.#askAgainAt) await this.#ask(at)
    } finally {
      for (const budget of this.#budgets) this.#put(windows, budget, at)
    }
  }

  async #ask(at: number): Promise<void> {
    this.#askAgainAt = at + ASK_INTERVAL_MS
    const startedAt = this.#now()
    for (const budget of this.#budgets) {
      const query = budgetQuery(budget, at, startedAt + QUERY_TIMEOUT_MS)
      const bytes = await this.#store.query('spending', query)
      const { usd } = JSON.parse(Buffer.from(bytes).toString('utf8')) as SpendingResult
      this.#spentUsd.set(budget.name, usd)
    }
    const tookMs = this.#now() - startedAt
    this.#askAgainAt = at + Math.max(ASK_INTERVAL_MS, tookMs / SHARE_OF_TIME)
  }

  #put(windows: Windows, { name, period, limitUsd }: Budget, at: number): void {
    const spent = this.#spentUsd.get(name)
    // Unknown is not zero.
    if (spent === undefined) return
    const labels = { budget: name, period }
    for (const [metric, value] of [
      [METRICS.budgetLimit, limitUsd],
      [METRICS.budgetSpent, spent],
    ] as const) {
      this.registry.set(metric, value, '', name, period)
      windows.add({ type: 'gauge', metric: metric.name, labels, minute: minuteOf(at), value }, '', at)
    }
  }
}
