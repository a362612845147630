/** Whose turn it is on the writer's thread: bodies, one group after the other, and between them folding and retention. */
import { receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { HOUR_MS } from '@ragmeter/core'
import { storeError } from '../store/sqlite/open.ts'
import type { Retention } from '../store/sqlite/retention.ts'
import type { AlertTables } from '../store/sqlite/alert-tables.ts'
import type { AlertWrite, StoredSeries } from '../store/store.ts'
import { packOutcome, unpackBodies } from './packing.ts'
import type { IngestItem } from './packing.ts'
import type { Writer } from './writer.ts'
import type { FromWriter, ToWriter } from './writer-messages.ts'

/** One group is at most this much, so that the first of it does not wait long for the last. */
const GROUP_BODIES_MAX = 2000
const GROUP_BYTES_MAX = 1024 * 1024
const FOLD_INTERVAL_MS = 60_000
const RETENTION_INTERVAL_MS = 30_000
const RELEASE_INTERVAL_MS = HOUR_MS

/** The database and all that writes to it; disposing closes the database. */
export interface OpenedWriter extends Disposable {
  writer: Writer
  retention: Retention
  alerts: AlertTables
  /** Lifetime totals at the start. */
  series: readonly StoredSeries[]
}

export class WriterLoop {
  readonly #port: MessagePort
  readonly #path: string
  readonly #opened: OpenedWriter
  #timers: readonly NodeJS.Timeout[] = []
  #waiting: IngestItem[] = []
  #isCommitScheduled = false
  #isRetentionScheduled = false
  #isClosed = false

  constructor(port: MessagePort, path: string, opened: OpenedWriter) {
    this.#port = port
    this.#path = path
    this.#opened = opened
  }

  start(): void {
    this.#port.on('message', (message: ToWriter) => {
      this.#receive(message)
      this.#drainPort()
      this.#commitWaiting()
    })
    this.#timers = [
      setInterval(() => this.#fold(), FOLD_INTERVAL_MS),
      setInterval(() => this.#retain(), RETENTION_INTERVAL_MS),
      setInterval(() => this.#releaseSeries(), RELEASE_INTERVAL_MS),
    ]
    setImmediate(() => this.#retain())
    this.#send({ type: 'ready', series: this.#opened.series })
  }

  #send(message: FromWriter): void {
    this.#port.postMessage(message)
  }

  #receive(message: ToWriter): void {
    const { writer, retention } = this.#opened
    if (message.type === 'ingest') {
      for (const item of unpackBodies(message.bodies)) this.#waiting.push(item)
    } else if (message.type === 'state') {
      this.#send({ type: 'state', id: message.id, state: retention.state(writer) })
    } else if (message.type === 'alerts') {
      this.#send({ type: 'alerts', id: message.id, error: this.#writeAlerts(message.write) })
    } else setImmediate(() => this.#close())
  }

  /** Takes what has arrived meanwhile into the next group. */
  #drainPort(): void {
    const port = this.#port
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      this.#receive(next.message as ToWriter)
    }
  }

  /** One group at a time: under load there is always a next one, and timers must have their turn. */
  #commitWaiting(): void {
    if (this.#isCommitScheduled || this.#waiting.length === 0) return
    this.#commitGroup()
    this.#drainPort()
    if (this.#waiting.length === 0) return
    this.#isCommitScheduled = true
    setImmediate(() => {
      this.#isCommitScheduled = false
      this.#commitWaiting()
    })
  }

  #commitGroup(): void {
    const { writer } = this.#opened
    const group = takeGroup(this.#waiting)
    const { outcomes, ...committed } = writer.commit(group)
    const ids = group.map(({ id }) => id)
    this.#send({ type: 'committed', ids, outcomes: outcomes.map(packOutcome), ...committed })
    if (writer.shouldFold) this.#fold()
  }

  #writeAlerts(write: AlertWrite): string | null {
    const { alerts, writer } = this.#opened
    const loss = writer.findLoss()
    if (loss !== null) return loss
    try {
      alerts.write(write)
      return null
    } catch (error) {
      return storeError(error, this.#path).message
    }
  }

  #fold(): void {
    try {
      this.#opened.writer.fold(Date.now())
    } catch {
      // The writer keeps the reason, which /health shows; what was to be folded stays in the journal.
    }
  }

  #releaseSeries(): void {
    try {
      this.#opened.writer.releaseIdleSeries(Date.now())
    } catch {
      // The database cannot be read: the next write says so.
    }
  }

  /** One chunk of retention at a time: requests that wait go in between. */
  #retain(): void {
    if (this.#isRetentionScheduled || this.#isClosed || !this.#retainChunk()) return
    this.#isRetentionScheduled = true
    setImmediate(() => {
      this.#isRetentionScheduled = false
      this.#retain()
    })
  }

  /** @returns whether there is more to do now */
  #retainChunk(): boolean {
    const { writer, retention } = this.#opened
    try {
      const more = retention.step(Date.now(), performance.now())
      writer.failures.delete('retention')
      writer.probe()
      return more
    } catch (error) {
      writer.failures.set('retention', storeError(error, this.#path).message)
      return false
    } finally {
      writer.oldestAccepted = retention.oldestAccepted
    }
  }

  #close(): void {
    while (this.#waiting.length > 0) this.#commitGroup()
    for (const timer of this.#timers) clearInterval(timer)
    this.#fold()
    this.#isClosed = true
    this.#opened[Symbol.dispose]()
    this.#send({ type: 'closed' })
    this.#port.close()
  }
}

function takeGroup(waiting: IngestItem[]): IngestItem[] {
  let bytes = 0
  let length = 0
  while (length < waiting.length && length < GROUP_BODIES_MAX) {
    bytes += waiting[length]?.bytes.byteLength ?? 0
    if (length > 0 && bytes > GROUP_BYTES_MAX) break
    length += 1
  }
  return waiting.splice(0, length)
}
