import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readUsage } from './usage.ts'

describe('readUsage', () => {
  test.each<[what: string, answer: unknown, expected: object]>([
    ['text', 'Hello', { answerLength: 5 }],
    [
      'AI SDK 4',
      {
        text: 'Hello',
        finishReason: 'stop',
        usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15 },
        steps: [
          {
            usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15 },
            providerMetadata: { anthropic: { cacheReadInputTokens: 100, cacheCreationInputTokens: null } },
          },
        ],
        response: { modelId: 'claude-3-5-sonnet-20241022' },
      },
      {
        model: 'claude-3-5-sonnet-20241022',
        answerLength: 5,
        usage: { inputTokens: 110, outputTokens: 5, cacheReadTokens: 100 },
      },
    ],
    [
      'AI SDK 6',
      {
        text: 'Hello',
        finishReason: 'stop',
        steps: [
          {
            usage: {
              inputTokens: 620,
              inputTokenDetails: { noCacheTokens: 500, cacheReadTokens: 100, cacheWriteTokens: 20 },
              outputTokens: 9,
              outputTokenDetails: { textTokens: 5, reasoningTokens: 4 },
              cachedInputTokens: 100,
            },
            providerMetadata: { anthropic: { cacheCreationInputTokens: 20 } },
          },
        ],
      },
      {
        answerLength: 5,
        usage: {
          inputTokens: 620,
          outputTokens: 9,
          cacheReadTokens: 100,
          cacheWriteTokens: 20,
          reasoningTokens: 4,
        },
      },
    ],
    [
      'Gemini: thoughts are output, prompts of tools are input',
      {
        candidates: [
          {
            content: {
              parts: [{ text: 'thinking', thought: true }, { text: 'Hello' }, { functionCall: {} }],
            },
          },
        ],
        modelVersion: 'gemini-2.5-flash',
        usageMetadata: {
          promptTokenCount: 100,
          candidatesTokenCount: 20,
          thoughtsTokenCount: 50,
          cachedContentTokenCount: 40,
          toolUsePromptTokenCount: 5,
          totalTokenCount: 175,
        },
      },
      {
        model: 'gemini-2.5-flash',
        provider: 'google',
        answerLength: 5,
        usage: { inputTokens: 105, outputTokens: 70, cacheReadTokens: 40, reasoningTokens: 50 },
      },
    ],
    [
      "Google's older client",
      { response: { candidates: [], usageMetadata: { promptTokenCount: 7 }, text: () => 'x' } },
      { provider: 'google', usage: { inputTokens: 7, outputTokens: 0 } },
    ],
    [
      'Cohere 2',
      {
        id: '1',
        message: { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
        usage: {
          billedUnits: { inputTokens: 5, outputTokens: 3 },
          tokens: { inputTokens: 70, outputTokens: 3 },
        },
      },
      { provider: 'cohere', answerLength: 5, usage: { inputTokens: 5, outputTokens: 3 } },
    ],
    [
      'Cohere 2, tokens only',
      { usage: { tokens: { input_tokens: 70, output_tokens: 3 } } },
      { usage: { inputTokens: 70, outputTokens: 3 } },
    ],
    [
      'Cohere 1',
      { text: 'Hello', meta: { billed_units: { input_tokens: 5, output_tokens: 3 } } },
      { provider: 'cohere', answerLength: 5, usage: { inputTokens: 5, outputTokens: 3 } },
    ],
    [
      'Cohere rerank: searches are no tokens',
      { results: [], meta: { billed_units: { search_units: 1 } } },
      { provider: 'cohere' },
    ],
    [
      'Bedrock',
      {
        output: { message: { content: [{ text: 'Hello' }] } },
        usage: {
          inputTokens: 10,
          outputTokens: 5,
          totalTokens: 15,
          cacheReadInputTokens: 90,
          cacheWriteInputTokens: 0,
        },
      },
      {
        provider: 'aws',
        answerLength: 5,
        usage: { inputTokens: 100, outputTokens: 5, cacheReadTokens: 90, cacheWriteTokens: 0 },
      },
    ],
    [
      'LangChain result of an older model',
      {
        generations: [[{ text: 'Hello' }]],
        llmOutput: { tokenUsage: { promptTokens: 8, completionTokens: 2 }, model_name: 'gpt-4o' },
      },
      { model: 'gpt-4o', answerLength: 5, usage: { inputTokens: 8, outputTokens: 2 } },
    ],
    [
      'LangChain result of several messages',
      {
        generations: [
          [{ text: 'Hello', message: { usage_metadata: { input_tokens: 8, output_tokens: 2 } } }],
          [{ text: 'Bye', message: { usage_metadata: { input_tokens: 1, output_tokens: 1 } } }],
        ],
      },
      { answerLength: 5, usage: { inputTokens: 9, outputTokens: 3 } },
    ],
    [
      'LangChain message of an older model',
      { content: 'Hello', response_metadata: { tokenUsage: { promptTokens: 8, completionTokens: 2 } } },
      { answerLength: 5, usage: { inputTokens: 8, outputTokens: 2 } },
    ],
    [
      'DeepSeek',
      {
        choices: [{ message: { content: 'Hello' } }],
        usage: { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 4 },
      },
      { answerLength: 5, usage: { inputTokens: 9, outputTokens: 1, cacheReadTokens: 4 } },
    ],
    [
      'xAI: its total says that reasoning is not in the output',
      {
        choices: [{ message: { content: '' } }],
        usage: {
          prompt_tokens: 9,
          completion_tokens: 1,
          total_tokens: 110,
          completion_tokens_details: { reasoning_tokens: 100 },
        },
      },
      { answerLength: 0, usage: { inputTokens: 9, outputTokens: 101, reasoningTokens: 100 } },
    ],
    [
      'LiteLLM: the prompt includes the cache, whatever its other names',
      { choices: [], usage: { prompt_tokens: 900, completion_tokens: 1, cache_read_input_tokens: 800 } },
      { usage: { inputTokens: 900, outputTokens: 1, cacheReadTokens: 800 } },
    ],
    [
      'Voyage: one number for embeddings',
      { object: 'list', data: [{ embedding: [] }], model: 'voyage-3', usage: { total_tokens: 12 } },
      { model: 'voyage-3', usage: { inputTokens: 12, outputTokens: 0 } },
    ],
    [
      'one number for an answer is not split by guessing',
      { answer: 'Hello', usage: { total_tokens: 12 } },
      { answerLength: 5 },
    ],
    [
      'plain object',
      { answer: 'Hello', input_tokens: 3, output_tokens: 4, model: 'm', provider: 'p', cache_read_tokens: 2 },
      {
        model: 'm',
        provider: 'p',
        answerLength: 5,
        usage: { inputTokens: 3, outputTokens: 4, cacheReadTokens: 2 },
      },
    ],
    [
      'plain usage with more cached than input tokens',
      { usage: { input_tokens: 3, output_tokens: 4, cache_read_tokens: 20 } },
      { usage: { inputTokens: 23, outputTokens: 4, cacheReadTokens: 20 } },
    ],
    ['counts that are none', { usage: { input_tokens: -1, output_tokens: Number.NaN } }, {}],
    ['counts as text', { usage: { input_tokens: '3' } }, {}],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['a number', 7, {}],
    ['a list', [{ usage: { input_tokens: 1 } }], {}],
    ['a function', () => 'x', {}],
  ])('%s', (_, answer, expected) => {
    expect(readUsage(answer)).toEqual(expected)
  })

  test('an object whose getters throw', () => {
    const hostile = new Proxy({}, { get: () => expect.unreachable(), has: () => false })
    expect(readUsage(hostile)).toEqual({})
  })

  test('a stream of the AI SDK that is not recognised as one is left unread all the same', () => {
    const read: string[] = []
    const watched = new Proxy({ textStream: undefined }, { get: (_, name) => void read.push(String(name)) })
    expect(readUsage(watched)).toEqual({})
    expect(read).toEqual([])
  })

  test('any value: never throws, and counts are counts', () => {
    const keys = fc.constantFrom(
      'usage',
      'input_tokens',
      'output_tokens',
      'choices',
      'message',
      'content',
      'steps',
      'finishReason',
      'model',
      'generations',
      'candidates',
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.constant(undefined)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
      ),
    }))
    fc.assert(
      fc.property(value, (answer) => {
        const { usage, answerLength } = readUsage(answer)
        for (const tokens of Object.values(usage ?? {})) expect(tokens).toBeGreaterThanOrEqual(0)
        expect(answerLength ?? 0).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
