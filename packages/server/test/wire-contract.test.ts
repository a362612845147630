/** The flat batches of existing clients, in every variant they are known to send, through the writer. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerOf, flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()
const HOUR_MS = 3_600_000

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

/** A trace that started a minute ago, as Python's isoformat() writes it: microseconds and an offset. */
const trace = (id: string, more: object = {}) =>
  flatTrace(id, { timestamp: `${new Date(NOW - 60_000).toISOString().slice(0, -1)}123+00:00`, ...more })
const stats = (from = NOW - HOUR_MS, to = NOW + 60_000) => harness.query('stats', { from, to })
const stored = (id: string) => {
  const [found] = harness
    .query('traces', { filter: { from: 0, to: NOW + HOUR_MS }, limit: 1000, deadline: Infinity })
    .traces.filter((summary) => summary.id === id)
  return found
}
/** What the client of this contract looks at. */
const accepted = (body: unknown) => {
  const { accepted: taken, dropped } = answerOf(harness.send(body))
  return [taken, dropped]
}

/** Database, write-ahead log and all: what a thief of the disk reads. */
function bytesOnDisk(): Buffer {
  const files = ['', '-wal', '-shm', '.lock'].map((suffix) => harness.path + suffix)
  return Buffer.concat(files.filter((file) => existsSync(file)).map((file) => readFileSync(file)))
}

