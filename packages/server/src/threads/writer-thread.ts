/** Entry of the writer's thread: groups what is waiting into one commit, folds and retains in between. */
import { randomBytes } from 'node:crypto'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import * as genaiPrices from '@pydantic/genai-prices'
import { createPriceBook, findMetric } from '@ragmeter/core'
import { createKeyedHash } from '../lib/keyed-hash.ts'
import type { Database } from '../lib/sqlite.ts'
import { readLifetimeSeries } from '../store/sqlite/lifetime-series.ts'
import { openWritable, storeError } from '../store/sqlite/open.ts'
import { Retention } from '../store/sqlite/retention.ts'
import { Writer } from './writer.ts'
import type { FromWriter, IngestItem, ToWriter, WriterSettings } from './writer-messages.ts'

/** One group is at most this much, so that the first of it does not wait long for the last. */
const GROUP_BODIES_MAX = 2000
const GROUP_BYTES_MAX = 8 * 1024 * 1024
const FOLD_INTERVAL_MS = 60_000
const RETENTION_INTERVAL_MS = 30_000
const QUERY_HASH_KEY_BYTES = 32

function start(port: MessagePort, settings: WriterSettings): void {
  const send = (message: FromWriter) => port.postMessage(message)
  let opened: ReturnType<typeof openWritable>
  let writer: Writer
  try {
    opened = openWritable(settings.path)
    writer = createWriter(opened.database, settings)
  } catch (error) {
    const { kind, message, hint } = storeError(error, settings.path)
    send({ type: 'failed', kind, message, hint })
    return
  }
  const { database } = opened
  const retention = new Retention(database, { ...settings, retentionMs: settings.retentionDays * 86_400_000 })
  writer.oldestAccepted = retention.oldestAccepted(Date.now())
  const foldTimer = setInterval(() => tryFold(writer), FOLD_INTERVAL_MS)
  const retentionTimer = setInterval(runRetention, RETENTION_INTERVAL_MS)
  let waiting: IngestItem[] = []

  function runRetention(): void {
    try {
      const more = retention.step(Date.now(), performance.now())
      writer.oldestAccepted = retention.oldestAccepted(Date.now())
      writer.writeError = null
      // One chunk at a time: requests that wait go in between.
      if (more) setImmediate(runRetention)
    } catch (error) {
      writer.writeError = storeError(error, settings.path).message
    }
  }

  function commitWaiting(): void {
    while (waiting.length > 0) {
      const group = takeGroup(waiting)
      const { outcomes, ...committed } = writer.commit(group)
      const results = group.map(({ id }, position) => ({
        id,
        outcome:
          outcomes[position] ?? ({ outcome: 'refused', code: 'internal', message: 'No outcome.' } as const),
      }))
      send({ type: 'committed', results, ...committed })
      if (writer.shouldFold) tryFold(writer)
      drainPort()
    }
  }

  /** Takes what has arrived meanwhile into the next group. */
  function drainPort(): void {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      receive(next.message as ToWriter)
    }
  }

  function receive(message: ToWriter): void {
    if (message.type === 'ingest')
      waiting = waiting.length === 0 ? [...message.items] : [...waiting, ...message.items]
    else if (message.type === 'state') send({ type: 'state', id: message.id, state: retention.state(writer) })
    else setImmediate(close)
  }

  function close(): void {
    commitWaiting()
    clearInterval(foldTimer)
    clearInterval(retentionTimer)
    tryFold(writer)
    opened[Symbol.dispose]()
    send({ type: 'closed' })
    port.close()
  }

  port.on('message', (message: ToWriter) => {
    receive(message)
    drainPort()
    commitWaiting()
  })
  setImmediate(runRetention)
  send({ type: 'ready', series: readLifetimeSeries(database) })
}

function createWriter(database: Database, settings: WriterSettings): Writer {
  const costPer1kTokens = settings.costPer1kTokens
  return new Writer(database, {
    path: settings.path,
    dimensions: settings.dimensions,
    prices: createPriceBook({
      library: genaiPrices,
      overrides: settings.prices,
      ...(costPer1kTokens === null ? {} : { costPer1kTokens }),
    }),
    pseudonym: createKeyedHash(queryHashKey(database)),
    knownSeries: readLifetimeSeries(database).flatMap(({ metric, labels }) => {
      const definition = findMetric(metric)
      return definition === undefined ? [] : [{ metric: definition, labels }]
    }),
  })
}

/** Made at the first start: with it, equal queries of all replicas have one hash that only this database can make. */
function queryHashKey(database: Database): Uint8Array {
  const select = database.prepare("SELECT value FROM meta WHERE key = 'query_hash_key'")
  const known = select.get()?.['value']
  if (known instanceof Uint8Array) return known
  const key = randomBytes(QUERY_HASH_KEY_BYTES)
  database.prepare("INSERT INTO meta (key, value) VALUES ('query_hash_key', ?)").run(key)
  return key
}

function tryFold(writer: Writer): void {
  try {
    writer.fold(Date.now())
  } catch {
    // The writer keeps the reason in writeError, which /health shows; what was to be folded stays in the journal.
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

if (parentPort !== null) start(parentPort, workerData as WriterSettings)
