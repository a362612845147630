import { HOUR_MS } from '@ragmeter/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { querySpending } from '../src/store/sqlite/queries/spending.ts'
import type { SpendingFilters } from '../src/store/store.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

/** Half past eight in the evening, UTC: in Tokyo the next day has begun, five and a half hours ago. */
const NOW = Date.UTC(2026, 10, 21, 20, 30)
const HOUR = Date.UTC(2026, 10, 21, 20)

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const spent = (hoursAgo: number, filters: SpendingFilters = {}) =>
  harness.query('spending', { since: HOUR - hoursAgo * HOUR_MS, until: NOW, filters, deadline: Infinity }).usd

const generations = (day: string, costUsd: number, more: object = {}) => ({
  kind: 'generations',
  day,
  service: 'docs',
  org: 'acme',
  provider: 'openai',
  model: 'm',
  calls: 1,
  cost_nano_usd: costUsd * 1e9,
  ...more,
})

const requestAt = (timestamp: number) => ({
  id: `${timestamp}`,
  timestamp,
  total_latency_ms: 1,
  generations: [{ provider: 'openai', model: 'm', cost_usd: 0.25 }],
})

describe.each(['before folding', 'after folding', 'after a crash'])('querySpending, %s', (when) => {
  const settle = () => {
    if (when === 'after folding') harness.writer.fold(NOW)
    if (when === 'after a crash') harness.crash()
  }

  it('counts an hour whose start is since, and none before it', () => {
    const ledger = [0, 14, 15, 20].map((hour) => generations('2026-11-21', 2 ** hour, { hour }))
    harness.send({ ledger: [...ledger, generations('2026-11-20', 100, { hour: 23 })] })
    settle()
    expect(spent(0)).toBe(2 ** 20)
    expect(spent(5)).toBe(2 ** 15 + 2 ** 20)
    expect(spent(6)).toBe(2 ** 14 + 2 ** 15 + 2 ** 20)
    expect(spent(20)).toBe(1 + 2 ** 14 + 2 ** 15 + 2 ** 20)
    expect(spent(21)).toBe(101 + 2 ** 14 + 2 ** 15 + 2 ** 20)
  })

  it('counts a day whose hours nobody states at noon', () => {
    harness.send({ ledger: [generations('2026-11-20', 4), generations('2026-11-21', 1)] })
    settle()
    expect(spent(8)).toBe(1)
    expect(spent(7)).toBe(0)
    expect([spent(20), spent(31), spent(32)]).toEqual([1, 1, 5])
  })

  it('counts what the budget is for: the document store unless a provider is asked for', () => {
    harness.send({
      ledger: [
        generations('2026-11-21', 1, { hour: 20 }),
        generations('2026-11-21', 2, { hour: 20, provider: 'aws' }),
        generations('2026-11-21', 4, { hour: 20, org: 'globex' }),
        generations('2026-11-21', 8, { hour: 20, service: 'chat' }),
        {
          kind: 'requests',
          day: '2026-11-21',
          hour: 20,
          service: 'docs',
          org: 'acme',
          requests: 1,
          docstore_cost_nano_usd: 16e9,
        },
      ],
    })
    settle()
    // Of today the hour, of a longer time the day.
    for (const hoursAgo of [0, 24]) {
      expect(spent(hoursAgo)).toBe(31)
      expect(spent(hoursAgo, { provider: 'openai' })).toBe(13)
      expect(spent(hoursAgo, { org: 'acme' })).toBe(27)
      expect(spent(hoursAgo, { service: 'docs', org: 'acme', provider: 'aws' })).toBe(2)
      expect(spent(hoursAgo, { service: 'nobody' })).toBe(0)
    }
  })

  it('counts requests that the daemon measures in the hour in which they started', () => {
    harness.send({ traces: [requestAt(HOUR - 1), requestAt(HOUR), requestAt(HOUR + 1)] })
    settle()
    expect([spent(0), spent(1)]).toEqual([0.5, 0.75])
  })
})

it('querySpending ends at its deadline', () => {
  let now = 0
  const query = { since: HOUR, until: NOW, filters: {}, deadline: 1 }
  expect(() => querySpending(harness.database, query, () => (now += 1))).toThrow(/took too long/)
})
