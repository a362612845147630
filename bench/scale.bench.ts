/**
 * The daemon with a million traces of one day: memory, disk, and how long it takes to answer. Then a page of metrics
 * with 10,000 series: how long it takes, and how long it holds the event loop. Needs the build: npm run build.
 */
import { statSync } from 'node:fs'
import { request } from 'node:http'
import { median, printMachine, runLoad, startDaemon } from './processes.ts'

const TRACES = 1_000_000
const TRACES_PER_BATCH = 500
const DAY_MS = 24 * 3_600_000
const ROUNDS = 31
const MIB = 2 ** 20

/** Milliseconds and size of one answer. */
async function timed(url: string): Promise<{ ms: number; bytes: number }> {
  const startedAt = performance.now()
  const bytes = await new Promise<number>((resolve, reject) => {
    request(url, (response) => {
      let length = 0
      response.on('data', (data: Buffer) => (length += data.length))
      response.on('end', () =>
        response.statusCode === 200 ? resolve(length) : reject(new Error(`${url}: ${response.statusCode}`)),
      )
    })
      .on('error', reject)
      .end()
  })
  return { ms: performance.now() - startedAt, bytes }
}

async function report(name: string, url: string): Promise<void> {
  const results: { ms: number; bytes: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) results.push(await timed(url))
  const [ms, worst] = [
    median(results.map((result) => result.ms)),
    Math.max(...results.slice(1).map((result) => result.ms)),
  ]
  console.log(
    `${name.padEnd(44)} ${ms.toFixed(1)} ms (worst of ${ROUNDS - 1}: ${worst.toFixed(1)} ms), ${Math.round((results[0]?.bytes ?? 0) / 1024)} KiB`,
  )
}

async function metricValue(url: string, name: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text()
  return Number(
    page
      .split('\n')
      .find((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      ?.split(' ')
      .at(-1),
  )
}

async function millionTraces(): Promise<void> {
  // As `ragmeter start` sets them in the background, and docs/deploy.md for services and containers.
  const environment = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' }
  await using daemon = await startDaemon({ environment })
  await report('/metrics, empty', `${daemon.url}/metrics`)
  const pace = { startedAt: Date.now() - DAY_MS + 600_000, tracesPerMs: TRACES / (DAY_MS - 900_000) }
  const load = {
    connections: 16,
    requests: TRACES / TRACES_PER_BATCH / 4,
    tracesPerRequest: TRACES_PER_BATCH,
    pace,
  }
  for (let quarter = 0; quarter < 4; quarter += 1) {
    await runLoad({ port: daemon.port, ...load, firstBatch: quarter * load.requests })
  }
  console.log(
    `daemon RSS after ${TRACES.toLocaleString('en-US')} traces`.padEnd(44),
    `${(daemon.residentBytes() / MIB).toFixed(0)} MiB`,
  )
  await report('/metrics at 1 M stored traces', `${daemon.url}/metrics`)
  await report('/stats?period=24h at 1 M traces', `${daemon.url}/stats?period=24h`)
  await report(
    '/api/v1/series, 24 h, requests by status',
    `${daemon.url}/api/v1/series?metric=rag_requests_total&from=now-24h&by=status`,
  )
  const series = `${daemon.url}/api/v1/series?metric=rag_request_duration_seconds&from=now-24h&quantiles=0.5,0.95,0.99`
  await report('/api/v1/series, 24 h, 3 quantiles', series)
  await report('/api/v1/traces, newest 50', `${daemon.url}/api/v1/traces?limit=50`)
  await report('/api/v1/ledger by model', `${daemon.url}/api/v1/ledger?group=model`)
  await daemon.stop()
  const bytes = statSync(daemon.database).size
  console.log('disk per flat trace, indexes and all'.padEnd(44), `${(bytes / TRACES).toFixed(0)} bytes`)
}

/** Many services and operations: every request opens series of its own. */
async function manySeries(): Promise<void> {
  await using daemon = await startDaemon()
  for (let service = 0; service < 14; service += 1) {
    const traces = Array.from({ length: 40 }, (_, position) => ({
      total_latency_ms: 100 + position,
      service: `service-${service}`,
      operation: `operation-${position}`,
      retrieval: { retriever: `retriever-${position % 10}`, latency_ms: 10, count: 3, scores: [0.9, 0.4] },
      generations: [
        {
          provider: 'openai',
          model: `model-${position % 8}`,
          input_tokens: 100,
          output_tokens: 10,
          latency_ms: 50,
        },
      ],
    }))
    await fetch(`${daemon.url}/ingest`, { method: 'POST', body: JSON.stringify({ traces }) })
  }
  const page = await (await fetch(`${daemon.url}/metrics`)).text()
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
  await report(`/metrics with ${lines.toLocaleString('en-US')} series`, `${daemon.url}/metrics`)
  console.log(
    'event loop held at most'.padEnd(44),
    `${((await metricValue(daemon.url, 'ragmeter_event_loop_lag_max_seconds')) * 1000).toFixed(1)} ms`,
  )
}

printMachine()
await millionTraces()
await manySeries()
