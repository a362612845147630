/**
 * The reader's thread, as the main thread sees it: queries are answered one after the other. A query that the thread
 * does not survive fails, with those that wait behind it; the next one finds a new thread.
 */
import { Worker } from 'node:worker_threads'
import { RagmeterError } from '@ragmeter/core'
import type { Queries, QueryName } from '../store/store.ts'
import type { FromReader, ReaderSettings } from './reader-thread.ts'
import { threadEnd } from './thread-end.ts'

/** Queries that may wait; each holds the reader for some milliseconds. */
const WAITING_MAX = 200
const RETRY_AFTER_SECONDS = 1
/** Far more than a query within its limits needs; one beyond them must not take the memory of the daemon. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 }

interface Waiting {
  resolve: (answer: Uint8Array) => void
  reject: (error: Error) => void
}

export class QueryReader {
  readonly #thread: URL
  readonly #path: string
  readonly #waiting = new Map<number, Waiting>()
  /** 1 when nobody waits for answers any more; shared with the thread, which is told after what it was sent before. */
  readonly #isClosing = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  #worker: Worker | undefined
  #nextId = 1

  /** @param thread the compiled entry of the reader's thread @param path the database */
  constructor(thread: URL, path: string) {
    this.#thread = thread
    this.#path = path
    this.#worker = this.#start()
  }

  /** JSON text. @throws RagmeterError `overloaded`; rejects with `storage_unavailable` if the thread ends */
  query<Name extends QueryName>(name: Name, parameters: Queries[Name]['parameters']): Promise<Uint8Array> {
    if (this.#waiting.size >= WAITING_MAX) {
      throw new RagmeterError('overloaded', `${WAITING_MAX} queries are waiting.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      })
    }
    const id = this.#nextId++
    this.#worker ??= this.#start()
    this.#worker.postMessage({ id, name, parameters })
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  /** Rejects what waits, and lets the thread end itself after the query it is at. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    this.#end(worker, new Error('the daemon is stopping'))
    Atomics.store(this.#isClosing, 0, 1)
    worker.postMessage(null)
    await threadEnd(worker)
  }

  #start(): Worker {
    const workerData: ReaderSettings = { path: this.#path, isClosing: this.#isClosing }
    const worker = new Worker(this.#thread, { workerData, resourceLimits: THREAD_LIMITS })
    worker.on('message', (message: FromReader) => this.#receive(message))
    worker.on('error', (error) => this.#end(worker, error))
    worker.on('exit', () => this.#end(worker, new Error('it ended')))
    return worker
  }

  #receive(message: FromReader): void {
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if ('answer' in message) waiting?.resolve(message.answer)
    else {
      const { code, message: text, hint } = message.error
      waiting?.reject(new RagmeterError(code, text, { hint }))
    }
  }

  #end(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const failure = new RagmeterError(
      'storage_unavailable',
      `The thread of queries failed: ${error.message}`,
      {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause: error,
      },
    )
    for (const { reject } of this.#waiting.values()) reject(failure)
    this.#waiting.clear()
  }
}
