/** Watches a web `ReadableStream`. */

import { methodOf, override } from './override.ts'
import type { StreamObserver } from './stream-tally.ts'

/** Everything by which a `ReadableStream` can be read. */
const READING_METHODS = [
  'getReader',
  'tee',
  'pipeTo',
  'pipeThrough',
  'values',
  'cancel',
  Symbol.asyncIterator,
] as const

type Controller = ReadableStreamDefaultController | ReadableByteStreamController

/**
 * The stream itself stays; what it is read by is taken from a pass-through that is made when the first reader
 * comes. A subclass that iterates in its own way does so by `getReader`, and is left alone.
 */
export function observeWebStream(stream: ReadableStream, observer: StreamObserver): void {
  // Someone reads it already, past us: its end cannot be seen, and must not be waited for.
  if (stream.locked) return observer.end()
  let made: ReadableStream | undefined
  for (const name of READING_METHODS) {
    if (Reflect.get(stream, name) !== Reflect.get(ReadableStream.prototype, name)) continue
    override(stream, name, (...values: unknown[]): unknown => {
      made ??= watchedStream(stream, observer)
      return methodOf(made, name)?.(...values)
    })
  }
  Object.defineProperty(stream, 'locked', { get: () => made?.locked ?? false, configurable: true })
}

/** A stream with the same chunks, errors and demand: it holds no chunk, and asks for one when it is asked for one. */
export function watchedStream(stream: ReadableStream, observer: StreamObserver): ReadableStream {
  const isBytes = isByteStream(stream)
  // Made by its class, as the stream's own `getReader` may lead here. Chunks are views where the controller wants
  // views, and anything where it takes anything.
  const reader = new ReadableStreamDefaultReader<ArrayBufferView>(stream)
  let isCancelled = false
  let isReading = false
  let isDrained = false
  let isClosed = false

  const close = (controller: Controller): void => {
    if (isCancelled || isClosed) return
    isClosed = true
    observer.end()
    controller.close()
    // A reader that waits with a buffer of its own has to be told.
    if ('byobRequest' in controller) controller.byobRequest?.respond(0)
  }
  const source = {
    start(controller: Controller): void {
      const fail = (error: unknown): void => {
        observer.fail(error)
        controller.error(error)
      }
      // Settles when the last chunk is taken, also if nobody asks for more. That is before our own read has that
      // chunk, which then has to be passed on first.
      reader.closed
        .then(() => {
          isDrained = true
          if (!isReading) close(controller)
        })
        .catch(fail)
    },
    async pull(controller: Controller): Promise<void> {
      isReading = true
      const { done, value } = await reader.read()
      isReading = false
      if (isCancelled) return
      if (!done) {
        observer.chunk(value)
        controller.enqueue(value)
      }
      if (done || isDrained) close(controller)
    },
    cancel(reason: unknown): Promise<void> {
      isCancelled = true
      observer.cancel()
      return reader.cancel(reason)
    },
  }
  const demand = { highWaterMark: 0 }
  return isBytes
    ? new ReadableStream({ ...source, type: 'bytes' }, demand)
    : new ReadableStream(source, demand)
}

function isByteStream(stream: ReadableStream): boolean {
  try {
    new ReadableStreamBYOBReader(stream).releaseLock()
    return true
  } catch {
    return false
  }
}
