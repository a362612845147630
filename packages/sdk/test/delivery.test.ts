/** What becomes of batches when the daemon or the way to it fails: each arrives once, whatever happens. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MonitorClient } from '../src/index.ts'
import type { Diagnostic, MonitorOptions } from '../src/index.ts'
import { FakeDaemon } from './fake-daemon.ts'

/** On a busy machine a step may take seconds; the tests themselves wait for conditions, not for time. */
const PATIENCE = { timeout: 15_000 }

vi.setConfig({ testTimeout: 20_000 })

let daemon: FakeDaemon
const diagnostics: Diagnostic[] = []
const clients: MonitorClient[] = []

const noteDiagnostic = (diagnostic: Diagnostic) => diagnostics.push(diagnostic)

beforeEach(async () => {
  daemon = await FakeDaemon.start()
  diagnostics.length = 0
})

afterEach(async () => {
  await Promise.all(clients.splice(0).map((each) => each.close()))
  await daemon.stop()
  const { issues } = daemon.store
  if (issues.length > 0) throw new Error(`The daemon would complain: ${JSON.stringify(issues)}`)
})

function client(options: MonitorOptions = {}): MonitorClient {
  // No jitter: with 0 the pauses between attempts are 0, but those a server asks for.
  const settings = { environment: {}, onDiagnostic: noteDiagnostic, random: () => 0 }
  const made = new MonitorClient(
    {
      service: 'app',
      endpoint: daemon.url,
      sampleRate: 0,
      flushIntervalMs: 50,
      exitTimeoutMs: 200,
      ...options,
    },
    settings,
  )
  clients.push(made)
  return made
}

function request(monitor: MonitorClient): void {
  monitor.startTrace('q', { operation: 'ask' }).end()
}

const counted = () => daemon.store.total('rag_requests_total', { operation: 'ask' })

test('a batch states who sent it, and its sequence counts up', async () => {
  const monitor = client({ token: 'secret', environment: 'test', release: '1.2.3' })
  request(monitor)
  expect(await monitor.flush()).toBe(true)
  request(monitor)
  expect(await monitor.close()).toBe(true)
  const [first] = daemon.received
  expect(first?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'content-type': 'application/json',
    'user-agent': expect.stringMatching(/^@ragmeter\/sdk\/\d/),
  })
  const sequences = daemon.store.batches.map(({ sequence }) => sequence)
  expect(sequences).toEqual(sequences.map((_, position) => position + 1))
  expect(daemon.store.batches[0]).toMatchObject({
    resource: { service: 'app', environment: 'test', release: '1.2.3' },
    client: { name: '@ragmeter/sdk' },
    closed: false,
  })
  expect(daemon.store.batches.at(-1)?.closed).toBe(true)
  expect(counted()).toBe(2)
})

test('a reply that is lost after the commit is asked for again and counted once', async () => {
  daemon.behaviour = (_received, response, attempt) => {
    if (attempt > 1) return true
    response.destroy()
    return 'answered'
  }
  const monitor = client()
  request(monitor)
  expect(await monitor.flush()).toBe(false)
  await vi.waitUntil(() => daemon.received.length >= 2, PATIENCE)
  await monitor.close()
  expect(daemon.received[1]?.body.equals(daemon.received[0]?.body as Buffer)).toBe(true)
  expect(counted()).toBe(1)
})

test('503 with Retry-After is waited for, and then the same bytes are sent', async () => {
  daemon.behaviour = (_received, response, attempt) => {
    if (attempt > 1) return true
    response.writeHead(503, { 'retry-after': '1' }).end('{"error":{"message":"busy"}}')
    return false
  }
  const monitor = client()
  request(monitor)
  const sentAt = performance.now()
  expect(await monitor.flush()).toBe(false)
  // Even someone in a hurry has to wait for as long as the daemon asked.
  expect(await monitor.flush()).toBe(false)
  await vi.waitUntil(() => counted() === 1, PATIENCE)
  expect(performance.now() - sentAt).toBeGreaterThan(990)
  expect(daemon.received[1]?.body.equals(daemon.received[0]?.body as Buffer)).toBe(true)
  expect(diagnostics).toMatchObject([
    { code: 'daemon_unreachable', message: expect.stringContaining('busy') },
  ])
})

