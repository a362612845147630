import { CardinalityGuard, METRICS } from '@ragmeter/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RollupTables } from '../src/rollup/rollup.ts'
import { Journal } from '../src/threads/journal.ts'
import { sqliteError } from './faulty-database.ts'
import { answerOf, flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const big = (id: string) => flatTrace(id, { timestamp: NOW - 60_000, metadata: { text: 'x'.repeat(500) } })
const bigBatch = (prefix: string) => ({
  traces: Array.from({ length: 200 }, (_, i) => big(`${prefix}-${i}`)),
})
const stats = () => harness.query('stats', { from: NOW - 3_600_000, to: NOW + 60_000 })
const measured = (sequence: number) => ({
  client: { instance: 'i' },
  sequence,
  traces: [],
  measurements: [
    {
      metric: METRICS.requests.name,
      type: 'counter',
      minute: NOW - 60_000,
      delta: 7,
      labels: { service: 'docs', status: 'success' },
    },
  ],
})

/** Gives the database no page more than it has, or as many as it wants. */
function setDiskFull(isFull: boolean): void {
  const pages = Number(harness.database.prepare('PRAGMA page_count').get()?.['page_count'])
  harness.database.exec(`PRAGMA max_page_count = ${isFull ? pages : 2 ** 30}`)
}

describe('Writer on a full disk', () => {
  it('refuses with a time to come back, stores nothing, and goes on when there is space', () => {
    harness.send(bigBatch('before'))
    setDiskFull(true)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { outcomes, entry, seen, report } = harness.send(bigBatch('full'), measured(1))
      const refused = {
        outcome: 'refused',
        code: 'storage_unavailable',
        message: expect.stringContaining('disk is full') as string,
        retryAfterSeconds: 5,
      }
      expect(outcomes).toEqual([refused, refused])
      expect({ entry, seen, stored: report.tracesStored }).toEqual({ entry: null, seen: [], stored: 0 })
      expect(harness.writer.writeError).toContain('disk is full')
      expect(stats()).toMatchObject({ requests: 200, traces_stored: 200 })
    }
    setDiskFull(false)
    const committed = harness.send(bigBatch('full'), measured(1))
    expect([answerOf(committed), answerOf(committed, 1)]).toMatchObject([{ accepted: 200 }, { accepted: 0 }])
    expect(harness.writer.writeError).toBeNull()
    expect(stats()).toMatchObject({ requests: 407, traces_stored: 400 })
    harness.crash()
    expect(stats()).toMatchObject({ requests: 407, traces_stored: 400 })
    expect(answerOf(harness.send(measured(1)))).toMatchObject({ duplicate: true })
  })

  it('is well again without being asked to store anything', () => {
    setDiskFull(true)
    harness.send(bigBatch('a'))
    harness.writer.probe()
    expect(harness.writer.writeError).toContain('disk is full')
    setDiskFull(false)
    harness.writer.probe()
    expect(harness.writer.writeError).toBeNull()
    expect(harness.database.prepare("SELECT count(*) AS n FROM meta WHERE key = 'probe'").get()).toEqual({
      n: 0,
    })
  })

  it('keeps the journal when it cannot be folded, and folds it later', () => {
    const traces = Array.from({ length: 50 }, (_, i) => ({ ...big(`t${i}`), service: `service-${i}` }))
    harness.send({ traces })
    const before = stats()
    setDiskFull(true)
    expect(() => harness.writer.fold(NOW)).toThrow(/disk is full/)
    expect(harness.writer.writeError).toContain('disk is full')
    expect(stats()).toEqual(before)
    // A group that still fits does not hide that folding fails.
    harness.send({ traces: [] })
    expect(harness.writer.writeError).toContain('disk is full')
    setDiskFull(false)
    harness.writer.fold(NOW)
    expect(harness.writer.writeError).toBeNull()
    expect(stats()).toEqual(before)
    harness.crash()
    expect(stats()).toEqual(before)
  })

  it('does not try to fold for every group after folding failed', () => {
    for (let i = 0; i < 256; i += 1) harness.send({ traces: [flatTrace(`t${i}`, { timestamp: NOW })] })
    expect(harness.writer.shouldFold).toBe(true)
    harness.faulty.failAfter(1, sqliteError(13, 'database or disk is full'))
    expect(() => harness.writer.fold(NOW)).toThrow(/disk is full/)
    expect(harness.writer.shouldFold).toBe(false)
    harness.writer.fold(NOW)
    expect(stats().requests).toBe(256)
  })
})

