/** A token bucket: at most so many a second, a second's worth at once. */

export class RateCap {
  readonly #perSecond: number
  #tokens: number
  #lastMs: number
  #granted = 1

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#tokens = perSecond
    this.#lastMs = nowMs
  }

  /** @param nowMs a clock that does not jump back */
  take(nowMs: number): boolean {
    const refill = ((nowMs - this.#lastMs) / 1000) * this.#perSecond
    if (refill > 0) {
      this.#tokens = Math.min(this.#perSecond, this.#tokens + refill)
      this.#lastMs = nowMs
    }
    const granted = this.#tokens >= 1
    if (granted) this.#tokens -= 1
    this.#granted += ((granted ? 1 : 0) - this.#granted) / MEMORY
    return granted
  }

  /** The share of the last requests, about a hundred, that was granted. */
  get grantedShare(): number {
    return this.#granted
  }
}

const MEMORY = 100
