/** What of a stated total no part of the request accounts for. */
import type { TraceEvent } from './event.ts'

/** Nano-USD of the parts whose cost is known: of the document store and of the calls. */
export function knownPartsCost({
  docstore_cost_nano_usd,
  generations,
}: Pick<TraceEvent, 'docstore_cost_nano_usd' | 'generations'>): number {
  let cost = docstore_cost_nano_usd ?? 0
  if (generations === undefined) return cost
  for (const { cost_nano_usd } of generations) cost += cost_nano_usd ?? 0
  return cost
}

/**
 * Money that is spent is booked, whether or not it is known on what: without this part the sums by model would be less than the
 * requests cost.
 * @returns nano-USD, >= 0; 0 if no total is stated
 */
export function unattributedCost(event: TraceEvent): number {
  const total = event.cost_nano_usd
  return typeof total === 'number' ? Math.max(0, total - knownPartsCost(event)) : 0
}