test('an outage that outlasts many flushes costs nothing', async () => {
  const { port } = daemon
  await daemon.stop()
  const monitor = client({ endpoint: `http://127.0.0.1:${port}`, sampleRate: 1 })
  let sent = 0
  for (let flush = 0; flush < 20; flush += 1) {
    for (let i = 0; i < 7; i += 1) request(monitor)
    sent += 7
    expect(await monitor.flush()).toBe(false)
  }
  daemon = await FakeDaemon.start(port)
  await vi.waitUntil(() => counted() === sent, PATIENCE)
  await monitor.close()
  expect(counted()).toBe(sent)
  expect(daemon.store.traces).toHaveLength(sent)
  expect(new Set(daemon.store.traces.map(({ id }) => id)).size).toBe(sent)
  const sequences = daemon.store.batches.map(({ sequence }) => sequence)
  expect(sequences).toEqual(sequences.toSorted((left, right) => (left ?? 0) - (right ?? 0)))
})

test('a batch that is refused is dropped, and the next one says so', async () => {
  daemon.behaviour = (_received, response, attempt) => {
    if (attempt > 1) return true
    response.writeHead(400).end('{"error":{"message":"no"}}')
    return false
  }
  const monitor = client({ sampleRate: 1 })
  request(monitor)
  expect(await monitor.flush()).toBe(false)
  request(monitor)
  expect(await monitor.flush()).toBe(true)
  expect(counted()).toBe(1)
  const dropped = daemon.store.batches[0]?.dropped['rejected'] ?? 0
  expect(dropped).toBeGreaterThan(1)
  expect(daemon.store.total('rag_telemetry_dropped_total', { reason: 'rejected' })).toBe(dropped)
  expect(diagnostics.map(({ code }) => code)).toEqual(['batch_rejected'])
})

test('attempts at a daemon that was away do not count as doubtful answers', async () => {
  daemon.behaviour = (_received, response, attempt) => {
    if (attempt > 12) return true
    if (attempt === 12) response.writeHead(500).end()
    else response.destroy()
    return false
  }
  const monitor = client()
  request(monitor)
  await vi.waitUntil(() => counted() === 1, PATIENCE)
  expect(diagnostics.map(({ code }) => code)).toEqual(['daemon_unreachable'])
})

test('200 from something else is no delivery: the batch is sent again until the daemon has it', async () => {
  daemon.behaviour = (_received, response, attempt) => {
    if (attempt > 8) return true
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Back soon</h1>')
    return false
  }
  const monitor = client()
  request(monitor)
  expect(await monitor.flush()).toBe(false)
  await vi.waitUntil(() => counted() === 1, PATIENCE)
  expect(daemon.received[8]?.body.equals(daemon.received[0]?.body as Buffer)).toBe(true)
  expect(diagnostics).toMatchObject([
    { code: 'daemon_unreachable', hint: expect.stringContaining('`endpoint`') as string },
  ])
})

test('500 that stays is counted as given up, and the next batch has its turn', async () => {
  daemon.behaviour = (received, response) => {
    if (!received.body.includes('"sequence":1,')) return true
    response.writeHead(500).end()
    return false
  }
  const monitor = client()
  request(monitor)
  await vi.waitUntil(() => diagnostics.some(({ code }) => code === 'batch_rejected'), PATIENCE)
  request(monitor)
  await vi.waitUntil(() => counted() === 1, PATIENCE)
  expect(daemon.store.total('rag_telemetry_dropped_total', { reason: 'gave_up' })).toBeGreaterThan(0)
})

test('an answer with every issue it can name is understood', async () => {
  daemon.behaviour = (_received, response) => {
    const rejected = Array.from({ length: 200 }, () => ({ message: 'x'.repeat(1000) }))
    response.writeHead(200).end(JSON.stringify({ rejected, accepted: 0, dropped: 0 }))
    return 'answered'
  }
  const monitor = client()
  request(monitor)
  expect(await monitor.flush()).toBe(true)
  expect(daemon.received).toHaveLength(1)
})

