/** Commits on their way into the windows: a little in each turn of the event loop, so that none of them is long. */
import type { Measurement } from '@ragmeter/core'
import type { CommittedUpdate } from '../store/store.ts'
import type { Windows } from './windows.ts'

/** About a millisecond. */
const MEASUREMENTS_PER_TURN = 1000
/** Commits that wait. Beyond them they are taken in at once: to lose one would bend every number that follows. */
const WAITING_MAX = 200

interface Item {
  readonly instance: string
  readonly measurements: readonly Measurement[]
}

export class CommitFeed {
  readonly #windows: Windows
  readonly #now: () => number
  readonly #waiting: Item[] = []
  #position = 0
  #isScheduled = false

  constructor(windows: Windows, now: () => number) {
    this.#windows = windows
    this.#now = now
  }

  add(update: CommittedUpdate): void {
    if (update.measurements.length > 0)
      this.#waiting.push({ instance: '', measurements: update.measurements })
    this.#waiting.push(...update.gauges)
    if (this.#waiting.length > WAITING_MAX) this.flush()
    else this.#schedule()
  }

  /** Takes in all that waits. */
  flush(): void {
    while (this.#waiting.length > 0) this.#takeTurn()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#takeTurn()
      this.#schedule()
    })
  }

  #takeTurn(): void {
    const [first] = this.#waiting
    if (first === undefined) return
    const { instance, measurements } = first
    const now = this.#now()
    const end = Math.min(measurements.length, this.#position + MEASUREMENTS_PER_TURN)
    for (let i = this.#position; i < end; i += 1) {
      const measurement = measurements[i]
      if (measurement !== undefined) this.#windows.add(measurement, instance, now)
    }
    this.#position = end
    if (end < measurements.length) return
    this.#waiting.shift()
    this.#position = 0
  }
}
