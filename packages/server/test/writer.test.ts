import { METRICS } from '@ragmeter/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { JournalEntry } from '../src/rollup/rollup.ts'
import { answerOf, flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

let harness: Harness
afterEach(() => harness[Symbol.dispose]())

const NOW = Date.now()
const flat = (id: string, more: object = {}) =>
  flatTrace(id, { timestamp: new Date(NOW - 60_000).toISOString(), query_hash: 'abc', ...more })
const stats = () => harness.query('stats', { from: NOW - 3_600_000, to: NOW + 60_000 })

const fiveRequests = (minute: number) => ({
  metric: METRICS.requests.name,
  type: 'counter',
  minute,
  delta: 5,
  labels: { service: 'docs', status: 'success' },
})

const numbered = (sequence: number, closed: boolean) => ({
  client: { instance: 'i' },
  sequence,
  closed,
  traces: [],
})

const fifty = (name: string) => Array.from({ length: 50 }, (_, i) => `${name}-${i}`)
describe('Writer', () => {
  it('stores a flat batch and counts it at once, before and after folding and after a crash', () => {
    harness = createHarness()
    const committed = harness.send({
      traces: [flat('a'), flat('b', { success: false, error_type: 'RateLimitError' })],
    })
    expect(answerOf(committed)).toEqual({
      accepted: 2,
      dropped: 0,
      rejected: [],
      rejected_measurements: 0,
      rejected_ledger_rows: 0,
    })
    for (const step of [() => undefined, () => harness.writer.fold(NOW), () => harness.crash()]) {
      step()
      expect(stats()).toMatchObject({
        requests: 2,
        errors: 1,
        success_rate: 0.5,
        errors_by_type: { rate_limited: 1 },
        traces_stored: 2,
        requests_total: 2,
        retrieval: { retrievals: 2, empty: 0 },
        generation: { calls: 2 },
        cost: { usd: null, llm_usd: null, docstore_usd: null, unpriced_calls: 2 },
      })
    }
  })

  it('counts a repeated id once, in one batch, across batches and after a crash', () => {
    harness = createHarness()
    harness.send({ traces: [flat('a'), flat('a')] })
    harness.send({ traces: [flat('a')] }, { traces: [flat('a'), flat('b')] })
    harness.crash()
    expect(answerOf(harness.send({ traces: [flat('a')] }))).toMatchObject({ accepted: 1 })
    expect(stats()).toMatchObject({ requests: 2, traces_stored: 2 })
  })

  it('counts a resent batch of an instance once, and a skipped one when it comes late', () => {
    harness = createHarness()
    const batch = (sequence: number) => ({
      sequence,
      client: { name: 'test', version: '1', instance: 'i-1' },
      resource: { service: 'docs' },
      traces: [],
      measurements: [
        {
          metric: METRICS.requests.name,
          type: 'counter',
          minute: NOW - 60_000,
          delta: 5,
          labels: { service: 'docs', status: 'success' },
        },
      ],
    })
    harness.send(batch(1), batch(1), batch(3))
    expect(stats().requests).toBe(10)
    expect(answerOf(harness.send(batch(3)))).toMatchObject({ duplicate: true })
    expect(harness.query('clients', { now: NOW })).toMatchObject([
      { instance: 'i-1', gaps: 1, last_sequence: 3, batches: 2, duplicates: 2 },
    ])
    harness.crash()
    harness.send(batch(2), batch(2))
    expect(stats().requests).toBe(15)
    expect(harness.query('clients', { now: NOW })).toMatchObject([
      { gaps: 0, batches: 3, duplicates: 3, state: 'live' },
    ])
  })

  it('keeps the good traces beside bad ones and says what is wrong with those', () => {
    harness = createHarness()
    const committed = harness.send(
      '{"traces":[{"id":"ok","total_latency_ms":5},{"id":"bad","total_latency_ms":Infinity},{"total_latency_ms":-1},7]}',
    )
    expect(answerOf(committed)).toMatchObject({
      accepted: 1,
      dropped: 3,
      rejected: [
        { index: 1, code: 'not_finite' },
        { index: 2, code: 'out_of_range' },
        { index: 3, code: 'not_an_object' },
      ],
    })
    expect(stats().requests).toBe(1)
  })

  it('counts refused measurements and ledger rows: in the answer, in the report and for the client', () => {
    harness = createHarness()
    // A host whose clock is ahead.
    const batch = {
      sequence: 1,
      client: { instance: 'i-1' },
      measurements: [fiveRequests(NOW), fiveRequests(NOW + 11 * 60_000), fiveRequests(NOW + 12 * 60_000)],
      ledger: [
        { kind: 'requests', day: new Date(NOW).toISOString().slice(0, 10), requests: 1 },
        { kind: 'requests', day: '2999-01-01', requests: 1 },
      ],
    }
    const committed = harness.send(batch, batch)
    const counts = { accepted: 0, dropped: 0, rejected_measurements: 2, rejected_ledger_rows: 1 }
    const rejected = Array.from({ length: 3 }, () => ({ code: 'timestamp_future' }))
    expect(committed.outcomes.map((_, position) => answerOf(committed, position))).toMatchObject([
      { ...counts, rejected },
      { ...counts, rejected, duplicate: true },
    ])
    expect(committed.report).toMatchObject({ measurementsRejected: 2, ledgerRowsRejected: 1 })
    const accounted = { traces_rejected: 0, measurements_rejected: 2, ledger_rows_rejected: 1, duplicates: 1 }
    expect(harness.query('clients', { now: NOW })).toMatchObject([accounted])
    harness.crash()
    expect(harness.query('clients', { now: NOW })).toMatchObject([accounted])
    expect(stats().requests).toBe(5)
  })

  it('refuses a body that is no object, without losing the others of its group', () => {
    harness = createHarness()
    const committed = harness.send('[1]', { traces: [flat('a')] }, '{"traces":', '')
    expect(
      committed.outcomes.map((outcome) => (outcome.outcome === 'refused' ? outcome.code : 'stored')),
    ).toEqual(['invalid_request', 'stored', 'invalid_json', 'invalid_json'])
    expect(stats().requests).toBe(1)
  })

  it('gives an undated trace the same start when it is sent again', () => {
    let now = NOW
    harness = createHarness({ receivedAt: () => now })
    harness.send({ traces: [{ id: 'x', total_latency_ms: 1 }] })
    now += 5000
    harness.send({ traces: [{ id: 'x', total_latency_ms: 1 }] })
    expect(stats()).toMatchObject({ requests: 1, traces_stored: 1 })
    harness.send({ traces: [{ total_latency_ms: 1 }] }, { traces: [{ total_latency_ms: 1 }] })
    expect(stats()).toMatchObject({ requests: 3, traces_stored: 3 })
  })

  it('prices generations, keeps details and gives the trace back whole', () => {
    harness = createHarness()
    const id = '0193c0de-0000-7000-8000-000000000001'
    harness.send({
      resource: { service: 'docs', environment: 'prod' },
      traces: [
        {
          id,
          timestamp: NOW - 1000,
          total_latency_ms: 1200,
          operation: 'ask',
          org: 'acme',
          retrieval: {
            retriever: 'bm25',
            latency_ms: 20,
            documents: [
              { id: 'd1', score: 0.9, used: true },
              { id: 'd2', score: 0.2 },
            ],
          },
          generations: [
            {
              provider: 'openai',
              model: 'gpt-4o-2024-08-06',
              latency_ms: 900,
              input_tokens: 1000,
              output_tokens: 200,
            },
          ],
          metadata: { tier: 'gold', beta: true, n: 5 },
        },
      ],
    })
    const trace = harness.query('trace', { id, timestamp: NOW - 1000, deadline: NOW + 5000 })
    expect(trace).toMatchObject({
      id,
      service: 'docs',
      generations: [
        {
          model: 'gpt-4o',
          model_raw: 'gpt-4o-2024-08-06',
          cost_nano_usd: 4_500_000,
          cost_source: 'genai-prices',
        },
      ],
      retrieval: { count: 2, scores: [0.9, 0.2] },
    })
    expect(harness.query('trace', { id, deadline: NOW + 5000 })?.id).toBe(id)
    const filter = { from: NOW - 5000, to: NOW + 5000 }
    for (const metadata of [{ tier: 'gold' }, { beta: 'true' }, { n: '5' }]) {
      const page = harness.query('traces', {
        filter: { ...filter, metadata },
        limit: 10,
        deadline: NOW + 5000,
      })
      expect(page.traces).toMatchObject([{ id, cost_usd: 0.0045, top_score: 0.9, model: 'gpt-4o' }])
    }
    expect(
      harness.query('traces', {
        filter: { ...filter, metadata: { tier: 'silver' } },
        limit: 10,
        deadline: NOW + 5000,
      }).traces,
    ).toEqual([])
    const ledger = harness.query('ledger', {
      from: '2000-01-01',
      to: '2100-01-01',
      groups: ['org'],
      filters: {},
      limit: 10,
      deadline: Infinity,
    })
    expect(ledger.rows).toMatchObject([
      { key: { org: 'acme' }, requests: 1, llm_cost_usd: 0.0045, input_tokens: 1000 },
    ])
  })

  it('pages through traces without gap or repetition', () => {
    harness = createHarness()
    harness.send({
      traces: Array.from({ length: 57 }, (_, i) =>
        flat(`t${i}`, { timestamp: NOW - 1000 - Math.floor(i / 5) * 700_000 }),
      ),
    })
    const seen: string[] = []
    let after: { timestamp: number; id: string } | undefined
    for (;;) {
      const page = harness.query('traces', {
        filter: { from: NOW - 20_000_000, to: NOW },
        limit: 10,
        deadline: Date.now() + 5000,
        ...(after === undefined ? {} : { after }),
      })
      seen.push(...page.traces.map(({ id }) => id))
      if (page.next === null) break
      after = page.next
    }
    expect(seen).toHaveLength(57)
    expect(new Set(seen).size).toBe(57)
  })

  it('remembers a goodbye, whatever comes late after it', () => {
    harness = createHarness()
    const state = () => harness.query('clients', { now: NOW })[0]?.state
    harness.send(numbered(1, false), numbered(3, true))
    expect(state()).toBe('closed')
    harness.send(numbered(2, false), numbered(1, false))
    expect(state()).toBe('closed')
    harness.send(numbered(4, false))
    expect(state()).toBe('live')
    harness.send({ client: { instance: 'i' }, closed: true, traces: [] })
    expect(state()).toBe('closed')
  })

  it('makes room for new services where others have been idle for a week', () => {
    let now = NOW
    harness = createHarness({ receivedAt: () => now })
    const send = (services: readonly string[]) =>
      harness.send({ traces: services.map((service) => flat(service, { service, timestamp: now })) })
    const requestsOf = (service: string) =>
      harness.query('stats', { from: NOW - 60_000, to: now + 60_000, service }).requests
    send(Array.from({ length: 100 }, (_, i) => `service-${i}`))
    harness.writer.fold(now)
    now += 8 * 86_400_000
    send(['late'])
    expect([requestsOf('late'), requestsOf('__other__')]).toEqual([0, 1])
    harness.writer.releaseIdleSeries(now)
    send(['new', 'service-1'])
    harness.writer.fold(now)
    expect([requestsOf('new'), requestsOf('service-1'), requestsOf('service-2')]).toEqual([1, 2, 1])
  })

  it('gives those that are not idle their places after a crash, what was not folded among them', () => {
    harness = createHarness({ receivedAt: () => NOW })
    let sent = 0
    const send = (models: readonly string[]) =>
      harness.send({ traces: models.map((model) => flat(`t${(sent += 1)}`, { model_version: model })) })
    send(fifty('old'))
    harness.writer.fold(NOW - 8 * 86_400_000)
    harness.writer.releaseIdleSeries(NOW)
    send(fifty('new'))
    harness.writer.fold(NOW)
    send(['new-0'])
    harness.crash()
    send(['new-1'])
    harness.writer.fold(NOW)
    const requestsOf = (model: string) =>
      harness.database
        .prepare("SELECT value FROM series WHERE metric = ? AND json_extract(labels, '$[3]') = ?")
        .get(METRICS.requests.name, model)?.['value']
    expect(['new-0', 'new-1', 'new-2', '__other__'].map(requestsOf)).toEqual([2, 2, 1, undefined])
    const folded = harness.database.prepare('SELECT labels FROM series WHERE metric = ?')
    expect(folded.all(METRICS.labelOverflow.name)).toEqual([])
  })

  it('hands on exactly what it committed', () => {
    harness = createHarness()
    const committed = harness.send({ traces: [flat('a')] })
    const entry = JSON.parse(committed.entry ?? '') as JournalEntry
    expect(entry.measurements.find(({ metric }) => metric === METRICS.requests.name)).toMatchObject({
      delta: 1,
    })
    expect(harness.send({ traces: [flat('a')] }).entry).toBeNull()
  })

  it('answers series over time with quantiles, and leaves gaps where nothing happened', () => {
    harness = createHarness()
    harness.send({
      traces: [
        flat('a', { timestamp: NOW - 600_000 }),
        flat('b', { timestamp: NOW - 60_000, total_latency_ms: 100 }),
      ],
    })
    const result = harness.query('series', {
      metric: METRICS.requestDuration.name,
      from: NOW - 3_600_000,
      to: NOW,
      stepMs: 60_000,
      by: ['status'],
      filters: {},
      quantiles: [0.5],
      seriesMax: 10,
    })
    expect(result.series).toHaveLength(1)
    expect(result.series[0]?.points.map(({ count }) => count)).toEqual([1, 1])
    expect(result.series[0]?.points[1]?.quantiles?.['0.5']).toBeCloseTo(0.1, 2)
  })

  it('books each of many orgs of one group, and counts those for which there is no room', () => {
    harness = createHarness()
    const query = { from: '2000-01-01', to: '2100-01-01', groups: [], deadline: Infinity, limit: 1 }
    const requestsOf = (org: string) => harness.query('ledger', { ...query, filters: { org } }).total.requests
    harness.send({ traces: Array.from({ length: 12_000 }, (_, i) => flat(`t${i}`, { org: `org-${i}` })) })
    expect([requestsOf('org-11999'), requestsOf('__other__')]).toEqual([1, 0])

    const generations = Array.from({ length: 64 }, (_, i) => ({ model: `model-${i}` }))
    const traces = Array.from({ length: 3100 }, (_, i) => ({
      ...flat(`g${i}`, { org: `org-${i}`, service: 'docs' }),
      generations,
    }))
    const { entry } = harness.send({ traces })
    // One for each minute of the clock in which the batch was written.
    const folded = (JSON.parse(entry ?? '') as JournalEntry).measurements.filter(
      ({ metric, labels }) => metric === METRICS.labelOverflow.name && labels['label'] === 'org',
    )
    const deltas = folded.map((one) => (one.type === 'counter' ? one.delta : Number.NaN))
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(1500)
    expect(folded[0]?.labels['service']).toBe('docs')
  })

  it('counts old traces by the hour, however many minutes they are spread over', () => {
    harness = createHarness({ receivedAt: () => NOW })
    const first = NOW - 30 * 86_400_000
    const { entry } = harness.send({
      traces: Array.from({ length: 600 }, (_, i) => flat(`t${i}`, { timestamp: first + i * 60_000 })),
    })
    const { measurements } = JSON.parse(entry ?? '') as JournalEntry
    expect(new Set(measurements.map(({ minute }) => minute)).size).toBeLessThanOrEqual(11)
  })
})
