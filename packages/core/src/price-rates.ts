/** What a model costs: resolved once from its source, then applied to each call by plain arithmetic. */

import type { CostSource } from './enums.ts'
import { NANO_PER_USD } from './money.ts'
import type { TokenUsage } from './token-usage.ts'

/** Prices of one range of input lengths. In nano-USD for each token, which is a thousandth of USD for a million. */
export interface RateBand {
  /** The band applies to calls with more input tokens than this; -1 for the first band. */
  readonly aboveInputTokens: number
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly reasoning: number
}

/** Everything that is needed to price a call of one model. */
export interface Rates {
  readonly source: Exclude<CostSource, 'given' | 'unpriced'>
  /** Price of the call itself, in nano-USD. */
  readonly requestNanoUsd: number
  /** Ascending by `aboveInputTokens`; never empty. The highest band reached prices the whole call. */
  readonly bands: readonly RateBand[]
}

/** USD for a million tokens to nano-USD for one. */
const NANO_USD_PER_TOKEN = 1000

/** A price of the library: a number, or a base with higher prices for calls with much input. In USD. */
export type LibraryPriceValue =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }

/** The prices of one model, by the library's keys: `input_mtok` is USD for a million input tokens. */
export type LibraryModelPrice = Readonly<Record<string, LibraryPriceValue | undefined>>

/** A price the user states, in USD; what is not stated costs as much as the tokens it is a part of. */
export interface StatedPrice {
  readonly inputUsdPerMillion: number
  readonly outputUsdPerMillion: number
  readonly cacheReadUsdPerMillion?: number
  readonly cacheWriteUsdPerMillion?: number
  readonly requestUsd?: number
}

/** @returns rates with one band */
export function ratesOfStatedPrice(price: StatedPrice, source: Rates['source']): Rates {
  const input = price.inputUsdPerMillion * NANO_USD_PER_TOKEN
  const output = price.outputUsdPerMillion * NANO_USD_PER_TOKEN
  const band: RateBand = {
    aboveInputTokens: -1,
    input,
    output,
    cacheRead: (price.cacheReadUsdPerMillion ?? price.inputUsdPerMillion) * NANO_USD_PER_TOKEN,
    cacheWrite: (price.cacheWriteUsdPerMillion ?? price.inputUsdPerMillion) * NANO_USD_PER_TOKEN,
    reasoning: output,
  }
  return { source, requestNanoUsd: (price.requestUsd ?? 0) * NANO_PER_USD, bands: [band] }
}

/**
 * @returns undefined when the library lists the model without a price for tokens: speech is sold by the hour, and
 * an empty list stands for both free and unknown models, so only a model that says `:free` is taken as free.
 */
export function ratesOfLibraryPrice(modelId: string, price: LibraryModelPrice): Rates | undefined {
  const tokensPriced = price['input_mtok'] !== undefined || price['output_mtok'] !== undefined
  if (!tokensPriced && !(modelId.endsWith(':free') && Object.keys(price).length === 0)) return undefined
  const starts = new Set([-1])
  for (const value of Object.values(price)) {
    if (typeof value === 'object') for (const tier of value.tiers) starts.add(tier.start)
  }
  const bands = [...starts].sort((a, b) => a - b).map((start) => bandOf(price, start))
  const requestNanoUsd = (valueAt(price['requests_kcount'], 0) ?? 0) * (NANO_PER_USD / 1000)
  const rates: Rates = { source: 'genai-prices', requestNanoUsd, bands }
  return bands.every(isSane) && requestNanoUsd >= 0 ? rates : undefined
}

function bandOf(price: LibraryModelPrice, start: number): RateBand {
  const usd = (key: string): number | undefined => valueAt(price[key], start)
  const input = usd('input_mtok') ?? 0
  const output = usd('output_mtok') ?? 0
  return {
    aboveInputTokens: start,
    input: input * NANO_USD_PER_TOKEN,
    output: output * NANO_USD_PER_TOKEN,
    cacheRead: (usd('cache_read_mtok') ?? input) * NANO_USD_PER_TOKEN,
    cacheWrite: (usd('cache_write_mtok') ?? input) * NANO_USD_PER_TOKEN,
    reasoning: (usd('output_reasoning_mtok') ?? output) * NANO_USD_PER_TOKEN,
  }
}

/** The price that holds just above `start` input tokens. */
function valueAt(value: LibraryPriceValue | undefined, start: number): number | undefined {
  if (typeof value !== 'object') return value
  let best = -1
  let price = value.base
  for (const tier of value.tiers) {
    if (tier.start <= start && tier.start >= best) {
      best = tier.start
      price = tier.price
    }
  }
  return price
}

function isSane(band: RateBand): boolean {
  return [band.input, band.output, band.cacheRead, band.cacheWrite, band.reasoning].every(
    (rate) => Number.isFinite(rate) && rate >= 0,
  )
}

/**
 * The cost of one call, rounded once. Cached tokens beyond the input are taken as not yet counted in it (see
 * `normaliseUsage`), reasoning beyond the output likewise.
 *
 * @returns integer nano-USD; null for usage that is no count of tokens (negative, NaN, infinite)
 */
export function costOf(rates: Rates, usage: TokenUsage): number | null {
  const cacheRead = usage.cacheReadTokens ?? 0
  const cacheWrite = usage.cacheWriteTokens ?? 0
  const reasoning = usage.reasoningTokens ?? 0
  const cached = cacheRead + cacheWrite
  const input = cached > usage.inputTokens ? usage.inputTokens + cached : usage.inputTokens
  const output = reasoning > usage.outputTokens ? usage.outputTokens + reasoning : usage.outputTokens
  if (!(usage.inputTokens >= 0 && usage.outputTokens >= 0)) return null
  if (!(cacheRead >= 0 && cacheWrite >= 0 && reasoning >= 0)) return null
  const band = bandFor(rates.bands, input)
  if (band === undefined) return null
  const cost = Math.round(
    (input - cached) * band.input +
      cacheRead * band.cacheRead +
      cacheWrite * band.cacheWrite +
      (output - reasoning) * band.output +
      reasoning * band.reasoning +
      rates.requestNanoUsd,
  )
  return Number.isSafeInteger(cost) ? cost : null
}

function bandFor(bands: readonly RateBand[], inputTokens: number): RateBand | undefined {
  let index = bands.length - 1
  while (index > 0 && inputTokens <= (bands[index]?.aboveInputTokens ?? 0)) index--
  return bands[index]
}
