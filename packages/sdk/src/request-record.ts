/** What is said of a request while it runs, and what it does after its end. */
import { enums, LIMITS, nanoUsd } from '@ragmeter/core'
import type { CacheName, QualitySource, Scalar, StageName, Status } from '@ragmeter/core'
import { checkedLatency, checkedStatus, checkedText, checkedUsd, oneOf } from './checked-values.ts'
import { generationOf, joinRetrievals, markDocuments, rerankOf, retrievalOf } from './event-parts.ts'
import type { Loose } from './event-parts.ts'
import { failureOf } from './failure.ts'
import { checkedMetadata, setMetadata } from './metadata.ts'
import type { Metadata } from './metadata.ts'
import { openEvent } from './open-event.ts'
import type { OpenEvent } from './open-event.ts'
import { measureAnswer } from './quality.ts'
import { readDocuments } from './read-retrieval.ts'
import type {
  GenerationRecord,
  RerankRecord,
  RetrievalRecord,
  StageOptions,
  StageRecord,
  TraceOptions,
} from './trace.ts'
import type { RecordHost } from './trace-host.ts'
import { stepOf, stepsOfParts } from './trace-steps.ts'
import { checkedTracestate, parseTraceparent, randomnessOf } from './traceparent.ts'

/**
 * What a request does is measured: before its end as parts of its event, afterwards each by itself, so that no call to a
 * model is lost. What only its trace could tell comes too late then, and is counted.
 */
export class RequestRecord {
  /** What is known so far; read by the host when the request ends. */
  readonly event: OpenEvent
  readonly query: string
  /** The share 0..1 by which the head sample decides. */
  readonly randomness: number
  isForced: boolean
  isEnded = false
  /** As the application names it: hashed when the trace is kept. */
  user: string | undefined = undefined
  /** The message of the error, not yet redacted. */
  errorMessage: string | undefined = undefined
  /** What the retriever returned: read again if the trace is kept. */
  retrieved: unknown = undefined
  /** The header of the caller, handed on as it is. */
  protected tracestate: string | undefined = undefined
  /** By the monotonic clock. */
  protected readonly startMs: number

  readonly #host: RecordHost
  #failedStep: { error: unknown; stage: StageName | undefined } | undefined = undefined

