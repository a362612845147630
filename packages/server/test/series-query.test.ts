import { METRICS, MINUTE_MS } from '@ragmeter/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SeriesQuery } from '../src/store/store.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()
const HOUR_MS = 3_600_000
const MINUTE = Math.floor((NOW - 10 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const series = (query: Partial<SeriesQuery>) =>
  harness.query('series', {
    metric: METRICS.requests.name,
    from: MINUTE,
    to: MINUTE + 5 * MINUTE_MS,
    stepMs: MINUTE_MS,
    by: [],
    filters: {},
    quantiles: [],
    seriesMax: 10,
    ...query,
  })
const gauge = (instance: string, value: number, minute = MINUTE) => ({
  client: { instance },
  traces: [],
  measurements: [
    { metric: METRICS.inFlight.name, type: 'gauge', minute, value, labels: { service: 'docs' } },
  ],
})
const points = (metric: string) => series({ metric }).series[0]?.points
const values = (query: Partial<SeriesQuery>) =>
  series(query).series.map(({ labels, points: found }) => [labels, found.map(({ value }) => value)])

describe('querySeries', () => {
  it('adds up the gauges of instances, the latest of each, before folding and after', () => {
    harness.send(gauge('a', 9), gauge('b', 4))
    harness.send(gauge('a', 3), gauge('a', 5, MINUTE + MINUTE_MS))
    const expected = [
      { at: MINUTE, value: 7 },
      { at: MINUTE + MINUTE_MS, value: 5 },
    ]
    expect(points(METRICS.inFlight.name)).toEqual(expected)
    harness.crash()
    expect(points(METRICS.inFlight.name)).toEqual(expected)
  })

  it('folds labels of gauges that there is no room for', () => {
    const queue = Array.from({ length: 150 }, (_, i) => ({
      metric: METRICS.inFlight.name,
      type: 'gauge',
      minute: MINUTE,
      value: 1,
      labels: { service: `service-${i}` },
    }))
    harness.send({ client: { instance: 'a' }, traces: [], measurements: queue })
    harness.writer.fold(NOW)
    const rows = harness.database
      .prepare('SELECT count(*) AS n FROM series WHERE metric = ?')
      .get(METRICS.inFlight.name)
    expect(Number(rows?.['n'])).toBeLessThanOrEqual(101)
  })

  it('keeps the labels that are asked for, filters by others, and says what it left out', () => {
    harness.send({
      traces: ['success', 'success', 'error'].flatMap((status, i) =>
        ['docs', 'search', 'chat'].map((service) =>
          flatTrace(`${service}-${i}`, {
            timestamp: MINUTE,
            status,
            service,
            operation: service === 'chat' ? 'ask' : undefined,
          }),
        ),
      ),
    })
    for (const step of [() => undefined, () => harness.writer.fold(NOW)]) {
      step()
      expect(values({ by: ['status'] })).toEqual([
        [{ status: 'success' }, [6]],
        [{ status: 'error' }, [3]],
      ])
      expect(values({ by: ['operation'], filters: { service: 'chat', status: 'error' } })).toEqual([
        [{ operation: 'ask' }, [1]],
      ])
      expect(values({ filters: { operation: '' } })).toEqual([[{}, [6]]])
      expect(series({ by: ['service'], seriesMax: 2 })).toMatchObject({ omitted: 1, resolution: '1m' })
    }
  })

  it('answers in steps of whole buckets where minutes are gone', () => {
    // The third hour of six: steps of one and a half hours and of two hours begin at different times.
    const at = Math.floor((NOW - 3 * 24 * HOUR_MS) / (6 * HOUR_MS)) * 6 * HOUR_MS + 3 * HOUR_MS
    harness.send({ traces: [flatTrace('a', { timestamp: at + MINUTE_MS })] })
    harness.writer.fold(NOW)
    for (const [asked, answered] of [
      [30 * MINUTE_MS, HOUR_MS],
      [90 * MINUTE_MS, 2 * HOUR_MS],
    ] as const) {
      const { series: found, resolution } = series({ from: NOW - 4 * 24 * HOUR_MS, to: NOW, stepMs: asked })
      expect(resolution).toBe('1h')
      expect(found[0]?.points).toEqual([{ at: Math.floor(at / answered) * answered, value: 1 }])
    }
  })

  it('counts observations between the bounds of the metric, before folding and after', () => {
    const latencies = [100, 100, 250, 251, 999_999]
    harness.send({
      traces: latencies.map((total_latency_ms, index) =>
        flatTrace(`b${index}`, { timestamp: MINUTE, total_latency_ms }),
      ),
    })
    const bounds = METRICS.requestDuration.buckets
    const expected = [...bounds, Infinity].map(
      (bound, index) =>
        latencies.filter((ms) => ms / 1000 <= bound && ms / 1000 > (bounds[index - 1] ?? -1)).length,
    )
    for (const step of [() => undefined, () => harness.writer.fold(NOW)]) {
      step()
      const found = series({ metric: METRICS.requestDuration.name, buckets: true }).series[0]?.points
      expect(found).toMatchObject([{ at: MINUTE, count: 5, buckets: expected }])
    }
    expect(series({ metric: METRICS.requestDuration.name }).series[0]?.points[0]).not.toHaveProperty(
      'buckets',
    )
  })

  it('leaves out what starts at the end of the range', () => {
    harness.send({
      traces: [
        flatTrace('in', { timestamp: MINUTE }),
        flatTrace('out', { timestamp: MINUTE + 5 * MINUTE_MS }),
      ],
    })
    for (const step of [() => undefined, () => harness.writer.fold(NOW)]) {
      step()
      expect(series({}).series[0]?.points).toEqual([{ at: MINUTE, value: 1 }])
    }
  })

  it('refuses what it does not know and what would not fit into memory', () => {
    expect(() => series({ metric: 'nothing' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }) as Error,
    )
    expect(() => series({ by: ['org'] })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }) as Error,
    )
    harness.send({ traces: [flatTrace('a', { timestamp: MINUTE })] })
    harness.writer.fold(NOW)
    harness.database.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO series (metric, labels, value, last_seen) SELECT '${METRICS.requests.name}', json_array('docs', 'op' || i, '', '', 'success'), 0, 0 FROM n;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
        INSERT INTO rollup_1m SELECT id, ${MINUTE} - i * 60000, 1 FROM series, n WHERE metric = '${METRICS.requests.name}';`)
    const query = { from: MINUTE - HOUR_MS, by: ['operation'] }
    expect(() => series(query)).toThrow(expect.objectContaining({ code: 'query_too_expensive' }) as Error)
    // Few steps of the same rows fit.
    expect(series({ ...query, stepMs: 30 * MINUTE_MS, seriesMax: 5 }).omitted).toBeGreaterThan(1990)
  })
})

/** What `/stats` says of tokens and costs after one more request. */
function costAfter(generation: object, more: object = {}): object {
  const id = JSON.stringify([generation, more])
  harness.send({ traces: [flatTrace(id, { timestamp: MINUTE, ...more, generations: [generation] })] })
  const { cost, tokens } = harness.query('stats', { from: MINUTE, to: NOW })
  return { ...cost, tokens }
}

describe('queryStats', () => {
  it('answers for one service, with nulls where there is no data', () => {
    harness.send({
      traces: [
        flatTrace('a', { timestamp: MINUTE, service: 'docs' }),
        flatTrace('b', { timestamp: MINUTE, service: 'search', success: false }),
      ],
    })
    const stats = (service: string) => harness.query('stats', { from: MINUTE, to: NOW, service })
    expect(stats('docs')).toMatchObject({ requests: 1, success_rate: 1, traces_stored: 1 })
    expect(stats('search')).toMatchObject({ requests: 1, errors: 1, success_rate: 0 })
    expect(stats('none')).toMatchObject({
      requests: 0,
      success_rate: null,
      latency: { p50: null, p95: null, p99: null, average: null },
      retrieval: { empty_rate: null, average_documents: null, average_top_score: null },
      traces_stored: 0,
    })
  })

  it('counts all requests ever of the service, before and after folding', () => {
    harness.send({
      traces: [
        flatTrace('a', { timestamp: MINUTE, service: 'docs' }),
        flatTrace('b', { timestamp: MINUTE, service: 'search' }),
        flatTrace('c', { timestamp: MINUTE, service: 'search', success: false }),
      ],
    })
    const total = (service?: string) =>
      harness.query('stats', { from: NOW, to: NOW + 1, ...(service === undefined ? {} : { service }) })
        .requests_total
    for (const step of [() => undefined, () => harness.writer.fold(NOW)]) {
      step()
      expect([total('docs'), total('search'), total('none'), total()]).toEqual([1, 2, 0, 3])
    }
  })

  it('does not know tokens and costs that nobody stated; model calls and document store add up to the cost', () => {
    const call = { provider: 'self-hosted', model: 'house-llama' }
    expect(costAfter(call)).toEqual({
      usd: null,
      llm_usd: null,
      docstore_usd: null,
      unpriced_calls: 1,
      tokens: { input: null, output: null },
    })
    expect(costAfter({ ...call, input_tokens: 5 }, { docstore_cost_usd: 0.1 })).toEqual({
      usd: 0.1,
      llm_usd: null,
      docstore_usd: 0.1,
      unpriced_calls: 2,
      tokens: { input: 5, output: null },
    })
    expect(costAfter({ ...call, output_tokens: 7, cost_usd: 0.2 })).toEqual({
      // Not 0.30000000000000004.
      usd: 0.3,
      llm_usd: 0.2,
      docstore_usd: 0.1,
      unpriced_calls: 2,
      tokens: { input: 5, output: 7 },
    })
  })

  it('names failed retrievals, of which none counts as empty or found', () => {
    const retrievals = [{ count: 0 }, { count: 3 }, { count: 3 }, { status: 'error' }]
    harness.send({
      traces: retrievals.map((retrieval, i) => ({
        id: `r${i}`,
        timestamp: MINUTE,
        service: 'docs',
        status: 'success',
        total_latency_ms: 1,
        retrieval,
      })),
    })
    expect(harness.query('stats', { from: MINUTE, to: NOW }).retrieval).toMatchObject({
      retrievals: 4,
      failed: 1,
      empty: 1,
      empty_rate: 1 / 3,
    })
  })

  it('says since when there are requests, to the finest bucket that is held, folded or not', () => {
    const since = (service?: string) =>
      harness.query('stats', { from: MINUTE, to: NOW, ...(service === undefined ? {} : { service }) })
        .measured_since
    expect(since()).toBeNull()
    const hour = Math.floor(NOW / 3_600_000) * 3_600_000
    const dayAgo = hour - 24 * 3_600_000 + 7 * 60_000
    const daysAgo = hour - 5 * 24 * 3_600_000
    harness.send({
      traces: [
        flatTrace('a', { timestamp: dayAgo + 5000, service: 'docs' }),
        flatTrace('b', { timestamp: hour - 30_000, service: 'docs' }),
        flatTrace('c', { timestamp: daysAgo + 1_800_000, service: 'search' }),
      ],
    })
    for (const step of [() => undefined, () => harness.writer.fold(NOW)]) {
      step()
      expect(since('docs')).toBe(dayAgo)
      expect(since('none')).toBeNull()
    }
    expect([since('search'), since()]).toEqual([daysAgo, daysAgo])
  })

  it('does not count rejected and cancelled requests as failures', () => {
    const statuses = ['success', 'success', 'rejected', 'cancelled', 'error', 'timeout']
    harness.send({ traces: statuses.map((status, i) => flatTrace(`t${i}`, { timestamp: MINUTE, status })) })
    expect(harness.query('stats', { from: MINUTE, to: NOW })).toMatchObject({
      requests: 6,
      errors: 2,
      success_rate: 0.5,
    })
  })
})
