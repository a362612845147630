/** What a running trace needs of its client. */
import type { DropReason, IdGenerator, PriceBook } from '@ragmeter/core'
import type { EventDefaults } from './open-event.ts'

export interface TraceHost<RunningTrace> {
  readonly defaults: EventDefaults
  readonly prices: PriceBook
  readonly ids: IdGenerator
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds of a clock that does not jump. */
  monotonicNow(): number
  /** 0 <= x < 1 */
  random(): number
  isHeadSampled(randomness: number): boolean
  /** Counts something that was left out. */
  drop(reason: DropReason): void
  /** Makes a trace the current one of a function and all it starts. */
  runIn<Result>(trace: RunningTrace, run: (trace: RunningTrace) => Result): Result
  /** The trace waits for a stream. */
  defer(trace: RunningTrace): void
  /** The request is over. */
  finish(trace: RunningTrace): void
}
