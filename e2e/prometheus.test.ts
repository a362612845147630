/** What a real Prometheus reads from the daemon and from the application itself equals the truth of a known load. */
import { execFileSync } from 'node:child_process'
import { HISTOGRAM_RELATIVE_ERROR } from '@ragmeter/core'
import { MonitorClient } from '@ragmeter/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, getJson, startDaemon, until } from './daemon-process.ts'
import type { DaemonProcess } from './daemon-process.ts'
import { program } from './programs.ts'
import { Prometheus } from './prometheus-process.ts'

const prometheus = program('prometheus')
const promtool = program('promtool')

/** One job for each target. */
function configurationOf(targets: readonly string[]): string {
  const jobs = targets.map(
    (target, position) =>
      `- {job_name: job${position}, honor_labels: true, static_configs: [{targets: ["${target}"]}]}`,
  )
  return `global: {scrape_interval: 1s, scrape_timeout: 900ms}\nscrape_configs:\n${jobs.join('\n')}\n`
}

const SERVICES = ['docs', 'shop']
const REQUESTS = 600
const LATENCIES_MS = Array.from({ length: REQUESTS }, (_, i) => 100 + i * 3)

/** The clock by which the clients measure: latencies are exactly what the load says. */
let clockMs = 0
const monotonicNow = () => clockMs

/** A known load: every third request of a service fails, tokens and price follow from the position. */
function load(monitor: MonitorClient, service: string): void {
  LATENCIES_MS.forEach((latencyMs, position) => {
    const trace = monitor.startTrace(`question ${position}`, {
      operation: 'ask',
      intent: position % 2 === 0 ? 'fact' : 'how_to',
      org: 'acme',
      ...(service === '' ? {} : { service }),
    })
    trace.recordRetrieval({ retriever: 'bm25', latencyMs: 10, count: position % 5, scores: [0.8] })
    trace.recordGeneration({
      provider: 'openai',
      model: 'gpt-4o',
      latencyMs: 50,
      inputTokens: 1000,
      outputTokens: 100,
    })
    if (position % 3 === 0) trace.recordError(new Error('no'))
    clockMs += latencyMs
    trace.end()
  })
}