describe('Writer whose journal is full', () => {
  afterEach(() => vi.restoreAllMocks())

  it('refuses until it is folded, since all of it is held in memory', () => {
    const isFull = vi.spyOn(Journal.prototype, 'isFull', 'get').mockReturnValue(true)
    expect(harness.send({ traces: [big('a')] }).outcomes).toMatchObject([
      { outcome: 'refused', code: 'storage_unavailable', retryAfterSeconds: 5 },
    ])
    harness.writer.probe()
    expect(harness.writer.writeError).toContain('full')
    isFull.mockReturnValue(false)
    harness.writer.probe()
    expect(harness.writer.writeError).toBeNull()
    expect(stats().requests).toBe(0)
  })

  it('is full at 64 MB', () => {
    const rollups = new RollupTables(harness.database, () => undefined)
    const journal = new Journal(harness.database, new CardinalityGuard(() => undefined), rollups)
    const empty = { measurements: [], ledger: [], gauges: [] }
    journal.add(empty, 'x'.repeat(64 * 1024 * 1024 - 1))
    expect([journal.isFull, journal.shouldFold]).toEqual([false, true])
    journal.add(empty, 'x')
    expect(journal.isFull).toBe(true)
  })
})

describe('Writer on a database that cannot be written', () => {
  it('refuses, answers queries, and goes on when it can', () => {
    harness.send({ traces: [big('a')] })
    harness.database.exec('PRAGMA query_only = 1')
    expect(harness.send({ traces: [big('b')] }).outcomes).toMatchObject([
      {
        outcome: 'refused',
        code: 'storage_unavailable',
        message: expect.stringContaining('readonly') as string,
      },
    ])
    expect(stats().requests).toBe(1)
    harness.database.exec('PRAGMA query_only = 0')
    harness.send({ traces: [big('b')] })
    expect(stats().requests).toBe(2)
    expect(harness.writer.writeError).toBeNull()
  })

  it('refuses what a failing commit held, whatever SQLite did with the transaction', () => {
    // BEGIN, the trace, ..., COMMIT: the last statement fails as the disk does.
    for (let statements = 0; statements < 8; statements += 1) {
      harness.faulty.failAfter(statements, sqliteError(10 + (12 << 8), 'disk I/O error'))
      const { outcomes } = harness.send({ traces: [big('a')] })
      if (harness.faulty.clear()) break
      expect(outcomes).toMatchObject([
        { code: 'storage_unavailable', message: expect.stringContaining('I/O') as string },
      ])
      expect(stats().requests).toBe(0)
    }
    expect(stats().requests).toBe(1)
  })
})