test.each([
  [401, '`token`'],
  [403, '`token`'],
  [404, '`endpoint`'],
  [405, '`endpoint`'],
])('%d costs nothing: batches wait until it is over', async (status, remedy) => {
  daemon.behaviour = (_received, response, attempt) => {
    if (attempt > 10) return true
    response.writeHead(status).end()
    return false
  }
  const monitor = client()
  request(monitor)
  expect(await monitor.flush()).toBe(false)
  request(monitor)
  await vi.waitUntil(() => counted() === 2, PATIENCE)
  expect(daemon.store.total('rag_telemetry_dropped_total')).toBe(0)
  expect(diagnostics).toMatchObject([
    { code: 'daemon_unreachable', hint: expect.stringContaining(remedy) as string },
  ])
})

test('what is wrong is told again when it is another thing, and in the next outage', async () => {
  const statuses = [503, 401, 503, 404, 401, 200, 401, 200]
  daemon.behaviour = (_received, response, attempt) => {
    const status = statuses[attempt - 1] ?? 200
    if (status === 200) return true
    response.writeHead(status).end()
    return false
  }
  const monitor = client()
  request(monitor)
  await vi.waitUntil(() => counted() === 1, PATIENCE)
  request(monitor)
  await vi.waitUntil(() => counted() === 2, PATIENCE)
  const told = diagnostics.map(({ message }) => /answered (\d+)/.exec(message)?.[1])
  expect(told).toEqual(['503', '401', '404', '401'])
})

test('parts of a batch that the daemon refuses are told and counted', async () => {
  daemon.behaviour = (_received, response, attempt) => {
    if (attempt > 1) return true
    response.writeHead(200)
    response.end(
      JSON.stringify({ accepted: 0, dropped: 0, rejected_measurements: 2, rejected_ledger_rows: 1 }),
    )
    return 'answered'
  }
  const monitor = client()
  request(monitor)
  expect(await monitor.flush()).toBe(false)
  expect(await monitor.flush()).toBe(true)
  expect(daemon.store.total('rag_telemetry_dropped_total', { reason: 'rejected' })).toBe(3)
  expect(daemon.store.batches[1]?.dropped).toEqual({ rejected: 3 })
  expect(diagnostics).toMatchObject([
    { code: 'batch_rejected', message: expect.stringContaining('not 3 of its') as string },
  ])
})

test('flush is not content with the last batch when one before it was refused', async () => {
  daemon.behaviour = (received, response) => {
    if (!received.body.includes('"sequence":1,')) return true
    response.writeHead(400).end()
    return false
  }
  const monitor = client({ sampleRate: 1, batchBytesMax: 64 * 1024, flushIntervalMs: 60_000 })
  for (let i = 0; i < 500; i += 1) {
    const trace = monitor.startTrace('q')
    trace.addMetadata('note', 'x'.repeat(200))
    trace.end()
  }
  expect(await monitor.flush()).toBe(false)
  expect(daemon.received.length).toBeGreaterThan(2)
  expect(await monitor.flush()).toBe(true)
})

test('a full queue drops the newest traces, never what was measured', async () => {
  const { port } = daemon
  await daemon.stop()
  const monitor = client({ endpoint: `http://127.0.0.1:${port}`, sampleRate: 1, queueTracesMax: 10 })
  for (let i = 0; i < 25; i += 1) request(monitor)
  await monitor.flush()
  daemon = await FakeDaemon.start(port)
  await vi.waitUntil(() => counted() === 25, PATIENCE)
  expect(daemon.store.traces).toHaveLength(10)
  expect(daemon.store.total('rag_telemetry_dropped_total', { reason: 'queue_full' })).toBe(15)
})

test('large content is divided into batches of bounded size', async () => {
  const monitor = client({ sampleRate: 1, batchBytesMax: 64 * 1024, queueTracesMax: 5000 })
  for (let i = 0; i < 2000; i += 1) {
    const trace = monitor.startTrace('q', { operation: 'ask' })
    trace.addMetadata('note', 'x'.repeat(200))
    trace.end()
  }
  expect(await monitor.flush()).toBe(true)
  expect(daemon.store.traces).toHaveLength(2000)
  expect(counted()).toBe(2000)
  expect(daemon.received.length).toBeGreaterThan(5)
  for (const { body } of daemon.received) expect(body.byteLength).toBeLessThan(2 * 64 * 1024)
})

test('a client with nothing to say sends nothing', async () => {
  const monitor = client()
  request(monitor)
  expect(await monitor.flush()).toBe(true)
  const batches = daemon.received.length
  for (let i = 0; i < 10; i += 1) expect(await monitor.flush()).toBe(true)
  expect(daemon.received).toHaveLength(batches)
})