describe.skipIf(prometheus.missing)(
  `Prometheus scraping the daemon and the application${prometheus.note}`,
  () => {
    let daemon: DaemonProcess
    let server: Prometheus
    let monitors: MonitorClient[]
    let inProcess: MonitorClient

    beforeAll(async () => {
      daemon = await startDaemon()
      monitors = SERVICES.map(
        (service) =>
          new MonitorClient(
            { endpoint: daemon.url, service, sampleRate: 0.05, flushIntervalMs: 100 },
            { monotonicNow },
          ),
      )
      inProcess = new MonitorClient({ endpoint: null, service: 'in-process' }, { monotonicNow })
      const scraped = await inProcess.serveMetrics({ port: await freePort() })
      // The series must exist before the load, or rate() and increase() do not see their first value.
      for (const monitor of [...monitors, inProcess]) load(monitor, '')
      await Promise.all(monitors.map((monitor) => monitor.flush()))
      server = await Prometheus.start(
        configurationOf([`127.0.0.1:${daemon.port}`, `127.0.0.1:${scraped.port}`]),
      )
      await until(
        () => server.value('count(rag_requests_total)'),
        (count) => count > 0,
        20_000,
      )
      await until(
        () => server.value('sum(count_over_time(rag_build_info[1m]))'),
        (count) => count >= 6,
        20_000,
      )
      for (const monitor of [...monitors, inProcess]) load(monitor, '')
      await Promise.all(monitors.map((monitor) => monitor.flush()))
      await until(
        () => server.value('min(sum by (service) (rag_requests_total))'),
        (count) => count === 2 * REQUESTS,
        20_000,
      )
    }, 90_000)

    afterAll(async () => {
      await Promise.all([...monitors, inProcess].map((monitor) => monitor.close()))
      await server[Symbol.asyncDispose]()
      await daemon[Symbol.asyncDispose]()
    })

    const ALL = [...SERVICES, 'in-process']

    it('sees the first failures of a service that was healthy', async () => {
      await using monitor = new MonitorClient({ endpoint: daemon.url, service: 'healthy' }, { monotonicNow })
      const requests = 'rag_requests_total{service="healthy",operation="ask"'
      for (let position = 0; position < 70; position += 1) {
        const trace = monitor.startTrace('question', { operation: 'ask' })
        trace.recordGeneration({ provider: 'openai', model: 'gpt-4o', latencyMs: 50 })
        trace.end()
      }
      await monitor.flush()
      await until(
        () => server.value(`max(count_over_time(${requests},status="success"}[1m]))`),
        (scrapes) => scrapes >= 3,
        20_000,
      )
      for (let position = 0; position < 60; position += 1) {
        const trace = monitor.startTrace('question', { operation: 'ask' })
        trace.recordError(new Error('no index'))
        trace.end()
      }
      await monitor.flush()
      const failed = await until(
        () => server.value(`sum(increase(${requests},status="error"}[1m]))`),
        (increase) => increase > 0,
        20_000,
      )
      expect(failed).toBeGreaterThanOrEqual(60)
    })

    it('sees every request, error, token and dollar, by service', async () => {
      for (const service of ALL) {
        expect(await server.value(`sum(rag_requests_total{service="${service}"})`)).toBe(2 * REQUESTS)
        expect(await server.value(`sum(rag_requests_total{service="${service}",status="error"})`)).toBe(
          (2 * REQUESTS) / 3,
        )
        expect(await server.value(`sum(rag_llm_tokens_total{service="${service}",token_type="input"})`)).toBe(
          2_000 * REQUESTS,
        )
        expect(await server.value(`sum(rag_llm_cost_usd_total{service="${service}"})`)).toBeCloseTo(
          2 * REQUESTS * 0.0035,
          9,
        )
        expect(await server.value(`sum(rag_retrievals_total{service="${service}",outcome="empty"})`)).toBe(
          (2 * REQUESTS) / 5,
        )
      }
    })

    it('computes the rate and the error ratio of the load', async () => {
      for (const service of ALL) {
        const ratio = `sum(rate(rag_requests_total{service="${service}",status=~"error|timeout"}[2m])) / sum(rate(rag_requests_total{service="${service}",status!~"rejected|cancelled"}[2m]))`
        expect(await server.value(ratio)).toBeCloseTo(1 / 3, 6)
        // increase() extrapolates to the window, so only the order of the second load is certain.
        const increase = await server.value(`sum(increase(rag_requests_total{service="${service}"}[2m]))`)
        expect(increase).toBeGreaterThan(REQUESTS * 0.9)
      }
    })

    it('computes p95 within the classic bucket, and the daemon within the error of its histogram', async () => {
      const exact = LATENCIES_MS[Math.ceil(REQUESTS * 0.95) - 1] as number
      for (const service of ALL) {
        const p95 = await server.value(
          `histogram_quantile(0.95, sum by (le) (rate(rag_request_duration_seconds_bucket{service="${service}"}[2m])))`,
        )
        // 1.8 s lies in the bucket from 1 to 2 seconds.
        expect(p95).toBeGreaterThan(1)
        expect(p95).toBeLessThanOrEqual(2)
      }
      for (const service of SERVICES) {
        const stats = await getJson<{ latency: { p95: number } }>(
          `${daemon.url}/stats?period=1h&service=${service}`,
        )
        expect(Math.abs(stats.latency.p95 * 1000 - exact) / exact).toBeLessThanOrEqual(
          HISTOGRAM_RELATIVE_ERROR,
        )
      }
    })

    it('keeps exemplars by which a stored trace is found', async () => {
      const now = Date.now() / 1000
      const url = `${server.url}/api/v1/query_exemplars?query=rag_request_duration_seconds_bucket&start=${now - 600}&end=${now}`
      interface Found {
        seriesLabels: { service: string }
        exemplars: { labels: { trace_id: string } }[]
      }
      const found = await until(
        async () => (await getJson<{ data: Found[] }>(url)).data,
        (data) => data.some(({ seriesLabels }) => seriesLabels.service === 'docs'),
      )
      const exemplar = found.find(({ seriesLabels }) => seriesLabels.service === 'docs')?.exemplars[0]
      const trace = await getJson<{ trace_id: string; service: string }>(
        `${daemon.url}/api/v1/traces/${exemplar?.labels.trace_id}`,
      )
      expect(trace).toMatchObject({ trace_id: exemplar?.labels.trace_id, service: 'docs' })
    })

    it('scrapes both without an error', async () => {
      expect(await server.value('min(up)')).toBe(1)
    })

    it.skipIf(promtool.missing)(
      `serves pages that promtool finds nothing wrong with${promtool.note}`,
      async () => {
        const page = await (await fetch(`${daemon.url}/metrics`)).text()
        expect(execFileSync('promtool', ['check', 'metrics'], { input: page }).toString()).toBe('')
      },
    )
  },
)
