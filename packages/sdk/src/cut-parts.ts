/**
 * Cuts a request that was measured in full down to what its trace may hold. The trace keeps the first parts of each
 * kind, and the cost of all.
 */
import { LIMITS, requestCost } from '@ragmeter/core'
import type { Generation } from '@ragmeter/core'
import type { OpenEvent } from './open-event.ts'

/** @returns how many parts were left out */
export function cutParts(event: OpenEvent): number {
  let cut = 0
  const first = <Part>(
    parts: readonly Part[] | undefined,
    lengthMax: number,
  ): readonly Part[] | undefined => {
    if (parts === undefined || parts.length <= lengthMax) return parts
    cut += parts.length - lengthMax
    return parts.slice(0, lengthMax)
  }
  const { generations } = event
  if (generations !== undefined && generations.length > LIMITS.generationsPerTraceMax) {
    event.cost_nano_usd = requestCost(event)
    event.generations = withUnpriced(first(generations, LIMITS.generationsPerTraceMax) ?? [], generations)
  }
  event.stages = first(event.stages, LIMITS.stagesPerTraceMax)
  event.cache = first(event.cache, LIMITS.cachesPerTraceMax)
  event.quality = first(event.quality, LIMITS.qualityPerTraceMax)
  return cut
}

/** Whoever adds up the calls that were kept must see that the cost is not known, if one that was cut had none. */
function withUnpriced(kept: readonly Generation[], all: readonly Generation[]): readonly Generation[] {
  const unpriced = all.find(({ cost_nano_usd }) => typeof cost_nano_usd !== 'number')
  return unpriced === undefined || kept.includes(unpriced) ? kept : kept.with(kept.length - 1, unpriced)
}
