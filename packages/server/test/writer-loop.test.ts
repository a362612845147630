import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AlertTables } from '../src/store/sqlite/alert-tables.ts'
import { Retention } from '../src/store/sqlite/retention.ts'
import { packBodies, unpackOutcome } from '../src/threads/packing.ts'
import type { IngestItem } from '../src/threads/packing.ts'
import { WriterLoop } from '../src/threads/writer-loop.ts'
import type { FromWriter, ToWriter } from '../src/threads/writer-messages.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()

let harness: Harness
let retention: Retention
let main: MessagePort
let loopPort: MessagePort
let received: FromWriter[]
beforeEach(() => {
  harness = createHarness()
  retention = new Retention(harness.database, {
    path: harness.path,
    retentionMs: 7 * 86_400_000,
    bytesMax: null,
  })
  const { port1, port2 } = new MessageChannel()
  main = port1
  loopPort = port2
  received = []
  main.on('message', (message: FromWriter) => received.push(message))
})
afterEach(() => {
  main.close()
  loopPort.close()
  harness[Symbol.dispose]()
})

function start(): void {
  const { writer } = harness
  new WriterLoop(loopPort, harness.path, {
    writer,
    retention,
    alerts: new AlertTables(harness.database),
    series: [],
    [Symbol.dispose]: () => undefined,
  }).start()
}

const tell = (message: ToWriter) => main.postMessage(message)
const items = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: first + i,
    kind: 'batch' as const,
    bytes: Buffer.from(JSON.stringify({ traces: [flatTrace(`t${first + i}`, { timestamp: NOW })] })),
    receivedAt: NOW,
  }))
const ingest = (list: readonly IngestItem[]) => tell({ type: 'ingest', bodies: packBodies(list).bodies })
const results = () =>
  received.flatMap((message) =>
    message.type === 'committed'
      ? message.outcomes.map((packed, i) => ({ id: message.ids[i], outcome: unpackOutcome(packed) }))
      : [],
  )
const stored = () => harness.query('stats', { from: NOW - 60_000, to: NOW + 60_000 }).requests
const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 30_000 })

describe('WriterLoop', () => {
  it('says that it is ready, and answers every body once, in its order', async () => {
    start()
    ingest(items(1, 3))
    ingest(items(4, 2))
    await until(() => results().length === 5)
    expect(received[0]).toEqual({ type: 'ready', series: [] })
    expect(results().map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
    expect(results().every(({ outcome }) => outcome.outcome === 'stored')).toBe(true)
  })

  it('commits what waits together, but no more than 2000 bodies at a time', async () => {
    start()
    ingest(items(1, 4100))
    await until(() => results().length === 4100)
    const groups = received.flatMap((message) => (message.type === 'committed' ? [message.ids.length] : []))
    expect(groups).toEqual([2000, 2000, 100])
    expect(stored()).toBe(4100)
  })

  it('lets retention work and questions about the state be answered while there is always a body waiting', async () => {
    const step = vi.spyOn(retention, 'step')
    start()
    let next = 1
    let asked = false
    main.on('message', (message: FromWriter) => {
      if (message.type !== 'committed' || next > 200) return
      ingest(items(next, 2))
      next += 2
      if (!asked) tell({ type: 'state', id: 7 })
      asked = true
    })
    ingest(items(1000, 2))
    ingest(items(2000, 2))
    await until(() => next > 200 && results().length >= 200)
    const answered = received.findIndex(({ type }) => type === 'state')
    expect(answered).toBeGreaterThan(0)
    expect(answered).toBeLessThan(received.length - 1)
    expect(step).toHaveBeenCalled()
  })

  it('works on retention in chunks as long as there is more, and says why it cannot', async () => {
    let steps = 0
    vi.spyOn(retention, 'step').mockImplementation(() => {
      steps += 1
      if (steps === 4) throw new Error('disk I/O error')
      return true
    })
    start()
    await until(() => steps === 4)
    expect(harness.writer.writeError).toContain('disk I/O error')
    ingest(items(1, 1))
    await until(() => results().length === 1)
    expect(harness.writer.writeError).toContain('disk I/O error')
  })

  it('commits and folds everything before it ends', async () => {
    start()
    ingest(items(1, 2500))
    tell({ type: 'close' })
    await until(() => received.at(-1)?.type === 'closed')
    expect(results()).toHaveLength(2500)
    expect(harness.database.prepare('SELECT count(*) AS n FROM measurement_journal').get()).toEqual({ n: 0 })
    expect(stored()).toBe(2500)
  })
})
