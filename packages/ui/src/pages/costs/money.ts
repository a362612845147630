/** Money of the ledger: what is known, what is a lower bound because calls have no price, and what is not known. */

/** Sums of the ledger as the API answers them. */
export interface Sums {
  requests: number | null
  errors: number | null
  calls: number | null
  input_tokens: number | null
  output_tokens: number | null
  docstore_cost_usd: number | null
  llm_cost_usd: number
  /** Calls whose price is not known. */
  unpriced: number
}

/** `usd` is null where nothing is known; `isLowerBound`: some calls have no price, so the cost is higher. */
export interface Money {
  usd: number | null
  isLowerBound: boolean
}

const NANO_PER_USD = 1e9
const UNKNOWN_MONEY: Money = { usd: null, isLowerBound: false }

/** Sums and differences in whole nano-dollars, so that they are those of the ledger and not of floating point. */
export function addUsd(...amounts: readonly number[]): number {
  return amounts.reduce((sum, usd) => sum + Math.round(usd * NANO_PER_USD), 0) / NANO_PER_USD
}

/** Calls without a price are no $0: with nothing but these the cost is unknown. Nor is a time without any request. */
export function llmCost({ llm_cost_usd: usd, unpriced, requests, calls }: Sums): Money {
  if (unpriced > 0 && usd === 0) return UNKNOWN_MONEY
  if ((requests ?? 0) === 0 && (calls ?? 0) === 0) return UNKNOWN_MONEY
  return { usd, isLowerBound: unpriced > 0 }
}

/** A document store that reported nothing costs an unknown amount; the ledger has no sum then. */
export function docstoreCost({ docstore_cost_usd: usd }: Sums): Money {
  return usd === null || usd === 0 ? UNKNOWN_MONEY : { usd, isLowerBound: false }
}

/** What is known of both. */
export function totalCost(sums: Sums): Money {
  const llm = llmCost(sums)
  const docstore = docstoreCost(sums)
  if (llm.usd === null && docstore.usd === null) return UNKNOWN_MONEY
  return {
    usd: addUsd(llm.usd ?? 0, docstore.usd ?? 0),
    isLowerBound: llm.usd === null || llm.isLowerBound,
  }
}

/** Per request; null where requests are not counted (by model or provider) or there are none. */
export function costPerRequest(sums: Sums): Money {
  const { usd, isLowerBound } = totalCost(sums)
  if (usd === null || sums.requests === null || sums.requests === 0) return UNKNOWN_MONEY
  return { usd: usd / sums.requests, isLowerBound }
}

/** Dollars to the cent, and to what matters where there are fewer: `$1,234.50`, `$0.0042`. */
export function usdText(usd: number): string {
  const size = Math.abs(usd)
  if (size === 0) return '$0'
  const decimals = size >= 0.1 ? 2 : size >= 0.0001 ? 2 - Math.floor(Math.log10(size)) : 9
  const text = size.toLocaleString('en', {
    minimumFractionDigits: size >= 0.0001 ? decimals : 0,
    maximumFractionDigits: decimals,
  })
  return `${usd < 0 ? '−' : ''}$${text}`
}
