/** The handle of a request that is measured. */
import { enums, LIMITS, nanoUsd } from '@ragmeter/core'
import type { CacheName, QualitySource, Scalar, StageName, Status } from '@ragmeter/core'
import { checkedLatency, checkedStatus, checkedText, checkedUsd, oneOf } from './checked-values.ts'
import { generationOf, joinRetrievals, markDocuments, rerankOf, retrievalOf } from './event-parts.ts'
import type { Loose } from './event-parts.ts'
import { failureOf } from './failure.ts'
import { checkedMetadata, setMetadata } from './metadata.ts'
import type { Metadata } from './metadata.ts'
import { measureAnswer } from './quality.ts'
import { openEvent } from './open-event.ts'
import type { OpenEvent } from './open-event.ts'
import { readDocuments } from './read-retrieval.ts'
import { watch } from './settle.ts'
import type { StreamEnd } from './stream-tally.ts'
import type {
  EndOptions,
  GenerationOptions,
  GenerationRecord,
  RerankOptions,
  RerankRecord,
  RetrievalOptions,
  RetrievalRecord,
  StageOptions,
  StageRecord,
  Trace,
  TraceOptions,
} from './trace.ts'
import type { TraceHost } from './trace-host.ts'
import { stepOf, stepsOfParts } from './trace-steps.ts'
import { GenerationStep, OtherStep, RerankStep, RetrievalStep } from './watched-steps.ts'
import { checkedTracestate, formatTraceparent, parseTraceparent, randomnessOf } from './traceparent.ts'
import { observeStream } from './usage-stream.ts'

export class ActiveTrace implements Trace {
  /** What is known so far; read by the host when the request ends. */
  readonly event: OpenEvent
  readonly query: string
  /** The share 0..1 by which the head sample decides. */
  readonly randomness: number
  isForced: boolean
  /** As the application names it: hashed when the trace is kept. */
  user: string | undefined = undefined
  /** The message of the error, not yet redacted. */
  errorMessage: string | undefined = undefined
  /** What the retriever returned: read again if the trace is kept. */
  retrieved: unknown = undefined
  isEnded = false

  readonly #host: TraceHost<ActiveTrace>
  readonly #startMs: number
  #tracestate: string | undefined = undefined
  #spanId: string | undefined = undefined
  #failedStep: { error: unknown; stage: StageName } | undefined = undefined
  #openStreams = 0
  #followed: unknown = undefined
  #isEnding = false

  constructor(host: TraceHost<ActiveTrace>, query: string, options: TraceOptions | undefined) {
    this.#host = host
    this.query = query
    this.event = openEvent(host.now(), host.defaults)
    this.isForced = options?.force === true
    const parent = parseTraceparent(options?.traceparent)
    this.randomness = parent === undefined ? host.random() : randomnessOf(parent.traceId)
    if (options !== undefined) this.#apply(options)
    if (parent !== undefined) {
      this.event.trace_id = parent.traceId
      this.event.parent_span_id = parent.spanId
      this.#tracestate = checkedTracestate(options?.tracestate)
    }
    this.#startMs = host.monotonicNow()
  }

  get isSampled(): boolean {
    return this.isForced || this.#host.isHeadSampled(this.randomness)
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

  recordRetrieval(record: RetrievalRecord): void {
    try {
      this.addRetrieval(record, undefined)
    } catch {
      this.#host.drop('invalid')
    }
  }

  recordUsed(ids: readonly (string | number)[]): void {
    this.#mark(ids, 'used')
  }

  recordCitations(ids: readonly (string | number)[]): void {
    this.#mark(ids, 'cited')
  }

  #mark(ids: readonly (string | number)[], mark: 'used' | 'cited'): void {
    if (this.isEnded) return
    try {
      const { retrieval } = this.event
      const documents = retrieval?.documents ?? readDocuments(this.retrieved)
      if (retrieval === undefined || documents === undefined) return this.#host.drop('invalid')
      retrieval.documents = markDocuments(documents, ids, mark)
    } catch {
      this.#host.drop('invalid')
    }
  }

  recordRerank(record: RerankRecord): void {
    try {
      this.addRerank(record, undefined)
    } catch {
      this.#host.drop('invalid')
    }
  }

  recordGeneration(record: GenerationRecord): void {
    try {
      this.addGeneration(record, undefined)
    } catch {
      this.#host.drop('invalid')
    }
  }

