/** Follows a model's stream to its end while the application reads it, and reports what it used. */

import { observeIterable, observeIterator } from './observe-iterator.ts'
import { observeWebStream, watchedStream } from './observe-web-stream.ts'
import { methodOf, override } from './override.ts'
import { streamKind } from './stream-kind.ts'
import { tallyStream, type StreamListener, type StreamObserver } from './stream-tally.ts'
import { at, isFields } from './token-fields.ts'

/**
 * Watches a stream without reading it: nothing is consumed, started, delayed or buffered, and values, order,
 * errors and back-pressure stay as they are. Works on the streams of OpenAI, Anthropic, LangChain, Ollama, the
 * results of `streamText` and `streamObject`, any async iterable, web `ReadableStream` and Node `Readable`.
 *
 * The same object is returned, with some of its methods replaced; a stream that is never read never ends. Of a
 * result of the AI SDK, the end is that of the model's stream, whichever of its texts, parts and promises the
 * application uses, or the moment the last of them is left early.
 *
 * @param stream see {@link isStream}; anything else ends at once
 */
export function observeStream<T>(stream: T, listener: StreamListener): T {
  const observer = tallyStream(listener)
  try {
    observe(stream, observer)
  } catch {
    // A frozen object cannot be watched. Its end is reported now, so that nobody waits for it.
    observer.end()
  }
  return stream
}

function observe(stream: unknown, observer: StreamObserver): void {
  if (!isFields(stream)) return observer.end()
  switch (streamKind(stream)) {
    case 'ai-sdk':
      return observeAiSdk(stream, observer)
    case 'events':
      return observeEvents(stream, observer)
    case 'node':
      return observeNodeStream(stream, observer)
    case 'web':
      return stream instanceof ReadableStream ? observeWebStream(stream, observer) : undefined
    case 'iterator':
      return observeIterator(stream, observer, () => false)
    case 'iterable':
      return observeIterable(stream, observer)
    case undefined:
      return observer.end()
  }
}

/**
 * Everything the result offers is split off its `baseStream`, and what is split off by `teeStream` can be left
 * early without the model's stream noticing: so both are watched, the first for what passes, the second for who
 * still reads.
 */
function observeAiSdk(result: object, observer: StreamObserver): void {
  const base: unknown = at(result, 'baseStream')
  if (!(base instanceof ReadableStream) || base.locked) return observer.end()
  const parts = watchedStream(base, {
    ...observer,
    chunk: (value) => observer.chunk(isFields(value) && 'part' in value ? value['part'] : value),
  })
  Reflect.set(result, 'baseStream', parts)

  const teeStream = methodOf(result, 'teeStream')
  if (teeStream === undefined) return
  let readers = 0
  override(result, 'teeStream', (): unknown => {
    const branch = teeStream()
    if (!(branch instanceof ReadableStream)) return branch
    readers++
    return watchedStream(branch, {
      chunk: () => undefined,
      end: () => undefined,
      fail: () => undefined,
      cancel: () => {
        if (--readers === 0) observer.cancel()
      },
    })
  })
}

/** The events in which OpenAI's and Anthropic's helpers pass on each chunk. */
const CHUNK_EVENTS: ReadonlySet<unknown> = new Set(['chunk', 'streamEvent', 'event'])

/**
 * These run by themselves, whether anyone reads them or not. Listening for `error` would keep Node from
 * reporting an error that the application does not handle, so the emitting is watched instead.
 */
function observeEvents(stream: object, observer: StreamObserver): void {
  if (at(stream, 'ended') === true) return observer.end()
  const emit = methodOf(stream, '_emit')
  override(stream, '_emit', (...values: unknown[]): unknown => {
    const [event, value] = values
    if (CHUNK_EVENTS.has(event)) observer.chunk(value)
    else if (event === 'error') observer.fail(value)
    else if (event === 'abort') observer.cancel()
    else if (event === 'end') observer.end()
    return emit?.(...values)
  })
}

/** A `data` listener would start the stream and an `error` listener would hide errors; every chunk read is emitted. */
function observeNodeStream(stream: object, observer: StreamObserver): void {
  if (at(stream, 'destroyed') === true || at(stream, 'readableEnded') === true) return observer.end()
  const emit = methodOf(stream, 'emit')
  override(stream, 'emit', (...values: unknown[]): unknown => {
    const [event, value] = values
    if (event === 'data') observer.chunk(value)
    else if (event === 'end') observer.end()
    else if (event === 'error') observer.fail(value)
    else if (event === 'close') observer.cancel()
    return emit?.(...values)
  })
}
