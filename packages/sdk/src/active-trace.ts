/** The handle of a request that is measured: its life, from its start to the end of its last stream. */
import type { StageName } from '@ragmeter/core'
import { checkedStatus } from './checked-values.ts'
import { RequestRecord } from './request-record.ts'
import { watch } from './settle.ts'
import type { StreamEnd } from './stream-tally.ts'
import type {
  EndOptions,
  GenerationOptions,
  RerankOptions,
  RetrievalOptions,
  StageOptions,
  Trace,
  TraceOptions,
} from './trace.ts'
import type { TraceHost } from './trace-host.ts'
import { formatTraceparent } from './traceparent.ts'
import { observeStream } from './usage-stream.ts'
import { GenerationStep, OtherStep, RerankStep, RetrievalStep } from './watched-steps.ts'

export class ActiveTrace extends RequestRecord implements Trace {
  readonly #host: TraceHost<ActiveTrace>
  #spanId: string | undefined = undefined
  #openStreams = 0
  #followed: unknown = undefined
  #isEnding = false

  constructor(host: TraceHost<ActiveTrace>, query: string, options: TraceOptions | undefined) {
    super(host, query, options)
    this.#host = host
  }

  get traceId(): string {
    return (this.event.trace_id ??= this.#host.ids.traceId(this.randomness))
  }

  get requestId(): string {
    if (this.event.request_id !== undefined) return this.event.request_id
    if (this.event.id === '') this.event.id = this.#host.ids.requestId(this.event.timestamp)
    return this.event.id
  }

  get org(): string | undefined {
    return this.event.org
  }

  retrieval<Result>(options: RetrievalOptions, run: () => Result): Result {
    return watch(run, new RetrievalStep(this, options ?? {}, this.#host.monotonicNow()))
  }

  rerank<Result>(options: RerankOptions, run: () => Result): Result {
    return watch(run, new RerankStep(this, options ?? {}, this.#host.monotonicNow()))
  }

  generation<Result>(options: GenerationOptions, run: () => Result): Result {
    return watch(run, new GenerationStep(this, options ?? {}, this.#host.monotonicNow()))
  }

  stage<Result>(stage: StageName | StageOptions, run: () => Result): Result {
    const options = typeof stage === 'string' ? { stage } : (stage ?? {})
    return watch(run, new OtherStep(this, options, this.#host.monotonicNow()))
  }

  headers(): Record<string, string> {
    this.#spanId ??= this.#host.ids.spanId()
    const headers: Record<string, string> = {
      traceparent: formatTraceparent(this.traceId, this.#spanId, this.isSampled),
      'x-request-id': this.requestId,
    }
    if (this.tracestate !== undefined) headers['tracestate'] = this.tracestate
    return headers
  }

  run<Result>(run: () => Result): Result {
    return this.#host.runIn(this, run)
  }

  /** Runs a function that takes the trace, as its current one. */
  enter<Result>(work: (trace: ActiveTrace) => Result): Result {
    return this.#host.runIn(this, work)
  }

  end(options?: EndOptions): void {
    if (this.isEnded || this.#isEnding) return
    this.#isEnding = true
    try {
      this.event.status = checkedStatus(options?.status) ?? this.event.status
    } catch {
      this.lose()
    }
    if (this.#openStreams === 0) this.#finish()
    else this.#host.defer(this)
  }

  [Symbol.dispose](): void {
    if (this.isEnded || this.#isEnding) return
    this.recordError(
      new Error('The trace was disposed without end(): an exception left its block, or end() is missing.'),
    )
    this.end()
  }

  /** Keeps the request open until a stream ends. @returns the same stream */
  follow<Stream>(stream: Stream, onFirstToken: () => void, onEnd: (end: StreamEnd) => void): Stream {
    this.#openStreams += 1
    this.#followed = stream
    return observeStream(stream, {
      onFirstToken,
      onEnd: (end) => {
        onEnd(end)
        if (end.cancelled) this.#cancel()
        else if (end.error !== undefined && !this.isEnded) this.recordError(end.error)
        this.#openStreams -= 1
        if (this.#openStreams === 0 && this.#isEnding) this.#finish()
      },
    })
  }

  /** Whether this is the stream that was followed last. */
  isFollowing(stream: unknown): boolean {
    return this.#followed === stream
  }

  /** Ends a request whose stream nobody reads to its end. */
  abandon(): void {
    this.#cancel()
    this.#finish()
  }

  #cancel(): void {
    if (!this.isEnded && this.event.status === 'success') this.event.status = 'cancelled'
  }

  #finish(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.event.total_latency_ms = Math.max(0, this.#host.monotonicNow() - this.startMs)
    this.#host.finish(this)
  }
}