  recordStage(record: StageRecord): void {
    if (this.isEnded) return
    const duration = checkedLatency(record?.durationMs)
    const stage = oneOf(record?.stage, enums.STAGES)
    if (duration === undefined || stage === undefined) return this.#host.drop('invalid')
    const start = checkedLatency(record.startMs) ?? this.#startOf(duration)
    const step = {
      ...stepOf(stage, duration, start, checkedStatus(record.status)),
      name: checkedText(record.name, LIMITS.nameLengthMax),
      attributes: checkedMetadata(record.attributes),
    }
    this.#add((this.event.stages ??= stepsOfParts(this.event)), step)
  }

  recordCache(cache: CacheName, hit: boolean): void {
    if (this.isEnded) return
    if (oneOf(cache, enums.CACHES) === undefined || typeof hit !== 'boolean')
      return this.#host.drop('invalid')
    this.#add((this.event.cache ??= []), { cache, hit })
  }

  recordQuality(metric: string, score: number, source: QualitySource = 'application'): void {
    if (this.isEnded) return
    const name = checkedText(metric, LIMITS.nameLengthMax)
    const isScore = typeof score === 'number' && score >= 0 && score <= 1
    if (name === undefined || !isScore || oneOf(source, enums.QUALITY_SOURCES) === undefined) {
      return this.#host.drop('invalid')
    }
    this.#add((this.event.quality ??= []), { metric: name, score, source })
  }

  recordAnswer(answer: string, documents: readonly string[]): void {
    if (this.isEnded || typeof answer !== 'string' || !Array.isArray(documents)) return
    const texts = (documents as readonly unknown[]).filter((text) => typeof text === 'string')
    const quality = measureAnswer(answer, texts)
    if (quality === undefined) return
    this.recordQuality('context_utilisation', quality.contextUtilisation, 'sdk')
    this.recordQuality('groundedness', quality.groundedness, 'sdk')
  }

  recordError(error: unknown): void {
    if (this.isEnded || this.event.status !== 'success') return
    const step = this.#failedStep
    const stage = step !== undefined && step.error === error ? step.stage : undefined
    const failure = failureOf(error, stage)
    this.event.status = failure.status
    this.event.error_type = failure.errorType
    this.event.exception = failure.exception
    this.errorMessage = failure.message
  }

  addMetadata(key: string, value: Scalar): void {
    if (this.isEnded) return
    const metadata = (this.event.metadata ??= {}) as Metadata
    if (!setMetadata(metadata, key, value)) this.#host.drop('invalid')
  }

  setOrg(org: string): void {
    if (!this.isEnded) this.event.org = checkedText(org, LIMITS.nameLengthMax)
  }

  setUser(user: string): void {
    if (!this.isEnded) this.user = checkedText(user, LIMITS.nameLengthMax)
  }

  setSession(session: string): void {
    if (!this.isEnded) this.event.session_id = checkedText(session, LIMITS.nameLengthMax)
  }

  setIntent(intent: string): void {
    if (!this.isEnded) this.event.intent = checkedText(intent, LIMITS.nameLengthMax)
  }

  force(): void {
    this.isForced = true
  }

