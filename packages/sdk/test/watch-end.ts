import { vi, type Mock } from 'vitest'
import type { StreamEnd } from '../src/stream-tally.ts'

export interface WatchedEnd {
  readonly onFirstToken: Mock<() => void>
  readonly onEnd: Mock<(end: StreamEnd) => void>
  /** Resolves when the stream ended. */
  readonly end: Promise<StreamEnd>
  /** What was called, in order. */
  readonly calls: string[]
}

/** A listener that records what it is told. */
export function watchEnd(): WatchedEnd {
  const calls: string[] = []
  const onFirstToken = vi.fn<() => void>(() => void calls.push('first'))
  const onEnd = vi.fn<(end: StreamEnd) => void>()
  const end = new Promise<StreamEnd>((resolve) => {
    onEnd.mockImplementation((reported) => {
      calls.push('end')
      resolve(reported)
    })
  })
  return { onFirstToken, onEnd, end, calls }
}
