/** Money is the same wherever it is shown: what is stated, priced and unpriced in any mix. */
import { DAY_MS, METRICS, dayOf } from '@ragmeter/core'
import type { Measurement } from '@ragmeter/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.UTC(2026, 10, 21, 12, 30)
const usd = (nano: number) => nano / 1e9

const nano = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20e9 }))
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })
const call = fc.record({
  model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'nobody-knows-me'),
  input_tokens: maybe(fc.nat(100_000)),
  cost_usd: maybe(nano.map(usd)),
})
const request = fc.record({
  cost_usd: maybe(nano.map(usd)),
  docstore_cost_usd: maybe(nano.map(usd)),
  generations: maybe(fc.array(call, { maxLength: 4 })),
  model_version: maybe(fc.constantFrom('gpt-4o', 'nobody-knows-me')),
  org: maybe(fc.constantFrom('acme', 'globex')),
})

interface Stated {
  cost_usd: number | undefined
  docstore_cost_usd: number | undefined
  generations: readonly { cost_usd: number | undefined }[] | undefined
}

/** Sums in nano-USD, of what the requests were answered with one by one. */
function shownBy(harness: Harness, committed: readonly Measurement[]) {
  const filter = { from: 0, to: NOW + 1 }
  const traces = harness.query('traces', { filter, limit: 1000, deadline: Infinity }).traces
  const day = dayOf(NOW)
  const ledger = (groups: readonly ('org' | 'model')[]) => {
    const query = { from: day, to: day, groups, filters: {}, limit: 1000, deadline: Infinity }
    const { rows } = harness.query('ledger', query)
    return rows.reduce((sum, { llm_cost_usd: cost }) => sum + Math.round((cost ?? 0) * 1e9), 0)
  }
  const measured = (name: string) =>
    committed
      .filter(({ metric }) => metric === name)
      .reduce(
        (sum, one) => sum + (one.type === 'counter' ? one.delta : one.type === 'histogram' ? one.sum : 0),
        0,
      )
  const spent = harness.database.prepare('SELECT total(cost_nano_usd) AS cost FROM spending_1h').get()
  return {
    traces: traces.reduce((sum, { cost_usd }) => sum + Math.round((cost_usd ?? 0) * 1e9), 0),
    requests: measured(METRICS.requestCost.name),
    unpriced: measured(METRICS.llmUnpriced.name),
    llm: measured(METRICS.llmCost.name),
    byOrg: ledger(['org']),
    byModel: ledger(['model']),
    spent: Number(spent?.['cost']),
  }
}

/** @returns undefined if a request states no total, or one that its own parts exceed */
function statedTotal(requests: readonly Stated[]): number | undefined {
  let total = 0
  for (const { cost_usd, docstore_cost_usd = 0, generations = [] } of requests) {
    const parts = generations.reduce((sum, one) => sum + (one.cost_usd ?? 0), docstore_cost_usd)
    if (cost_usd === undefined || parts > cost_usd) return undefined
    total += Math.round(cost_usd * 1e9)
  }
  return total
}

function send(requests: readonly object[]) {
  const harness = createHarness({ receivedAt: () => NOW })
  const traces = requests.map((fields, i) => ({
    id: `t${i}`,
    timestamp: NOW - 60_000,
    total_latency_ms: 1,
    service: 'docs',
    ...fields,
  }))
  const { entry } = harness.send({ traces })
  harness.writer.fold(NOW)
  const { measurements } = JSON.parse(entry ?? '{"measurements":[]}') as { measurements: Measurement[] }
  return {
    shown: shownBy(harness, measurements),
    stats: harness.query('stats', { from: NOW - DAY_MS, to: NOW }),
    harness,
  }
}

test('a total that no call explains is in /stats, the ledger, budgets, metrics and traces', () => {
  const { shown, stats, harness } = send([
    { cost_usd: 9.99, generations: [{ provider: 'x', model: 'y', cost_usd: 0.1 }] },
    { cost_usd: 5 },
    { cost_usd: 5, model_version: 'gpt-4o' },
  ])
  const all = 19.99e9
  expect(shown).toEqual({
    traces: all,
    requests: all,
    unpriced: 0,
    llm: all,
    byOrg: all,
    byModel: all,
    spent: all,
  })
  expect([Math.round((stats.cost.usd ?? 0) * 1e9), stats.cost.unpriced_calls]).toEqual([all, 0])
  expect(stats.generation.calls).toBe(2)
  harness[Symbol.dispose]()
})

test('whatever is stated, priced and unpriced: every place shows the same money', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 8 }), (requests) => {
      const { shown, harness } = send(requests)
      const docstore = requests.reduce((sum, one) => sum + Math.round((one.docstore_cost_usd ?? 0) * 1e9), 0)
      harness[Symbol.dispose]()
      const { llm } = shown
      expect(shown).toMatchObject({ byOrg: llm, byModel: llm, spent: llm + docstore })
      expect(shown.requests).toBe(shown.traces)
      // Of a request with a call that nobody can price, the whole is unknown and its known parts are booked.
      expect(shown.unpriced > 0 ? shown.requests : llm + docstore).toBe(shown.requests)
      expect(statedTotal(requests) ?? shown.requests).toBe(shown.requests)
    }),
    { numRuns: 60 },
  )
})
