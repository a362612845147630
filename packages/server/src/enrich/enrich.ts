/**
 * Stage 2. TraceEvent -> TraceEvent with prices, pseudonyms and redacted messages. Pure, no I/O: the price book and
 * the keyed hash are passed in. What cannot be known stays unknown; nothing here rejects a trace.
 */
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

/** Prices the calls that state no cost, in place. */
export function priceCalls({ generations, timestamp }: TraceEvent, prices: PriceBook): void {
  if (generations === undefined) return
  for (const generation of generations) price(generation, timestamp, prices)
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
