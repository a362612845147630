import type { LedgerRow } from '@ragmeter/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LedgerGroup, LedgerQuery } from '../src/store/store.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW, dimensions: ['tier'] })))
afterEach(() => harness[Symbol.dispose]())

describe('queryLedger', () => {
  const DAY = new Date(NOW).toISOString().slice(0, 10)
  const row = (more: Partial<LedgerRow>) => ({
    kind: 'requests',
    day: DAY,
    service: 'docs',
    requests: 1,
    ...more,
  })
  const ledger = (groups: LedgerGroup[], filters: LedgerQuery['filters'] = {}, limit = 10) =>
    harness.query('ledger', { from: DAY, to: DAY, groups, filters, limit })
  const requests = (groups: LedgerGroup[], filters: LedgerQuery['filters'] = {}) =>
    ledger(groups, filters).rows.map(({ key, requests: sum }) => [key, sum])

  beforeEach(() => {
    const booked = [
      row({ org: 'acme', environment: 'production', operation: 'ask', dimensions: { tier: 'gold' } }),
      row({ org: 'acme', environment: 'staging', operation: 'ask' }),
      row({ org: 'globex', operation: 'search', requests: 5 }),
      row({ org: 'globex', day: '2000-01-01' }),
      {
        kind: 'generations',
        day: DAY,
        org: 'acme',
        service: 'docs',
        provider: 'openai',
        model: 'gpt-4o',
        calls: 3,
        cost_nano_usd: 2e9,
      },
      {
        kind: 'generations',
        day: DAY,
        org: 'acme',
        service: 'docs',
        provider: 'aws',
        model: 'claude',
        calls: 1,
        unpriced: 1,
      },
    ]
    harness.send({ traces: [], ledger: booked })
  })

  it.each([['before folding'], ['after folding']])('sums by any key, %s', (when) => {
    if (when === 'after folding') harness.writer.fold(NOW)
    expect(requests(['org'])).toEqual([
      [{ org: 'acme' }, 2],
      [{ org: 'globex' }, 5],
    ])
    expect(requests(['environment'], { org: 'acme' })).toEqual([
      [{ environment: 'production' }, 1],
      [{ environment: 'staging' }, 1],
    ])
    expect(requests(['dimension.tier'])).toEqual([
      [{ 'dimension.tier': '' }, 6],
      [{ 'dimension.tier': 'gold' }, 1],
    ])
    expect(requests(['day'], { 'dimension.tier': 'gold' })).toEqual([[{ day: DAY }, 1]])
    expect(requests([])).toEqual([[{}, 7]])
    expect(requests([], { org: 'nobody' })).toEqual([])
    expect(ledger(['model']).rows).toMatchObject([
      { key: { model: 'gpt-4o' }, requests: null, calls: 3, llm_cost_usd: 2 },
      { key: { model: 'claude' }, calls: 1, llm_cost_usd: 0, unpriced: 1 },
    ])
    expect(ledger(['org']).rows[0]).toMatchObject({ requests: 2, calls: 4, llm_cost_usd: 2, unpriced: 1 })
  })

  it('sums up what is over the limit, and everything', () => {
    const { rows, others, total } = ledger(['org', 'environment'], {}, 1)
    expect(rows).toHaveLength(1)
    expect((rows[0]?.requests ?? 0) + (others?.requests ?? 0)).toBe(7)
    expect(total.requests).toBe(7)
    expect(ledger(['org']).others).toBeNull()
  })

  it.each([
    [['model', 'operation']],
    [['provider', 'dimension.tier']],
    [['nothing']],
    [['day; DROP TABLE traces']],
  ])('refuses to group by %j', (groups) => {
    expect(() => ledger(groups as LedgerGroup[])).toThrow(
      expect.objectContaining({ code: 'invalid_request' }) as Error,
    )
  })
})
