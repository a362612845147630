/**
 * What a model call costs. Pure: the price library and the time of the call are arguments. Provider and model
 * are resolved once to rates (the library takes 30 us for that), each call is then plain arithmetic.
 */

import type { CostSource } from './enums.ts'
import { MINUTE_MS } from './measurement.ts'
import { isSelfHosted, normaliseModel, normaliseProvider } from './model-name.ts'
import {
  costOf,
  ratesOfLibraryPrice,
  ratesOfStatedPrice,
  type LibraryModelPrice,
  type Rates,
  type StatedPrice,
} from './price-rates.ts'
import type { TokenUsage } from './token-usage.ts'

/** A price stated by the user. Prices in USD; 0 is a price, for models on the user's own machines. */
export interface PriceOverride extends StatedPrice {
  /** Any spelling that `normaliseProvider` knows. @default every provider */
  readonly provider?: string
  /** Compared without case, to the raw name and to the normalised one; `*` stands for any characters. */
  readonly model: string
}

/** The part of `@pydantic/genai-prices` that is used; pass its module: `import * as genaiPrices from …`. */
export interface PriceLibrary {
  calcPrice(
    usage: Record<string, number | undefined>,
    modelId: string,
    options?: { providerId?: string; timestamp?: Date },
  ): LibraryPrice | null
  findProvider(options: { providerId?: string }): { readonly id: string } | undefined
}

export interface LibraryPrice {
  readonly model: { readonly id: string; readonly prices: unknown }
  readonly model_price: LibraryModelPrice
}

export interface PriceBookOptions {
  /** Where no other price is stated. */
  readonly library: PriceLibrary
  /** The first one that matches wins, in the order written. @default none */
  readonly overrides?: readonly PriceOverride[]
  /** One price in USD for 1000 tokens of every model without an override; the library is then not asked. @default none */
  readonly costPer1kTokens?: { readonly inputUsd: number; readonly outputUsd: number }
}

export interface PricedCall {
  /** Integer nano-USD (1e-9 US dollars); null when no price is known, never 0. */
  readonly costNanoUsd: number | null
  readonly source: Exclude<CostSource, 'given'>
}

export interface PriceBook {
  /**
   * @param atMs when the call was made, epoch ms: some prices depend on the date or on the hour
   * @returns undefined when no price is known
   */
  rates(provider: string | undefined, model: string, atMs: number): Rates | undefined
  /** Never throws; usage that is negative or no number is unpriced. */
  price(provider: string | undefined, model: string, usage: TokenUsage, atMs: number): PricedCall
}

/** Models whose rates are remembered, unknown ones too. When full, all are forgotten and resolved again. */
export const RATES_CACHED_MAX = 2000

/** A longer name is no model; it is not remembered, so that names cannot fill the memory. */
const NAME_LENGTH_MAX = 512

/** For {@link Resolved.minute}: the price does not depend on the time. */
const ALWAYS = -1
/** The end of JavaScript's calendar: beyond it the library cannot choose a price. */
const DATE_MS_MAX = 8.64e15

interface Resolved {
  readonly rates: Rates | undefined
  /**
   * The minute (epoch) the rates hold in, or {@link ALWAYS}. The library's prices change on whole minutes, so
   * time-dependent ones are read again when the minute changes.
   */
  readonly minute: number
}

const UNPRICED: PricedCall = Object.freeze({ costNanoUsd: null, source: 'unpriced' })
const UNKNOWN: Resolved = { rates: undefined, minute: ALWAYS }

/**
 * Order of sources: overrides, then `costPer1kTokens` for everything, then the library, else unpriced. The
 * library is asked for the raw model name first and for the normalised one then. Prices the library loads later
 * need a new book.
 *
 * @example
 * const book = createPriceBook({ library: genaiPrices })
 * book.price('openai', 'gpt-4o', { inputTokens: 1000, outputTokens: 200 }, Date.now()) // 4_500_000 nano-USD
 *
 * @throws {RangeError} when a stated price is not a finite number of at least 0
 */
export function createPriceBook(options: PriceBookOptions): PriceBook {
  const overrides = (options.overrides ?? []).map(compileOverride)
  const defaultRates = compileDefault(options.costPer1kTokens)
  const providers = new Map<string | undefined, Map<string, Resolved>>()
  let cachedCount = 0

  const resolve = (provider: string | undefined, model: string, atMs: number): Resolved => {
    const name = provider === undefined ? undefined : normaliseProvider(provider)
    const override = overrides.find((candidate) => candidate.matches(name, model))
    const stated = override?.rates ?? defaultRates
    return stated === undefined
      ? askLibrary(options.library, name, model, atMs)
      : { rates: stated, minute: ALWAYS }
  }

  const remember = (provider: string | undefined, model: string, resolved: Resolved): void => {
    if (cachedCount >= RATES_CACHED_MAX) {
      providers.clear()
      cachedCount = 0
    }
    let models = providers.get(provider)
    if (models === undefined) {
      models = new Map()
      providers.set(provider, models)
    }
    if (!models.has(model)) cachedCount++
    models.set(model, resolved)
  }

  const rates = (provider: string | undefined, model: string, atMs: number): Rates | undefined => {
    const cached = providers.get(provider)?.get(model)
    if (
      cached !== undefined &&
      (cached.minute === ALWAYS || cached.minute === Math.floor(atMs / MINUTE_MS))
    ) {
      return cached.rates
    }
    if (model.length > NAME_LENGTH_MAX || (provider?.length ?? 0) > NAME_LENGTH_MAX) return undefined
    if (!(Math.abs(atMs) <= DATE_MS_MAX)) return undefined
    const resolved = resolve(provider, model, atMs)
    remember(provider, model, resolved)
    return resolved.rates
  }

  const price: PriceBook['price'] = (provider, model, usage, atMs) => {
    const found = rates(provider, model, atMs)
    if (found === undefined) return UNPRICED
    const costNanoUsd = costOf(found, usage)
    return costNanoUsd === null ? UNPRICED : { costNanoUsd, source: found.source }
  }

  return { rates, price }
}

