/** Reads token counts from the usage object of any provider, by the names providers give them. */

import { normaliseUsage, type TokenUsage } from '@ragmeter/core'

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** @returns the value at a path, undefined where the path leaves the objects */
export function at(value: unknown, ...path: string[]): unknown {
  let current = value
  for (const key of path) {
    if (!isFields(current)) return undefined
    current = current[key]
  }
  return current
}

/** A name of a field, or a path to it. */
type Place = string | readonly string[]

const INPUT: readonly Place[] = [
  'input_tokens',
  'inputTokens',
  'prompt_tokens',
  'promptTokens',
  'promptTokenCount',
  'prompt_eval_count',
  'tokens',
]
const OUTPUT: readonly Place[] = [
  'output_tokens',
  'outputTokens',
  'completion_tokens',
  'completionTokens',
  'candidatesTokenCount',
  'eval_count',
]
const TOTAL: readonly Place[] = ['total_tokens', 'totalTokens', 'totalTokenCount']

/** Anthropic and Bedrock count these beside the input, everyone else inside it. */
const CACHE_READ_BESIDE: readonly Place[] = ['cache_read_input_tokens', 'cacheReadInputTokens']
const CACHE_WRITE_BESIDE: readonly Place[] = [
  'cache_creation_input_tokens',
  'cacheCreationInputTokens',
  'cacheWriteInputTokens',
]
const CACHE_READ: readonly Place[] = [
  ...CACHE_READ_BESIDE,
  'cache_read_tokens',
  'cacheReadTokens',
  'cachedInputTokens',
  'cachedContentTokenCount',
  'prompt_cache_hit_tokens',
  ['prompt_tokens_details', 'cached_tokens'],
  ['input_tokens_details', 'cached_tokens'],
  ['inputTokenDetails', 'cacheReadTokens'],
  ['input_token_details', 'cache_read'],
]
const CACHE_WRITE: readonly Place[] = [
  ...CACHE_WRITE_BESIDE,
  'cache_write_tokens',
  'cacheWriteTokens',
  ['inputTokenDetails', 'cacheWriteTokens'],
  ['input_token_details', 'cache_creation'],
]
const REASONING: readonly Place[] = [
  'reasoning_tokens',
  'reasoningTokens',
  'thoughtsTokenCount',
  ['completion_tokens_details', 'reasoning_tokens'],
  ['output_tokens_details', 'reasoning_tokens'],
  ['outputTokenDetails', 'reasoningTokens'],
  ['output_token_details', 'reasoning'],
]

/**
 * @returns usage whose input includes cached tokens and whose output includes reasoning; undefined when the
 * object counts neither input nor output. A count that is left out beside another one is 0: that is how
 * embeddings, Gemini and Ollama write it.
 */
export function readTokens(usage: unknown): TokenUsage | undefined {
  if (!isFields(usage)) return undefined
  const billed = at(usage, 'billed_units') ?? at(usage, 'billedUnits') ?? at(usage, 'tokens')
  if (isFields(billed)) return readTokens(billed)
  const input = countAt(usage, INPUT)
  const output = countAt(usage, OUTPUT)
  if (input === undefined && output === undefined) return undefined
  const cacheRead = countAt(usage, CACHE_READ)
  const cacheWrite = countAt(usage, CACHE_WRITE)
  const reasoning = countAt(usage, REASONING)
  return tokenUsage(
    (input ?? 0) + inputBeside(usage),
    (output ?? 0) + outputBeside(usage, input ?? 0, output ?? 0, reasoning ?? 0),
    cacheRead,
    cacheWrite,
    reasoning,
  )
}

/** What an embedding or reranking service reports when it reports one number only. */
export function readTotalAsInput(usage: unknown): TokenUsage | undefined {
  const total = isFields(usage) ? countAt(usage, TOTAL) : undefined
  return total === undefined ? undefined : tokenUsage(total, 0)
}

/** Usage without the fields that are not known, with cached tokens inside the input. */
export function tokenUsage(
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens?: number,
  cacheWriteTokens?: number,
  reasoningTokens?: number,
): TokenUsage {
  return normaliseUsage({
    inputTokens,
    outputTokens,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  })
}

/** The sum of two calls, or of two parts of one. */
export function addUsage(a: TokenUsage | undefined, b: TokenUsage | undefined): TokenUsage | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return tokenUsage(
    a.inputTokens + b.inputTokens,
    a.outputTokens + b.outputTokens,
    add(a.cacheReadTokens, b.cacheReadTokens),
    add(a.cacheWriteTokens, b.cacheWriteTokens),
    add(a.reasoningTokens, b.reasoningTokens),
  )
}

/** A token count, or undefined for what is none. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0)
}

function countAt(usage: Fields, places: readonly Place[]): number | undefined {
  for (const place of places) {
    const found = count(typeof place === 'string' ? usage[place] : at(usage, ...place))
    if (found !== undefined) return found
  }
  return undefined
}

/** Input the provider does not count as input: the cache of Anthropic and Bedrock, the tool prompts of Gemini. */
function inputBeside(usage: Fields): number {
  const tools = count(usage['toolUsePromptTokenCount']) ?? 0
  // A gateway that renames Anthropic's input to `prompt_tokens` also includes the cache in it.
  if (usage['input_tokens'] === undefined && usage['inputTokens'] === undefined) return tools
  return tools + (countAt(usage, CACHE_READ_BESIDE) ?? 0) + (countAt(usage, CACHE_WRITE_BESIDE) ?? 0)
}

/** Gemini always counts thoughts beside the output; some services with OpenAI's names do, and their total tells. */
function outputBeside(usage: Fields, input: number, output: number, reasoning: number): number {
  if (usage['thoughtsTokenCount'] !== undefined) return reasoning
  const isBeside =
    usage['completion_tokens'] !== undefined && countAt(usage, TOTAL) === input + output + reasoning
  return isBeside ? reasoning : 0
}
