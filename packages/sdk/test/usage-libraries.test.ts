import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFakeLlmServer, type FakeLlmServer } from './fake-llm-server.ts'
import {
  AIMessage,
  Anthropic,
  embed,
  FakeListChatModel,
  generateObject,
  generateText,
  jsonSchema,
  MockEmbeddingModelV2,
  MockLanguageModelV2,
  Ollama,
  OpenAI,
  stepCountIs,
  streamText,
  tool,
} from './libraries.ts'
import { readUsage } from '../src/usage.ts'

let server: FakeLlmServer
beforeAll(async () => {
  server = await startFakeLlmServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const prompt = [{ role: 'user' as const, content: 'hi' }]

describe('readUsage of real libraries', () => {
  test('openai: chat completion, response, embeddings', async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k' })
    const model = 'gpt-4o-2024-08-06'
    expect(readUsage(await client.chat.completions.create({ model, messages: prompt }))).toEqual({
      model,
      answerLength: 15,
      usage: { inputTokens: 120, outputTokens: 30, cacheReadTokens: 100, reasoningTokens: 8 },
    })
    expect(readUsage(await client.responses.create({ model, input: 'hi' }))).toEqual({
      model,
      answerLength: 15,
      usage: { inputTokens: 75, outputTokens: 40, cacheReadTokens: 64, reasoningTokens: 16 },
    })
    const embeddings = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'hi' })
    expect(readUsage(embeddings)).toEqual({
      model: 'text-embedding-3-small',
      usage: { inputTokens: 9, outputTokens: 0 },
    })
  })

  test('anthropic: cached tokens become a part of the input', async () => {
    const client = new Anthropic({ baseURL: server.url, apiKey: 'k' })
    const message = await client.messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 100,
      messages: prompt,
    })
    expect(readUsage(message)).toEqual({
      model: 'claude-sonnet-5',
      provider: 'anthropic',
      answerLength: 15,
      usage: { inputTokens: 1250, outputTokens: 30, cacheReadTokens: 1000, cacheWriteTokens: 200 },
    })
  })

  test('ollama', async () => {
    const client = new Ollama({ host: server.url })
    expect(readUsage(await client.chat({ model: 'mistral:7b', messages: prompt }))).toEqual({
      model: 'mistral:7b',
      provider: 'ollama',
      answerLength: 15,
      usage: { inputTokens: 26, outputTokens: 12 },
    })
  })

  test('langchain: a message, with usage and without', async () => {
    const message = new AIMessage({
      content: [{ type: 'text', text: 'Hello' }],
      response_metadata: { model_name: 'gpt-4o', model_provider: 'openai' },
    })
    Object.assign(message, {
      usage_metadata: {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_token_details: { cache_read: 30, cache_creation: 10 },
        output_token_details: { reasoning: 5 },
      },
    })
    const usage = {
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 30,
      cacheWriteTokens: 10,
      reasoningTokens: 5,
    }
    expect(readUsage(message)).toEqual({ model: 'gpt-4o', provider: 'openai', answerLength: 5, usage })
    expect(readUsage({ answer: message, context: [] })).toMatchObject({ model: 'gpt-4o', usage })
    const plain = await new FakeListChatModel({ responses: ['Hello'] }).invoke('hi')
    expect(readUsage(plain)).toEqual({ answerLength: 5 })
  })

  test('ai: generateText over several steps, embed, generateObject', async () => {
    const finished = { finishReason: 'stop' as const, warnings: [] }
    const call = { type: 'tool-call' as const, toolCallId: '1', toolName: 'look', input: '{}' }
    const answers = [
      {
        ...finished,
        finishReason: 'tool-calls' as const,
        content: [call],
        usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
      },
      {
        ...finished,
        content: [{ type: 'text' as const, text: 'Hello' }],
        usage: {
          inputTokens: 40,
          outputTokens: 7,
          totalTokens: 47,
          cachedInputTokens: 30,
          reasoningTokens: 2,
        },
        response: { modelId: 'gpt-4o-2024-08-06' },
      },
    ]
    const model = new MockLanguageModelV2({ doGenerate: answers })
    const look = tool({ inputSchema: jsonSchema<object>({ type: 'object' }), execute: () => 'seen' })
    const result = await generateText({ model, prompt: 'hi', tools: { look }, stopWhen: stepCountIs(3) })
    expect(readUsage(result)).toEqual({
      model: 'gpt-4o-2024-08-06',
      answerLength: 5,
      usage: { inputTokens: 50, outputTokens: 12, cacheReadTokens: 30, reasoningTokens: 2 },
    })

    const embedding = new MockEmbeddingModelV2<string>({
      doEmbed: () => Promise.resolve({ embeddings: [[1]], usage: { tokens: 4 } }),
    })
    expect(readUsage(await embed({ model: embedding, value: 'hi' }))).toEqual({
      usage: { inputTokens: 4, outputTokens: 0 },
    })

    const object = await generateObject({
      model: new MockLanguageModelV2({
        doGenerate: { ...answers[1], content: [{ type: 'text', text: '{}' }] } as never,
      }),
      schema: jsonSchema<object>({ type: 'object' }),
      prompt: 'hi',
    })
    expect(readUsage(object)).toMatchObject({ usage: { inputTokens: 40, outputTokens: 7 } })
  })

  test('ai: what Anthropic cached is added, as its provider leaves it out', async () => {
    const model = new MockLanguageModelV2({
      doGenerate: {
        finishReason: 'stop',
        warnings: [],
        content: [{ type: 'text', text: 'Hello' }],
        usage: { inputTokens: 500, outputTokens: 5, totalTokens: 505, cachedInputTokens: 100 },
        providerMetadata: { anthropic: { cacheCreationInputTokens: 20 } },
      },
    })
    expect(readUsage(await generateText({ model, prompt: 'hi' }))).toMatchObject({
      provider: 'anthropic',
      usage: { inputTokens: 620, outputTokens: 5, cacheReadTokens: 100, cacheWriteTokens: 20 },
    })
  })

  test('ai: a stream is not read and not started', async () => {
    const model = new MockLanguageModelV2({ doStream: () => Promise.reject(new Error('must not be seen')) })
    const result = streamText({ model, prompt: 'hi', onError: () => undefined })
    for (const name of ['usage', 'totalUsage', 'steps', 'text', 'response', 'finishReason']) {
      Object.defineProperty(result, name, { get: () => expect.unreachable(`${name} was read`) })
    }
    expect(readUsage(result)).toEqual({})
    expect(readUsage(Promise.resolve('x'))).toEqual({})
  })
})
