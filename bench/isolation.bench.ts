/**
 * Whether readers delay writers: latencies of /ingest and /metrics alone, and while one client pages through a week of
 * traces and others ask for series over 90 days, both without pause. Needs the build: npm run build.
 */
import { flatBatch } from './flat-batch.ts'
import { median, printMachine, runLoad, startDaemon } from './processes.ts'
import type { DaemonProcess } from './processes.ts'

const DAY_MS = 24 * 3_600_000
const STORED_DAYS = 90
const TRACES = 300_000
const PROBES = 150
const PROBE_EVERY_MS = 20

interface Latencies {
  ingest: number[]
  metrics: number[]
}

async function timed(url: string, init?: RequestInit): Promise<number> {
  const startedAt = performance.now()
  const response = await fetch(url, init)
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return performance.now() - startedAt
}

/** A batch of 20 traces and a scrape, every 20 ms. */
async function probe(daemon: DaemonProcess, firstBatch: number): Promise<Latencies> {
  const latencies: Latencies = { ingest: [], metrics: [] }
  for (let probes = 0; probes < PROBES; probes += 1) {
    const body = flatBatch(20, firstBatch + probes)
    const [ingest, metrics] = await Promise.all([
      timed(`${daemon.url}/ingest`, { method: 'POST', body }),
      timed(`${daemon.url}/metrics`),
    ])
    latencies.ingest.push(ingest)
    latencies.metrics.push(metrics)
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS))
  }
  return latencies
}

async function pageThroughWeek(daemon: DaemonProcess, signal: AbortSignal): Promise<number> {
  let pages = 0
  let cursor = ''
  while (!signal.aborted) {
    const url = `${daemon.url}/api/v1/traces?from=now-7d&limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`
    const page = (await (await fetch(url)).json()) as { next_cursor: string | null }
    pages += 1
    cursor = page.next_cursor ?? ''
  }
  return pages
}

async function askForSeries(daemon: DaemonProcess, signal: AbortSignal): Promise<number> {
  const url = `${daemon.url}/api/v1/series?metric=rag_request_duration_seconds&from=now-90d&quantiles=0.5,0.95,0.99&by=status`
  let queries = 0
  while (!signal.aborted) {
    await timed(url)
    queries += 1
  }
  return queries
}

function summary(values: readonly number[]): string {
  const sorted = values.toSorted((left, right) => left - right)
  return `p50 ${median(values).toFixed(1)}, p99 ${(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN).toFixed(1)} ms`
}

function line(name: string, alone: readonly number[], beside: readonly number[]): void {
  const ratio = median(beside) / median(alone)
  console.log(
    `${name.padEnd(10)} alone: ${summary(alone)}; beside readers: ${summary(beside)}; ratio of medians ${ratio.toFixed(2)}`,
  )
}

printMachine()
await using daemon = await startDaemon({ flags: ['--retention', '100'] })
const pace = {
  startedAt: Date.now() - STORED_DAYS * DAY_MS,
  tracesPerMs: TRACES / (STORED_DAYS * DAY_MS - 3_600_000),
}
await runLoad({
  port: daemon.port,
  connections: 8,
  requests: TRACES / 500,
  tracesPerRequest: 500,
  firstBatch: 0,
  pace,
})
await probe(daemon, 10_000_000)
const alone = await probe(daemon, 20_000_000)
const stop = new AbortController()
const readers = Promise.all([
  pageThroughWeek(daemon, stop.signal),
  askForSeries(daemon, stop.signal),
  askForSeries(daemon, stop.signal),
])
const beside = await probe(daemon, 30_000_000)
stop.abort()
const [pages, first, second] = await readers
line('/ingest', alone.ingest, beside.ingest)
line('/metrics', alone.metrics, beside.metrics)
console.log(`meanwhile  ${pages} pages of 500 traces, ${first + second} series over ${STORED_DAYS} days`)
