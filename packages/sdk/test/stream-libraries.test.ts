import type { BaseMessageChunk } from '@langchain/core/messages'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { observeStream } from '../src/usage-stream.ts'
import { startFakeLlmServer, type FakeLlmServer } from './fake-llm-server.ts'
import {
  AIMessageChunk,
  Anthropic,
  FakeListChatModel,
  Ollama,
  OpenAI,
  RunnableLambda,
  StringOutputParser,
} from './libraries.ts'
import { watchEnd } from './watch-end.ts'

let server: FakeLlmServer
beforeAll(async () => {
  server = await startFakeLlmServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const messages = [{ role: 'user' as const, content: 'hi' }]

const openai = () => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 })
const openChat = (model = 'gpt-4o-2024-08-06') =>
  openai().chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })
const anthropic = () => new Anthropic({ baseURL: server.url, apiKey: 'k', maxRetries: 0 })
const openHelper = (model: string) => anthropic().messages.stream({ model, max_tokens: 99, messages })
const openOllama = (model: string) => new Ollama({ host: server.url }).chat({ model, messages, stream: true })

function langChainChunk(content: string, input_tokens: number, output_tokens: number) {
  return Object.assign(
    new AIMessageChunk({ content, response_metadata: { model_name: 'claude-sonnet-5' } }),
    {
      usage_metadata: { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
    },
  )
}

async function read<T>(stream: AsyncIterable<T>, count = Number.POSITIVE_INFINITY): Promise<T[]> {
  const chunks: T[] = []
  for await (const chunk of stream) {
    chunks.push(chunk)
    if (chunks.length >= count) break
  }
  return chunks
}

describe('observeStream of openai', () => {
  const usage = { inputTokens: 120, outputTokens: 30, cacheReadTokens: 100, reasoningTokens: 8 }
  const model = 'gpt-4o-2024-08-06'
  test('chat completion, read to its end: the same chunks in the same order', async () => {
    const original = await openChat()
    const watched = watchEnd()
    const stream = observeStream(original, watched)
    expect(stream).toBe(original)
    const chunks = await read(stream)
    expect(chunks).toEqual(await read(await openChat()))
    expect(await watched.end).toEqual({ model, answerLength: 15, usage, cancelled: false })
    expect(watched.calls).toEqual(['first', 'end'])
  })

  test('chat completion, left early: cancelled, and the request is aborted', async () => {
    const before = server.abandoned
    const watched = watchEnd()
    const stream = observeStream(await openChat('endless'), watched)
    await read(stream, 5)
    expect(await watched.end).toMatchObject({ cancelled: true, model: 'endless' })
    expect(watched.calls).toEqual(['first', 'end'])
    expect(stream.controller.signal.aborted).toBe(true)
    await vi.waitFor(() => expect(server.abandoned).toBe(before + 1))
  })

  test('chat completion, aborted by its controller: cancelled, though the client ends it quietly', async () => {
    const watched = watchEnd()
    const stream = observeStream(await openChat('endless'), watched)
    let seen = 0
    for await (const _ of stream) if (++seen === 4) stream.controller.abort()
    expect(await watched.end).toMatchObject({ cancelled: true })
  })

  test('chat completion, cut by the network: the error of the library, seen by both', async () => {
    const watched = watchEnd()
    const stream = observeStream(await openChat('cut'), watched)
    const error: unknown = await read(stream).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(await watched.end).toEqual({ model: 'cut', answerLength: 10, cancelled: false, error })
  })

  test('tee and toReadableStream still work', async () => {
    const watched = watchEnd()
    const stream = observeStream(await openChat(), watched)
    const [left, right] = stream.tee()
    const chunks = await Promise.all([read(left), read(right)])
    expect(chunks[0]).toHaveLength(6)
    expect(chunks[1]).toEqual(chunks[0])
    expect(await watched.end).toMatchObject({ usage, answerLength: 15 })

    const watchedToo = watchEnd()
    const other = observeStream(
      (await openChat()) as unknown as { toReadableStream(): ReadableStream<Uint8Array> },
      watchedToo,
    )
    const text = await new Response(other.toReadableStream()).text()
    expect(text.trim().split('\n')).toHaveLength(6)
    expect(await watchedToo.end).toMatchObject({ usage, answerLength: 15 })
  })

  test('response', async () => {
    const watched = watchEnd()
    const stream = observeStream(
      await openai().responses.create({ model, input: 'hi', stream: true }),
      watched,
    )
    await read(stream)
    expect(await watched.end).toEqual({
      model,
      answerLength: 15,
      usage: { inputTokens: 75, outputTokens: 40, cacheReadTokens: 64, reasoningTokens: 16 },
      cancelled: false,
    })
    expect(watched.calls).toEqual(['first', 'end'])
  })

  test('stream helper that is awaited, never iterated', async () => {
    const watched = watchEnd()
    const stream = observeStream(
      openai().chat.completions.stream({ model, messages, stream_options: { include_usage: true } }),
      watched,
    )
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe('Hello from here')
    expect(await watched.end).toEqual({ model, answerLength: 15, usage, cancelled: false })
  })

  test('stream helper that fails', async () => {
    const watched = watchEnd()
    const stream = observeStream(openai().chat.completions.stream({ model: 'cut', messages }), watched)
    const error: unknown = await stream.done().catch((thrown: unknown) => thrown)
    expect(await watched.end).toMatchObject({ cancelled: false, error })
  })
})

describe('observeStream of anthropic', () => {
  const usage = { inputTokens: 1250, outputTokens: 30, cacheReadTokens: 1000, cacheWriteTokens: 200 }
  const model = 'claude-sonnet-5'
  const ended = { model, provider: 'anthropic', answerLength: 15, usage, cancelled: false }

  test('messages: usage from the first and the last event', async () => {
    const watched = watchEnd()
    const stream = observeStream(
      await anthropic().messages.create({ model, max_tokens: 99, messages, stream: true }),
      watched,
    )
    expect(await read(stream)).toHaveLength(8)
    expect(await watched.end).toEqual(ended)
    expect(watched.calls).toEqual(['first', 'end'])
  })

  test('messages, left early: what the first event said is kept', async () => {
    const watched = watchEnd()
    const create = anthropic().messages.create({ model, max_tokens: 99, messages, stream: true })
    await read(observeStream(await create, watched), 3)
    expect(await watched.end).toEqual({
      ...ended,
      answerLength: 5,
      usage: { ...usage, outputTokens: 1 },
      cancelled: true,
    })
  })

  test('stream helper, iterated, awaited or left early', async () => {
    const iterated = watchEnd()
    await read(observeStream(openHelper(model), iterated))
    expect(await iterated.end).toEqual(ended)

    const awaited = watchEnd()
    expect(await observeStream(openHelper(model), awaited).finalText()).toBe('Hello from here')
    expect(await awaited.end).toEqual(ended)

    const left = watchEnd()
    const stream = observeStream(openHelper('endless'), left)
    await read(stream, 4)
    expect(await left.end).toMatchObject({ cancelled: true })
    expect(stream.aborted).toBe(true)
  })

  test('stream helper: an error nobody handles is still reported by Node', async () => {
    // The runner's own listener would count this error against the test.
    const listeners = process.listeners('unhandledRejection')
    const unhandled = vi.fn<(reason: unknown) => void>()
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', unhandled)
    try {
      const watched = watchEnd()
      observeStream(openHelper('cut'), watched)
      const { error } = await watched.end
      expect(error).toBeInstanceOf(Error)
      await vi.waitFor(() => expect(unhandled).toHaveBeenCalledExactlyOnceWith(error, expect.anything()))
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of listeners) process.on('unhandledRejection', listener)
    }
  })
})

