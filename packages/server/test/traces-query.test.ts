import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { queryTrace, queryTraces } from '../src/store/sqlite/queries/traces.ts'
import type { Exclusion, TraceFilter } from '../src/store/store.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const list = (filter: Partial<TraceFilter> = {}, limit = 1000) =>
  harness.query('traces', { filter: { from: 0, to: NOW + 1, ...filter }, limit, deadline: Infinity })
const ids = (filter: Partial<TraceFilter> = {}) => list(filter).traces.map(({ id }) => id)

const without = (...orgs: string[]) => ids({ exclude: orgs.map((value) => ({ field: 'org', value })) })

describe('queryTraces', () => {
  const RICH = {
    id: 'rich',
    timestamp: NOW - 1000,
    total_latency_ms: 1200,
    status: 'timeout',
    service: 'docs',
    environment: 'production',
    release: '1.2.3',
    org: 'acme',
    operation: 'ask',
    endpoint: '/api/ask',
    intent: 'hybrid',
    error_type: 'rate_limited',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    request_id: 'r-1',
    session_id: 's-1',
    user_id: `u-17${'x'.repeat(200)}`,
    retrieval: { retriever: 'hybrid', scores: [0.4, 0.3], count: 2 },
    generations: [{ provider: 'openai', model: 'gpt-4o' }],
    kept: { reason: 'slow', probability: 1 },
    metadata: { tier: 'gold', n: 5, share: 0.5, on: true, text: 'true', none: null, 'a.b[0]"c': 'x' },
  }

  it.each([
    [{ service: 'docs' }],
    [{ environment: 'production' }],
    [{ release: '1.2.3' }],
    [{ org: 'acme' }],
    [{ operation: 'ask' }],
    [{ endpoint: '/api/ask' }],
    [{ intent: 'hybrid' }],
    [{ status: 'timeout' }],
    [{ error_type: 'rate_limited' }],
    [{ provider: 'openai' }],
    [{ model: 'gpt-4o', status: 'timeout' }],
    [{ trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }],
    [{ request_id: 'r-1' }],
    [{ session_id: 's-1' }],
    [{ user_id: `u-17${'x'.repeat(200)}` }],
    [{ kept_reason: 'slow' }],
    [{ retriever: 'hybrid' }],
    [{ latencyMsMin: 1200 }],
    [{ retrievalCountMax: 2 }],
    [{ retrievalCountMin: 1, retrievalCountMax: 2 }],
    [{ topScoreMin: 0.4 }],
    [{ topScoreMax: 0.4 }],
    [{ from: NOW - 1000, to: NOW - 999 }],
    [{ metadata: { tier: 'gold', n: '5' } }],
    [{ metadata: { share: '0.5' } }],
    [{ metadata: { on: 'true' } }],
    [{ metadata: { text: 'true' } }],
    [{ metadata: { 'a.b[0]"c': 'x' } }],
  ] satisfies [Partial<TraceFilter>][])('finds by %j, and nothing else', (filter) => {
    harness.send({ traces: [RICH, flatTrace('other', { timestamp: NOW - 5000, service: 'search' })] })
    expect(ids(filter)).toEqual(['rich'])
  })

  it.each([
    [{ metadata: { on: '1' } }],
    [{ metadata: { none: '' } }],
    [{ metadata: { tier: 'Gold' } }],
    [{ metadata: { ier: 'gold' } }],
    [{ metadata: { 'a.b': 'x' } }],
    [{ metadata: { gold: 'tier' } }],
    [{ status: 'error' }],
    [{ service: "docs' OR 1=1 --" }],
    [{ query_hash: 'zz' }],
    [{ user_id: 'u-18' }],
    [{ from: NOW - 999 }],
    [{ to: NOW - 1000 }],
    [{ latencyMsMax: 1199 }],
    [{ topScoreMin: 0.41 }],
    [{ topScoreMax: 0.39 }],
  ] satisfies [Partial<TraceFilter>][])('finds nothing by %j', (filter) => {
    harness.send({ traces: [RICH] })
    expect(ids(filter)).toEqual([])
  })

  it.each([
    [{ field: 'status', value: 'timeout' }],
    [{ field: 'model', value: 'gpt-4o' }],
    [{ field: 'environment', value: 'production' }],
    [{ field: 'user_id', value: `u-17${'x'.repeat(200)}` }],
    [{ metadataKey: 'tier', value: 'gold' }],
    [{ metadataKey: 'on', value: 'true' }],
  ] satisfies [Exclusion][])('leaves out by %j, and keeps what does not state it', (exclusion) => {
    harness.send({ traces: [RICH, flatTrace('bare', { timestamp: NOW - 5000, model_version: null })] })
    expect(ids({ exclude: [exclusion] })).toEqual(['bare'])
  })

  it('leaves out every value that is excluded, what is not stated by an empty one, and nothing else', () => {
    harness.send({
      traces: ['a', 'b', null, 'c'].map((org, index) =>
        flatTrace(`${org}`, { timestamp: NOW - 5000 - index, org }),
      ),
    })
    expect(without('a', 'c')).toEqual(['b', 'null'])
    expect(without('')).toEqual(['a', 'b', 'c'])
    expect(without("a' OR 1=1 --")).toEqual(['a', 'b', 'null', 'c'])
  })

  it('finds the same question by its hash, and every other one without it', () => {
    harness.send({
      traces: [RICH, { ...RICH, id: 'again', query_hash: 'q' }, { ...RICH, id: 'same', query_hash: 'q' }],
    })
    const hash = list().traces.find(({ id }) => id === 'again')?.query_hash ?? ''
    expect(ids({ query_hash: hash })).toEqual(['same', 'again'])
    expect(ids({ exclude: [{ field: 'query_hash', value: hash }] })).toEqual(['rich'])
  })

  it.each(['org', 'environment', 'operation', 'error_type', 'endpoint', 'user_id'] as const)(
    'finds traces that do not state %s by an empty value',
    (name) => {
      harness.send({ traces: [RICH, flatTrace('bare', { timestamp: NOW - 5000 })] })
      expect(ids({ [name]: '' })).toEqual(['bare'])
    },
  )

  it('lists every trace once, newest first, through many windows and pages, many of one moment among them', () => {
    const traces = Array.from({ length: 9000 }, (_, i) =>
      flatTrace(i % 3 === 0 ? `00000000-0000-7000-8000-${String(i).padStart(12, '0')}` : `t${i}`, {
        timestamp: NOW - 1000 - (i < 4000 ? 0 : Math.floor(i / 2)),
        success: i % 100 !== 0,
      }),
    )
    harness.send({ traces })
    expect(new Set(list({}, 9000).traces.map(({ timestamp, id }) => `${timestamp}/${id}`)).size).toBe(9000)
    for (const [filter, expected] of [
      [{}, 9000],
      [{ status: 'error' }, 90],
      [{ latencyMsMax: 1 }, 0],
    ] as const) {
      const seen: string[] = []
      let after: { timestamp: number; id: string } | undefined
      do {
        const page = harness.query('traces', {
          filter: { from: 0, to: NOW, ...filter },
          limit: 371,
          deadline: Infinity,
          ...(after === undefined ? {} : { after }),
        })
        seen.push(...page.traces.map(({ timestamp, id }) => `${timestamp}/${id}`))
        after = page.next ?? undefined
      } while (after !== undefined)
      expect(new Set(seen).size).toBe(expected)
      expect(seen).toHaveLength(expected)
      const starts = seen.map((key) => Number.parseInt(key, 10))
      expect(starts).toEqual([...starts].sort((left, right) => right - left))
    }
  })

  it('stops at its deadline with what it has, and goes on from there', () => {
    harness.send({
      traces: Array.from({ length: 9000 }, (_, i) =>
        flatTrace(`t${i}`, { timestamp: NOW - i, org: i === 8500 ? 'acme' : 'globex' }),
      ),
    })
    let time = 0
    const clock = () => (time += 1)
    const query = (after?: { timestamp: number; id: string }) =>
      queryTraces(
        harness.database,
        {
          filter: { from: 0, to: NOW + 1, org: 'acme' },
          limit: 10,
          deadline: time + 1,
          ...(after === undefined ? {} : { after }),
        },
        clock,
      )
    let page = query()
    expect(page).toMatchObject({ traces: [], truncated: true })
    for (let pages = 0; page.traces.length === 0 && page.next !== null && pages < 20; pages += 1)
      page = query(page.next)
    expect(page.traces).toMatchObject([{ id: 't8500' }])
  })
})