describe('Writer and a body that breaks it', () => {
  /** A body the parser cannot survive: reading it throws. */
  const poison = {
    kind: 'batch',
    get bytes(): Uint8Array {
      throw new TypeError('poison')
    },
    receivedAt: NOW,
  } as const
  const item = (body: unknown) =>
    ({ kind: 'batch', bytes: Buffer.from(JSON.stringify(body)), receivedAt: NOW }) as const

  it('refuses it alone; the others of its group are stored once', () => {
    const bodies = [
      item({ traces: [big('a')] }),
      poison,
      item(measured(1)),
      item({ traces: [big('b'), big('a')] }),
      poison,
    ]
    const { outcomes, entry, report } = harness.writer.commit(bodies)
    expect(outcomes.map((outcome) => ('code' in outcome ? outcome.code : 'stored'))).toEqual([
      'stored',
      'internal',
      'stored',
      'stored',
      'internal',
    ])
    expect(stats()).toMatchObject({ requests: 9, traces_stored: 2 })
    expect(report).toMatchObject({ bodies: 5, tracesStored: 2, tracesDuplicate: 1 })
    const { measurements } = JSON.parse(entry ?? '') as { measurements: { metric: string; delta: number }[] }
    const requests = measurements.filter(({ metric }) => metric === METRICS.requests.name)
    expect(requests.reduce((sum, { delta }) => sum + delta, 0)).toBe(9)
    // The body is at fault, not the database.
    expect(harness.writer.writeError).toBeNull()
  })

  it('does not commit each of a large group by itself', () => {
    const bodies = Array.from({ length: 1000 }, (_, i) =>
      item({ traces: [flatTrace(`t${i}`, { timestamp: NOW })] }),
    )
    let commits = 0
    const exec = harness.faulty.exec.bind(harness.faulty)
    harness.faulty.exec = (sql) => {
      if (sql === 'COMMIT') commits += 1
      exec(sql)
    }
    harness.writer.commit([...bodies.slice(0, 500), poison, ...bodies.slice(500)])
    expect(stats().requests).toBe(1000)
    expect(commits).toBeLessThan(15)
  })

  it('adds nothing to a group without anything to add', () => {
    expect(harness.writer.commit([poison])).toMatchObject({ entry: null, seen: [] })
    expect(harness.writer.commit([poison, poison])).toMatchObject({ entry: null })
    expect(harness.writer.commit([])).toMatchObject({ outcomes: [], entry: null })
  })
})

describe('Writer and sums no counter can hold', () => {
  const largest = Number.MAX_SAFE_INTEGER
  const day = new Date(NOW).toISOString().slice(0, 10)
  const huge = (sequence: number) => ({
    client: { instance: 'huge' },
    sequence,
    traces: [],
    measurements: [
      {
        metric: METRICS.requests.name,
        type: 'counter',
        minute: NOW,
        delta: largest,
        labels: { service: 'docs', status: 'success' },
      },
      {
        metric: METRICS.requestDuration.name,
        type: 'histogram',
        minute: NOW,
        labels: { service: 'docs', status: 'success' },
        count: largest,
        sum: largest,
        classic: [largest, ...METRICS.requestDuration.buckets.map(() => 0)],
        zero: largest,
        offset: 0,
        exponential: [],
      },
    ],
    ledger: [
      { kind: 'requests', day, service: 'docs', requests: largest, total_us: largest },
      { kind: 'requests', day, service: 'chat', requests: largest, total_us: largest },
      { kind: 'generations', day, service: 'docs', model: 'm', calls: largest, cost_nano_usd: largest },
    ],
  })

  it('stop at the largest exact number, and everything can still be read, folded and added to', () => {
    for (let sequence = 1; sequence <= 3; sequence += 1) {
      expect(answerOf(harness.send(huge(sequence)))).toMatchObject({ rejected: [] })
      if (sequence === 2) harness.crash()
      else harness.writer.fold(NOW)
    }
    harness.send({ traces: [flatTrace('a', { timestamp: NOW })] })
    harness.writer.fold(NOW)
    expect(stats().requests_total).toBeGreaterThanOrEqual(largest)
    expect(stats().latency.p50).toBe(0)
    const { total } = harness.query('ledger', {
      from: day,
      to: day,
      groups: ['org'],
      filters: {},
      limit: 9,
      deadline: Infinity,
    })
    expect(total.requests).toBeGreaterThanOrEqual(largest)
    expect(total.llm_cost_usd).toBeGreaterThan(9_000_000)
  })
})
