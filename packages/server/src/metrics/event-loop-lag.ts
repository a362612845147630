/** The longest time in the last one to two minutes for which the event loop was held. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20
const WINDOW_MS = 60_000

export interface EventLoopLag extends Disposable {
  /** Seconds. */
  max(): number
}

/**
 * Two windows, so that several scrapers do not take the maximum from each other.
 * @param monotonic milliseconds of any origin
 */
export function watchEventLoop(monotonic: () => number): EventLoopLag {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let windowStart = monotonic()
  let previous = 0
  return {
    max: () => {
      // What is recorded is the whole time between two ticks of a timer, which has to be subtracted.
      const current = Math.max(0, histogram.max / 1e6 - RESOLUTION_MS)
      const result = Math.max(previous, current) / 1000
      if (monotonic() - windowStart >= WINDOW_MS) {
        windowStart = monotonic()
        previous = current
        histogram.reset()
      }
      return result
    },
    [Symbol.dispose]: () => {
      histogram.disable()
    },
  }
}
