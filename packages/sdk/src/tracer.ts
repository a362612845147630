/** Starts and ends requests: decides which are kept, measures all, and queues what is kept. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { DropReason, IdGenerator, PriceBook, TraceEvent } from '@ragmeter/core'
import { ActiveTrace } from './active-trace.ts'
import { cutParts } from './cut-parts.ts'
import { openEvent } from './open-event.ts'
import type { EventDefaults } from './open-event.ts'
import type { Hasher } from './query-hash.ts'
import { readDocuments } from './read-retrieval.ts'
import type { Recorder } from './recorder.ts'
import { redact } from './redact.ts'
import type { Sampler } from './sampler.ts'
import { traceJson } from './trace-json.ts'
import type { LateParts, TraceHost } from './trace-host.ts'
import type { TraceQueue } from './trace-queue.ts'
import type { TraceOptions } from './trace.ts'

export interface TracerOptions {
  defaults: EventDefaults
  prices: PriceBook
  ids: IdGenerator
  sampler: Sampler
  recorder: Recorder
  /** Absent when there is nowhere to send traces. */
  queue: TraceQueue | undefined
  hash: Hasher
  hashUserIds: boolean
  now: () => number
  monotonicNow: () => number
  random: () => number
  /** Called when the queue should be emptied soon. */
  onPressure: () => void
}

/** A stream that nobody reads to its end holds its request open for this long. */
const STREAM_WAIT_MAX_MS = 10 * 60_000

export class Tracer implements TraceHost<ActiveTrace> {
  readonly defaults: EventDefaults
  readonly prices: PriceBook
  readonly ids: IdGenerator
  readonly now: () => number
  readonly monotonicNow: () => number
  readonly random: () => number
  readonly #options: TracerOptions
  readonly #storage = new AsyncLocalStorage<ActiveTrace>()
  readonly #deferred = new Map<ActiveTrace, number>()
  #inFlight = 0
  /** Requests started so far. */
  started = 0

  constructor(options: TracerOptions) {
    this.#options = options
    this.defaults = options.defaults
    this.prices = options.prices
    this.ids = options.ids
    this.now = options.now
    this.monotonicNow = options.monotonicNow
    this.random = options.random
  }

  /** Requests that have started and not ended. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** The request that the calling code is part of: what outlives its request, such as a timer, is part of none. */
  get current(): ActiveTrace | undefined {
    const origin = this.#storage.getStore()
    return origin === undefined || origin.isEnded ? undefined : origin
  }

  /** The request that started the calling code, even if it has ended: its log lines belong to it all the same. */
  get origin(): ActiveTrace | undefined {
    return this.#storage.getStore()
  }

  start(query: string, options: TraceOptions | undefined): ActiveTrace {
    this.#inFlight += 1
    this.started += 1
    const text = typeof query === 'string' ? query : ''
    try {
      return new ActiveTrace(this, text, options ?? undefined)
    } catch {
      // Options that cannot be read cost what they say, and not the request.
      this.drop('invalid')
      return new ActiveTrace(this, text, undefined)
    }
  }

  isHeadSampled(randomness: number): boolean {
    return this.#options.sampler.isHeadSampled(randomness)
  }

  drop(reason: DropReason): void {
    this.#options.recorder.drop(reason, 1)
  }

  /** In the minute in which it is known: of a request of long ago the daemon would refuse it. */
  bookLate({ org, operation, endpoint, metadata }: TraceEvent, parts: LateParts): void {
    const labels = { org, operation, endpoint, metadata }
    this.#options.recorder.recordParts({ ...openEvent(this.now(), this.defaults), ...labels, ...parts })
  }

  runIn<Result>(trace: ActiveTrace, run: (trace: ActiveTrace) => Result): Result {
    return this.#storage.run(trace, run, trace)
  }

  defer(trace: ActiveTrace): void {
    this.#deferred.set(trace, this.monotonicNow())
  }

  /** Ends requests that wait for a stream nobody reads. */
  abandonIdleStreams(): void {
    const oldest = this.monotonicNow() - STREAM_WAIT_MAX_MS
    for (const [trace, since] of this.#deferred) if (since < oldest) trace.abandon()
  }

  finish(trace: ActiveTrace): void {
    this.#inFlight -= 1
    if (this.#deferred.size > 0) this.#deferred.delete(trace)
    try {
      this.#record(trace)
    } catch {
      // A request must not fail because its measuring does: then it is counted as lost.
      this.drop('invalid')
    }
  }

  #record(trace: ActiveTrace): void {
    const { event } = trace
    const failed = event.status === 'error' || event.status === 'timeout'
    const { sampler, recorder, queue } = this.#options
    const { decision, kept } = sampler.decide(
      trace.randomness,
      failed,
      trace.isForced,
      event.operation ?? '',
      event.total_latency_ms,
      this.monotonicNow(),
    )
    if (kept === undefined || queue === undefined) return recorder.record(event, decision)
    event.kept = kept
    this.#complete(trace)
    recorder.record(event, decision)
    // Only now: what is cut from the trace has been measured.
    recorder.drop('trace_cut', cutParts(event))
    if (!queue.push(traceJson(event))) recorder.drop('queue_full', 1)
    if (queue.isHalfFull) this.#options.onPressure()
  }

  /** What only a trace that is kept needs: ids, hashes, documents. */
  #complete(trace: ActiveTrace): void {
    const { event, query } = trace
    const { hash, hashUserIds } = this.#options
    if (event.id === '') event.id = this.ids.requestId(event.timestamp)
    event.trace_id = trace.traceId
    if (query !== '') {
      event.query_hash = hash(query)
      event.query_length = query.length
    }
    if (trace.user !== undefined) event.user_id = hashUserIds ? hash(trace.user) : trace.user
    if (trace.errorMessage !== undefined && trace.errorMessage !== '') {
      event.error_message = redact(trace.errorMessage, query)
    }
    // A single word that was thrown looks like a name, and may be the query or a key.
    if (event.exception !== undefined && isSecret(event.exception, query)) event.exception = 'Error'
    if (trace.retrieved !== undefined) nameDocuments(event, trace.retrieved)
  }
}

function isSecret(name: string, query: string): boolean {
  return redact(name, query) !== name
}

function nameDocuments(event: TraceEvent, retrieved: unknown): void {
  if (event.retrieval === undefined || event.retrieval.documents !== undefined) return
  try {
    event.retrieval.documents = readDocuments(retrieved)
  } catch {
    // A getter of the application's object threw: the trace does without.
  }
}
