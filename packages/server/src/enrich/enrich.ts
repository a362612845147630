/**
 * Stage 2. TraceEvent -> TraceEvent with prices, pseudonyms and redacted messages. Pure, no I/O: the price book and
 * the keyed hash are passed in. What cannot be known stays unknown; nothing here rejects a trace.
 */
import { unattributedCost } from '@ragmeter/core'
import type { Generation, PriceBook, TraceEvent } from '@ragmeter/core'
import { redact } from './redact.ts'

export interface Enrichment {
  prices: PriceBook
  /** Keyed one-way hash, as hex. */
  pseudonym: (text: string) => string
}

/** Fills in what the sender left open. The event is changed in place: it was parsed for us alone. */
export function enrich(event: TraceEvent, { prices, pseudonym }: Enrichment): TraceEvent {
  if (event.query_hash !== undefined) event.query_hash = pseudonym(event.query_hash)
  if (event.user_id !== undefined) event.user_id = pseudonym(event.user_id)
  if (event.error_message !== undefined) event.error_message = redact(event.error_message)
  // Clients put free text where the name of an exception belongs; of a name nothing is masked.
  if (event.exception !== undefined) event.exception = redact(event.exception)
  if (event.feedback?.comment !== undefined) event.feedback.comment = redact(event.feedback.comment)
  priceCalls(event, prices)
  return event
}

/**
 * Prices the calls that state no cost, in place. Where the request states its total, that is what they cost together: one call
 * costs all that the other parts leave of it, several share it in proportion to their prices. What they cannot share, since the
 * price of one is not known, stays unattributed.
 */
export function priceCalls(event: TraceEvent, prices: PriceBook): void {
  const { generations, timestamp } = event
  if (generations === undefined) return
  const isTotalStated = typeof event.cost_nano_usd === 'number'
  const open = isTotalStated ? generations.filter(({ cost_nano_usd }) => cost_nano_usd === undefined) : []
  const rest = unattributedCost(event)
  for (const generation of generations) price(generation, timestamp, prices)
  if (open.length > 0) share(rest, open)
}

/** @param rest nano-USD that the calls cost together; at most, where the price of one is not known */
function share(rest: number, calls: readonly Generation[]): void {
  const [only] = calls
  if (only !== undefined && calls.length === 1) {
    give(only, rest)
    return
  }
  const priced = calls.filter(({ cost_nano_usd }) => typeof cost_nano_usd === 'number')
  const listed = priced.reduce((sum, { cost_nano_usd }) => sum + (cost_nano_usd ?? 0), 0)
  const cost = priced.length === calls.length ? rest : Math.min(rest, listed)
  if (cost === listed || listed === 0) return
  let [weight, given] = [0, 0]
  for (const call of priced) {
    weight += call.cost_nano_usd ?? 0
    // Of the sum up to here, so that rounding loses nothing.
    const upTo = Math.round(cost * (weight / listed))
    give(call, upTo - given)
    given = upTo
  }
}

function give(call: Generation, costNanoUsd: number): void {
  call.cost_nano_usd = costNanoUsd
  call.cost_source = 'given'
}

function price(generation: Generation, at: number, prices: PriceBook): void {
  if (generation.cost_nano_usd !== undefined) return
  const model = generation.model_raw ?? generation.model
  const { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens } = generation
  if (model === undefined || (input_tokens === undefined && output_tokens === undefined)) {
    generation.cost_nano_usd = null
    generation.cost_source = 'unpriced'
    return
  }
  const { costNanoUsd, source } = prices.price(
    generation.provider,
    model,
    {
      inputTokens: input_tokens ?? 0,
      outputTokens: output_tokens ?? 0,
      ...(cache_read_tokens === undefined ? {} : { cacheReadTokens: cache_read_tokens }),
      ...(cache_write_tokens === undefined ? {} : { cacheWriteTokens: cache_write_tokens }),
      ...(reasoning_tokens === undefined ? {} : { reasoningTokens: reasoning_tokens }),
    },
    at,
  )
  generation.cost_nano_usd = costNanoUsd
  generation.cost_source = source
}
