/** How sure a share is that few observations show. */

/** Quantile of the normal distribution for an interval of 95 %. */
const Z = 1.959964

/**
 * Lower end of the 95 % interval of a share (Wilson 1927): one bad request of one is 21 %, not 100 %, and twenty of
 * twenty are 84 %.
 * @param share observed, 0..1 @param count observations, above 0; need not be whole
 */
export function shareLowerBound(share: number, count: number): number {
  const square = Z * Z
  const centre = share + square / (2 * count)
  const spread = Z * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count))
  return Math.max(0, (centre - spread) / (1 + square / count))
}
