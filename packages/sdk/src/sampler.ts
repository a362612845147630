/** Decides which traces are kept. It never decides what is measured: that is everything. */
import type { Kept, SamplingDecision } from '@ragmeter/core'
import { RateCap } from './rate-cap.ts'
import { SlowThresholds } from './slow-threshold.ts'

export interface SamplerOptions {
  /** 0..1 */
  sampleRate: number
  alwaysKeepPerSecondMax: number
  /** A clock in milliseconds that does not jump back. */
  nowMs: number
}

export interface Sampling {
  readonly decision: SamplingDecision
  /** Present if the trace is kept. */
  readonly kept: Kept | undefined
}

const NOT_SAMPLED: Sampling = { decision: 'not_sampled', kept: undefined }
const RATE_CAPPED: Sampling = { decision: 'rate_capped', kept: undefined }

/** The daemon takes no smaller probability: a weight of a million is the largest that makes sense. */
const PROBABILITY_MIN = 1e-6

export class Sampler {
  readonly #rate: number
  readonly #head: Sampling
  readonly #cap: RateCap
  readonly #slow = new SlowThresholds()

  constructor(options: SamplerOptions) {
    this.#rate = options.sampleRate
    this.#head = { decision: 'head', kept: { reason: 'head', probability: probability(options.sampleRate) } }
    this.#cap = new RateCap(options.alwaysKeepPerSecondMax, options.nowMs)
  }

  /** The rule of OpenTelemetry's consistent sampling, so that services with one rate keep the same traces. */
  isHeadSampled(randomness: number): boolean {
    return randomness >= 1 - this.#rate
  }

  /**
   * A trace that failed, was slow or was forced is of a kind that is always kept, so it says so even when the head
   * sample picked it too: its probability is that of its kind, and estimates made from kept traces stay right.
   * @param randomness share 0..1 of the trace id: see `randomnessOf`
   * @param nowMs a clock that does not jump back
   */
  decide(
    randomness: number,
    failed: boolean,
    forced: boolean,
    operation: string,
    latencyMs: number,
    nowMs: number,
  ): Sampling {
    const slow = this.#slow.isSlow(operation, latencyMs)
    const head = this.isHeadSampled(randomness)
    if (!failed && !slow && !forced) return head ? this.#head : NOT_SAMPLED
    const granted = this.#cap.take(nowMs)
    if (!head && !granted) return RATE_CAPPED
    const reason = forced ? 'forced' : failed ? 'error' : 'slow'
    const share = this.#rate + (1 - this.#rate) * this.#cap.grantedShare
    return { decision: reason, kept: { reason, probability: probability(share) } }
  }
}

function probability(share: number): number {
  return Math.min(1, Math.max(PROBABILITY_MIN, share))
}