describe('POST /ingest of flat traces', () => {
  it('answers a good batch with what these clients expect, byte for byte', () => {
    const { outcomes } = harness.send({ traces: [trace('9f86d081884c7d65')] })
    const response =
      '{"accepted":1,"dropped":0,"rejected":[],"rejected_measurements":0,"rejected_ledger_rows":0}'
    expect(outcomes).toEqual([{ outcome: 'stored', response }])
  })

  it('takes all thirteen fields, null where nothing is known', () => {
    const nothing = Object.fromEntries(Object.keys(trace('x')).map((name) => [name, null]))
    expect(accepted({ traces: [trace('a'), { ...nothing, id: 'b', total_latency_ms: 3 }] })).toEqual([2, 0])
    expect(stored('a')).toMatchObject({
      timestamp: NOW - 60_000,
      total_latency_ms: 900,
      status: 'success',
      query_length: 12,
      retrieval_latency_ms: 12.5,
      retrieval_count: 3,
      generation_latency_ms: 800,
      model: 'gpt-4o',
    })
    expect(stored('b')).toMatchObject({
      timestamp: NOW,
      status: 'success',
      retrieval_count: null,
      model: null,
    })
    expect(stats().requests).toBe(2)
  })

  it.each([
    ['no traces at all', {}],
    ['an empty list', { traces: [] }],
    ['null', { traces: null }],
  ])('accepts %s', (_, body) => {
    expect(accepted(body)).toEqual([0, 0])
    expect(stats().requests).toBe(0)
  })

  it('says that nothing was stored of a trace that is in no list', () => {
    const answer = answerOf(harness.send({ id: 'a2', total_latency_ms: 812 }))
    expect(answer).toMatchObject({ accepted: 0, warnings: [{ code: 'missing', path: 'traces' }] })
    expect(stats().requests).toBe(0)
  })

  it('takes the 1,800 traces of an outage in one body, and the same body again for a lost reply', () => {
    const body = { traces: Array.from({ length: 1800 }, (_, i) => trace(`t${i}`)) }
    expect([accepted(body), accepted(body)]).toEqual([
      [1800, 0],
      [1800, 0],
    ])
    expect(accepted({ traces: [trace('t0'), trace('new'), trace('new')] })).toEqual([3, 0])
    expect(stats()).toMatchObject({ requests: 1801, traces_stored: 1801 })
  })

  it('takes numbers as text, whole numbers of seconds, and fields it does not know', () => {
    const body = {
      traces: [
        trace('a', {
          total_latency_ms: '900.5',
          retrieval_count: '4',
          query_length: '12',
          timestamp: Math.floor(NOW / 1000) - 60,
          something: { else: [1] },
        }),
        trace('b', { timestamp: NOW - 60_000 }),
        trace('c', { timestamp: (NOW - 60_000) / 1000 }),
        trace('d', { timestamp: String(NOW - 60_000) }),
      ],
      version: 7,
    }
    expect(accepted(body)).toEqual([4, 0])
    expect(stored('a')).toMatchObject({ total_latency_ms: 900.5, retrieval_count: 4, query_length: 12 })
    for (const id of ['b', 'c', 'd']) expect(stored(id)?.timestamp).toBe(NOW - 60_000)
  })

  it('drops a field that is wrong, not its trace', () => {
    const answer = answerOf(
      harness.send({
        traces: [
          trace('a', {
            query_length: 3.5,
            success: 'maybe',
            retrieval_latency_ms: -1,
            metadata: 'text',
            model_version: ['x'],
          }),
        ],
      }),
    )
    expect(answer).toMatchObject({ accepted: 1, dropped: 0, rejected: [] })
    expect(answer['warnings']).toMatchObject([
      { path: 'traces[0].success' },
      { path: 'traces[0].query_length' },
      { path: 'traces[0].retrieval_latency_ms' },
      { path: 'traces[0].model_version' },
      { path: 'traces[0].metadata' },
    ])
    expect(stored('a')).toMatchObject({ status: 'success', retrieval_count: 3, retrieval_latency_ms: null })
  })

  it.each([
    ['a negative latency', { total_latency_ms: -5 }, 'out_of_range'],
    ['no latency', { total_latency_ms: null }, 'missing'],
    ['a latency that is no number', { total_latency_ms: 'slow' }, 'wrong_type'],
    ['an absurd latency', { total_latency_ms: 1e300 }, 'out_of_range'],
    ['a start in 2099 without an offset', { timestamp: '2099-06-01T00:00:00' }, 'timestamp_future'],
    ['a start next week', { timestamp: NOW + 7 * 24 * HOUR_MS }, 'timestamp_future'],
    ['a start that is none', { timestamp: 'yesterday' }, 'timestamp_invalid'],
    ['a date that does not exist', { timestamp: '2026-02-30T00:00:00Z' }, 'timestamp_invalid'],
  ])('keeps the good traces of a batch beside one with %s', (_, bad, code) => {
    const answer = answerOf(harness.send({ traces: [trace('a'), trace('bad', bad), trace('b')] }))
    expect(answer).toMatchObject({ accepted: 2, dropped: 1, rejected: [{ index: 1, code }] })
    expect(stats()).toMatchObject({ requests: 2, traces_stored: 2 })
  })

  it.each(['NaN', 'Infinity', '-Infinity'])(
    'refuses only the trace with a bare %s, as Python writes it',
    (word) => {
      const body = `{"traces": [${JSON.stringify(trace('a'))}, {"id": "b", "total_latency_ms": ${word}}, {"id": "c", "total_latency_ms": 4, "retrieval_latency_ms": ${word}}]}`
      expect(answerOf(harness.send(body))).toMatchObject({
        accepted: 2,
        dropped: 1,
        rejected: [{ index: 1, code: 'not_finite' }],
        warnings: [{ index: 2, code: 'not_finite' }],
      })
      // No answer holds what JSON cannot carry.
      expect(JSON.parse(JSON.stringify(stats()))).toEqual(stats())
      expect(stats().latency.p99).toBeCloseTo(0.9, 1)
    },
  )

  it('takes a start without offset for UTC, and says so', () => {
    const naive = new Date(NOW - 60_000).toISOString().slice(0, 19)
    const answer = answerOf(harness.send({ traces: [trace('a', { timestamp: naive }), trace('b')] }))
    expect(answer).toMatchObject({ accepted: 2, warnings: [{ index: 0, code: 'timestamp_without_offset' }] })
    expect(stored('a')?.timestamp).toBe(Math.floor((NOW - 60_000) / 1000) * 1000)
  })

  it('compares moments, not texts: a trace belongs to its hour whatever its offset', () => {
    const at = (age: number, hours: number) => {
      const local = new Date(NOW - age + hours * HOUR_MS).toISOString().slice(0, 23)
      return `${local}${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`
    }
    harness.send({
      traces: [
        trace('old', { timestamp: at(3 * HOUR_MS, 9) }),
        trace('fresh', { timestamp: at(60_000, -8) }),
      ],
    })
    expect(stats()).toMatchObject({ requests: 1, traces_stored: 1 })
    expect(stats(NOW - 4 * HOUR_MS, NOW)).toMatchObject({ requests: 2 })
    expect(stored('old')?.timestamp).toBe(NOW - 3 * HOUR_MS)
  })

  it.each([
    ['[]', 'invalid_request'],
    ['null', 'invalid_request'],
    ['', 'invalid_json'],
    ['{"traces": [', 'invalid_json'],
  ])('refuses the body %j, which no retry makes better', (body, code) => {
    expect(harness.send(body).outcomes).toMatchObject([{ outcome: 'refused', code }])
  })

  it('reports a hundred of a thousand bad traces and counts the rest', () => {
    const traces = Array.from({ length: 1000 }, (_, i) =>
      i % 2 === 0 ? trace(`t${i}`) : { total_latency_ms: -1 },
    )
    const committed = harness.send({ traces })
    const answer = answerOf(committed)
    expect(answer).toMatchObject({ accepted: 500, dropped: 500, issues_omitted: 400 })
    expect(answer['rejected']).toHaveLength(100)
    expect(committed.report).toMatchObject({
      tracesStored: 500,
      tracesRejected: 500,
      issues: { out_of_range: 500 },
    })
  })

  it('counts failures by the type their exception stands for', () => {
    const failing = ['TimeoutError', 'openai.RateLimitError', 'ValueError', 'Weird', '']
    harness.send({ traces: failing.map((error_type, i) => trace(`t${i}`, { success: false, error_type })) })
    harness.send({ traces: [trace('cancelled', { success: null, error_type: 'CancelledError' })] })
    expect(stats()).toMatchObject({
      requests: 6,
      errors: 6,
      errors_by_type: { timeout: 1, rate_limited: 1, validation_error: 1, other: 3 },
    })
  })

  it('keeps metadata to be filtered by, in any script, escaped or not', () => {
    const metadata = { tenant: 'Zürich 東京 😀', 'a.b': 1, 'quo"te': true, nested: { x: [1] } }
    const ascii = JSON.stringify({ traces: [trace('escaped', { metadata })] }).replace(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    expect(Buffer.byteLength(ascii)).toBe(ascii.length)
    harness.send(ascii, { traces: [trace('plain', { metadata })] })
    for (const filter of [
      { tenant: 'Zürich 東京 😀' },
      { 'a.b': '1' },
      { 'quo"te': 'true' },
      { nested: '{"x":[1]}' },
    ]) {
      const { traces } = harness.query('traces', {
        filter: { from: 0, to: NOW, metadata: filter },
        limit: 10,
        deadline: Infinity,
      })
      expect(traces.map(({ id }) => id).sort()).toEqual(['escaped', 'plain'])
    }
  })
})

describe('what identifies people', () => {
  const QUERY = 'what is our refund policy?'
  const HASH = createHash('sha256').update(QUERY).digest('hex').slice(0, 16)

  it('is not in the files: neither a query sent as its hash, nor the hash that was sent, nor a user', () => {
    const marker = 'marker-of-this-test'
    harness.send({
      traces: [
        trace('a', { query_hash: QUERY, org: marker, user_id: 'jane.doe', metadata: { k: marker } }),
        trace('b', {
          query_hash: HASH,
          error_type: 'E',
          error_message: 'failed for jane.doe@example.com',
          user_id: 'jane.doe',
        }),
        trace('e', { error_type: 'failed for jane.doe@example.com, token=hunter2' }),
        trace('f', { error_type: 'E', exception: 'no user jane.doe@example.com' }),
        trace('g', { error_type: 'sk-proj-hunter2hunter2' }),
        trace('h', { error_type: 'openai.RateLimitError' }),
        trace('c', { query_hash: '東京の天気は？', stages: [{ stage: 'tool', duration_ms: 1 }] }),
        trace('d', { query_hash: QUERY, total_latency_ms: -1 }),
      ],
    })
    harness.send(
      `{"traces":[{"query_hash":"${QUERY}","total_latency_ms":1,"query":"${QUERY}"}]}`,
      `{"query": "${QUERY}"`,
    )
    harness.writer.fold(NOW)
    const bytes = bytesOnDisk()
    for (const secret of [QUERY, 'refund', HASH, Buffer.from(HASH, 'hex'), 'jane.doe', 'hunter2', '東京']) {
      expect(bytes.includes(secret)).toBe(false)
    }
    // The search itself works, and a name stays readable.
    expect(bytes.includes(marker)).toBe(true)
    expect(bytes.includes('openai.RateLimitError')).toBe(true)
  })

  it('is one pseudonym for one query and one user, however often', () => {
    for (const id of ['a', 'b']) harness.send({ traces: [trace(id, { query_hash: HASH, user_id: 'jane' })] })
    harness.send({ traces: [trace('c', { query_hash: `${HASH}0`, user_id: 'joe' })] })
    const [a, b, c] = ['a', 'b', 'c'].map((id) => [stored(id)?.query_hash, stored(id)?.user_id])
    expect(a).toEqual(b)
    expect(a?.[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(c).not.toContain(a?.[0])
    expect(c).not.toContain(a?.[1])
    const found = harness.query('traces', {
      filter: { from: 0, to: NOW, query_hash: String(a?.[0]) },
      limit: 10,
      deadline: Infinity,
    })
    expect(found.traces).toHaveLength(2)
  })
})
