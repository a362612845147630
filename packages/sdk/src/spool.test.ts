import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Diagnostic } from './diagnostics.ts'
import { MonitorClient } from './monitor-client.ts'
import { Spool } from './spool.ts'
import type { SpooledBatch } from './spool.ts'
import { InMemoryTransport } from './testing.ts'
import type { SealedBatch } from './transport.ts'

const SEALED_AT = Date.UTC(2026, 10, 21)
const DAY_MS = 24 * 3600 * 1000

let directory: string
const diagnostics: Diagnostic[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ragmeter-spool-'))
  diagnostics.length = 0
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

function spool(instance: string, bytesMax = 1000): Spool {
  return new Spool({ directory, bytesMax, instance, report: (diagnostic) => diagnostics.push(diagnostic) })
}

function batch(instance: string, sequence: number): SealedBatch {
  const body = Buffer.from(`batch ${sequence} of ${instance}`)
  return { instance, sequence, body, encoding: 'identity', traces: 2, measurements: 3, sealedAt: SEALED_AT }
}

/** Pretends that a process on another machine, or in another container, wrote its owner's file this long ago. */
function foreignOwner(instance: string, ageMs: number): void {
  const folder = join(directory, instance)
  const file = join(folder, 'owner.json')
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, JSON.stringify({ host: `not-${hostname()}`, pid: 1, instance }))
  const time = new Date(Date.now() - ageMs)
  utimesSync(file, time, time)
}

