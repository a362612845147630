/** What happens to the last batch when a process ends, by itself or not. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MonitorClient } from '../src/index.ts'
import { FakeDaemon } from './fake-daemon.ts'

/** On a busy machine a step may take seconds; the tests themselves wait for conditions, not for time. */
const PATIENCE = { timeout: 15_000 }

const PROGRAM = join(import.meta.dirname, 'programs/measure-and-end.ts')
const TIMEOUT = { timeout: 20_000 }

let daemon: FakeDaemon
let folder: string
const children: ChildProcess[] = []
const clients: MonitorClient[] = []

beforeEach(async () => {
  daemon = await FakeDaemon.start()
  folder = await mkdtemp(join(tmpdir(), 'ragmeter-spool-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(clients.splice(0).map((monitor) => monitor.close()))
  await daemon.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Run {
  child: ChildProcess
  ended: Promise<number | null>
}

function run(endpoint: string, mode: string, spool?: string): Run {
  const loaders = ['--import', 'tsx', '--conditions=ragmeter-src']
  const { SPOOL: _, ...environment } = process.env
  const child = spawn(process.execPath, [...loaders, PROGRAM, endpoint, mode], {
    env: { ...environment, ...(spool === undefined ? {} : { SPOOL: spool }) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  children.push(child)
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { child, ended }
}

const counted = () => daemon.store.total('rag_requests_total', { service: 'program' })

describe('a process that has nothing left to do', TIMEOUT, () => {
  test('sends its last batch, says that it was the last, and ends', async () => {
    expect(await run(daemon.url, 'end').ended).toBe(0)
    expect(counted()).toBe(3)
    expect(daemon.store.traces).toHaveLength(3)
    expect(daemon.store.batches.at(-1)?.closed).toBe(true)
  })

  test('ends though nobody listens', async () => {
    await daemon.stop()
    expect(await run(daemon.url, 'end').ended).toBe(0)
    daemon = await FakeDaemon.start()
  })

  test('ends after exitTimeoutMs though the daemon never answers', async () => {
    daemon.behaviour = () => false
    const program = run(daemon.url, 'end')
    expect(await program.ended).toBe(0)
    expect(daemon.received).toHaveLength(1)
  })

  test('ends though the daemon refuses every batch', async () => {
    daemon.behaviour = (_received, response) => {
      response.writeHead(401).end()
      return false
    }
    expect(await run(daemon.url, 'end').ended).toBe(0)
  })
})

function nextProcess(): MonitorClient {
  const options = { endpoint: daemon.url, service: 'next', spoolDirectory: folder, flushIntervalMs: 50 }
  const monitor = new MonitorClient(options, { environment: {}, random: () => 0 })
  clients.push(monitor)
  return monitor
}

describe('the spool', TIMEOUT, () => {
  test('keeps what process.exit() cuts off, and the next process sends it once', async () => {
    expect(await run(daemon.url, 'exit', folder).ended).toBe(0)
    expect(daemon.received).toHaveLength(0)
    nextProcess()
    await vi.waitUntil(() => counted() === 3, PATIENCE)
    expect(daemon.store.batches[0]).toMatchObject({ sequence: 1, closed: true })
    await vi.waitUntil(async () => (await readdir(folder)).length <= 1, PATIENCE)
  })

  test('keeps sealed batches over kill -9, under their own instance and sequence', async () => {
    // The daemon gets the batch and never answers: it may have counted it, or not.
    const port = daemon.port
    daemon.behaviour = () => false
    const program = run(daemon.url, 'flush', folder)
    await vi.waitUntil(() => daemon.received.length > 0, PATIENCE)
    program.child.kill('SIGKILL')
    await program.ended
    const lost = JSON.parse(daemon.received[0]?.body.toString() ?? '') as { client: { instance: string } }
    await daemon.stop()
    daemon = await FakeDaemon.start(port)
    nextProcess()
    await vi.waitUntil(() => counted() === 3, PATIENCE)
    expect(daemon.store.batches[0]).toMatchObject({ sequence: 1, client: { instance: lost.client.instance } })
    await vi.waitUntil(
      async () => !(await readdir(folder)).some((name) => name.startsWith(lost.client.instance)),
      PATIENCE,
    )
  })

  test('of a process that lives is not touched by another', async () => {
    daemon.behaviour = () => false
    const program = run(daemon.url, 'flush', folder)
    await vi.waitUntil(() => daemon.received.length > 0, PATIENCE)
    const [own] = await readdir(folder)
    daemon.behaviour = (received) => !received.body.includes('"service":"program"')
    const next = nextProcess()
    next.startTrace('q').end()
    await next.flush()
    await next.close()
    expect(await readdir(folder)).toEqual([own])
    expect(counted()).toBe(0)
    program.child.kill('SIGKILL')
    await program.ended
    daemon.behaviour = () => true
    nextProcess()
    await vi.waitUntil(() => counted() === 3, PATIENCE)
  })
})
