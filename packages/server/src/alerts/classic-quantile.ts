/**
 * The quantile of a classic histogram, as `histogram_quantile` of Prometheus computes it: linear within the bucket, and the
 * highest finite bound above all of them.
 * @param counts of each bucket, not cumulative, the last one above all bounds
 * @param bounds upper bounds, ascending, one fewer than counts
 * @returns undefined without observations
 */
export function classicQuantile(
  quantile: number,
  counts: ArrayLike<number>,
  bounds: readonly number[],
): number | undefined {
  let total = 0
  for (let position = 0; position < counts.length; position += 1) total += counts[position] ?? 0
  if (total <= 0) return undefined
  const rank = quantile * total
  let below = 0
  for (const [position, bound] of bounds.entries()) {
    const inside = counts[position] ?? 0
    if (below + inside >= rank) {
      if (position === 0 && bound <= 0) return bound
      const start = position === 0 ? 0 : (bounds[position - 1] ?? 0)
      // The share first: a full bucket must give its bound itself, which a rounded product may exceed.
      return inside === 0 ? start : start + (bound - start) * ((rank - below) / inside)
    }
    below += inside
  }
  return bounds.at(-1)
}