describe('Spool', () => {
  test('gives back what was written, byte for byte, and leaves nothing behind', async () => {
    const own = spool('a')
    const spooled = (await own.write(batch('a', 1))) as SpooledBatch
    expect(await own.read(spooled)).toEqual(batch('a', 1))
    await own.remove(spooled)
    own.close()
    expect(readdirSync(directory)).toEqual([])
  })

  test('has room for so many bytes, and again when batches are gone', async () => {
    const own = spool('a', 25)
    const first = await own.write(batch('a', 1))
    expect(await own.write(batch('a', 2))).toMatchObject({ sequence: 2 })
    expect(await own.write(batch('a', 3))).toBe('full')
    await own.remove(first as SpooledBatch)
    expect(await own.write(batch('a', 3))).toMatchObject({ sequence: 3 })
    own.close()
  })

  test('takes over the batches of a client that closed, in their order, without what was half written', async () => {
    const old = spool('old')
    for (const sequence of [1, 2, 10]) await old.write(batch('old', sequence))
    writeFileSync(join(directory, 'old', '000000000011-1-1.json.part'), 'half')
    const next = spool('next')
    expect(next.adopt()).toEqual([])
    old.close()
    const adopted = next.adopt()
    expect(adopted.map(({ instance, sequence }) => [instance, sequence])).toEqual([
      ['old', 1],
      ['old', 2],
      ['old', 10],
    ])
    expect(adopted[0]).toMatchObject({ traces: 2, measurements: 3, encoding: 'identity' })
    expect(Math.abs((adopted[0]?.sealedAt ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(next.adopt()).toEqual([])
    expect(spool('third').adopt()).toEqual([])
    for (const one of adopted) {
      expect(await next.read(one)).toMatchObject({ instance: 'old', sequence: one.sequence })
      await next.remove(one)
    }
    next.close()
    expect(readdirSync(directory)).toEqual([])
  })

  test('hands on what it took over and did not get rid of', async () => {
    const old = spool('old')
    await old.write(batch('old', 1))
    old.close()
    const second = spool('second')
    expect(second.adopt()).toHaveLength(1)
    second.close()
    expect(spool('third').adopt()).toMatchObject([{ instance: 'old', sequence: 1 }])
  })

  test('takes a process of another machine for gone when it is silent for a minute', () => {
    foreignOwner('elsewhere', 30_000)
    writeFileSync(join(directory, 'elsewhere', '000000000001-2-3.json.gz'), 'x')
    const own = spool('own')
    expect(own.adopt()).toEqual([])
    foreignOwner('elsewhere', 61_000)
    expect(own.adopt()).toMatchObject([{ instance: 'elsewhere', encoding: 'gzip', bytes: 1 }])
    own.close()
  })

  test('leaves files alone that are not its own', () => {
    writeFileSync(join(directory, 'notes.txt'), 'x')
    writeFileSync(join(directory, 'README'), 'x')
    mkdirSync(join(directory, 'some folder'))
    expect(spool('own').adopt()).toEqual([])
    expect(readdirSync(directory).sort()).toEqual(['README', 'notes.txt', 'some folder'])
  })

  test('says once that the disk refuses', async () => {
    writeFileSync(join(directory, 'file'), '')
    const own = new Spool({
      directory: join(directory, 'file'),
      bytesMax: 1000,
      instance: 'a',
      report: (diagnostic) => diagnostics.push(diagnostic),
    })
    expect(await own.write(batch('a', 1))).toBe('failed')
    expect(await own.write(batch('a', 2))).toBe('failed')
    expect(diagnostics.map(({ code }) => code)).toEqual(['spool_failed'])
  })
})

test('a client whose spool does not work keeps its batches in memory', async () => {
  writeFileSync(join(directory, 'file'), '')
  const transport = new InMemoryTransport()
  const options = { service: 'app', spoolDirectory: join(directory, 'file') }
  const monitor = new MonitorClient(options, {
    transport,
    environment: {},
    onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
  })
  monitor.startTrace('q').end()
  expect(await monitor.flush()).toBe(true)
  expect(transport.total('rag_requests_total')).toBe(1)
  await monitor.close()
  expect(diagnostics.map(({ code }) => code)).toEqual(['spool_failed'])
})

/** Sends nothing for 40 batches of about a megabyte each, then all that is left. */
async function outage(spoolBytesMax: number): Promise<{ transport: InMemoryTransport; page: string }> {
  let isDown = true
  let clockMs = 0
  const transport = new InMemoryTransport({
    answer: () => (isDown ? { kind: 'retry', reason: 'down' } : { kind: 'accepted' }),
  })
  const options = { service: 'app', sampleRate: 1, spoolDirectory: directory, spoolBytesMax }
  const monotonicNow = () => clockMs
  const monitor = new MonitorClient(options, { transport, environment: {}, random: () => 0, monotonicNow })
  const metadata = Object.fromEntries(Array.from({ length: 32 }, (_, key) => [key, 'x'.repeat(500)]))
  for (let flush = 0; flush < 40; flush += 1) {
    for (let i = 0; i < 60; i += 1) monitor.startTrace('q', { metadata }).end()
    await monitor.flush()
    // Longer than measurements add up behind a batch that waits.
    clockMs += 20 * 60_000
  }
  isDown = false
  await monitor.flush()
  await monitor.close()
  return { transport, page: (await monitor.metricsText()).body }
}

test('a client whose spool is full keeps batches in memory', async () => {
  const { transport } = await outage(16 * 1024 * 1024)
  expect(transport.traces).toHaveLength(40 * 60)
  expect(transport.total('rag_requests_total')).toBe(40 * 60)
  expect(transport.total('rag_telemetry_dropped_total')).toBe(0)
})

test.each([
  ['is full', 'spool'],
  ['does not work', 'file'],
])('a client whose spool %s adds up measurements while the daemon is away', async (_name, folder) => {
  writeFileSync(join(directory, 'file'), '')
  let isDown = true
  const transport = new InMemoryTransport({
    answer: () => (isDown ? { kind: 'retry', reason: 'down' } : { kind: 'accepted' }),
  })
  const options = {
    service: 'app',
    sampleRate: 1,
    spoolDirectory: join(directory, folder),
    spoolBytesMax: 1024 * 1024,
  }
  const clockMs = 0
  const monotonicNow = () => clockMs
  const monitor = new MonitorClient(options, { transport, environment: {}, random: () => 0, monotonicNow })
  const metadata = Object.fromEntries(Array.from({ length: 32 }, (_, key) => [key, 'x'.repeat(500)]))
  for (let i = 0; i < 100; i += 1) monitor.startTrace('q', { metadata }).end()
  await monitor.flush()
  for (let flush = 0; flush < 50; flush += 1) {
    monitor.startTrace('q').end()
    await monitor.flush()
  }
  isDown = false
  await monitor.close()
  expect(transport.total('rag_requests_total')).toBe(150)
  expect(transport.batches.length).toBeLessThan(10)
})

test('a client whose spool and memory are full drops batches in the end, and counts what was in them', async () => {
  const { transport, page } = await outage(1024 * 1024)
  const arrived = transport.traces.length
  expect(arrived).toBeGreaterThan(1000)
  expect(arrived).toBeLessThan(2200)
  // Lost batches are told by the next one that arrives: how many items, and by gaps in the sequence.
  const dropped = transport.batches.reduce((sum, one) => sum + (one.dropped['spool_full'] ?? 0), 0)
  expect(dropped).toBeGreaterThanOrEqual(2400 - arrived)
  expect(transport.total('rag_telemetry_dropped_total', { reason: 'spool_full' })).toBe(dropped)
  expect(page).toContain(`rag_telemetry_dropped_total{service="app",reason="spool_full"} ${dropped}\n`)
  expect(transport.total('rag_requests_total')).toBe(arrived)
})

test('a batch that lay in the spool for longer than the daemon remembers is dropped and counted', async () => {
  const sealing = new InMemoryTransport({ answer: () => ({ kind: 'retry', reason: 'down' }) })
  const options = { service: 'app', spoolDirectory: directory, exitTimeoutMs: 100, flushIntervalMs: 100 }
  const old = new MonitorClient(options, { transport: sealing, environment: {} })
  for (const sequence of [1, 2]) {
    old.startTrace(`q${sequence}`).end()
    await old.flush()
  }
  await old.close()
  const [folder] = readdirSync(directory)
  const files = readdirSync(join(directory, folder ?? ''))
    .filter((name) => name.endsWith('.json'))
    .sort()
  expect(files.length).toBeGreaterThan(1)
  for (const [position, file] of files.entries()) {
    const time = new Date(Date.now() - (position === 0 ? 29.1 : 28.9) * DAY_MS)
    utimesSync(join(directory, folder ?? '', file), time, time)
  }
  const transport = new InMemoryTransport()
  const onDiagnostic = (diagnostic: Diagnostic) => diagnostics.push(diagnostic)
  const next = new MonitorClient(options, { transport, environment: {}, onDiagnostic })
  await vi.waitUntil(() => transport.batches.length >= files.length - 1)
  await next.flush()
  const { traces, measurements } = /-(?<traces>\d+)-(?<measurements>\d+)/.exec(files[0] ?? '')?.groups ?? {}
  expect(transport.total('rag_telemetry_dropped_total', { reason: 'expired' })).toBe(
    Number(traces) + Number(measurements),
  )
  expect(
    transport.batches.some(({ sequence, client }) => sequence === 1 && client?.instance === folder),
  ).toBe(false)
  expect(
    transport.batches.some(({ sequence, client }) => sequence === 2 && client?.instance === folder),
  ).toBe(true)
  expect(diagnostics.map(({ code }) => code)).toEqual(['batch_rejected'])
  await next.close()
})
