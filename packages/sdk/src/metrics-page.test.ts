import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Diagnostic } from './diagnostics.ts'
import { MonitorClient } from './monitor-client.ts'
import { InMemoryTransport } from './testing.ts'

const PROMTOOL = '/usr/bin/promtool'
const diagnostics: Diagnostic[] = []
let monitor: MonitorClient
let transport: InMemoryTransport

beforeEach(() => {
  diagnostics.length = 0
  transport = new InMemoryTransport()
  const onDiagnostic = (diagnostic: Diagnostic) => diagnostics.push(diagnostic)
  monitor = new MonitorClient(
    { service: 'app', sampleRate: 1, release: '1.2' },
    { transport, environment: {}, onDiagnostic, now: () => 1_700_000_000_000 },
  )
})

afterEach(() => monitor.close())

function request(): string {
  const trace = monitor.startTrace('q', { operation: 'ask' })
  trace.recordRetrieval({ retriever: 'bm25', latencyMs: 20, scores: [0.9, 0.5] })
  trace.recordGeneration({
    provider: 'openai',
    model: 'gpt-4o',
    latencyMs: 300,
    inputTokens: 1000,
    outputTokens: 10,
  })
  trace.end()
  return trace.traceId
}

test('metricsText shows totals since the start, whether they were sent or not', async () => {
  request()
  await monitor.flush()
  request()
  const { body, contentType } = await monitor.metricsText()
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(body).toContain(
    'rag_requests_total{service="app",operation="ask",model="gpt-4o",status="success"} 2\n',
  )
  expect(body).toContain('rag_retrieval_score_sum{service="app",retriever="bm25"} 2.8\n')
  expect(body).toContain('rag_requests_in_flight{service="app"} 0\n')
  expect(body).toContain('rag_trace_sample_ratio{service="app"} 1\n')
  expect(body).toContain('rag_build_info{service="app",version="0.1.0",revision="1.2"} 1\n')
  expect((await monitor.metricsText('text/plain')).body).toBe(body)
  // What a scrape takes out still goes into the next batch.
  await monitor.flush()
  expect(transport.total('rag_requests_total')).toBe(2)
})

test('metricsText writes OpenMetrics with the trace ids of kept traces where it is asked to', async () => {
  const traceId = request()
  const { body, contentType } = await monitor.metricsText(
    'application/openmetrics-text; version=1.0.0, text/plain;q=0.5',
  )
  expect(contentType).toContain('application/openmetrics-text')
  expect(body).toMatch(
    new RegExp(`rag_request_duration_seconds_bucket\\{.*\\} 1 # \\{trace_id="${traceId}"\\}`),
  )
  expect(body.endsWith('# EOF\n')).toBe(true)
})

test('metricsText measures without a daemon', async () => {
  await using alone = new MonitorClient({ endpoint: null, service: 'alone' }, { environment: {} })
  alone.startTrace('q').end()
  await alone.flush()
  alone.startTrace('q').end()
  expect((await alone.metricsText()).body).toContain(
    'rag_requests_total{service="alone",status="success"} 2\n',
  )
})

test('metricsText shows the registry of the application, but no name twice', async () => {
  request()
  const page = pageOfPromClient()
  expect(page).toContain('# HELP rag_request_duration_seconds Mine')
  const register = { metrics: () => Promise.resolve(page) }
  const { body } = await monitor.metricsText('application/openmetrics-text', {
    registries: [register, register],
  })
  expect(body.match(/shop_orders_total\{kind="a"\} 3/g)).toHaveLength(1)
  expect(body.match(/# TYPE rag_request_duration_seconds histogram/g)).toHaveLength(1)
  expect(body).not.toContain('Mine')
  expect(body).not.toContain('# EOF')
  expect(diagnostics.map(({ code }) => code)).toEqual(['merge_skipped', 'merge_skipped'])
  expect(lint(body)).toBe('')
})

describe.skipIf(!existsSync(PROMTOOL))('promtool (where it is missing: apt-get install prometheus)', () => {
  test('finds nothing to complain about on a page with everything', async () => {
    request()
    monitor.setRateLimit({ provider: 'openai', limit: 'tokens', remaining: 1, max: 2 })
    monitor.setStoreSize({ store: 'neo4j', entities: 3, relations: 4 })
    await monitor.dependency({ name: 'qdrant', kind: 'vector_store' }, async () => undefined)
    expect(lint((await monitor.metricsText()).body)).toBe('')
  })
})

/** In a process of its own: the test runner would resolve a dependency of prom-client to a build Node cannot load. */
function pageOfPromClient(): string {
  const program = `
    const prom = require('prom-client')
    new prom.Counter({ name: 'shop_orders_total', help: 'Orders', labelNames: ['kind'] }).inc({ kind: 'a' }, 3)
    new prom.Histogram({ name: 'rag_request_duration_seconds', help: 'Mine' }).observe(1)
    prom.register.metrics().then((page) => process.stdout.write(page))`
  return execFileSync(process.execPath, ['-e', program], { cwd: import.meta.dirname, encoding: 'utf8' })
}

function lint(page: string): string {
  if (!existsSync(PROMTOOL)) return ''
  return execFileSync(PROMTOOL, ['check', 'metrics'], { input: page, encoding: 'utf8' })
}

test('serveMetrics serves the page on a port of its own', async () => {
  request()
  await using server = await monitor.serveMetrics({ port: 0 })
  const response = await fetch(server.url)
  expect(server.url).toBe(`http://127.0.0.1:${server.port}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await response.text()).toContain('rag_requests_total{')
  expect((await fetch(new URL('/', server.url))).status).toBe(404)
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(405)
  const head = await fetch(server.url, { method: 'HEAD' })
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(1000)
  await expect(monitor.serveMetrics({ port: server.port })).rejects.toThrow('choose another port')
})

test('metricsHandler answers 500 with the reason when a registry of the application fails', async () => {
  const broken = { metrics: () => Promise.reject(new Error('collector failed')) }
  const server = createServer(monitor.metricsHandler({ registries: [broken] }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('collector failed\n')
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
