import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { watchEnd } from '../test/watch-end.ts'
import { isStream } from './stream-kind.ts'
import { observeStream } from './usage-stream.ts'

async function* chunksOf<T>(chunks: readonly T[], error?: Error): AsyncGenerator<T, string> {
  for (const chunk of chunks) yield chunk
  if (error !== undefined) throw error
  return 'returned'
}

async function read<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('observeStream of an async generator', () => {
  test('passes on values, order and what it returns, and ends once', async () => {
    const watched = watchEnd()
    const generator = chunksOf(['a', 'bc', ''])
    const observed = observeStream(generator, watched)
    expect(observed).toBe(generator)
    expect(Object.keys(observed)).toEqual([])
    expect(await observed.next()).toEqual({ done: false, value: 'a' })
    expect(watched.calls).toEqual(['first'])
    expect(await read(observed)).toEqual(['bc', ''])
    expect(await observed.next()).toEqual({ done: true, value: undefined })
    expect(await watched.end).toEqual({ answerLength: 3, cancelled: false })
    expect(watched.calls).toEqual(['first', 'end'])
  })

  test('passes on what its consumer sends, and the value it returns', async () => {
    const watched = watchEnd()
    const echo = observeStream(
      (async function* () {
        const sent: string = yield 'a'
        return `got ${sent}`
      })(),
      watched,
    )
    await echo.next()
    expect(await echo.next('b')).toEqual({ done: true, value: 'got b' })
    expect(await watched.end).toMatchObject({ cancelled: false })
  })

  test('reports the error its consumer sees', async () => {
    const watched = watchEnd()
    const error = new Error('broken')
    await expect(read(observeStream(chunksOf(['a'], error), watched))).rejects.toBe(error)
    expect(await watched.end).toEqual({ answerLength: 1, cancelled: false, error })
  })

  test('is cancelled by an early break, by return and by throw; clean-up still runs', async () => {
    for (const leave of ['break', 'return', 'throw'] as const) {
      const watched = watchEnd()
      const cleanUp = vi.fn<() => void>()
      const generator = observeStream(
        (async function* () {
          try {
            yield* ['a', 'b', 'c']
          } finally {
            cleanUp()
          }
        })(),
        watched,
      )
      if (leave === 'break') for await (const _ of generator) break
      else await generator.next()
      if (leave === 'return') await generator.return()
      if (leave === 'throw') await generator.throw(new Error('mine')).catch(() => undefined)
      expect(await watched.end).toEqual({ answerLength: 1, cancelled: true })
      expect(cleanUp).toHaveBeenCalledTimes(1)
    }
  })

  test('never read, is not started and does not end', async () => {
    const watched = watchEnd()
    const started = vi.fn<() => string>(() => 'a')
    observeStream(
      (async function* () {
        yield started()
      })(),
      watched,
    )
    await settle()
    expect(started).not.toHaveBeenCalled()
    expect(watched.calls).toEqual([])
  })

  test('hands out the very promises and adds no turn to them', async () => {
    const promise = Promise.resolve({ done: false as const, value: 'a' })
    const iterator = { next: () => promise, [Symbol.asyncIterator]: () => iterator }
    const watched = watchEnd()
    expect(observeStream(iterator, watched).next()).toBe(promise)
    await promise
    expect(watched.calls).toEqual(['first'])
  })
})