describe('observeStream of ollama', () => {
  test('chat', async () => {
    const watched = watchEnd()
    const stream = observeStream(await openOllama('mistral:7b'), watched)
    expect(await read(stream)).toHaveLength(4)
    expect(await watched.end).toEqual({
      model: 'mistral:7b',
      provider: 'ollama',
      answerLength: 15,
      usage: { inputTokens: 26, outputTokens: 12 },
      cancelled: false,
    })
  })

  test('chat, aborted: the abort error reaches the reader, and means cancelled', async () => {
    const watched = watchEnd()
    const stream = observeStream(await openOllama('endless'), watched)
    let seen = 0
    const reading = (async () => {
      for await (const _ of stream) if (++seen === 4) stream.abort()
    })()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(await watched.end).toMatchObject({ cancelled: true, error: { name: 'AbortError' } })
  })
})

describe('observeStream of langchain', () => {
  test('model: chunks of text', async () => {
    const watched = watchEnd()
    const stream = observeStream(await new FakeListChatModel({ responses: ['Hello'] }).stream('hi'), watched)
    expect((await read<BaseMessageChunk>(stream)).map((chunk) => chunk.text).join('')).toBe('Hello')
    expect(await watched.end).toEqual({ answerLength: 5, cancelled: false })
  })

  test('message chunks: their usage adds up', async () => {
    const chain = RunnableLambda.from(async function* () {
      yield langChainChunk('', 100, 0)
      yield langChainChunk('Hel', 0, 0)
      yield langChainChunk('lo', 0, 7)
    })
    const watched = watchEnd()
    const stream = observeStream(await chain.stream('hi'), watched)
    await read(stream)
    expect(await watched.end).toMatchObject({
      model: 'claude-sonnet-5',
      answerLength: 5,
      usage: { inputTokens: 100, outputTokens: 7 },
    })
  })

  test('chain of text, left early, and read by a reader', async () => {
    const chain = new FakeListChatModel({ responses: ['Hello'] }).pipe(new StringOutputParser())
    const watched = watchEnd()
    await read(observeStream(await chain.stream('hi'), watched), 2)
    expect(await watched.end).toEqual({ answerLength: 2, cancelled: true })

    const watchedToo = watchEnd()
    const reader = observeStream(await chain.stream('hi'), watchedToo).getReader()
    while (!(await reader.read()).done);
    expect(await watchedToo.end).toEqual({ answerLength: 5, cancelled: false })
  })
})