  constructor(host: RecordHost, query: string, options: TraceOptions | undefined) {
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
      this.tracestate = checkedTracestate(options?.tracestate)
    }
    this.startMs = host.monotonicNow()
  }

  get isSampled(): boolean {
    return this.isForced || this.#host.isHeadSampled(this.randomness)
  }

  recordRetrieval(record: RetrievalRecord): void {
    try {
      this.addRetrieval(record, undefined)
    } catch {
      this.lose()
    }
  }

  recordUsed(ids: readonly (string | number)[]): void {
    this.#mark(ids, 'used')
  }

  recordCitations(ids: readonly (string | number)[]): void {
    this.#mark(ids, 'cited')
  }

  #mark(ids: readonly (string | number)[], mark: 'used' | 'cited'): void {
    if (this.isEnded) return this.#host.drop('after_end')
    try {
      const { retrieval } = this.event
      const documents = retrieval?.documents ?? readDocuments(this.retrieved)
      if (retrieval === undefined || documents === undefined) return this.#host.drop('invalid')
      retrieval.documents = markDocuments(documents, ids, mark)
    } catch {
      this.lose()
    }
  }

  recordRerank(record: RerankRecord): void {
    try {
      this.addRerank(record, undefined)
    } catch {
      this.lose()
    }
  }

  recordGeneration(record: GenerationRecord): void {
    try {
      this.addGeneration(record, undefined)
    } catch {
      this.lose()
    }
  }

  recordStage(record: StageRecord): void {
    try {
      this.#addStage(record)
    } catch {
      this.lose()
    }
  }

  #addStage(record: StageRecord): void {
    const duration = checkedLatency(record?.durationMs)
    const stage = oneOf(record?.stage, enums.STAGES)
    if (duration === undefined || stage === undefined) return this.#host.drop('invalid')
    const start = checkedLatency(record.startMs) ?? this.#startOf(duration)
    const step = {
      ...stepOf(stage, duration, start, checkedStatus(record.status)),
      name: checkedText(record.name, LIMITS.nameLengthMax),
      attributes: checkedMetadata(record.attributes),
    }
    if (this.isEnded) this.#host.bookLate(this.event, { stages: [step] })
    else this.#add((this.event.stages ??= stepsOfParts(this.event)), step)
  }

  recordCache(cache: CacheName, hit: boolean): void {
    if (oneOf(cache, enums.CACHES) === undefined || typeof hit !== 'boolean')
      return this.#host.drop('invalid')
    if (this.isEnded) this.#host.bookLate(this.event, { cache: [{ cache, hit }] })
    else this.#add((this.event.cache ??= []), { cache, hit })
  }

  recordQuality(metric: string, score: number, source: QualitySource = 'application'): void {
    const name = checkedText(metric, LIMITS.nameLengthMax)
    const isScore = typeof score === 'number' && score >= 0 && score <= 1
    if (name === undefined || !isScore || oneOf(source, enums.QUALITY_SOURCES) === undefined) {
      return this.#host.drop('invalid')
    }
    if (this.isEnded) this.#host.bookLate(this.event, { quality: [{ metric: name, score, source }] })
    else this.#add((this.event.quality ??= []), { metric: name, score, source })
  }

  recordAnswer(answer: string, documents: readonly string[]): void {
    try {
      if (typeof answer !== 'string' || !Array.isArray(documents)) return
      const texts = (documents as readonly unknown[]).filter((text) => typeof text === 'string')
      const quality = measureAnswer(answer, texts)
      if (quality === undefined) return
      this.recordQuality('context_utilisation', quality.contextUtilisation, 'sdk')
      this.recordQuality('groundedness', quality.groundedness, 'sdk')
    } catch {
      this.lose()
    }
  }

  recordError(error: unknown): void {
    if (this.event.status !== 'success') return
    if (this.isEnded) return this.#host.drop('after_end')
    const step = this.#failedStep
    const stage = step !== undefined && step.error === error ? step.stage : undefined
    const failure = failureOf(error, stage)
    this.event.status = failure.status
    this.event.error_type = failure.errorType
    this.event.exception = failure.exception
    this.errorMessage = failure.message
  }

  addMetadata(key: string, value: Scalar): void {
    if (this.isEnded) return this.#host.drop('after_end')
    const metadata = (this.event.metadata ??= {}) as Metadata
    if (!setMetadata(metadata, key, value)) this.#host.drop('invalid')
  }

  setOrg(org: string): void {
    if (this.isEnded) return this.#host.drop('after_end')
    this.event.org = checkedText(org, LIMITS.nameLengthMax)
  }

  setUser(user: string): void {
    if (this.isEnded) return this.#host.drop('after_end')
    this.user = checkedText(user, LIMITS.nameLengthMax)
  }

  setSession(session: string): void {
    if (this.isEnded) return this.#host.drop('after_end')
    this.event.session_id = checkedText(session, LIMITS.nameLengthMax)
  }

  setIntent(intent: string): void {
    if (this.isEnded) return this.#host.drop('after_end')
    this.event.intent = checkedText(intent, LIMITS.nameLengthMax)
  }

  force(): void {
    if (this.isEnded) return this.#host.drop('after_end')
    this.isForced = true
  }

  /** Since a moment of the monotonic clock. */
  since(startMs: number): number {
    return this.#host.monotonicNow() - startMs
  }

  /** A step that was timed from here to there. */
  addTimedStage(options: StageOptions, startMs: number, status: Status): void {
    const durationMs = this.since(startMs)
    this.recordStage({ ...options, durationMs, startMs: startMs - this.startMs, status })
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
    const { event } = this
    const retrieval = retrievalOf(record)
    const costUsd = checkedUsd(record.costUsd)
    const cost = costUsd === undefined ? undefined : nanoUsd(costUsd)
    if (this.isEnded) return this.#host.bookLate(event, { retrieval, docstore_cost_nano_usd: cost })
    this.#addStep('retrieval', retrieval.latency_ms, startMs, retrieval.status, event.retrieval !== undefined)
    event.retrieval = event.retrieval === undefined ? retrieval : joinRetrievals(event.retrieval, retrieval)
    if (cost !== undefined) event.docstore_cost_nano_usd = (event.docstore_cost_nano_usd ?? 0) + cost
  }

  addRerank(record: Loose<RerankRecord>, startMs: number | undefined): void {
    const rerank = rerankOf(record)
    if (this.isEnded) return this.#host.bookLate(this.event, { rerank })
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
    const { event } = this
    const madeAt = this.isEnded ? this.#host.now() : event.timestamp
    const generation = generationOf(record, this.#host.prices, madeAt)
    if (this.isEnded) return this.#host.bookLate(event, { generations: [generation] })
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
    const start = startMs === undefined ? undefined : startMs - this.startMs
    this.#add((this.event.stages ??= stepsOfParts(this.event)), stepOf(stage, durationMs, start, status))
  }

  /** When a step began that has just ended, since the start of the request. */
  #startOf(durationMs: number): number | undefined {
    const startMs = this.#host.monotonicNow() - this.startMs - durationMs
    return startMs >= 0 ? startMs : undefined
  }

  /** Remembers where an error came from. @returns the status of the step */
  failStep(error: unknown, stage: StageName | undefined): Status {
    this.#failedStep = { error, stage }
    return failureOf(error, stage).status
  }

  /** Counts what cannot be recorded as it is. */
  lose(): void {
    this.#host.drop('invalid')
  }
}
