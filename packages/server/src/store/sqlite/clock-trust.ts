/** Tells a clock that runs from one that was set: a wrong clock must not empty the database. */
import { HOUR_MS } from '@ragmeter/core'

/** A clock that moves by more than this against the monotonic one has been set, not run. */
const JUMP_MS = 10 * 60_000
/** What differs for longer than this is taken as right. */
const DISTRUST_MS = HOUR_MS

export class ClockTrust {
  #before: { now: number; monotonic: number } | undefined
  #distrustUntil = -Infinity

  /**
   * Compares the clocks with the last time. After a jump the clock is not trusted for an hour: time to set it right.
   * @param now epoch milliseconds, of a clock that can be set
   * @param monotonic milliseconds of a clock that cannot
   */
  observe(now: number, monotonic: number): boolean {
    const before = this.#before
    this.#before = { now, monotonic }
    if (before !== undefined) {
      const drift = now - before.now - (monotonic - before.monotonic)
      if (Math.abs(drift) > JUMP_MS) this.distrust(monotonic)
    }
    return monotonic >= this.#distrustUntil
  }

  distrust(monotonic: number): void {
    this.#distrustUntil = monotonic + DISTRUST_MS
  }
}