describe('queryTrace', () => {
  it('finds by request id, W3C trace id or request_id, with and without the start', () => {
    const id = '0193c0de-0000-7000-8000-000000000001'
    harness.send({
      traces: [
        flatTrace(id, { timestamp: NOW - 5000, trace_id: 'trace-1', request_id: 'request-1' }),
        flatTrace('later', { timestamp: NOW - 1000, trace_id: 'trace-1' }),
      ],
    })
    const find = (name: string, timestamp?: number) =>
      harness.query('trace', {
        id: name,
        deadline: Infinity,
        ...(timestamp === undefined ? {} : { timestamp }),
      })?.id
    expect([find(id), find(id, NOW - 5000), find(id, NOW), find('request-1'), find('later', NOW)]).toEqual([
      id,
      id,
      id,
      id,
      'later',
    ])
    // Several requests can share a trace: the newest is the one.
    expect(find('trace-1')).toBe('later')
    expect([find('nothing'), find('nothing', NOW), find('0193c0de-0000-7000-8000-00000000000f')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('says that it took too long instead of that there is no such trace', () => {
    harness.send({
      traces: Array.from({ length: 3000 }, (_, i) => flatTrace(`t${i}`, { timestamp: NOW - i })),
    })
    let time = 0
    expect(() => queryTrace(harness.database, { id: 'nothing', deadline: 1 }, () => (time += 1))).toThrow(
      expect.objectContaining({ code: 'query_timeout' }) as Error,
    )
  })
})
