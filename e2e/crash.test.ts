/** Acknowledged is committed, and nothing is counted twice: the daemon killed at random moments under load. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MonitorClient } from '@ragmeter/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort, getJson, pause, startDaemon, sumOf, until } from './daemon-process.ts'
import type { DaemonProcess } from './daemon-process.ts'

interface Stats {
  traces_total: number
  requests: number
  errors: number
  traces_stored: number
  tokens: { input: number; output: number }
  cost: { usd: number }
}

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ragmeter-crash-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const TRACES_PER_BATCH = 20

function batchOf(number: number): string {
  return JSON.stringify({
    traces: Array.from({ length: TRACES_PER_BATCH }, (_, position) => ({
      id: `b${number}-${position}`,
      timestamp: new Date(Date.now() - 1000).toISOString(),
      total_latency_ms: 100 + position,
      org: `org-${number % 3}`,
      generations: [{ provider: 'openai', model: 'gpt-4o', input_tokens: 100, output_tokens: 10 }],
      success: position !== 0,
      metadata: null,
    })),
  })
}

/** Sends numbered batches until the daemon is gone. @returns the body that got no answer */
async function sendUntilGone(url: string, take: () => string, acknowledged: () => void): Promise<string> {
  for (;;) {
    const body = take()
    try {
      const response = await fetch(`${url}/ingest`, { method: 'POST', body })
      if (response.status !== 200) return body
      await response.json()
      acknowledged()
    } catch {
      return body
    }
  }
}

async function expectExactly(daemon: DaemonProcess, batches: number): Promise<void> {
  const traces = batches * TRACES_PER_BATCH
  const stats = await getJson<Stats>(`${daemon.url}/stats?period=1h`)
  expect(stats).toMatchObject({
    traces_total: traces,
    requests: traces,
    errors: batches,
    traces_stored: traces,
    tokens: { input: traces * 100, output: traces * 10 },
  })
  expect(stats.cost.usd).toBeCloseTo(traces * 0.00035, 9)
  const page = await (await fetch(`${daemon.url}/metrics`)).text()
  expect(sumOf(page, 'rag_requests_total')).toBe(traces)
  expect(sumOf(page, 'rag_request_duration_seconds_count')).toBe(traces)
  expect(sumOf(page, 'rag_llm_tokens_total', 'token_type="input"')).toBe(traces * 100)
  const ledger = await getJson<{ rows: { requests: number }[] }>(`${daemon.url}/api/v1/ledger?group=org`)
  expect(ledger.rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(traces)
}

describe('kill -9 under load', () => {
  it('keeps every acknowledged batch once; a batch that got no answer is counted once when it is sent again', async () => {
    const port = await freePort()
    let next = 0
    let acknowledged = 0
    let unanswered: string[] = []
    for (let round = 0; round < 8; round += 1) {
      const daemon = await startDaemon({ directory, port })
      const again = unanswered
      const take = () => again.pop() ?? batchOf(next++)
      const senders = Array.from({ length: 6 }, () =>
        sendUntilGone(daemon.url, take, () => (acknowledged += 1)),
      )
      await pause(50 + Math.random() * 500)
      await daemon.kill()
      unanswered = [...again, ...(await Promise.all(senders))]
    }
    await using daemon = await startDaemon({ directory, port })
    for (const body of unanswered) {
      expect((await fetch(`${daemon.url}/ingest`, { method: 'POST', body })).status).toBe(200)
    }
    expect(acknowledged).toBeGreaterThan(50)
    await expectExactly(daemon, next)
    // A second life folds nothing twice either.
    await daemon.stop()
    await using later = await startDaemon({ directory, port })
    await expectExactly(later, next)
  })
})

/** A request as the SDK measures it, with everything that is counted. */
function request(monitor: MonitorClient, number: number): void {
  const trace = monitor.startTrace(`question ${number}`, { operation: 'ask', org: `org-${number % 5}` })
  trace.recordRetrieval({ retriever: 'bm25', latencyMs: 5, count: 2, scores: [0.9, 0.5] })
  trace.recordGeneration({
    provider: 'openai',
    model: 'gpt-4o',
    latencyMs: 50,
    inputTokens: 100,
    outputTokens: 10,
  })
  if (number % 10 === 0) trace.recordError(new Error('broken'))
  trace.end()
}

async function expectRequests(daemon: DaemonProcess, requests: number): Promise<void> {
  const stats = await getJson<Stats>(`${daemon.url}/stats?period=1h`)
  expect(stats).toMatchObject({
    requests,
    errors: Math.ceil(requests / 10),
    tokens: { input: requests * 100, output: requests * 10 },
  })
  expect(stats.cost.usd).toBeCloseTo(requests * 0.00035, 9)
}

describe('the SDK over an unreliable daemon', () => {
  it('delivers everything exactly once through kills and an outage of many flushes', async () => {
    const port = await freePort()
    let daemon = await startDaemon({ directory, port })
    const monitor = new MonitorClient({
      endpoint: daemon.url,
      service: 'crash',
      sampleRate: 0.1,
      flushIntervalMs: 50,
    })
    let sent = 0
    const running = new AbortController()
    const load = (async () => {
      while (!running.signal.aborted) {
        for (let i = 0; i < 20; i += 1) request(monitor, sent++)
        await pause(5)
      }
    })()
    for (let round = 0; round < 4; round += 1) {
      await pause(100 + Math.random() * 400)
      await daemon.kill()
      // Longer than many flushes: the batches of the outage wait, sealed, in order.
      await pause(round === 1 ? 1500 : 100)
      daemon = await startDaemon({ directory, port })
    }
    running.abort()
    await load
    await monitor.close()
    await using last = daemon
    await expectRequests(last, sent)
    const clients = await getJson<{ clients: { gaps: number; state: string }[] }>(
      `${last.url}/api/v1/clients`,
    )
    expect(clients.clients).toMatchObject([{ gaps: 0, state: 'closed' }])
  })

  it('counts once what it had to send again because the answer was lost', async () => {
    await using daemon = await startDaemon({ directory })
    using proxy = await startLossyProxy(daemon.port)
    const monitor = new MonitorClient({
      endpoint: `http://127.0.0.1:${proxy.port}`,
      service: 'lossy',
      flushIntervalMs: 50,
    })
    let sent = 0
    for (let round = 0; round < 30; round += 1) {
      for (let i = 0; i < 10; i += 1) request(monitor, sent++)
      await pause(20)
    }
    await monitor.close()
    await until(
      () => getJson<Stats>(`${daemon.url}/stats?period=1h`),
      ({ requests }) => requests >= sent,
    )
    await expectRequests(daemon, sent)
    expect(proxy.lost()).toBeGreaterThan(0)
    const clients = await getJson<{ clients: { duplicates: number }[] }>(`${daemon.url}/api/v1/clients`)
    expect(clients.clients[0]?.duplicates).toBeGreaterThan(0)
  })
})

/** Passes requests on, and cuts the connection instead of passing on every second answer. */
async function startLossyProxy(target: number): Promise<{ port: number; lost: () => number } & Disposable> {
  let answers = 0
  let lost = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream)
    upstream.on('data', (data) => {
      answers += 1
      if (answers % 2 === 0) {
        lost += 1
        client.destroy()
        upstream.destroy()
      } else {
        client.write(data)
      }
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    lost: () => lost,
    [Symbol.dispose]: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
