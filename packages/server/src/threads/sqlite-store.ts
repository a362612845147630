/** Stage 3 on the main thread: hands bodies to the writer's thread and queries to the reader's. */
import { Worker } from 'node:worker_threads'
import { RagmeterError } from '@ragmeter/core'
import type { JournalEntry } from '../rollup/rollup.ts'
import { packBodies, unpackOutcome } from './packing.ts'
import type { IngestItem } from './packing.ts'
import { QueryReader } from './query-reader.ts'
import type { FromWriter, ToWriter, WriterSettings } from './writer-messages.ts'
import type {
  AlertWrite,
  CommittedUpdate,
  IngestBody,
  IngestOutcome,
  Queries,
  QueryName,
  StorageState,
  Store,
  StoredSeries,
} from '../store/store.ts'
import { StoreError } from '../store/store.ts'
import { threadEnd } from './thread-end.ts'

export type SqliteStoreOptions = WriterSettings

const RETRY_AFTER_SECONDS = 5

/** The default of 48 MB for short-lived objects, three times over, would be most of the daemon's memory. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8 }

interface Waiting<Result> {
  resolve: (result: Result) => void
  reject: (error: Error) => void
}

/** Opens the database and starts its two threads. @throws StoreError `in_use`, `fatal`, `retryable` */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const writer = new Worker(threadUrl('writer-thread'), {
    workerData: options,
    resourceLimits: THREAD_LIMITS,
  })
  const series = await new Promise<readonly StoredSeries[]>((resolve, reject) => {
    writer.once('error', reject)
    writer.once('message', (message: FromWriter) => {
      if (message.type === 'ready') resolve(message.series)
      else if (message.type === 'failed') reject(new StoreError(message.kind, message.message, message.hint))
    })
  })
  writer.removeAllListeners('error')
  return new SqliteStore(writer, new QueryReader(threadUrl('reader-thread'), options.path), series)
}

/** The threads run next to this file, compiled. */
function threadUrl(name: string): URL {
  return new URL(`./${name}.js`, import.meta.url)
}

class SqliteStore implements Store {
  readonly series: readonly StoredSeries[]
  onCommitted: (update: CommittedUpdate) => void = () => undefined
  readonly failed: Promise<Error>

  readonly #writer: Worker
  readonly #reader: QueryReader
  readonly #bodies = new Map<number, Waiting<IngestOutcome>>()
  readonly #states = new Map<number, Waiting<StorageState>>()
  readonly #writes = new Map<number, Waiting<void>>()
  #batch: IngestItem[] = []
  #nextId = 1
  #failure: Error | undefined
  #closed: Promise<void> | undefined
  #resolveClosed: () => void = () => undefined
  #resolveFailed: (error: Error) => void = () => undefined

