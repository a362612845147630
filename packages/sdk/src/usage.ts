/**
 * Reads what a model call used from whatever the common libraries return: OpenAI (chat, responses,
 * embeddings), Anthropic, AI SDK 4 to 7, LangChain, Ollama, Gemini, Cohere, Bedrock, and plain objects. Only
 * numbers and names leave this file: no answer is retained.
 */

import type { TokenUsage } from '@ragmeter/core'
import { isStream } from './stream-kind.ts'
import {
  addUsage,
  at,
  isFields,
  readTokens,
  readTotalAsInput,
  tokenUsage,
  count,
  type Fields,
} from './token-fields.ts'

export interface AnswerUsage {
  usage?: TokenUsage
  /** As the answer names it, not normalised. */
  model?: string
  /** Only where the shape of the answer tells it: many services speak OpenAI's protocol. */
  provider?: string
  /** Length of the answer's text in UTF-16 code units, without reasoning and tool calls. */
  answerLength?: number
}

/** Parts of one answer that are read; the rest is not, so that reading takes bounded time. */
const PARTS_READ_MAX = 1000
const NAME_LENGTH_MAX = 256

/**
 * Never throws and has no side effects: a stream and a promise are not read, as looking at the usage of an
 * AI SDK stream would start it. See `observeStream` for those.
 *
 * @returns what is known; an empty object for an answer of unknown shape
 */
export function readUsage(answer: unknown): AnswerUsage {
  try {
    if (typeof answer === 'string') return { answerLength: answer.length }
    if (!isFields(answer) || isPending(answer)) return {}
    return readAnswer(answer)
  } catch {
    // A getter of the application's object threw. What it returns is its own business.
    return {}
  }
}

/** What must not be looked at: the getters of an AI SDK stream start it, whatever else is known about its kind. */
function isPending(answer: Fields): boolean {
  return 'textStream' in answer || 'fullStream' in answer || 'then' in answer || isStream(answer)
}

function readAnswer(answer: Fields): AnswerUsage {
  const own = describe(readCall(answer), modelOf(answer), providerOf(answer), lengthOf(answer))
  if (own.usage !== undefined) return own
  // `{ answer, documents }` of a chain, the `response` of Google's older client.
  for (const key of ['answer', 'response', 'message']) {
    const inner = answer[key]
    if (!isFields(inner) || isPending(inner)) continue
    const nested = describe(readCall(inner), modelOf(inner), providerOf(inner), lengthOf(inner))
    if (nested.usage !== undefined) return { ...own, ...nested }
  }
  return own
}

/** An answer's description without the fields that are not known. */
export function describe(
  usage: TokenUsage | undefined,
  model: unknown,
  provider: unknown,
  answerLength: number | undefined,
): AnswerUsage {
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(isName(model) ? { model: model.slice(0, NAME_LENGTH_MAX) } : {}),
    ...(isName(provider) ? { provider: provider.slice(0, NAME_LENGTH_MAX) } : {}),
    ...(answerLength === undefined ? {} : { answerLength }),
  }
}

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function readCall(answer: Fields): TokenUsage | undefined {
  const steps = answer['steps']
  if (Array.isArray(steps) && steps.length > 0 && answer['finishReason'] !== undefined) {
    return steps
      .slice(0, PARTS_READ_MAX)
      .reduce<TokenUsage | undefined>((sum, step) => addUsage(sum, readStep(step)), undefined)
  }
  if (answer['providerMetadata'] !== undefined) return readStep(answer)
  for (const usage of usagePlaces(answer)) {
    const tokens = readTokens(usage)
    if (tokens !== undefined) return tokens
  }
  const isList = Array.isArray(answer['data']) || Array.isArray(answer['results'])
  return isList ? readTotalAsInput(answer['usage']) : readGenerations(answer)
}

function* usagePlaces(answer: Fields): Generator {
  yield answer['usage']
  yield answer['usage_metadata']
  yield answer['usageMetadata']
  yield at(answer, 'response_metadata', 'tokenUsage')
  yield at(answer, 'response_metadata', 'usage')
  yield at(answer, 'llmOutput', 'tokenUsage')
  yield at(answer, 'llmOutput', 'usage')
  yield (
    at(answer, 'meta', 'billed_units') ?? at(answer, 'meta', 'billedUnits') ?? at(answer, 'meta', 'tokens')
  )
  yield answer
}

/**
 * One step of the AI SDK. Up to version 5 its usage lacks the cached tokens of Anthropic and Bedrock in the
 * input, and tells those written to the cache only in the provider's metadata; from 6 on it has all in
 * `inputTokenDetails`.
 */
