/** A store in memory for tests of the HTTP side: remembers what it was asked, answers what it was told. */
import { answerOf } from '../src/api/views.ts'
import type {
  AlertMemory,
  AlertWrite,
  CommittedUpdate,
  IngestBody,
  IngestOutcome,
  Queries,
  QueryName,
  StorageState,
  Store,
  StoredSeries,
} from '../src/store/store.ts'

type Answers = { [Name in QueryName]?: Queries[Name]['result'] | Error }

export interface Asked {
  name: QueryName
  parameters: unknown
}

export class FakeStore implements Store {
  readonly series: readonly StoredSeries[]
  onCommitted: (update: CommittedUpdate) => void = () => undefined
  fail: (error: Error) => void = () => undefined
  readonly failed = new Promise<Error>((resolve) => (this.fail = resolve))
  readonly bodies: IngestBody[] = []
  readonly asked: Asked[] = []
  readonly written: AlertWrite[] = []
  readonly answers: Answers = {}
  storage: StorageState = emptyState()
  stateError: Error | undefined
  closed = false
  /** Replaced by tests that refuse, or wait. */
  take: (body: IngestBody) => Promise<IngestOutcome> = () =>
    Promise.resolve({
      outcome: 'stored',
      response: '{"accepted":1,"dropped":0,"rejected":[],"rejected_measurements":0,"rejected_ledger_rows":0}',
    })

  constructor(series: readonly StoredSeries[] = []) {
    this.series = series
  }

  ingest(body: IngestBody): Promise<IngestOutcome> {
    this.bodies.push(body)
    return this.take(body)
  }

  query<Name extends QueryName>(name: Name, parameters: Queries[Name]['parameters']): Promise<Uint8Array> {
    // Asked by the daemon itself at its start.
    if (name === 'alertMemory') return json(this.answers.alertMemory ?? NO_ALERTS)
    if (name === 'alertWindows') return json(this.answers.alertWindows ?? {})
    this.asked.push({ name, parameters })
    const answer = this.answers[name]
    if (answer instanceof Error) return Promise.reject(answer)
    if (answer === undefined) return Promise.reject(new Error(`the test gave no answer to ${name}`))
    return Promise.resolve().then(() => answerOf(name, parameters, answer as Queries[Name]['result']))
  }

  writeAlerts(write: AlertWrite): Promise<void> {
    this.written.push(write)
    return Promise.resolve()
  }

  state(): Promise<StorageState> {
    return this.stateError === undefined ? Promise.resolve(this.storage) : Promise.reject(this.stateError)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closed = true
    return Promise.resolve()
  }

  /** Body of the last request, as text. */
  get lastText(): string {
    return Buffer.from(this.bodies.at(-1)?.bytes ?? new Uint8Array()).toString('utf8')
  }
}

const NO_ALERTS: AlertMemory = { alerts: [], silences: [], notices: [], evaluatedAt: null }

function json(value: unknown): Promise<Uint8Array> {
  return Promise.resolve(new TextEncoder().encode(JSON.stringify(value)))
}

export function emptyState(): StorageState {
  return {
    bytes: 4096,
    bytesMax: null,
    traces: 0,
    oldestTraceAt: null,
    oldestAccepted: 0,
    lastCommitAt: null,
    writeError: null,
    capError: null,
    deletedTraces: 0,
    lastRetentionAt: null,
  }
}
