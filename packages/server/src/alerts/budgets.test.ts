import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { Budget } from '@ragmeter/ops'
import { describe, expect, test } from 'vitest'
import type { LedgerQuery, Store } from '../store/store.ts'
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
    ['daily', 'UTC', '2026-11-21T23:30:00Z', '2026-11-21'],
    ['daily', 'Pacific/Auckland', '2026-11-21T23:30:00Z', '2026-11-22'],
    ['daily', 'America/Los_Angeles', '2026-11-21T03:00:00Z', '2026-11-20'],
    ['weekly', 'UTC', '2026-11-21T12:00:00Z', '2026-11-16'],
    ['weekly', 'UTC', '2026-11-22T12:00:00Z', '2026-11-16'],
    ['weekly', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23'],
    ['monthly', 'UTC', '2026-11-30T23:59:59Z', '2026-11-01'],
    ['monthly', 'Europe/Berlin', '2026-11-30T23:30:00Z', '2026-12-01'],
    ['monthly', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01'],
  ] as const)('of a %s budget in %s at %s is %s', (period, timeZone, at, day) => {
    expect(periodStart(budget({ period, timeZone }), Date.parse(at))).toBe(day)
  })
})

test('budgetQuery asks for what the budget is for, and for nothing before its period has begun in UTC', () => {
  const at = Date.parse('2026-11-21T23:30:00Z')
  expect(budgetQuery(budget({ service: 'docs', provider: 'openai' }), at, 5)).toEqual({
    from: '2026-11-01',
    to: '2026-11-21',
    groups: [],
    filters: { service: 'docs', provider: 'openai' },
    limit: 1,
    deadline: 5,
  })
  expect(budgetQuery(budget({ period: 'daily', timeZone: 'Pacific/Auckland' }), at, 5)).toBeUndefined()
})

describe('BudgetWatch', () => {
  const START = Date.UTC(2026, 10, 21, 12)
  const asked: LedgerQuery[] = []
  let spent = 90
  let failure: Error | undefined
  const store: Pick<Store, 'query'> = {
    query: (_, parameters) => {
      asked.push(parameters as LedgerQuery)
      if (failure !== undefined) return Promise.reject(failure)
      const total = { llm_cost_usd: spent, docstore_cost_usd: 1.5 }
      return Promise.resolve(new TextEncoder().encode(JSON.stringify({ total })))
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
    spent = 120
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
