/**
 * The state of the database as last heard. The writer answers between two transactions; under load that takes a
 * while, which is not a failure yet, so whoever asks waits a moment and then gets the last state known.
 */
import type { StorageState } from './store/store.ts'

export interface StorageWatch {
  /** @returns the last state, and for how long a question has been without an answer */
  ask(waitMs: number): Promise<{ state: StorageState | undefined; silentMs: number }>
}

/** @param monotonic milliseconds of any origin, which no setting of a clock moves */
export function watchStorage(state: () => Promise<StorageState>, monotonic: () => number): StorageWatch {
  let last: StorageState | undefined
  let pending: { promise: Promise<void>; since: number } | undefined
  const begin = () => {
    const since = monotonic()
    const promise = state()
      .then((answer) => {
        last = answer
      })
      .finally(() => {
        pending = undefined
      })
    // Whoever waits for it hears of a failure; if nobody does any more, it is not unhandled.
    promise.catch(() => {})
    pending = { promise, since }
    return pending
  }
  return {
    ask: async (waitMs) => {
      const { promise, since } = pending ?? begin()
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs)
      })
      try {
        await Promise.race([promise, patience])
      } finally {
        clearTimeout(timer)
      }
      return { state: last, silentMs: pending === undefined ? 0 : monotonic() - since }
    },
  }
}
