/** What a request cost, as far as prices are known. Pure. */
import { formatValue, UNKNOWN } from '../../../lib/format.ts'
import type { Trace } from '../trace-types.ts'

export interface Cost {
  text: string
  note: string
}

/** Unpriced usage is not free: it is named. */
export function costOf({
  cost_usd,
  docstore_cost_usd,
  generations = [],
}: Pick<Trace, 'cost_usd' | 'docstore_cost_usd' | 'generations'>): Cost {
  const unpriced = generations.filter((generation) => (generation.cost_usd ?? null) === null).length
  const priced = generations.filter((generation) => (generation.cost_usd ?? null) !== null)
  const parts = priced.reduce((sum, generation) => sum + (generation.cost_usd ?? 0), docstore_cost_usd ?? 0)
  const hasParts = priced.length > 0 || docstore_cost_usd !== undefined
  const total = cost_usd ?? (hasParts ? parts : undefined)
  if (total === undefined) {
    return unpriced === 0
      ? { text: 'no cost stated', note: 'The trace has no cost and no model call.' }
      : {
          text: 'unpriced',
          note: 'No price is known for the models of this request: the cost is unknown, not 0.',
        }
  }
  const note =
    typeof cost_usd === 'number'
      ? 'Total as the application stated it'
      : 'Sum of the parts with a known price'
  return unpriced === 0
    ? { text: formatValue(total, 'usd'), note }
    : {
        text: `${formatValue(total, 'usd')} + unpriced`,
        note: `${note}; ${unpriced} of ${generations.length} calls are unpriced`,
      }
}

/** To the nano-dollar in which money is kept, for who compares it with a bill. */
export function exactUsd(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return UNKNOWN
  return `$${usd.toFixed(9).replace(/(\.\d\d\d*?)0+$/, '$1')}`
}
