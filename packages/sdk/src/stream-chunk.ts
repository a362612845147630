/** Reads one chunk of a model's stream at a time, in the shapes of the common libraries; keeps only sums and names. */

import type { TokenUsage } from '@ragmeter/core'
import { addUsage, at, isFields, readTokens, type Fields } from './token-fields.ts'
import { describe, isName, metadataProvider, readStep, textLength, type AnswerUsage } from './usage.ts'

/** What the chunks read so far add up to. */
export class ChunkReader {
  /** Sums of parts that each count their own tokens: messages of LangChain, steps of the AI SDK. */
  #summed: TokenUsage | undefined
  /** The latest of cumulative counts, which is what everyone else sends. */
  #latest: TokenUsage | undefined
  /** Anthropic's counts come in two events, each with a part of the fields. */
  readonly #anthropic: Record<string, number> = {}
  #model: string | undefined
  #provider: string | undefined
  #length: number | undefined
  /** A failure that the stream reports as a chunk instead of throwing it. */
  error: unknown
  /** The stream says that it was aborted. */
  isAborted = false

  /** @returns whether the chunk carries a part of the answer: text, reasoning, a tool call, or something unknown */
  read(chunk: unknown): boolean {
    if (typeof chunk === 'string') return this.text(chunk)
    if (!isFields(chunk) || ArrayBuffer.isView(chunk)) return true
    const type = chunk['type']
    const typed = typeof type === 'string' ? (TYPED.get(type) ?? typedFamily(type)) : undefined
    if (typed !== undefined) return typed(this, chunk)
    return (SHAPED.find((shape) => shape.fits(chunk))?.read ?? readUnknown)(this, chunk)
  }

