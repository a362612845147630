import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { Budget } from '@ragmeter/ops'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SpendingQuery, Store } from '../store/store.ts'
import { BudgetWatch } from './budget-watch.ts'
import { budgetQuery, periodStart } from './budgets.ts'
import { Evaluation } from './evaluate.ts'
import { planSources } from './sources.ts'
import { Windows } from './windows.ts'

const budget = (more: Partial<Budget> = {}): Budget => ({
  name: 'all',
  limitUsd: 100,
  period: 'monthly',
  timeZone: 'UTC',
  ...more,
})

describe('periodStart', () => {
  test.each([
    ['daily', 'UTC', '2026-11-21T23:30:00Z', '2026-11-21T00:00:00Z'],
    ['daily', 'UTC', '2026-11-21T00:00:00Z', '2026-11-21T00:00:00Z'],
    ['daily', 'Asia/Tokyo', '2026-11-21T14:59:59Z', '2026-11-20T15:00:00Z'],
    ['daily', 'Asia/Tokyo', '2026-11-21T15:00:00Z', '2026-11-21T15:00:00Z'],
    ['daily', 'America/Los_Angeles', '2026-11-21T07:59:00Z', '2026-11-20T08:00:00Z'],
    ['daily', 'America/Los_Angeles', '2026-11-22T01:00:00Z', '2026-11-21T08:00:00Z'],
    ['daily', 'Pacific/Kiritimati', '2026-11-21T12:00:00Z', '2026-11-21T10:00:00Z'],
    // The night in which clocks go back: the day has 25 hours.
    ['daily', 'Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-24T22:00:00Z'],
    ['daily', 'Europe/Berlin', '2026-10-25T23:00:00Z', '2026-10-25T23:00:00Z'],
    // Clocks go forward at midnight: the day begins at one.
    ['daily', 'Africa/Cairo', '2026-04-24T10:00:00Z', '2026-04-23T22:00:00Z'],
    // Midnight is at half past: that hour is still of the day before.
    ['daily', 'Asia/Kolkata', '2026-11-21T18:29:00Z', '2026-11-20T19:00:00Z'],
    ['daily', 'Asia/Kolkata', '2026-11-21T18:45:00Z', '2026-11-20T19:00:00Z'],
    ['daily', 'Asia/Kolkata', '2026-11-21T19:00:00Z', '2026-11-21T19:00:00Z'],
    ['weekly', 'UTC', '2026-11-21T12:00:00Z', '2026-11-16T00:00:00Z'],
    ['weekly', 'UTC', '2026-11-22T12:00:00Z', '2026-11-16T00:00:00Z'],
    ['weekly', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['weekly', 'America/New_York', '2026-11-02T05:00:00Z', '2026-11-02T05:00:00Z'],
    ['weekly', 'America/New_York', '2026-11-02T04:00:00Z', '2026-10-26T04:00:00Z'],
    ['monthly', 'UTC', '2026-11-30T23:59:59Z', '2026-11-01T00:00:00Z'],
    ['monthly', 'Europe/Berlin', '2026-11-30T23:30:00Z', '2026-11-30T23:00:00Z'],
    ['monthly', 'Europe/Berlin', '2026-07-15T12:00:00Z', '2026-06-30T22:00:00Z'],
    ['monthly', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z'],
  ] as const)('of a %s budget in %s at %s is %s', (period, timeZone, at, start) => {
    expect(new Date(periodStart(budget({ period, timeZone }), Date.parse(at)))).toEqual(new Date(start))
  })

  test('is in the past, never goes back, and periods follow each other without a gap', () => {
    const zones = Intl.supportedValuesOf('timeZone')
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom('daily', 'weekly', 'monthly'),
        fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) }),
        (timeZone, period, at) => {
          const one = budget({ period, timeZone })
          const start = periodStart(one, at)
          expect(start).toBeLessThanOrEqual(at)
          expect(start % 3_600_000).toBe(0)
          expect(periodStart(one, start)).toBe(start)
          expect(periodStart(one, start - 1)).toBeLessThan(start)
          expect(at - start).toBeLessThan({ daily: 26, weekly: 170, monthly: 746 }[period] * 3_600_000)
        },
      ),
    )
  })
})

test('budgetQuery asks for what the budget is for, since its period began', () => {
  const at = Date.parse('2026-11-21T23:30:00Z')
  expect(budgetQuery(budget({ service: 'docs', provider: 'openai', org: 'acme' }), at, 5)).toEqual({
    since: Date.UTC(2026, 10, 1),
    until: at,
    filters: { service: 'docs', provider: 'openai', org: 'acme' },
    deadline: 5,
  })
})

describe('BudgetWatch', () => {
  const START = Date.UTC(2026, 10, 21, 12)
  const asked: SpendingQuery[] = []
  let spent = 91.5
  let failure: Error | undefined
  const store: Pick<Store, 'query'> = {
    query: (_, parameters) => {
      asked.push(parameters as SpendingQuery)
      if (failure !== undefined) return Promise.reject(failure)
      return Promise.resolve(new TextEncoder().encode(JSON.stringify({ usd: spent })))
    },
  }
  const ratio = {
    kind: 'gauge-ratio',
    numerator: gauge('rag_budget_spent_usd'),
    denominator: gauge('rag_budget_limit_usd'),
  } as const

  test('states the budgets each round, asks once a minute, and keeps the last answer when it gets none', async () => {
    const watch = new BudgetWatch([budget()], store, () => START)
    const windows = new Windows(planSources([ratio]))
    const used = (at: number) =>
      new Evaluation(windows, DEFAULT_CONFIGURATION.thresholds, at).signal(ratio).map(({ value }) => value)
    await watch.state(windows, START)
    await watch.state(windows, START + 15_000)
    expect(asked).toHaveLength(1)
    expect(used(START + 60_000)).toEqual([0.915])
    spent = 121.5
    failure = new Error('busy')
    await expect(watch.state(windows, START + 60_000)).rejects.toThrow('busy')
    expect(used(START + 120_000)).toEqual([0.915])
    failure = undefined
    await watch.state(windows, START + 130_000)
    expect(used(START + 180_000)).toEqual([1.215])
    const shown = Array.from(watch.registry.families()).flatMap(({ metric, series }) =>
      series.map((one) => [metric.name, one.labels, 'value' in one ? one.value : undefined]),
    )
    expect(shown).toEqual([
      ['rag_budget_limit_usd', ['', 'all', 'monthly'], 100],
      ['rag_budget_spent_usd', ['', 'all', 'monthly'], 121.5],
    ])
  })

  test('shows nothing of a budget of which nothing is known', async () => {
    failure = new Error('busy')
    const watch = new BudgetWatch([budget()], store, () => START)
    await expect(watch.state(new Windows(planSources([ratio])), START)).rejects.toThrow('busy')
    expect(Array.from(watch.registry.families())).toEqual([])
    failure = undefined
  })
})

function gauge(metric: string) {
  return {
    kind: 'gauge',
    metric,
    over: 'max',
    windowMinutes: 2,
    aggregate: 'max',
    by: ['budget', 'period'],
  } as const
}
