import { CardinalityGuard, Registry } from '@ragmeter/core'
import { describe, expect, test } from 'vitest'
import { committed, EMPTY_REPORT, requests } from '../../test/committed.ts'
import { emptyState } from '../../test/fake-store.ts'
import type { StorageState } from '../store/store.ts'
import { LifetimeMetrics } from './lifetime-metrics.ts'
import { MetricsPage } from './metrics-page.ts'
import { SelfMetrics } from './self-metrics.ts'

const NOW = 1_700_000_000_000

function createPage(state: () => Promise<StorageState> = () => Promise.resolve(emptyState())) {
  let uptime = 0
  let cpu = 0
  const self = new SelfMetrics('1.2.3', {
    residentMemoryBytes: () => 1000,
    cpuMicroseconds: () => (cpu += 1_500_000),
    startTimeSeconds: 5,
    eventLoopLagSeconds: () => 0.25,
    inFlight: () => ({ requests: 2, bytes: 300 }),
  })
  const page = new MetricsPage({
    lifetime: new LifetimeMetrics([], NOW, () => uptime),
    budgets: new Registry({ guard: new CardinalityGuard(() => {}) }),
    self,
    storeReport: self.stage('store'),
    storage: { ask: async () => ({ state: await state() }) },
    // A clock that is set back all the time.
    now: () => NOW - uptime,
    monotonic: () => uptime,
  })
  return {
    page,
    self,
    text: async () => (await page.render('text')).toString(),
    advance: (milliseconds: number) => (uptime += milliseconds),
  }
}

/** Values by name with labels. */
function valuesOf(text: string): Record<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    samples.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  )
}

const many = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    requests(`service-${i % 40}`, 1, { model: `model-${Math.floor(i / 40)}` }),
  )

const ofRequests = (values: Record<string, number>) =>
  Object.entries(values).filter(([name]) => name.startsWith('rag_requests_total'))

describe('MetricsPage', () => {
  test('shows what the daemon measures about itself', async () => {
    const { page, self, text } = createPage(() =>
      Promise.resolve({ ...emptyState(), bytesMax: 5000, traces: 7, oldestTraceAt: 2000, deletedTraces: 3 }),
    )
    self.stage('ingest').accepted(4)
    self.stage('ingest').dropped('body_too_large', 1)
    self.stage('ingest').took(12)
    self.answered('/ingest', 'POST', 413, 2)
    page.committed(
      committed({
        report: {
          ...EMPTY_REPORT,
          bodies: 2,
          tracesStored: 9,
          tracesDuplicate: 1,
          tracesRejected: 2,
          measurementsRejected: 3,
          ledgerRowsRejected: 4,
          issues: { too_long: 5 },
        },
      }),
    )
    await text()
    const values = valuesOf(await text())
    expect(values).toMatchObject({
      'ragmeter_build_info{version="1.2.3"}': 1,
      'ragmeter_stage_accepted_total{stage="ingest"}': 4,
      'ragmeter_stage_dropped_total{stage="ingest",reason="body_too_large"}': 1,
      'ragmeter_stage_duration_seconds_count{stage="ingest"}': 1,
      'ragmeter_stage_duration_seconds_sum{stage="ingest"}': 0.012,
      'ragmeter_stage_accepted_total{stage="store"}': 9,
      'ragmeter_stage_dropped_total{stage="store",reason="duplicate"}': 1,
      'ragmeter_stage_dropped_total{stage="store",reason="rejected"}': 2,
      'ragmeter_stage_dropped_total{stage="store",reason="rejected_measurement"}': 3,
      'ragmeter_stage_dropped_total{stage="store",reason="rejected_ledger_row"}': 4,
      ragmeter_commit_duration_seconds_count: 1,
      ragmeter_committed_bodies_total: 2,
      'ragmeter_ingest_issues_total{code="too_long"}': 5,
      'ragmeter_http_requests_total{route="/ingest",method="POST",code="413"}': 1,
      ragmeter_ingest_in_flight_requests: 2,
      ragmeter_ingest_in_flight_bytes: 300,
      ragmeter_storage_bytes: 4096,
      ragmeter_storage_limit_bytes: 5000,
      ragmeter_storage_traces: 7,
      ragmeter_storage_oldest_trace_timestamp_seconds: 2,
      ragmeter_storage_writable: 1,
      ragmeter_storage_deleted_traces_total: 3,
      ragmeter_event_loop_lag_max_seconds: 0.25,
      process_cpu_seconds_total: 3,
      process_resident_memory_bytes: 1000,
      process_start_time_seconds: 5,
    })
  })

  test('shows when the database cannot be written', async () => {
    let writeError: string | null = 'disk full'
    const { text, advance } = createPage(() => Promise.resolve({ ...emptyState(), writeError }))
    await text()
    expect(valuesOf(await text())).toMatchObject({ ragmeter_storage_writable: 0 })
    writeError = null
    advance(10_000)
    await text()
    expect(valuesOf(await text())).toMatchObject({ ragmeter_storage_writable: 1 })
  })

  test('does not wait for a database that does not answer', async () => {
    const { page, text } = createPage(() => new Promise(() => {}))
    page.committed(committed({ measurements: [requests('docs', 3)] }))
    expect(await text()).toContain('rag_requests_total{service="docs",status="success"} 3')
  })

  test('shows nothing of what is not committed, and all of it after', async () => {
    const { page, text } = createPage()
    expect(await text()).not.toContain('rag_requests_total')
    page.committed(committed({ measurements: [requests('docs', 3)] }))
    expect(await text()).toContain('rag_requests_total{service="docs",status="success"} 3')
  })

  test('hands back the event loop while it renders, and shows one moment all the same', async () => {
    const { page, text } = createPage()
    page.committed(committed({ measurements: many(2000) }))
    const before = valuesOf(await text())
    let turns = 0
    let rendering = true
    const tick = () => {
      if (!rendering) return
      turns += 1
      page.committed(committed({ measurements: many(2000) }))
      setImmediate(tick)
    }
    setImmediate(tick)
    const during = valuesOf(await text())
    rendering = false
    expect(turns).toBeGreaterThan(5)
    expect(ofRequests(during)).toEqual(ofRequests(before))
    const after = ofRequests(valuesOf(await text())).filter(([name]) => name.includes('"success"'))
    expect(new Set(after.map(([, value]) => value))).toEqual(new Set([1 + turns]))
  })

  test('renders once for scrapes at the same time', () => {
    const { page } = createPage()
    expect(page.render('text')).toBe(page.render('text'))
    expect(page.render('openmetrics')).not.toBe(page.render('text'))
  })

  test('ends an OpenMetrics page once', async () => {
    const { page } = createPage()
    page.committed(committed({ measurements: [requests('docs', 1)] }))
    const text = (await page.render('openmetrics')).toString()
    expect(text.split('# EOF')).toHaveLength(2)
    expect(text.endsWith('\n# EOF\n')).toBe(true)
  })
})
