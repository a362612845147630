import { DAY_MS } from '@ragmeter/core'
import type { LedgerRow } from '@ragmeter/core'
import type { Database, SqlRow } from '../src/lib/sqlite.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LedgerGroup, LedgerQuery } from '../src/store/store.ts'
import { queryLedger } from '../src/store/sqlite/queries/ledger.ts'
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
    harness.query('ledger', { from: DAY, to: DAY, groups, filters, limit, deadline: Infinity })
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

  it.each([['before folding'], ['after folding']])(
    'knows its first day, whatever is asked for, %s',
    (when) => {
      const earlier = new Date(NOW - 3 * DAY_MS).toISOString().slice(0, 10)
      harness.send({ traces: [], ledger: [row({ org: 'initech', day: earlier })] })
      if (when === 'after folding') harness.writer.fold(NOW)
      expect(ledger(['org'], { org: 'acme' }).first_day).toBe(earlier)
    },
  )

  it('has no first day while it is empty', () => {
    using empty = createHarness()
    const query = { from: DAY, to: DAY, groups: [], filters: {}, limit: 10, deadline: Infinity }
    expect(empty.query('ledger', query).first_day).toBeNull()
  })

  const QUERY = { from: '1999-01-01', to: DAY, groups: [], filters: {}, limit: 10 }

  it('gives up between two days when its time is over, and says what to do', () => {
    const yesterday = new Date(NOW - DAY_MS).toISOString().slice(0, 10)
    harness.send({ traces: [], ledger: [row({ day: yesterday })] })
    harness.writer.fold(NOW)
    const ask = (deadline: number) => {
      let time = 0
      return queryLedger(harness.database, { ...QUERY, deadline }, () => (time += 1))
    }
    expect(ask(3).total.requests).toBe(8)
    expect(() => ask(2)).toThrow(
      expect.objectContaining({
        code: 'query_timeout',
        hint: 'Ask for fewer days, or for one org.',
      }) as Error,
    )
  })

  it('refuses to add up millions of rows', () => {
    const query = { ...QUERY, deadline: Infinity }
    expect(queryLedger(ledgerOf(1_000_000), query, () => 0).total.requests).toBe(1)
    expect(() => queryLedger(ledgerOf(1_000_001), query, () => 0)).toThrow(
      expect.objectContaining({
        code: 'query_too_expensive',
        hint: 'Ask for fewer days, or for one org.',
      }) as Error,
    )
  })

  /** A database whose two tables of the ledger say that they have so many rows each: really to have them takes seconds. */
  function ledgerOf(rows: number): Database {
    return {
      exec: () => undefined,
      close: () => undefined,
      prepare: (sql) => {
        const days = sql.includes('AS day') ? [{ day: DAY }] : []
        const found = sql.includes('booked') ? [{ booked: rows, requests: 1 }] : []
        return {
          run: () => ({ changes: 0 }),
          get: () => days.shift(),
          all: () => [],
          iterate: () => found[Symbol.iterator]() as IterableIterator<SqlRow>,
        }
      },
    }
  }

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
