import { describe, expect, test, vi } from 'vitest'
import { observeStream } from '../src/usage-stream.ts'
import { jsonSchema, MockLanguageModelV2, stepCountIs, streamObject, streamText, tool } from './libraries.ts'
import { watchEnd, type WatchedEnd } from './watch-end.ts'

type Model = InstanceType<typeof MockLanguageModelV2>
type Part = Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never
type Result = ReturnType<typeof streamText>

const usage = { inputTokens: 40, outputTokens: 7, totalTokens: 47, cachedInputTokens: 30, reasoningTokens: 2 }
const read = { inputTokens: 40, outputTokens: 7, cacheReadTokens: 30, reasoningTokens: 2 }
const complete = { model: 'gpt-4o', answerLength: 15, usage: read, cancelled: false }

const start: Part[] = [
  { type: 'stream-start', warnings: [] },
  { type: 'response-metadata', id: 'r', modelId: 'gpt-4o' },
]
const text = (...deltas: string[]): Part[] => [
  { type: 'text-start', id: '1' },
  ...deltas.map((delta): Part => ({ type: 'text-delta', id: '1', delta })),
  { type: 'text-end', id: '1' },
]
const finish: Part = { type: 'finish', finishReason: 'stop', usage }
const answer = [...start, ...text('Hello', ' from', ' here'), finish]

/** A model that answers its first call with the first of these, and so on; an error refuses the call. */
function fakeModel(...steps: (Part[] | Error)[]): Model {
  const model = new MockLanguageModelV2({
    doStream: () => {
      const step = steps[model.doStreamCalls.length - 1] ?? []
      return step instanceof Error
        ? Promise.reject(step)
        : Promise.resolve({ stream: ReadableStream.from(step) })
    },
  })
  return model
}

/** Long enough for everything that is going to happen by itself. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function watched(parts: Part[] | Error = answer): { result: Result; listener: WatchedEnd } {
  const listener = watchEnd()
  const result = streamText({ model: fakeModel(parts), prompt: 'hi', onError: () => undefined })
  return { result: observeStream(result, listener), listener }
}

async function textOf(stream: AsyncIterable<unknown>, chunks = Number.POSITIVE_INFINITY): Promise<string> {
  let joined = ''
  let seen = 0
  for await (const chunk of stream) {
    joined += String(chunk)
    if (++seen >= chunks) break
  }
  return joined
}

describe('observeStream of streamText, however it is used', () => {
  test.each<[how: string, use: (result: Result) => PromiseLike<unknown>, expected: unknown]>([
    ['textStream', (result) => textOf(result.textStream), 'Hello from here'],
    ['text', (result) => result.text, 'Hello from here'],
    ['usage', (result) => result.usage, usage],
    ['consumeStream', (result) => result.consumeStream(), undefined],
    ['toTextStreamResponse', (result) => result.toTextStreamResponse().text(), 'Hello from here'],
    [
      'textStream and then usage',
      async (result) => [await textOf(result.textStream), await result.totalUsage],
      ['Hello from here', usage],
    ],
    [
      'two readers at once',
      (result) => Promise.all([textOf(result.textStream), textOf(result.textStream)]),
      ['Hello from here', 'Hello from here'],
    ],
    [
      'fullStream by a reader',
      async (result) => {
        const reader = result.fullStream.getReader()
        const types: string[] = []
        for (let next = await reader.read(); !next.done; next = await reader.read())
          types.push(next.value.type)
        return types.join(' ')
      },
      'start start-step text-start text-delta text-delta text-delta text-end finish-step finish',
    ],
  ])('%s', async (_, use, expected) => {
    const { result, listener } = watched()
    expect(await use(result)).toEqual(expected)
    expect(await listener.end).toEqual(complete)
    await settle()
    expect(listener.calls).toEqual(['first', 'end'])
  })

  test('toUIMessageStreamResponse', async () => {
    const { result, listener } = watched()
    expect(await result.toUIMessageStreamResponse().text()).toContain('"delta":" from"')
    expect(await listener.end).toEqual(complete)
  })

  test('several steps: their tokens add up', async () => {
    const call: Part = { type: 'tool-call', toolCallId: '1', toolName: 'look', input: '{}' }
    const model = fakeModel([...start, call, { ...finish, finishReason: 'tool-calls' }], answer)
    const listener = watchEnd()
    const look = tool({ inputSchema: jsonSchema<object>({ type: 'object' }), execute: () => 'seen' })
    const result = observeStream(
      streamText({ model, prompt: 'hi', tools: { look }, stopWhen: stepCountIs(3) }),
      listener,
    )
    expect(await textOf(result.textStream)).toBe('Hello from here')
    expect(await listener.end).toEqual({
      ...complete,
      usage: { inputTokens: 80, outputTokens: 14, cacheReadTokens: 60, reasoningTokens: 4 },
    })
  })

  test('streamObject', async () => {
    const model = fakeModel([...start, ...text('{"a":', '1}'), finish])
    const listener = watchEnd()
    const schema = jsonSchema<{ a: number }>({ type: 'object' })
    const result = observeStream(streamObject({ model, prompt: 'hi', schema }), listener)
    const objects: unknown[] = []
    for await (const partial of result.partialObjectStream) objects.push(partial)
    expect(objects.at(-1)).toEqual({ a: 1 })
    expect(await result.object).toEqual({ a: 1 })
    expect(await listener.end).toMatchObject({
      model: 'gpt-4o',
      usage: read,
      answerLength: 7,
      cancelled: false,
    })
  })
})

/** Parts that passed: unread, with a reader, and after each of three texts, always after a while. */
async function demand(listener?: WatchedEnd): Promise<number[]> {
  let passed = 0
  const parts = [...start, ...text(...Array.from({ length: 50 }, () => 'x')), finish]
  const result = streamText({ model: fakeModel(parts), prompt: 'hi', onChunk: () => void passed++ })
  if (listener !== undefined) observeStream(result, listener)
  await settle()
  const counts = [passed]
  const reader = result.textStream.getReader()
  for (let texts = 0; texts < 3; texts++) {
    await settle()
    counts.push(passed)
    await reader.read()
  }
  return counts
}