  answer(): AnswerUsage {
    const usage = this.#summed ?? this.#latest ?? readTokens(this.#anthropic)
    return describe(usage, this.#model, this.#provider, this.#length)
  }

  /** Counts text of the answer; returns whether there was any. */
  text(content: unknown): boolean {
    const length = textLength(content) ?? 0
    this.#length = (this.#length ?? 0) + length
    return length > 0
  }

  latest(usage: TokenUsage | undefined): void {
    this.#latest = usage ?? this.#latest
  }

  sum(usage: TokenUsage | undefined): void {
    this.#summed = addUsage(this.#summed, usage)
  }

  mergeAnthropic(usage: unknown): void {
    if (!isFields(usage)) return
    for (const key of ANTHROPIC_COUNTS) {
      const value = usage[key]
      if (typeof value === 'number') this.#anthropic[key] = value
    }
  }

  named(model: unknown, provider?: string): void {
    if (isName(model)) this.#model = model
    if (provider !== undefined) this.#provider = provider
  }
}

type Read = (reader: ChunkReader, chunk: Fields) => boolean

const ANTHROPIC_COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const

const isContent: Read = () => true
const isNoContent: Read = () => false

const readAnthropicDelta: Read = (reader, { delta }) => {
  const text = at(delta, 'text')
  return text === undefined ? at(delta, 'type') !== 'signature_delta' : reader.text(text)
}

const readResponseEvent: Read = (reader, { response }) => {
  reader.named(at(response, 'model'))
  reader.latest(readTokens(at(response, 'usage')))
  return false
}

const readStepEnd: Read = (reader, chunk) => {
  reader.sum(readStep(chunk))
  reader.named(at(chunk, 'response', 'modelId'), metadataProvider(chunk))
  return false
}

/** Events that say what they are. Anthropic writes `_`, OpenAI's responses `.`, AI SDK and Cohere `-`. */
const TYPED: ReadonlyMap<string, Read> = new Map<string, Read>([
  [
    'message_start',
    (reader, { message }) => {
      reader.named(at(message, 'model'), 'anthropic')
      reader.mergeAnthropic(at(message, 'usage'))
      return false
    },
  ],
  ['content_block_start', (_, chunk) => String(at(chunk, 'content_block', 'type')).endsWith('tool_use')],
  ['content_block_delta', readAnthropicDelta],
  [
    'message_delta',
    (reader, { usage }) => {
      reader.mergeAnthropic(usage)
      return false
    },
  ],
  ['content_block_stop', isNoContent],
  ['message_stop', isNoContent],
  ['ping', isNoContent],

  ['response.output_text.delta', (reader, { delta }) => reader.text(delta)],
  [
    'response.failed',
    (reader, chunk) => {
      reader.error = at(chunk, 'response', 'error') ?? chunk
      return readResponseEvent(reader, chunk)
    },
  ],
  [
    'error',
    (reader, chunk) => {
      reader.error = chunk['error'] ?? chunk
      return false
    },
  ],

  ['text-delta', (reader, chunk) => reader.text(chunk['text'] ?? chunk['textDelta'] ?? chunk['delta'])],
  ['finish-step', readStepEnd],
  ['step-finish', readStepEnd],
  [
    'finish',
    (reader, chunk) => {
      reader.named(at(chunk, 'response', 'modelId'), metadataProvider(chunk))
      reader.latest(readTokens(chunk['totalUsage']) ?? readStep(chunk))
      return false
    },
  ],
  [
    'abort',
    (reader) => {
      reader.isAborted = true
      return false
    },
  ],
  ...[
    'start',
    'start-step',
    'step-start',
    'stream-start',
    'response-metadata',
    'text-start',
    'text-end',
    'raw',
  ].map((type) => [type, isNoContent] as const),
  ['reasoning-start', isNoContent],
  ['reasoning-end', isNoContent],

  ['content-delta', (reader, chunk) => reader.text(at(chunk, 'delta', 'message', 'content', 'text'))],
  [
    'message-end',
    (reader, chunk) => {
      reader.named(undefined, 'cohere')
      reader.latest(readTokens(at(chunk, 'delta', 'usage')))
      return false
    },
  ],
  ['message-start', isNoContent],
  ['content-start', isNoContent],
  ['content-end', isNoContent],
])

function typedFamily(type: string): Read | undefined {
  if (type.startsWith('response.')) return type.endsWith('.delta') ? isContent : readResponseEvent
  return undefined
}

interface Shape {
  fits(chunk: Fields): boolean
  readonly read: Read
}

/** Chunks that are known by their fields. */
const SHAPED: readonly Shape[] = [
  { fits: (chunk) => Array.isArray(chunk['choices']), read: readChoice },
  // Mistral's client puts the same chunk into `data`.
  { fits: ({ data }) => Array.isArray(at(data, 'choices')), read: (reader, { data }) => reader.read(data) },
  { fits: (chunk) => 'candidates' in chunk || 'usageMetadata' in chunk, read: readCandidate },
  { fits: (chunk) => 'usage_metadata' in chunk || 'response_metadata' in chunk, read: readLangChain },
  { fits: (chunk) => typeof chunk['done'] === 'boolean', read: readOllama },
  { fits: isConverse, read: readConverse },
]

function readChoice(reader: ChunkReader, chunk: Fields): boolean {
  reader.named(chunk['model'])
  reader.latest(readTokens(chunk['usage']))
  const choice = at(chunk, 'choices', '0')
  const delta = at(choice, 'delta')
  const hasText = reader.text(at(delta, 'content') ?? at(choice, 'text'))
  const hasOther = [
    'tool_calls',
    'toolCalls',
    'function_call',
    'reasoning_content',
    'reasoning',
    'refusal',
  ].some((key) => Boolean(at(delta, key)))
  return hasText || hasOther
}

function readCandidate(reader: ChunkReader, chunk: Fields): boolean {
  reader.named(chunk['modelVersion'], 'google')
  reader.latest(readTokens(chunk['usageMetadata']))
  const parts = at(chunk, 'candidates', '0', 'content', 'parts')
  return reader.text(parts) || (Array.isArray(parts) && parts.some((part) => at(part, 'text') !== ''))
}

function readLangChain(reader: ChunkReader, chunk: Fields): boolean {
  const metadata = chunk['response_metadata']
  const provider = at(metadata, 'model_provider')
  reader.named(at(metadata, 'model_name') ?? at(metadata, 'model'), isName(provider) ? provider : undefined)
  reader.sum(readTokens(chunk['usage_metadata']))
  const calls = chunk['tool_call_chunks']
  return reader.text(chunk['content']) || (Array.isArray(calls) && calls.length > 0)
}

function readOllama(reader: ChunkReader, chunk: Fields): boolean {
  reader.named(chunk['model'], 'ollama')
  reader.latest(readTokens(chunk))
  const { message, response, thinking } = chunk
  const hasText = reader.text(at(message, 'content') ?? response)
  return hasText || Boolean(thinking ?? at(message, 'thinking') ?? at(message, 'tool_calls'))
}

/** Bedrock names each event by the one key it has. */
function isConverse(chunk: Fields): boolean {
  const keys = Object.keys(chunk)
  if (keys.length !== 1) return false
  return (
    /^(?:message|contentBlock)(?:Start|Delta|Stop)$/.test(keys[0] ?? '') ||
    at(chunk, 'metadata', 'usage') !== undefined
  )
}

function readConverse(reader: ChunkReader, chunk: Fields): boolean {
  const usage = readTokens(at(chunk, 'metadata', 'usage'))
  if (usage !== undefined) reader.named(undefined, 'aws')
  reader.latest(usage)
  const delta = at(chunk, 'contentBlockDelta', 'delta')
  return delta !== undefined && (reader.text(at(delta, 'text')) || at(delta, 'text') === undefined)
}

/** An application's own chunks: their text is read where it is plain, and the first of them counts as content. */
function readUnknown(reader: ChunkReader, chunk: Fields): boolean {
  reader.latest(readTokens(chunk['usage']))
  const text = chunk['text'] ?? chunk['content'] ?? chunk['delta']
  return typeof text === 'string' ? reader.text(text) : true
}
