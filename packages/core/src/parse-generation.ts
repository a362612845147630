/** Parses the calls of language models of one trace. */
import { COST_SOURCES, LLM_OPERATIONS, STATUSES } from './enums.ts'
import type { Generation } from './event.ts'
import { LIMITS } from './limits.ts'
import { memoise } from './memoise.ts'
import { normaliseModel, normaliseProvider } from './model-name.ts'
import { nanoUsd } from './money.ts'
import { wellFormed } from './reader.ts'
import type { JsonObject, Reader } from './reader.ts'

/** Nested `generations`, or the flat fields of clients that know only those. */
export function parseGenerations(input: JsonObject, reader: Reader): Generation[] | undefined {
  const nested = reader.objects(
    input['generations'],
    'generations',
    LIMITS.generationsPerTraceMax,
    parseGeneration,
  )
  return nested ?? parseFlatGeneration(input, reader)
}

/** Money of the wire (US dollars) as integer nano-USD. */
export function parseCost(value: unknown, field: string, reader: Reader): number | undefined {
  const cost = reader.number(value, field, 0, LIMITS.costUsdMax)
  return cost === undefined ? undefined : nanoUsd(cost)
}

function parseFlatGeneration(input: JsonObject, reader: Reader): Generation[] | undefined {
  const latency = input['generation_latency_ms']
  const latencyMs = reader.number(latency, 'generation_latency_ms', 0, LIMITS.latencyMsMax)
  const answerLength = reader.count(input['answer_length'], 'answer_length', LIMITS.countMax)
  const raw = reader.text(input['model_version'], 'model_version', LIMITS.nameLengthMax)
  if (latencyMs === undefined && answerLength === undefined && raw === undefined) return undefined
  const model = modelOf(raw)
  return [
    {
      model,
      model_raw: model === raw ? undefined : raw,
      latency_ms: latencyMs,
      answer_length: answerLength,
    },
  ]
}

function parseGeneration(item: JsonObject, reader: Reader): Generation {
  const provider = reader.text(item['provider'], 'provider', LIMITS.nameLengthMax)
  const named = reader.text(item['model'], 'model', LIMITS.nameLengthMax)
  const raw = reader.text(item['model_raw'], 'model_raw', LIMITS.nameLengthMax) ?? named
  const model = modelOf(raw)
  const cost = parseCost(item['cost_usd'], 'cost_usd', reader)
  const source = reader.oneOf(item['cost_source'], 'cost_source', COST_SOURCES)
  const unpriced = cost === undefined && source === 'unpriced'
  const given = source === undefined || source === 'unpriced' ? 'given' : source
  return {
    provider: provider === undefined ? undefined : providerName(provider),
    model,
    model_raw: model === raw ? undefined : raw,
    operation: reader.oneOf(item['operation'], 'operation', LLM_OPERATIONS),
    latency_ms: reader.number(item['latency_ms'], 'latency_ms', 0, LIMITS.latencyMsMax),
    time_to_first_token_ms: reader.number(
      item['time_to_first_token_ms'],
      'time_to_first_token_ms',
      0,
      LIMITS.latencyMsMax,
    ),
    input_tokens: reader.count(item['input_tokens'], 'input_tokens', LIMITS.countMax),
    output_tokens: reader.count(item['output_tokens'], 'output_tokens', LIMITS.countMax),
    cache_read_tokens: reader.count(item['cache_read_tokens'], 'cache_read_tokens', LIMITS.countMax),
    cache_write_tokens: reader.count(item['cache_write_tokens'], 'cache_write_tokens', LIMITS.countMax),
    reasoning_tokens: reader.count(item['reasoning_tokens'], 'reasoning_tokens', LIMITS.countMax),
    // A sender that asked its prices and found none is not asked again: its counters said so already.
    cost_nano_usd: unpriced ? null : cost,
    cost_source: unpriced ? source : cost === undefined ? undefined : given,
    answer_length: reader.count(item['answer_length'], 'answer_length', LIMITS.countMax),
    status: reader.oneOf(item['status'], 'status', STATUSES),
  }
}

// Every trace names one of a few models: the rules of normalisation need not run for each. A name that was cut in
// the middle of a character is made whole.
const providerName = memoise((raw) => wellFormed(normaliseProvider(raw)))
const modelName = memoise((raw) => wellFormed(normaliseModel(raw)))

function modelOf(raw: string | undefined): string | undefined {
  return raw === undefined ? undefined : modelName(raw)
}