  retrieval<Result>(options: RetrievalOptions, run: () => Result): Result {
    return watch(run, new RetrievalStep(this, options, this.#host.monotonicNow()))
  }

  rerank<Result>(options: RerankOptions, run: () => Result): Result {
    return watch(run, new RerankStep(this, options, this.#host.monotonicNow()))
  }

  generation<Result>(options: GenerationOptions, run: () => Result): Result {
    return watch(run, new GenerationStep(this, options, this.#host.monotonicNow()))
  }

  stage<Result>(stage: StageName | StageOptions, run: () => Result): Result {
    const options: StageOptions = typeof stage === 'string' ? { stage } : stage
    return watch(run, new OtherStep(this, options, this.#host.monotonicNow()))
  }

  headers(): Record<string, string> {
    this.#spanId ??= this.#host.ids.spanId()
    const headers: Record<string, string> = {
      traceparent: formatTraceparent(this.traceId, this.#spanId, this.isSampled),
      'x-request-id': this.requestId,
    }
    if (this.#tracestate !== undefined) headers['tracestate'] = this.#tracestate
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
    this.event.status = checkedStatus(options?.status) ?? this.event.status
    this.#isEnding = true
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
        else if (end.error !== undefined) this.recordError(end.error)
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

  /** Since a moment of the monotonic clock. */
  since(startMs: number): number {
    return this.#host.monotonicNow() - startMs
  }

  /** A step that was timed from here to there. */
  addTimedStage(options: StageOptions, startMs: number, status: Status): void {
    const durationMs = this.since(startMs)
    this.recordStage({ ...options, durationMs, startMs: startMs - this.#startMs, status })
  }

  #finish(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.event.total_latency_ms = Math.max(0, this.#host.monotonicNow() - this.#startMs)
    this.#host.finish(this)
  }

  #apply(options: TraceOptions): void {
    const { event } = this
    event.operation = checkedText(options.operation, LIMITS.nameLengthMax)
    event.endpoint = checkedText(options.endpoint, LIMITS.endpointLengthMax)
    event.intent = checkedText(options.intent, LIMITS.nameLengthMax)
    event.org = checkedText(options.org, LIMITS.nameLengthMax)
    event.session_id = checkedText(options.session, LIMITS.nameLengthMax)
    event.request_id = checkedText(options.requestId, LIMITS.idLengthMax)
    this.user = checkedText(options.user, LIMITS.nameLengthMax)
    const { metadata } = options
    if (typeof metadata !== 'object' || metadata === null) return
    for (const key of Object.keys(metadata)) this.addMetadata(key, metadata[key] ?? null)
  }

  /** @param startMs by the monotonic clock, if it is known */
  addRetrieval(record: Loose<RetrievalRecord>, startMs: number | undefined): void {
    if (this.isEnded) return
    const { event } = this
    const retrieval = retrievalOf(record)
    this.#addStep('retrieval', retrieval.latency_ms, startMs, retrieval.status, event.retrieval !== undefined)
    event.retrieval = event.retrieval === undefined ? retrieval : joinRetrievals(event.retrieval, retrieval)
    const cost = checkedUsd(record.costUsd)
    if (cost !== undefined) event.docstore_cost_nano_usd = (event.docstore_cost_nano_usd ?? 0) + nanoUsd(cost)
  }

  addRerank(record: Loose<RerankRecord>, startMs: number | undefined): void {
    if (this.isEnded) return
    const rerank = rerankOf(record)
    this.#addStep(
      'rerank',
      rerank.latency_ms,
      startMs,
      checkedStatus(record.status),
      this.event.rerank !== undefined,
    )
    this.event.rerank = rerank
  }

  addGeneration(record: Loose<GenerationRecord>, startMs: number | undefined): void {
    if (this.isEnded) return
    const { event } = this
    const generation = generationOf(record, this.#host.prices, event.timestamp)
    this.#addStep('generation', generation.latency_ms, startMs, generation.status, false)
    if (event.generations === undefined) event.generations = [generation]
    else this.#add(event.generations, generation)
  }

  /** Adds a part to the measurement of the request; how many of them its trace keeps is decided at its end. */
  #add<Part>(parts: readonly Part[], part: Part): void {
    if (parts.length < LIMITS.partsPerRequestMax) (parts as Part[]).push(part)
    else this.#host.drop('measurement_overflow')
  }

  /**
   * Writes a part into the timeline, before it becomes a part of the event. Parts of which only the duration is
   * known need none.
   * @param isRepeated a part that is joined with one before it can only be told in a timeline
   */
  #addStep(
    stage: StageName,
    durationMs: number | undefined,
    startMs: number | undefined,
    status: Status | undefined,
    isRepeated: boolean,
  ): void {
    if (durationMs === undefined) return
    const isWanted = startMs !== undefined && this.isSampled
    if (this.event.stages === undefined && !isRepeated && !isWanted) return
    const start = startMs === undefined ? undefined : startMs - this.#startMs
    this.#add((this.event.stages ??= stepsOfParts(this.event)), stepOf(stage, durationMs, start, status))
  }

  /** When a step began that has just ended, since the start of the request. */
  #startOf(durationMs: number): number | undefined {
    const startMs = this.#host.monotonicNow() - this.#startMs - durationMs
    return startMs >= 0 ? startMs : undefined
  }

  /** Remembers where an error came from. @returns the status of the step */
  failStep(error: unknown, stage: StageName): Status {
    this.#failedStep = { error, stage }
    return failureOf(error, stage).status
  }
}
