/** What is measured is exact, however few traces are kept. */
import { ExponentialHistogram, HISTOGRAM_RELATIVE_ERROR } from '@ragmeter/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { MonitorClient } from '../src/index.ts'
import { InMemoryTransport } from '../src/testing.ts'

const SERVICES = ['search', 'chat', 'support'] as const
const ORGS = ['acme', 'globex', 'initech', 'umbrella', 'hooli'] as const
const MODELS = [
  { provider: 'openai', model: 'gpt-4o', inputNano: 2500, outputNano: 10_000 },
  { provider: 'openai', model: 'gpt-4o-mini', inputNano: 150, outputNano: 600 },
] as const
const REQUESTS = 10_000
const ALWAYS_KEEP_PER_SECOND_MAX = 5

/** A generator of Lehmer: the same requests in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const transport = new InMemoryTransport()
const truth = new Map<string, number>()
const latencies: number[] = []
const add = (key: string, amount = 1) => truth.set(key, (truth.get(key) ?? 0) + amount)
const total = (key: string) => truth.get(key) ?? 0

beforeAll(async () => {
  const random = seeded(7)
  let clockMs = 0
  const start = Date.UTC(2026, 10, 21, 23, 58)
  const monitors = SERVICES.map(
    (service) =>
      new MonitorClient(
        {
          service,
          sampleRate: 0.01,
          alwaysKeepPerSecondMax: ALWAYS_KEEP_PER_SECOND_MAX,
          queueTracesMax: 100_000,
        },
        { transport, environment: {}, random, monotonicNow: () => clockMs, now: () => start + clockMs },
      ),
  )
  for (let i = 0; i < REQUESTS; i += 1) {
    const at = Math.floor(random() * SERVICES.length)
    const service = SERVICES[at] ?? 'search'
    const org = ORGS[Math.floor(random() * ORGS.length)] ?? 'acme'
    const price = MODELS[Math.floor(random() * MODELS.length)] ?? MODELS[0]
    const failed = random() < 0.03
    const inputTokens = Math.floor(random() * 4000)
    const outputTokens = Math.floor(random() * 800)
    const latencyMs = 50 + random() ** 4 * 5000
    const trace = monitors[at]?.startTrace('question', { operation: 'ask', org })
    clockMs += latencyMs
    trace?.recordRetrieval({ retriever: 'bm25', latencyMs: latencyMs / 10, scores: [0.9, 0.5] })
    if (failed) trace?.recordError(new Error('model failed'))
    else {
      const { provider, model } = price
      trace?.recordGeneration({ provider, model, latencyMs, inputTokens, outputTokens })
      const cost = inputTokens * price.inputNano + outputTokens * price.outputNano
      for (const by of [service, org, `${org}/${service}`, model, 'all']) {
        add(`input ${by}`, inputTokens)
        add(`output ${by}`, outputTokens)
        add(`cost ${by}`, cost)
      }
    }
    trace?.end()
    latencies.push(latencyMs)
    add(`requests ${service}`)
    add(`requests ${org}/${service}`)
    if (failed) add(`errors ${service}`)
    if (failed) add(`errors ${org}/${service}`)
    if (i % 997 === 0) await monitors[at]?.flush()
  }
  for (const monitor of monitors) await monitor.close()
  add('seconds', Math.ceil(clockMs / 1000))
})

describe('10,000 requests, one in a hundred kept', () => {
  test('give the daemon nothing to complain about', () => {
    expect(transport.issues).toEqual([])
  })

  test.each(SERVICES)('counts, errors, tokens and costs of %s equal the truth', (service) => {
    expect(transport.total('rag_requests_total', { service })).toBe(total(`requests ${service}`))
    expect(transport.total('rag_requests_total', { service, status: 'error' })).toBe(
      total(`errors ${service}`),
    )
    expect(transport.total('rag_errors_total', { service })).toBe(total(`errors ${service}`))
    const input = { service, token_type: 'input' }
    expect(transport.total('rag_llm_tokens_total', input)).toBe(total(`input ${service}`))
    const output = { service, token_type: 'output' }
    expect(transport.total('rag_llm_tokens_total', output)).toBe(total(`output ${service}`))
    expect(transport.total('rag_llm_cost_usd_total', { service })).toBe(total(`cost ${service}`))
    expect(transport.total('rag_traces_total', { service })).toBe(total(`requests ${service}`))
    expect(transport.total('rag_request_duration_seconds', { service })).toBe(total(`requests ${service}`))
  })

  test.each(MODELS)('tokens and costs of $model equal the truth', ({ model }) => {
    expect(transport.total('rag_llm_cost_usd_total', { model })).toBe(total(`cost ${model}`))
    expect(transport.total('rag_llm_tokens_total', { model, token_type: 'input' })).toBe(
      total(`input ${model}`),
    )
  })

  test('the ledger of every org and service equals the truth', () => {
    for (const org of ORGS) {
      for (const service of SERVICES) {
        const sums = { requests: 0, errors: 0, cost: 0, retrievals: 0 }
        for (const row of transport.ledger) {
          if (row.kind !== 'requests' || row.org !== org || row.service !== service) continue
          sums.requests += row.requests
          sums.errors += row.errors
          sums.cost += row.llm_cost_nano_usd
          sums.retrievals += row.retrievals
        }
        expect(sums).toEqual({
          requests: total(`requests ${org}/${service}`),
          retrievals: total(`requests ${org}/${service}`),
          errors: total(`errors ${org}/${service}`),
          cost: total(`cost ${org}/${service}`),
        })
      }
    }
    const days = new Set(transport.ledger.map(({ day }) => day))
    expect(days.size).toBeGreaterThan(1)
  })

  test('quantiles lie within the error of the histogram', () => {
    const merged = new ExponentialHistogram()
    for (const measurement of transport.measurements) {
      if (measurement.type !== 'histogram' || measurement.metric !== 'rag_request_duration_seconds') continue
      merged.addBuckets(measurement.offset, measurement.exponential)
    }
    const sorted = latencies.toSorted((left, right) => left - right)
    for (const q of [0.1, 0.5, 0.9, 0.95, 0.99, 0.999]) {
      const exact = (sorted[Math.max(1, Math.ceil(q * REQUESTS)) - 1] ?? 0) / 1000
      const error = Math.abs((merged.quantile(q) ?? 0) - exact) / exact
      expect(error).toBeLessThanOrEqual(HISTOGRAM_RELATIVE_ERROR)
    }
  })

  test('error traces are kept up to the cap, and what the cap dropped is counted', () => {
    const errors = SERVICES.reduce((sum, service) => sum + total(`errors ${service}`), 0)
    const kept = transport.traces.filter(({ kept: why }) => why?.reason === 'error').length
    expect(kept).toBe(transport.total('rag_traces_total', { decision: 'error' }))
    const capped = transport.total('rag_traces_total', { decision: 'rate_capped' })
    // At some five requests a second for three clients the cap is never reached.
    expect(kept).toBe(errors)
    expect(capped).toBe(0)
    const stated = new Set(transport.traces.map(({ kept: why }) => `${why?.reason} ${why?.probability}`))
    expect(stated).toEqual(new Set(['error 1', 'head 0.01', 'slow 1']))
  })

  test('every trace that was decided for is there, and about one in a hundred of the others', () => {
    const decided = (decision: string) => transport.total('rag_traces_total', { decision })
    const sum = ['head', 'error', 'slow', 'forced'].reduce((all, decision) => all + decided(decision), 0)
    expect(transport.traces).toHaveLength(sum)
    expect(decided('head')).toBeGreaterThan(50)
    expect(decided('head')).toBeLessThan(160)
  })
})

test('an outage does not flood: above the cap error traces are dropped and counted, errors are not', async () => {
  const flood = new InMemoryTransport()
  let clockMs = 0
  const monitor = new MonitorClient(
    { service: 'app', sampleRate: 0, alwaysKeepPerSecondMax: ALWAYS_KEEP_PER_SECOND_MAX },
    { transport: flood, environment: {}, monotonicNow: () => clockMs },
  )
  for (let i = 0; i < 1000; i += 1) {
    clockMs += 10
    const trace = monitor.startTrace('q')
    trace.recordError(new Error('down'))
    trace.end()
  }
  await monitor.close()
  const kept = flood.total('rag_traces_total', { decision: 'error' })
  // Ten seconds, and the second's worth that a full bucket holds at the start.
  expect(kept).toBeGreaterThanOrEqual(10 * ALWAYS_KEEP_PER_SECOND_MAX)
  expect(kept).toBeLessThanOrEqual(11 * ALWAYS_KEEP_PER_SECOND_MAX)
  expect(flood.traces).toHaveLength(kept)
  expect(flood.total('rag_traces_total', { decision: 'rate_capped' })).toBe(1000 - kept)
  expect(flood.total('rag_errors_total')).toBe(1000)
})