interface CompiledOverride {
  readonly rates: Rates
  matches(provider: string | undefined, model: string): boolean
}

function compileOverride(override: PriceOverride): CompiledOverride {
  const where = `price of ${override.provider ?? '*'}/${override.model}`
  for (const key of ['inputUsdPerMillion', 'outputUsdPerMillion'] as const)
    assertPrice(override[key], `${where}: ${key}`)
  for (const key of ['cacheReadUsdPerMillion', 'cacheWriteUsdPerMillion', 'requestUsd'] as const) {
    if (override[key] !== undefined) assertPrice(override[key], `${where}: ${key}`)
  }
  const rates = ratesOfStatedPrice(override, 'override')
  const provider = override.provider === undefined ? undefined : normaliseProvider(override.provider)
  const pattern = override.model.toLowerCase().split('*')
  const matches = (ofProvider: string | undefined, model: string): boolean =>
    (provider === undefined || provider === ofProvider) &&
    (matchesPattern(pattern, model.toLowerCase()) || matchesPattern(pattern, normaliseModel(model)))
  return { rates, matches }
}

function compileDefault(cost: PriceBookOptions['costPer1kTokens']): Rates | undefined {
  if (cost === undefined) return undefined
  assertPrice(cost.inputUsd, 'cost per 1K tokens: inputUsd')
  assertPrice(cost.outputUsd, 'cost per 1K tokens: outputUsd')
  const stated = { inputUsdPerMillion: cost.inputUsd * 1000, outputUsdPerMillion: cost.outputUsd * 1000 }
  return ratesOfStatedPrice(stated, 'default')
}

function assertPrice(usd: number, where: string): void {
  if (Number.isFinite(usd) && usd >= 0) return
  throw new RangeError(
    `${where} is ${usd}. State US dollars as a number of at least 0; leave the price out if it is unknown.`,
  )
}

/** Glob matching without a regular expression: the parts between the stars, in order. Linear in the name. */
function matchesPattern(parts: readonly string[], name: string): boolean {
  const first = parts[0] ?? ''
  if (parts.length === 1) return name === first
  const last = parts.at(-1) ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false
  const end = name.length - last.length
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from)
    if (found < 0 || found + part.length > end) return false
    from = found + part.length
  }
  return true
}

interface Candidate {
  readonly provider: string | undefined
  readonly model: string
}

function askLibrary(
  library: PriceLibrary,
  provider: string | undefined,
  model: string,
  atMs: number,
): Resolved {
  for (const candidate of candidatesOf(library, provider, model)) {
    const price = askFor(library, candidate, atMs)
    if (price === null) continue
    const rates = ratesOfLibraryPrice(price.model.id, price.model_price)
    // A list of prices is one that depends on the time.
    if (Array.isArray(price.model.prices)) return { rates, minute: Math.floor(atMs / MINUTE_MS) }
    return { rates, minute: ALWAYS }
  }
  return UNKNOWN
}

function askFor(library: PriceLibrary, candidate: Candidate, atMs: number): LibraryPrice | null {
  const timestamp = new Date(Math.floor(atMs / MINUTE_MS) * MINUTE_MS)
  const provider = candidate.provider === undefined ? {} : { providerId: candidate.provider }
  try {
    return library.calcPrice({ input_tokens: 0, output_tokens: 0 }, candidate.model, {
      ...provider,
      timestamp,
    })
  } catch {
    // The library throws on data it cannot read; a price that cannot be read is an unknown price.
    return null
  }
}

/** What to ask the library for, best first. */
function candidatesOf(library: PriceLibrary, provider: string | undefined, model: string): Candidate[] {
  if (provider !== undefined && isSelfHosted(provider)) return []
  const isKnown = isKnownProvider(library, provider)
  const names = [...new Set([model, normaliseModel(model)])]
  const candidates: Candidate[] = isKnown ? names.map((name) => ({ provider, model: name })) : []
  // `anthropic/claude-…` said to be from OpenAI went through a gateway that speaks OpenAI's protocol.
  if (!isKnown || provider === 'openai') {
    const slash = model.indexOf('/')
    const vendor = slash > 0 ? normaliseProvider(model.slice(0, slash)) : vendorOf(model)
    if (isKnownProvider(library, vendor)) {
      const ownNames = new Set([model.slice(slash + 1), normaliseModel(model)])
      candidates.push(...[...ownNames].map((name) => ({ provider: vendor, model: name })))
    }
  }
  // `deepseek-r1:14b` is a model of Ollama on someone's own machine, not the vendor's.
  if (!isKnown && !/:\d+(?:\.\d+)?[bm]\b/i.test(model)) {
    candidates.push(...names.map((name) => ({ provider: undefined, model: name })))
  }
  return candidates
}

function isKnownProvider(library: PriceLibrary, provider: string | undefined): boolean {
  return provider !== undefined && library.findProvider({ providerId: provider }) !== undefined
}

/** The library knows most vendors by their models, but not OpenAI's by its embeddings. */
function vendorOf(model: string): string | undefined {
  return /^text-embedding-(?:3|ada)/i.test(model) ? 'openai' : undefined
}
