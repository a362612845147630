import { describe, expect, test } from 'vitest'
import type { TraceEvent } from './event.ts'
import { dayOf, Ledger } from './ledger.ts'
import type { GenerationRow, LedgerRow, RequestRow } from './ledger.ts'

const DAY = Date.UTC(2026, 10, 21)
const event = (fields: Partial<TraceEvent> = {}): TraceEvent => ({
  id: 'a',
  timestamp: DAY,
  total_latency_ms: 1,
  status: 'success',
  service: 's',
  ...fields,
})

const requests = (rows: readonly LedgerRow[]): RequestRow[] => rows.filter((row) => row.kind === 'requests')
const generations = (rows: readonly LedgerRow[]): GenerationRow[] =>
  rows.filter((row) => row.kind === 'generations')

describe('Ledger', () => {
  test('sums up a request and its generations', () => {
    const ledger = new Ledger({ dimensions: ['plan', 'region'] })
    const full = event({
      org: 'acme',
      environment: 'prod',
      operation: 'ask',
      endpoint: '/ask',
      status: 'timeout',
      total_latency_ms: 1500.5,
      retrieval: { latency_ms: 20.25, count: 4 },
      docstore_cost_nano_usd: 10,
      metadata: { plan: 'pro', region: 7 },
      generations: [
        {
          provider: 'openai',
          model: 'gpt-4o',
          latency_ms: 1000,
          input_tokens: 100,
          output_tokens: 5,
          cost_nano_usd: 99,
        },
        {
          provider: 'openai',
          model: 'gpt-4o',
          cache_read_tokens: 1,
          cache_write_tokens: 2,
          reasoning_tokens: 3,
        },
        { provider: 'x', model: 'y', latency_ms: 0, cost_nano_usd: null },
      ],
    })
    ledger.book(full, 2)
    expect(ledger.drain()).toEqual([
      {
        kind: 'requests',
        day: '2026-11-21',
        hour: 0,
        org: 'acme',
        service: 's',
        environment: 'prod',
        operation: 'ask',
        endpoint: '/ask',
        dimensions: { plan: 'pro', region: '7' },
        requests: 2,
        errors: 2,
        total_us: 3_001_000,
        retrieval_us: 40_500,
        retrievals: 2,
        llm_us: 2_000_000,
        llm_calls: 4,
        documents: 8,
        docstore_cost_nano_usd: 20,
        llm_cost_nano_usd: 198,
        unpriced: 4,
      },
      {
        kind: 'generations',
        day: '2026-11-21',
        hour: 0,
        org: 'acme',
        service: 's',
        provider: 'openai',
        model: 'gpt-4o',
        calls: 4,
        input_tokens: 200,
        output_tokens: 10,
        cache_read_tokens: 2,
        cache_write_tokens: 4,
        reasoning_tokens: 6,
        cost_nano_usd: 198,
        unpriced: 2,
        uncounted: 2,
      },
      {
        kind: 'generations',
        day: '2026-11-21',
        hour: 0,
        org: 'acme',
        service: 's',
        provider: 'x',
        model: 'y',
        calls: 2,
        input_tokens: 0,
        output_tokens: 0,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        reasoning_tokens: 0,
        cost_nano_usd: 0,
        unpriced: 2,
        uncounted: 2,
      },
    ])
    expect(ledger.drain()).toEqual([])
  })

  test.each(['org', 'environment', 'operation', 'endpoint', 'service'] as const)(
    'keeps apart requests that differ in %s alone, one after the other too',
    (field) => {
      for (const dimensions of [[], ['plan']]) {
        const ledger = new Ledger({ dimensions })
        for (const value of ['x', 'y', 'x', 'x', 'y']) ledger.book(event({ [field]: value }))
        expect(requests(ledger.drain()).map((row) => [row[field], row.requests])).toEqual([
          ['x', 3],
          ['y', 2],
        ])
      }
    },
  )

  test('keeps apart hours, in UTC, when they come back too', () => {
    const ledger = new Ledger()
    const generation = { provider: 'openai', model: 'gpt-4o', cost_nano_usd: 5 }
    for (const timestamp of [DAY - 1, DAY, DAY + 3_599_999, DAY + 3_600_000, DAY + 86_400_000, DAY + 1])
      ledger.book(event({ timestamp, generations: [generation] }))
    const rows = ledger.drain()
    const expected = [
      ['2026-11-20', 23, 1],
      ['2026-11-21', 0, 3],
      ['2026-11-21', 1, 1],
      ['2026-11-22', 0, 1],
    ]
    expect(requests(rows).map(({ day, hour, requests: count }) => [day, hour, count])).toEqual(expected)
    expect(generations(rows).map(({ day, hour, calls }) => [day, hour, calls])).toEqual(expected)
  })

  test('bookParts adds what a request did later to its sums, and no request', () => {
    const later: Partial<TraceEvent> = {
      org: 'acme',
      operation: 'ask',
      retrieval: { latency_ms: 20, count: 4 },
      docstore_cost_nano_usd: 10,
      generations: [
        { provider: 'openai', model: 'gpt-4o', latency_ms: 5, input_tokens: 7, cost_nano_usd: 3 },
        { model: 'local' },
      ],
    }
    const whole = new Ledger()
    whole.book(event(later))
    const inTwo = new Ledger()
    inTwo.book(event({ org: 'acme', operation: 'ask' }))
    inTwo.bookParts(event({ ...later, id: '', total_latency_ms: 9, status: 'error' }))
    expect(inTwo.drain()).toEqual(whole.drain())
  })

  test('starts afresh after a drain, for the same request too', () => {
    const ledger = new Ledger()
    ledger.book(event())
    const [first] = requests(ledger.drain())
    ledger.book(event())
    const [second] = requests(ledger.drain())
    expect([first?.requests, second?.requests]).toEqual([1, 1])
  })

  test('a dimension that is not stated is empty, and no property of Object', () => {
    const ledger = new Ledger({ dimensions: ['plan', 'constructor'] })
    ledger.book(event({ metadata: { other: 1 } }))
    ledger.book(event())
    expect(requests(ledger.drain()).map(({ dimensions }) => dimensions)).toEqual([
      { plan: '', constructor: '' },
    ])
  })

  test('a full ledger books under __other__ by hour and service, reports it, and loses no sum', () => {
    let folds = 0
    const ledger = new Ledger({ rowsMax: 3, dimensions: ['plan'], onOverflow: () => (folds += 1) })
    for (let i = 0; i < 10; i += 1) {
      ledger.book(
        event({ org: `org-${i}`, endpoint: '/ask', metadata: { plan: 'pro' }, service: `s${i % 2}` }),
      )
    }
    const rows = requests(ledger.drain())
    expect(
      rows.map((row) => [row.org, row.service, row.endpoint, row.dimensions['plan'], row.requests]),
    ).toEqual([
      ['org-0', 's0', '/ask', 'pro', 1],
      ['org-1', 's1', '/ask', 'pro', 1],
      ['org-2', 's0', '/ask', 'pro', 1],
      ['__other__', 's1', '__other__', '__other__', 4],
      ['__other__', 's0', '__other__', '__other__', 3],
    ])
    expect(folds).toBe(7)
  })

  test('generations fold like requests, and are reported', () => {
    const folds: string[] = []
    const ledger = new Ledger({ rowsMax: 2, onOverflow: (service) => folds.push(service) })
    for (let i = 0; i < 4; i += 1) {
      ledger.book(event({ generations: [{ provider: `p${i}`, model: `m${i}`, input_tokens: 10 }] }))
    }
    const rows = generations(ledger.drain())
    expect(rows.map((row) => [row.provider, row.model, row.org, row.input_tokens])).toEqual([
      ['p0', 'm0', '', 10],
      ['__other__', '__other__', '__other__', 30],
    ])
    expect(folds).toEqual(['s', 's', 's'])
  })

  test('is bounded even if every request names another service, provider and model', () => {
    const ledger = new Ledger({ rowsMax: 10 })
    for (let i = 0; i < 1000; i += 1) {
      const names = { service: `s${i}`, org: `o${i}`, operation: `x${i}` }
      ledger.book(event({ ...names, generations: [{ provider: `p${i}`, model: `m${i}` }] }))
    }
    const rows = ledger.drain()
    expect(rows.length).toBeLessThanOrEqual(2 * 10 + 2)
    expect(requests(rows).reduce((sum, row) => sum + row.requests, 0)).toBe(1000)
    expect(generations(rows).reduce((sum, row) => sum + row.calls, 0)).toBe(1000)
  })
})

test.each([
  [0, '1970-01-01'],
  [-1, '1969-12-31'],
  [Date.UTC(2024, 1, 29, 23, 59, 59, 999), '2024-02-29'],
])('dayOf(%d) is %s', (timestamp, day) => {
  expect(dayOf(timestamp)).toBe(day)
})
