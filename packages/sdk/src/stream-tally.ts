/** What is known about a stream while it flows, and its end, reported once. */

import { ChunkReader } from './stream-chunk.ts'
import type { AnswerUsage } from './usage.ts'

export interface StreamEnd extends AnswerUsage {
  /** What the stream failed with; absent when it did not fail. */
  error?: unknown
  /** The reader left early or the stream was aborted: neither a success nor a failure. */
  cancelled: boolean
}

export interface StreamListener {
  /** The first part of an answer has passed: text, reasoning or a tool call. Not called for an empty answer. */
  onFirstToken?(): void
  /** Called exactly once, after the last chunk. */
  onEnd(end: StreamEnd): void
}

/** Told what passes through a stream. Never throws: it sits inside the application's stream. */
export interface StreamObserver {
  chunk(value: unknown): void
  end(): void
  fail(error: unknown): void
  cancel(): void
}

/** @returns an observer that reads each chunk and reports the first token and the end */
export function tallyStream(listener: StreamListener): StreamObserver {
  const reader = new ChunkReader()
  let hasContent = false
  let hasEnded = false

  const finish = (cancelled: boolean, error: unknown): void => {
    if (hasEnded) return
    hasEnded = true
    const failure = error ?? reader.error
    const end: StreamEnd = {
      ...reader.answer(),
      cancelled: cancelled || reader.isAborted || isAbort(failure),
    }
    quietly(() => listener.onEnd(failure === undefined ? end : { ...end, error: failure }))
  }

  const chunk = (value: unknown): void => {
    if (hasEnded) return
    quietly(() => {
      if (!reader.read(value) || hasContent) return
      hasContent = true
      listener.onFirstToken?.()
    })
  }

  return {
    chunk,
    end: () => finish(false, undefined),
    fail: (error) => finish(false, error ?? new Error('The stream failed without saying why')),
    cancel: () => finish(true, undefined),
  }
}

/** Every library throws its own class when it is aborted; what they share is the name, or the end of it. */
function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'AbortError' || error.constructor.name === 'APIUserAbortError'
}

/** Neither a getter of a chunk nor a listener may break the stream it only watches. */
function quietly(watch: () => void): void {
  try {
    watch()
  } catch {
    // Nothing to do: the stream goes on as if nobody watched.
  }
}