  constructor(writer: Worker, reader: QueryReader, series: readonly StoredSeries[]) {
    this.failed = new Promise((resolve) => (this.#resolveFailed = resolve))
    this.#writer = writer
    this.#reader = reader
    this.series = series
    writer.on('message', (message: FromWriter) => this.#receiveFromWriter(message))
    writer.on('error', (error) => this.#fail(error))
    writer.on('exit', () => {
      if (this.#closed === undefined) this.#fail(new Error('it ended'))
    })
  }

  ingest(body: IngestBody): Promise<IngestOutcome> {
    if (this.#failure !== undefined) return Promise.resolve(this.#refusal(this.#failure))
    if (this.#closed !== undefined) {
      const outcome: IngestOutcome = {
        outcome: 'refused',
        code: 'stopping',
        message: 'The daemon is stopping.',
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      }
      return Promise.resolve(outcome)
    }
    const id = this.#nextId++
    // One message for all that arrive in this turn of the event loop.
    if (this.#batch.length === 0) setImmediate(() => this.#sendBatch())
    this.#batch.push({ id, ...body })
    return new Promise((resolve, reject) => this.#bodies.set(id, { resolve, reject }))
  }

  query<Name extends QueryName>(name: Name, parameters: Queries[Name]['parameters']): Promise<Uint8Array> {
    if (this.#failure !== undefined || this.#closed !== undefined) {
      throw new RagmeterError('storage_unavailable', this.#failure?.message ?? 'The daemon is stopping.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      })
    }
    return this.#reader.query(name, parameters)
  }

  state(): Promise<StorageState> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const id = this.#nextId++
    this.#tellWriter({ type: 'state', id })
    return new Promise((resolve, reject) => this.#states.set(id, { resolve, reject }))
  }

  writeAlerts(write: AlertWrite): Promise<void> {
    if (this.#failure !== undefined || this.#closed !== undefined) {
      return Promise.reject(alertsNotWritten(this.#failure?.message ?? 'the daemon is stopping'))
    }
    const id = this.#nextId++
    this.#tellWriter({ type: 'alerts', id, write })
    return new Promise((resolve, reject) => this.#writes.set(id, { resolve, reject }))
  }

  /** Commits and folds what has been handed over, then ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed === undefined) {
      this.#sendBatch()
      this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve))
      // Before the writer: the last one to close the database moves its log into it.
      await this.#reader.close()
      this.#tellWriter({ type: 'close' })
    }
    if (this.#failure === undefined) await this.#closed
    await threadEnd(this.#writer)
  }

  #sendBatch(): void {
    if (this.#batch.length === 0) return
    const items = this.#batch
    this.#batch = []
    const { bodies, moved } = packBodies(items)
    this.#writer.postMessage({ type: 'ingest', bodies } satisfies ToWriter, moved)
  }

  #tellWriter(message: ToWriter): void {
    this.#writer.postMessage(message)
  }

  #receiveFromWriter(message: FromWriter): void {
    if (message.type === 'committed') {
      const entry = message.entry === null ? undefined : (JSON.parse(message.entry) as JournalEntry)
      const { seen, report } = message
      // First the counters, then the answers: whoever has been answered finds itself on /metrics.
      this.onCommitted({ measurements: entry?.measurements ?? [], gauges: entry?.gauges ?? [], seen, report })
      for (const [position, packed] of message.outcomes.entries()) {
        take(this.#bodies, message.ids[position] ?? 0)?.resolve(unpackOutcome(packed))
      }
    } else if (message.type === 'state') {
      take(this.#states, message.id)?.resolve(message.state)
    } else if (message.type === 'alerts') {
      const waiting = take(this.#writes, message.id)
      if (message.error === null) waiting?.resolve()
      else waiting?.reject(alertsNotWritten(message.error))
    } else if (message.type === 'closed') {
      this.#resolveClosed()
    }
  }

  /** The writer's thread takes its work with it: everything that waits, and everything that comes, is refused. */
  #fail(error: Error): void {
    this.#failure ??= error
    this.#resolveFailed(this.#failure)
    for (const waiting of this.#bodies.values()) waiting.resolve(this.#refusal(error))
    for (const waiting of this.#states.values()) waiting.reject(error)
    for (const waiting of this.#writes.values()) waiting.reject(alertsNotWritten(error.message))
    this.#bodies.clear()
    this.#states.clear()
    this.#writes.clear()
    this.#resolveClosed()
  }

  #refusal(error: Error): IngestOutcome {
    return {
      outcome: 'refused',
      code: 'storage_unavailable',
      message: `The thread of the database failed: ${error.message}`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    }
  }
}

function alertsNotWritten(reason: string): StoreError {
  return new StoreError(
    'retryable',
    `The state of alerts could not be written: ${reason}`,
    'Look at GET /health for why the database cannot be written.',
  )
}

function take<Result>(map: Map<number, Waiting<Result>>, id: number): Waiting<Result> | undefined {
  const waiting = map.get(id)
  map.delete(id)
  return waiting
}
