import { describe, expect, test } from 'vitest'
import { ChunkReader } from './stream-chunk.ts'

/** What the chunks add up to, and which of them carry a part of the answer. */
function readAll(chunks: readonly unknown[]): {
  content: number[]
  answer: object
  error?: unknown
  isAborted: boolean
} {
  const reader = new ChunkReader()
  const content = chunks.flatMap((chunk, index) => (reader.read(chunk) ? [index] : []))
  return { content, answer: reader.answer(), error: reader.error, isAborted: reader.isAborted }
}

const choice = (delta: object): object => ({ choices: [{ delta }] })
const candidate = (...parts: object[]): object => ({ candidates: [{ content: { parts } }] })

describe('ChunkReader', () => {
  test.each<[what: string, chunks: unknown[], content: number[], answer: object]>([
    ['text', ['', 'Hel', 'lo'], [1, 2], { answerLength: 5 }],
    ['bytes: the length of their text is not known', [new Uint8Array(5)], [0], {}],
    ['numbers', [7], [0], {}],
    [
      'OpenAI: a tool call is an answer without text',
      [choice({ role: 'assistant', content: null }), choice({ tool_calls: [{ index: 0 }] }), choice({})],
      [1],
      { answerLength: 0 },
    ],
    [
      'OpenAI: reasoning comes before text and is not counted with it',
      [choice({ reasoning_content: 'hm' }), choice({ content: 'Hello' })],
      [0, 1],
      { answerLength: 5 },
    ],
    [
      'OpenAI: an Azure chunk without choices',
      [{ choices: [], prompt_filter_results: [] }, { choices: [{ text: 'Hello' }] }],
      [1],
      { answerLength: 5 },
    ],
    [
      'OpenAI: cumulative usage in every chunk counts once',
      [
        { ...choice({ content: 'a' }), usage: { prompt_tokens: 10, completion_tokens: 1 } },
        { ...choice({ content: 'b' }), model: 'm', usage: { prompt_tokens: 10, completion_tokens: 2 } },
        choice({}),
      ],
      [0, 1],
      { model: 'm', answerLength: 2, usage: { inputTokens: 10, outputTokens: 2 } },
    ],
    [
      'Mistral',
      [
        {
          data: {
            model: 'mistral-large-latest',
            ...choice({ content: 'Hello' }),
            usage: { promptTokens: 3, completionTokens: 1 },
          },
        },
      ],
      [0],
      { model: 'mistral-large-latest', answerLength: 5, usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    [
      'Gemini: cumulative usage, thoughts are no text',
      [
        {
          ...candidate({ text: 'hm', thought: true }),
          usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 4 },
        },
        { ...candidate({ text: 'Hello' }), modelVersion: 'gemini-2.5-flash' },
        {
          ...candidate({ text: '' }),
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2, thoughtsTokenCount: 4 },
        },
      ],
      [0, 1],
      {
        model: 'gemini-2.5-flash',
        provider: 'google',
        answerLength: 5,
        usage: { inputTokens: 9, outputTokens: 6, reasoningTokens: 4 },
      },
    ],
    [
      'Anthropic: thinking and tool use',
      [
        { type: 'message_start', message: { model: 'm', usage: { input_tokens: 5, output_tokens: 1 } } },
        { type: 'content_block_start', content_block: { type: 'thinking' } },
        { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'hm' } },
        { type: 'content_block_delta', delta: { type: 'signature_delta', signature: 's' } },
        { type: 'content_block_start', content_block: { type: 'tool_use', name: 'look' } },
        { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{' } },
        { type: 'ping' },
        {
          type: 'message_delta',
          delta: {},
          usage: { input_tokens: 6, output_tokens: 20, cache_read_input_tokens: null },
        },
      ],
      [2, 4, 5],
      { model: 'm', provider: 'anthropic', usage: { inputTokens: 6, outputTokens: 20 } },
    ],
    [
      'OpenAI responses: an incomplete one has its usage too',
      [
        { type: 'response.created', response: { model: 'gpt-5' } },
        { type: 'response.reasoning_summary_text.delta', delta: 'hm' },
        { type: 'response.output_text.delta', delta: 'Hello' },
        { type: 'response.output_text.done', text: 'Hello' },
        {
          type: 'response.incomplete',
          response: { model: 'gpt-5', usage: { input_tokens: 3, output_tokens: 4 } },
        },
      ],
      [1, 2],
      { model: 'gpt-5', answerLength: 5, usage: { inputTokens: 3, outputTokens: 4 } },
    ],
    [
      'AI SDK 4',
      [
        { type: 'step-start' },
        { type: 'reasoning', textDelta: 'hm' },
        { type: 'text-delta', textDelta: 'Hello' },
        {
          type: 'step-finish',
          usage: { promptTokens: 5, completionTokens: 2 },
          response: { modelId: 'gpt-4o' },
        },
        { type: 'finish', usage: { promptTokens: 5, completionTokens: 2 } },
      ],
      [1, 2],
      { model: 'gpt-4o', answerLength: 5, usage: { inputTokens: 5, outputTokens: 2 } },
    ],
    [
      'AI SDK 5 with what Anthropic cached in each step',
      [
        {
          type: 'finish-step',
          usage: { inputTokens: 500, outputTokens: 5, cachedInputTokens: 100 },
          providerMetadata: { anthropic: { cacheCreationInputTokens: 20 } },
        },
        { type: 'finish', totalUsage: { inputTokens: 500, outputTokens: 5, cachedInputTokens: 100 } },
      ],
      [],
      {
        provider: 'anthropic',
        usage: { inputTokens: 620, outputTokens: 5, cacheReadTokens: 100, cacheWriteTokens: 20 },
      },
    ],
    [
      'AI SDK, the stream of its user interface',
      [{ type: 'start' }, { type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Hello' }],
      [2],
      { answerLength: 5 },
    ],
    [
      'Cohere 2',
      [
        { type: 'message-start' },
        { type: 'content-delta', delta: { message: { content: { text: 'Hello' } } } },
        { type: 'message-end', delta: { usage: { billed_units: { input_tokens: 3, output_tokens: 1 } } } },
      ],
      [1],
      { provider: 'cohere', answerLength: 5, usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    [
      'Bedrock',
      [
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { delta: { text: 'Hello' } } },
        { contentBlockStop: {} },
        { metadata: { usage: { inputTokens: 3, outputTokens: 1 } } },
      ],
      [1],
      { provider: 'aws', answerLength: 5, usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    [
      'Ollama: generate, with thinking first',
      [
        { model: 'm', thinking: 'hm', response: '', done: false },
        { model: 'm', response: 'Hello', done: false },
        { model: 'm', response: '', done: true, prompt_eval_count: 3, eval_count: 1 },
      ],
      [0, 1],
      { model: 'm', provider: 'ollama', answerLength: 5, usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    [
      "an application's own chunks",
      [{ text: '' }, { content: 'Hello' }, { usage: { input_tokens: 3, output_tokens: 1 }, text: '' }],
      [1],
      { answerLength: 5, usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    ['chunks of unknown shape', [{ token: 'x' }, { type: 'token', token: 'x' }], [0, 1], {}],
  ])('%s', (_, chunks, content, answer) => {
    expect(readAll(chunks)).toEqual({ content, answer, error: undefined, isAborted: false })
  })

  test('reports a failure that comes as a chunk', () => {
    const error = { message: 'overloaded' }
    expect(readAll([{ type: 'error', error }]).error).toBe(error)
    expect(readAll([{ type: 'response.failed', response: { error, usage: null } }]).error).toBe(error)
    const event = { type: 'error', code: 'server_error', message: 'x' }
    expect(readAll([event]).error).toBe(event)
  })

  test('reports an abort that comes as a chunk', () => {
    expect(readAll([{ type: 'abort' }]).isAborted).toBe(true)
  })
})
