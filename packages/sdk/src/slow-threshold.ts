/** What counts as slow: clearly above the running p99 of the same operation. */
import { ExponentialHistogram, HISTOGRAM_RELATIVE_ERROR } from '@ragmeter/core'

/** Requests between two looks at the p99, and the fewest one is taken from. */
const REFRESH_EVERY = 100
/** Requests after which the window starts again, so that the threshold follows the service. */
const WINDOW = 1000
const SLOW_QUANTILE = 0.99
/** A quantile may lie this far below the value it stands for: without the margin every request of a steady service would be slow. */
const MARGIN = 1 + 2 * HISTOGRAM_RELATIVE_ERROR

/** Operations told apart; further ones share a threshold. */
const OPERATIONS_MAX = 50

interface Window {
  readonly histogram: ExponentialHistogram
  count: number
  thresholdMs: number
}

export class SlowThresholds {
  readonly #windows = new Map<string, Window>()

  /** Counts a latency. @returns whether it is slow by what was seen before it; false until 100 were seen */
  isSlow(operation: string, latencyMs: number): boolean {
    const window = this.#windowOf(operation)
    const slow = latencyMs > window.thresholdMs
    window.histogram.add(latencyMs)
    window.count += 1
    if (window.count % REFRESH_EVERY === 0) {
      window.thresholdMs = (window.histogram.quantile(SLOW_QUANTILE) ?? Infinity) * MARGIN
      if (window.count === WINDOW) {
        window.histogram.clear()
        window.count = 0
      }
    }
    return slow
  }

  #windowOf(operation: string): Window {
    const known = this.#windows.get(operation)
    if (known !== undefined) return known
    if (this.#windows.size >= OPERATIONS_MAX && operation !== '') return this.#windowOf('')
    const window = { histogram: new ExponentialHistogram(), count: 0, thresholdMs: Infinity }
    this.#windows.set(operation, window)
    return window
  }
}