describe('observeStream of streamText that is not read', () => {
  test('passes as many parts as without an observer', async () => {
    const alone = await demand()
    expect(alone[0]).toBe(0)
    expect(alone.at(-1)).toBeLessThan(20)
    const listener = watchEnd()
    expect(await demand(listener)).toEqual(alone)
    expect(listener.onEnd).not.toHaveBeenCalled()
  })

  test('neither ends nor complains when the model refuses', async () => {
    const { listener } = watched(new Error('unseen'))
    await settle()
    expect(listener.calls).toEqual([])
  })
})

describe('observeStream of streamText that does not complete', () => {
  test('left early by its only reader: cancelled', async () => {
    const { result, listener } = watched()
    expect(await textOf(result.textStream, 1)).toBe('Hello')
    expect(await listener.end).toMatchObject({ cancelled: true })
  })

  test('left early by one of two readers: ends with the other', async () => {
    const { result, listener } = watched()
    const [all] = await Promise.all([textOf(result.textStream), textOf(result.textStream, 1)])
    expect(all).toBe('Hello from here')
    expect(await listener.end).toEqual(complete)
  })

  test('aborted: cancelled', async () => {
    const abort = new AbortController()
    const model = fakeModel(answer)
    const listener = watchEnd()
    const result = observeStream(streamText({ model, prompt: 'hi', abortSignal: abort.signal }), listener)
    const reader = result.fullStream.getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (next.value.type === 'text-delta') abort.abort()
    }
    expect(await listener.end).toMatchObject({ cancelled: true })
    expect(listener.onEnd).toHaveBeenCalledTimes(1)
  })

  test('refused by the model: its error, though the SDK does not throw it', async () => {
    const refused = new Error('rate limited')
    const { result, listener } = watched(refused)
    expect(await textOf(result.textStream)).toBe('')
    expect(await listener.end).toMatchObject({ cancelled: false, error: refused })
    expect(listener.onFirstToken).not.toHaveBeenCalled()
  })

  test('failed in the middle: its error, and what was read', async () => {
    const broken = new Error('connection lost')
    const onError = vi.fn<() => void>()
    const model = fakeModel([...start, ...text('Hello').slice(0, 2), { type: 'error', error: broken }])
    const listener = watchEnd()
    const result = observeStream(streamText({ model, prompt: 'hi', onError }), listener)
    await textOf(result.textStream)
    expect(await listener.end).toMatchObject({ error: broken, answerLength: 5, cancelled: false })
    expect(onError).toHaveBeenCalledTimes(1)
  })
})
