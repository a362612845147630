import { describe, expect, test } from 'vitest'
import type { StatsAnswer } from '../../api/queries.ts'
import { costFigure, isKnown, measuredMs, tokenFigure, trafficFigures } from './figure-values.ts'

const HOUR_MS = 3_600_000
const RANGE = { from: 10 * HOUR_MS, to: 11 * HOUR_MS }
const NOW = RANGE.to
const STATS: StatsAnswer = {
  uptime_seconds: 1,
  period: null,
  from: RANGE.from,
  to: RANGE.to,
  measured_since: 0,
  traces_total: 3600,
  traces_last_hour: 3600,
  traces_stored: 10,
  requests: 3600,
  errors: 0,
  statuses: { success: 3600 },
  success_rate: 1,
  latency: { p50: 1, p95: 1, p99: 1, average: 1 },
  retrieval: {
    retrievals: 3600,
    failed: 100,
    empty: 35,
    empty_rate: 0.01,
    p95_seconds: 1,
    average_documents: 1,
    average_top_score: 1,
  },
  generation: { calls: 3600, p95_seconds: 1 },
  tokens: { input: 1000, output: 200 },
  cost: { usd: 36, llm_usd: 30, docstore_usd: 6, unpriced_calls: 0 },
  errors_by_type: {},
}
const statsWith = (more: Partial<StatsAnswer>): StatsAnswer => ({ ...STATS, ...more })
const figure = (title: string, stats: StatsAnswer) =>
  trafficFigures(stats, RANGE, NOW).find((one) => one.title === title)
const costs = (cost: StatsAnswer['cost']) => costFigure(statsWith({ cost }))

test('measuredMs is the range as far as it was measured and has gone by', () => {
  expect(measuredMs(RANGE, 0, NOW + 1)).toBe(HOUR_MS)
  expect(measuredMs(RANGE, null, NOW)).toBe(HOUR_MS)
  expect(measuredMs(RANGE, RANGE.from + 600_000, NOW)).toBe(3_000_000)
  expect(measuredMs(RANGE, 0, RANGE.from + 600_000)).toBe(600_000)
  expect(measuredMs(RANGE, RANGE.to - 1, RANGE.to)).toBe(60_000)
})

test('isKnown: nothing is compared with a period before, or within, which data begin', () => {
  expect([RANGE.from - 1, RANGE.from].map((since) => isKnown(RANGE, since))).toEqual([true, true])
  expect([RANGE.from + 1, RANGE.to, null, undefined].map((since) => isKnown(RANGE, since))).toEqual([
    false,
    false,
    false,
    false,
  ])
})

describe('trafficFigures', () => {
  test('requests are a rate over the whole range where all of it was measured', () => {
    expect(figure('Requests', STATS)).toMatchObject({ value: 1, detail: '3,600 in the range' })
  })

  test('requests are a rate over what was measured, and say so', () => {
    const partly = statsWith({ measured_since: RANGE.to - 24 * 60_000, requests: 1440 })
    expect(figure('Requests', partly)).toMatchObject({
      value: 1,
      detail: '1,440 in the range · 24 min measured',
    })
  })

  test('empty retrievals are a share of those that did not fail', () => {
    expect(figure('Empty retrievals', STATS)).toMatchObject({
      value: 0.01,
      detail: '35 of 3,500 retrievals',
    })
  })
})

describe('tokenFigure', () => {
  test('adds up what goes in and out', () => {
    expect(tokenFigure(STATS)).toMatchObject({ value: 1200, isLowerBound: false })
  })

  test('of calls that state none is not known, and not 0', () => {
    expect(tokenFigure(statsWith({ tokens: { input: null, output: null } }))).toMatchObject({
      value: null,
      detail: undefined,
    })
  })

  test('of calls that state one kind only is a lower bound', () => {
    expect(tokenFigure(statsWith({ tokens: { input: 7, output: null } }))).toMatchObject({
      value: 7,
      isLowerBound: true,
      detail: '7 in · – out',
    })
  })
})

describe('costFigure', () => {
  test('is model calls and document store, divided by all requests', () => {
    expect(costFigure(STATS)).toMatchObject({
      value: 0.01,
      isLowerBound: false,
      detail: '$36.00 in the range',
    })
  })

  test('is a lower bound with unpriced calls', () => {
    expect(costs({ ...STATS.cost, unpriced_calls: 4 })).toMatchObject({
      value: 0.01,
      isLowerBound: true,
      detail: '≥ $36.00 in the range · 4 calls unpriced',
    })
  })

  test('is not known where no call has a price, and not 0', () => {
    expect(costs({ usd: null, llm_usd: null, docstore_usd: null, unpriced_calls: 4 })).toMatchObject({
      value: null,
      detail: '4 calls unpriced',
    })
  })
})