export function readStep(step: unknown): TokenUsage | undefined {
  const usage = readTokens(at(step, 'usage'))
  const vendor = at(step, 'providerMetadata', 'anthropic') ?? at(step, 'providerMetadata', 'bedrock', 'usage')
  if (usage === undefined || !isFields(vendor) || at(step, 'usage', 'inputTokenDetails') !== undefined)
    return usage
  const read = count(at(step, 'usage', 'cachedInputTokens')) ?? count(vendor['cacheReadInputTokens'])
  const written = count(vendor['cacheCreationInputTokens']) ?? count(vendor['cacheWriteInputTokens'])
  const input =
    (count(at(step, 'usage', 'inputTokens')) ?? count(at(step, 'usage', 'promptTokens')) ?? 0) +
    (read ?? 0) +
    (written ?? 0)
  return tokenUsage(input, usage.outputTokens, read, written, usage.reasoningTokens)
}

/** LangChain's result of a model call, when the model does not sum up by itself. */
function readGenerations(answer: Fields): TokenUsage | undefined {
  const generations: unknown[] = Array.isArray(answer['generations']) ? answer['generations'].flat() : []
  return generations
    .slice(0, PARTS_READ_MAX)
    .reduce<TokenUsage | undefined>(
      (sum, one) => addUsage(sum, readTokens(at(one, 'message', 'usage_metadata'))),
      undefined,
    )
}

const MODEL_PLACES: readonly (readonly string[])[] = [
  ['model'],
  ['modelVersion'],
  ['response_metadata', 'model_name'],
  ['response_metadata', 'model'],
  ['response', 'modelId'],
  ['llmOutput', 'model_name'],
  ['model_name'],
  ['modelName'],
  ['modelId'],
]

function modelOf(answer: Fields): string | undefined {
  for (const place of MODEL_PLACES) {
    const found = at(answer, ...place)
    if (isName(found)) return found
  }
  return undefined
}

function providerOf(answer: Fields): unknown {
  if (answer['usageMetadata'] !== undefined) return 'google'
  if (answer['eval_count'] !== undefined || answer['prompt_eval_count'] !== undefined) return 'ollama'
  if (answer['type'] === 'message' && Array.isArray(answer['content'])) return 'anthropic'
  if (
    at(answer, 'usage', 'billed_units') ??
    at(answer, 'usage', 'billedUnits') ??
    at(answer, 'meta', 'billed_units')
  ) {
    return 'cohere'
  }
  if (at(answer, 'output', 'message', 'content') !== undefined) return 'aws'
  return at(answer, 'response_metadata', 'model_provider') ?? metadataProvider(answer) ?? answer['provider']
}

/** The AI SDK files metadata under the name of the one provider that was called. */
export function metadataProvider(step: unknown): string | undefined {
  const metadata = at(step, 'providerMetadata')
  const names = isFields(metadata) ? Object.keys(metadata) : []
  return names.length === 1 ? names[0] : undefined
}

/** The first of several choices: the others are alternatives to it, not more of it. */
function lengthOf(answer: Fields): number | undefined {
  const choice = first(answer['choices'])
  if (choice !== undefined)
    return textLength(at(choice, 'message', 'content')) ?? textLength(at(choice, 'text'))
  // Reading `text` of Gemini's answer would log a warning where it also has other parts.
  const candidate = first(answer['candidates'])
  if (candidate !== undefined) return textLength(at(candidate, 'content', 'parts'))
  const generation = first(first(answer['generations']))
  if (generation !== undefined) return textLength(at(generation, 'text'))
  if (Array.isArray(answer['output'])) return textLength(answer['output'])
  return (
    textLength(at(answer, 'message', 'content')) ??
    textLength(at(answer, 'output', 'message', 'content')) ??
    textLength(answer['content']) ??
    textLength(answer['text']) ??
    textLength(answer['answer']) ??
    textLength(answer['response'])
  )
}

/**
 * The length of a text, or of the text in a list of content parts. Parts that are thoughts, tool calls or
 * images have no text that is part of the answer.
 */
export function textLength(content: unknown): number | undefined {
  if (typeof content === 'string') return content.length
  if (!Array.isArray(content)) return undefined
  let length = 0
  for (const part of content.slice(0, PARTS_READ_MAX)) {
    if (!isFields(part) || part['thought'] === true || part['type'] === 'reasoning') continue
    length += textLength(part['text']) ?? textLength(part['content']) ?? 0
  }
  return length
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}
