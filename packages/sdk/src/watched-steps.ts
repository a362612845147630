/** Times the functions a trace runs and records what they return. Objects, not closures: one for each step. */
import { enums } from '@ragmeter/core'
import type { StageName, Status } from '@ragmeter/core'
import { oneOf } from './checked-values.ts'
import { recordOfAnswer } from './event-parts.ts'
import type { Loose } from './event-parts.ts'
import { readRerank } from './read-rerank.ts'
import { readRetrieval } from './read-retrieval.ts'
import type { RetrievalReading } from './read-retrieval.ts'
import type { Watch } from './settle.ts'
import { isStream } from './stream-kind.ts'
import type { StreamEnd } from './stream-tally.ts'
import type {
  GenerationOptions,
  GenerationRecord,
  RerankOptions,
  RerankRecord,
  RetrievalOptions,
  RetrievalRecord,
  StageOptions,
} from './trace.ts'
import { readUsage } from './usage.ts'

/** The trace, as its steps see it. */
export interface StepRecorder {
  /** What the retriever returned: read again if the trace is kept. */
  retrieved: unknown
  /** Milliseconds since a moment of the monotonic clock. */
  since(startMs: number): number
  addRetrieval(record: Loose<RetrievalRecord>, startMs: number): void
  addRerank(record: Loose<RerankRecord>, startMs: number): void
  addGeneration(record: Loose<GenerationRecord>, startMs: number): void
  addTimedStage(options: StageOptions, startMs: number, status: Status): void
  /** Remembers where an error came from. @returns the status of the step */
  failStep(error: unknown, stage: StageName | undefined): Status
  /** Counts a step that cannot be recorded. */
  lose(): void
  /** Keeps the request open until a stream ends. @returns the same stream */
  follow<Stream>(stream: Stream, onFirstToken: () => void, onEnd: (end: StreamEnd) => void): Stream
}

export class RetrievalStep implements Watch {
  readonly #trace: StepRecorder
  readonly #options: RetrievalOptions
  readonly #startMs: number

  constructor(trace: StepRecorder, options: RetrievalOptions, startMs: number) {
    this.#trace = trace
    this.#options = options
    this.#startMs = startMs
  }

  done(value: unknown): unknown {
    const latencyMs = this.#trace.since(this.#startMs)
    this.#trace.retrieved ??= value
    const { retriever, costUsd } = this.#options
    const reading = readQuietly(value)
    const record = {
      retriever,
      latencyMs,
      count: reading?.count,
      scores: reading?.scores,
      documents: undefined,
      costUsd,
      status: undefined,
    }
    this.#trace.addRetrieval(record, this.#startMs)
    return value
  }

  failed(error: unknown): void {
    const latencyMs = this.#trace.since(this.#startMs)
    const status = this.#trace.failStep(error, 'retrieval')
    this.#trace.addRetrieval({ ...this.#options, latencyMs, status }, this.#startMs)
  }

  lost(): void {
    this.#trace.lose()
  }
}

export class RerankStep implements Watch {
  readonly #trace: StepRecorder
  readonly #options: RerankOptions
  readonly #startMs: number

  constructor(trace: StepRecorder, options: RerankOptions, startMs: number) {
    this.#trace = trace
    this.#options = options
    this.#startMs = startMs
  }

  done(value: unknown): unknown {
    const latencyMs = this.#trace.since(this.#startMs)
    const { documents } = this.#options
    this.#trace.addRerank(
      { ...readQuietlyReranked(value, documents), inCount: this.#inCount, latencyMs },
      this.#startMs,
    )
    return value
  }

  failed(error: unknown): void {
    const latencyMs = this.#trace.since(this.#startMs)
    const status = this.#trace.failStep(error, 'rerank')
    this.#trace.addRerank({ inCount: this.#inCount, latencyMs, status }, this.#startMs)
  }

  lost(): void {
    this.#trace.lose()
  }

  get #inCount(): number | undefined {
    return this.#options.inCount ?? this.#options.documents?.length
  }
}

export class GenerationStep implements Watch {
  readonly #trace: StepRecorder
  readonly #options: GenerationOptions
  readonly #startMs: number
  #firstTokenMs: number | undefined = undefined

  constructor(trace: StepRecorder, options: GenerationOptions, startMs: number) {
    this.#trace = trace
    this.#options = options
    this.#startMs = startMs
  }

  done(value: unknown): unknown {
    if (isStream(value)) return this.#follow(value)
    const latencyMs = this.#trace.since(this.#startMs)
    const record = recordOfAnswer(this.#options, readUsage(value))
    record.latencyMs = latencyMs
    this.#trace.addGeneration(record, this.#startMs)
    return value
  }

  failed(error: unknown): void {
    const record = recordOfAnswer(this.#options, {})
    record.latencyMs = this.#trace.since(this.#startMs)
    record.status = this.#trace.failStep(error, 'generation')
    this.#trace.addGeneration(record, this.#startMs)
  }

  lost(): void {
    this.#trace.lose()
  }

  #follow(stream: unknown): unknown {
    return this.#trace.follow(
      stream,
      () => (this.#firstTokenMs = this.#trace.since(this.#startMs)),
      (end) => this.#streamEnded(end),
    )
  }

  #streamEnded(end: StreamEnd): void {
    const record = recordOfAnswer(this.#options, end)
    record.latencyMs = this.#trace.since(this.#startMs)
    record.timeToFirstTokenMs = this.#firstTokenMs
    if (end.cancelled) record.status = 'cancelled'
    else if (end.error !== undefined) record.status = this.#trace.failStep(end.error, 'generation')
    this.#trace.addGeneration(record, this.#startMs)
  }
}

export class OtherStep implements Watch {
  readonly #trace: StepRecorder
  readonly #options: StageOptions
  readonly #startMs: number

  constructor(trace: StepRecorder, options: StageOptions, startMs: number) {
    this.#trace = trace
    this.#options = options
    this.#startMs = startMs
  }

  done(value: unknown): unknown {
    this.#trace.addTimedStage(this.#options, this.#startMs, 'success')
    return value
  }

  failed(error: unknown): void {
    const status = this.#trace.failStep(error, oneOf(this.#options.stage, enums.STAGES))
    this.#trace.addTimedStage(this.#options, this.#startMs, status)
  }

  lost(): void {
    this.#trace.lose()
  }
}

/** A getter of the application's object may throw: what it returns is its own business. */
function readQuietly(value: unknown): RetrievalReading | undefined {
  try {
    return readRetrieval(value)
  } catch {
    return undefined
  }
}

function readQuietlyReranked(value: unknown, before: readonly unknown[] | undefined): RerankRecord {
  try {
    return readRerank(value, before)
  } catch {
    return {}
  }
}
