/** Where percentiles rest on so few values that they say little. */
import type { Value } from './series.ts'

/** With fewer values a quantile is the largest of them, or the smallest, or nearly. */
export function valuesNeeded(quantile: number): number {
  return Math.ceil(Number((1 / Math.min(quantile, 1 - quantile)).toPrecision(9)))
}

export function quantileName(quantile: number): string {
  return `p${Math.round(quantile * 1000) / 10}`
}

/**
 * What has to be said of a chart of percentiles.
 * @param counts of the values behind each point; null is a gap
 */
export function fewNote(quantiles: readonly number[], counts: readonly Value[]): string | undefined {
  const most = quantiles.toSorted((left, right) => valuesNeeded(right) - valuesNeeded(left))[0]
  if (most === undefined) return undefined
  const known = counts.filter((count) => count !== null && count > 0) as number[]
  const few = known.filter((count) => count < valuesNeeded(most)).length
  if (few === 0) return undefined
  const extreme = most >= 0.5 ? 'largest' : 'smallest'
  return `${few} of ${known.length} points rest on fewer than ${valuesNeeded(most)} values: ${quantileName(most)} there is about the ${extreme}.`
}
