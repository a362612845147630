/** What a running trace needs of its client. */
import type { DropReason, IdGenerator, PriceBook, TraceEvent } from '@ragmeter/core'
import type { EventDefaults } from './open-event.ts'

/** Parts of a request that came after its end. */
export type LateParts = Partial<
  Pick<
    TraceEvent,
    'stages' | 'retrieval' | 'docstore_cost_nano_usd' | 'rerank' | 'generations' | 'cache' | 'quality'
  >
>

/** What is needed to record what a request does. */
export interface RecordHost {
  readonly defaults: EventDefaults
  readonly prices: PriceBook
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds of a clock that does not jump. */
  monotonicNow(): number
  /** 0 <= x < 1 */
  random(): number
  isHeadSampled(randomness: number): boolean
  /** Counts something that was left out. */
  drop(reason: DropReason): void
  /** Measures what a request did after its end, under its labels: its trace may be sent already. */
  bookLate(event: TraceEvent, parts: LateParts): void
}

export interface TraceHost<RunningTrace> extends RecordHost {
  readonly ids: IdGenerator
  /** Makes a trace the current one of a function and all it starts. */
  runIn<Result>(trace: RunningTrace, run: (trace: RunningTrace) => Result): Result
  /** The trace waits for a stream. */
  defer(trace: RunningTrace): void
  /** The request is over. */
  finish(trace: RunningTrace): void
}
