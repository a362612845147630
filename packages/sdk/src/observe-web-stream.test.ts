import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { watchEnd } from '../test/watch-end.ts'
import { observeStream } from './usage-stream.ts'

async function read<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

/** A stream of letters that counts how often it is asked for one. */
function countedStream(
  letters: string,
  highWaterMark = 0,
): { stream: ReadableStream<string>; seen: { pulls: number; reason?: unknown } } {
  const seen: { pulls: number; reason?: unknown } = { pulls: 0 }
  const stream = new ReadableStream<string>(
    {
      pull(controller) {
        const letter = letters[seen.pulls++]
        if (letter === undefined) controller.close()
        else controller.enqueue(letter)
      },
      cancel(reason) {
        seen.reason = reason
      },
    },
    { highWaterMark },
  )
  return { stream, seen }
}

function byteStream(...parts: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const part = parts.shift()
      if (part !== undefined) return controller.enqueue(part)
      controller.close()
      controller.byobRequest?.respond(0)
    },
  })
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('observeStream of a web stream', () => {
  const ways: Record<string, (stream: ReadableStream<string>) => Promise<string>> = {
    'for await': async (stream) => (await read(stream)).join(''),
    values: async (stream) => (await read(stream.values())).join(''),
    tee: async (stream) => {
      const [left, right] = stream.tee()
      const [a, b] = await Promise.all([read(left), read(right)])
      expect(a).toEqual(b)
      return a.join('')
    },
    pipeTo: async (stream) => {
      let text = ''
      await stream.pipeTo(new WritableStream({ write: (chunk: string) => void (text += chunk) }))
      return text
    },
    pipeThrough: (stream) => new Response(stream.pipeThrough(new TextEncoderStream())).text(),
    'Readable.fromWeb': async (stream) => (await read(Readable.fromWeb(stream))).join(''),
  }

  test.each(Object.entries(ways))('%s', async (_, use) => {
    const watched = watchEnd()
    const { stream } = countedStream('Hello from here')
    const observed = observeStream(stream, watched)
    expect(observed).toBe(stream)
    expect(observed).toBeInstanceOf(ReadableStream)
    expect(observed.locked).toBe(false)
    expect(await use(observed)).toBe('Hello from here')
    expect(await watched.end).toEqual({ answerLength: 15, cancelled: false })
    expect(watched.calls).toEqual(['first', 'end'])
  })

  test.each([0, 1, 3])(
    'asks for no more than without an observer, high-water mark %d',
    async (highWaterMark) => {
      const demand = async (observed: boolean): Promise<number[]> => {
        const { stream, seen } = countedStream('abcdefgh', highWaterMark)
        if (observed) observeStream(stream, watchEnd())
        await settle()
        const counts = [seen.pulls]
        const reader = stream.getReader()
        for (let reads = 0; reads < 3; reads++) {
          await settle()
          counts.push(seen.pulls)
          await reader.read()
        }
        return counts
      }
      expect(await demand(true)).toEqual(await demand(false))
    },
  )

  test('locks and unlocks', async () => {
    const stream = observeStream(countedStream('ab').stream, watchEnd())
    const reader = stream.getReader()
    expect(stream.locked).toBe(true)
    expect(() => stream.getReader()).toThrow(TypeError)
    await reader.read()
    reader.releaseLock()
    expect(stream.locked).toBe(false)
    expect(await read(stream)).toEqual(['b'])
  })

  test('tells its reader when it closes without being read', async () => {
    let controller: ReadableStreamDefaultController<string> | undefined
    const watched = watchEnd()
    const stream = new ReadableStream<string>({ start: (given) => void (controller = given) })
    const reader = observeStream(stream, watched).getReader()
    controller?.close()
    await reader.closed
    expect(await watched.end).toEqual({ cancelled: false })
  })

  test('passes on a last chunk that comes with the end', async () => {
    const watched = watchEnd()
    const stream = new ReadableStream<string>(
      {
        async pull(controller) {
          await settle()
          controller.enqueue('Hello')
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    expect(await read(observeStream(stream, watched))).toEqual(['Hello'])
    expect(await watched.end).toEqual({ answerLength: 5, cancelled: false })
  })

  test('is cancelled by a break, by its reader and by itself, with the reason', async () => {
    const left = watchEnd()
    for await (const _ of observeStream(countedStream('ab').stream, left)) break
    expect(await left.end).toEqual({ answerLength: 1, cancelled: true })

    for (const byReader of [true, false]) {
      const watched = watchEnd()
      const { stream, seen } = countedStream('ab')
      observeStream(stream, watched)
      await (byReader ? stream.getReader() : stream).cancel('enough')
      expect(seen.reason).toBe('enough')
      expect(await watched.end).toEqual({ cancelled: true })
    }
  })

  test('reports the error its reader sees', async () => {
    const error = new Error('broken')
    const watched = watchEnd()
    const stream = new ReadableStream<string>(
      {
        pull(controller) {
          if (watched.calls.length === 0) controller.enqueue('a')
          else controller.error(error)
        },
      },
      { highWaterMark: 0 },
    )
    await expect(read(observeStream(stream, watched))).rejects.toBe(error)
    expect(await watched.end).toEqual({ answerLength: 1, cancelled: false, error })
  })

  test('of bytes stays a stream of bytes', async () => {
    const watched = watchEnd()
    const reader = observeStream(
      byteStream(new Uint8Array([1, 2, 3]), new Uint8Array([4])),
      watched,
    ).getReader({ mode: 'byob' })
    const seen: number[] = []
    for (
      let next = await reader.read(new Uint8Array(2));
      !next.done;
      next = await reader.read(new Uint8Array(2))
    ) {
      seen.push(...next.value)
    }
    expect(seen).toEqual([1, 2, 3, 4])
    expect(await watched.end).toEqual({ cancelled: false })

    const body = observeStream(new Response('Hello').body, watchEnd())
    expect(await new Response(body).text()).toBe('Hello')
  })

  test('that was closed before anyone read it passes everything on', async () => {
    for (const type of ['bytes', undefined] as const) {
      const source = {
        start(controller: { enqueue: (chunk: Uint8Array) => void; close: () => void }) {
          for (const text of ['Hello', ' ', 'world']) controller.enqueue(new TextEncoder().encode(text))
          controller.close()
        },
      }
      const watched = watchEnd()
      const stream =
        type === 'bytes' ? new ReadableStream({ ...source, type }) : new ReadableStream<Uint8Array>(source)
      expect(await new Response(observeStream(stream, watched)).text()).toBe('Hello world')
      expect(await watched.end).toEqual({ cancelled: false })
    }
  })

  test('read by someone already ends at once', async () => {
    const watched = watchEnd()
    const { stream } = countedStream('a')
    const reader = stream.getReader()
    observeStream(stream, watched)
    expect(await watched.end).toEqual({ cancelled: false })
    expect(await reader.read()).toEqual({ done: false, value: 'a' })
  })
})