describe('observeStream of other iterables', () => {
  test('an iterator without return is cancelled by a break all the same', async () => {
    const watched = watchEnd()
    const iterable = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: 'a' }) }),
    }
    for await (const _ of observeStream(iterable, watched)) break
    expect(await watched.end).toEqual({ answerLength: 1, cancelled: true })
  })

  test('a class keeps its prototype and its private fields', async () => {
    class Answer {
      readonly #parts: string[]
      constructor(...parts: string[]) {
        this.#parts = parts
      }
      [Symbol.asyncIterator](): AsyncGenerator<string> {
        return chunksOf(this.#parts)
      }
    }
    const watched = watchEnd()
    const answer = observeStream(new Answer('a', 'b'), watched)
    expect(answer).toBeInstanceOf(Answer)
    expect(await read(answer)).toEqual(['a', 'b'])
    expect(await watched.end).toEqual({ answerLength: 2, cancelled: false })
    // It can be read again, which is no second end.
    expect(await read(answer)).toEqual(['a', 'b'])
    expect(watched.onEnd).toHaveBeenCalledTimes(1)
  })

  test('a frozen object is left alone, and ends at once', async () => {
    const watched = watchEnd()
    const frozen = Object.freeze({ [Symbol.asyncIterator]: () => chunksOf(['a']) })
    expect(await read(observeStream(frozen, watched))).toEqual(['a'])
    expect(await watched.end).toEqual({ cancelled: false })
  })

  test('listeners and chunks that throw do not disturb it', async () => {
    const hostile = {
      get usage_metadata() {
        return expect.unreachable()
      },
    }
    const loud = {
      onFirstToken: () => expect.unreachable(),
      onEnd: () => expect.unreachable(),
    }
    expect(await read(observeStream(chunksOf<unknown>(['a', hostile]), loud))).toEqual(['a', hostile])
  })

  test('any chunks: the same ones come out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.anything(), { maxLength: 10 }), async (chunks) => {
        const watched = watchEnd()
        const out = await read(observeStream(chunksOf(chunks), watched))
        expect(out.length).toBe(chunks.length)
        for (const [index, chunk] of out.entries()) expect(chunk).toBe(chunks[index])
        expect(watched.onEnd).toHaveBeenCalledTimes(1)
      }),
    )
  })
})

describe('observeStream of a Node stream', () => {
  const ways: Record<string, (stream: Readable) => Promise<string>> = {
    'for await': async (stream) => (await read(stream)).join(''),
    'data events': (stream) =>
      new Promise((resolve) => {
        let text = ''
        stream.on('data', (chunk) => void (text += String(chunk))).on('end', () => resolve(text))
      }),
    'readable events': (stream) =>
      new Promise((resolve) => {
        let text = ''
        stream.on('readable', () => {
          for (let chunk: unknown = stream.read(); chunk !== null; chunk = stream.read())
            text += chunk as string
        })
        stream.on('end', () => resolve(text))
      }),
    pipeline: async (stream) => {
      let text = ''
      await pipeline(stream, async (chunks) => {
        for await (const chunk of chunks) text += String(chunk)
      })
      return text
    },
    toWeb: async (stream) => (await read(Readable.toWeb(stream))).join(''),
  }

  test.each(Object.entries(ways))('%s', async (_, use) => {
    const watched = watchEnd()
    const stream = Readable.from(['Hello', ' from', ' here'])
    const observed = observeStream(stream, watched)
    expect(observed).toBe(stream)
    await settle()
    expect(watched.calls).toEqual([])
    expect(observed.readableFlowing).toBeNull()
    expect(await use(observed)).toBe('Hello from here')
    expect(await watched.end).toEqual({ answerLength: 15, cancelled: false })
    expect(watched.calls).toEqual(['first', 'end'])
  })

  test('left early or destroyed: cancelled', async () => {
    const left = watchEnd()
    for await (const _ of observeStream(Readable.from(['a', 'b']), left)) break
    expect(await left.end).toMatchObject({ answerLength: 1, cancelled: true })
    const destroyed = watchEnd()
    observeStream(Readable.from(['a', 'b']), destroyed).destroy()
    expect(await destroyed.end).toEqual({ cancelled: true })
  })

  test('failed: its error, and it stays unhandled where nobody listens', async () => {
    const error = new Error('broken')
    const watched = watchEnd()
    const stream = observeStream(Readable.from(chunksOf(['a'], error)), watched)
    expect(stream.listenerCount('error')).toBe(0)
    await expect(read(stream)).rejects.toBe(error)
    expect(await watched.end).toEqual({ answerLength: 1, cancelled: false, error })
    expect(() => observeStream(new Readable(), watchEnd()).emit('error', error)).toThrow(error)
  })
})

describe('isStream', () => {
  test.each([
    ['a generator', chunksOf([]), true],
    ['a web stream', new ReadableStream(), true],
    ['a Node stream', Readable.from([]), true],
    ['an array', [], false],
    ['a sync generator', [].values(), false],
    ['text', 'Hello', false],
    ['null', null, false],
    ['a promise', Promise.resolve(), false],
    ['a response', new Response('Hello'), false],
    ['a plain object', { usage: {} }, false],
  ])('%s', (_, value, expected) => {
    expect(isStream(value)).toBe(expected)
  })

  test('what is no stream ends at once', async () => {
    const watched = watchEnd()
    expect(observeStream(7, watched)).toBe(7)
    expect(await watched.end).toEqual({ cancelled: false })
  })
})
