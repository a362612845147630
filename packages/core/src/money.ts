/** Money is an integer number of nano-USD (1e-9 US dollars), so that sums are exact. */

export const NANO_PER_USD = 1e9

/** @returns nano-USD, rounded to the nearest integer */
export function nanoUsd(usd: number): number {
  return Math.round(usd * NANO_PER_USD)
}

/** @returns US dollars; null stays null: unpriced is not free */
export function usdOf(nano: number | null | undefined): number | null {
  return nano === null || nano === undefined ? null : nano / NANO_PER_USD
}
