import { statSync } from 'node:fs'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Retention } from '../src/store/sqlite/retention.ts'
import type { RetentionOptions } from '../src/store/sqlite/retention.ts'
import { answerOf, flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const START = Date.UTC(2026, 0, 15, 12)
const WEEK_MS = 7 * DAY_MS

let now = START
let monotonic = 0
let harness: Harness
let retention: Retention
beforeEach(() => {
  now = START
  monotonic = 0
  harness = createHarness({ receivedAt: () => now })
  retention = newRetention()
})
afterEach(() => harness[Symbol.dispose]())

function newRetention(options: Partial<RetentionOptions> = {}): Retention {
  return new Retention(harness.database, {
    path: harness.path,
    retentionMs: WEEK_MS,
    bytesMax: null,
    ...options,
  })
}

/** Lets both clocks run. */
function pass(ms: number): void {
  now += ms
  monotonic += ms
}

/** Works until there is nothing more to do, as the writer's thread does. */
function retain(): number {
  let steps = 1
  while (retention.step(now, monotonic)) steps += 1
  harness.writer.oldestAccepted = retention.oldestAccepted
  return steps
}

const count = (table: string) =>
  Number(harness.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
const keptBeside = () => ['feedback', 'scores', 'clients', 'ledger_requests'].map((table) => count(table))
const send = (ages: readonly number[], more: object = {}) =>
  answerOf(
    harness.send({
      traces: ages.map((age, i) => flatTrace(`${now}-${age}-${i}`, { timestamp: now - age, ...more })),
    }),
  )

describe('Retention by age', () => {
  it('deletes traces, their details and what is known of undated ones, a chunk at a time', () => {
    send(
      Array.from({ length: 12_000 }, (_, i) => 6 * DAY_MS - i),
      { exception: 'TypeError' },
    )
    harness.send({ traces: [{ id: 'undated', total_latency_ms: 1 }] })
    send([DAY_MS])
    retain()
    expect(count('traces')).toBe(12_002)
    pass(2 * DAY_MS)
    expect(retain()).toBeGreaterThan(2)
    expect([count('traces'), count('trace_details'), count('undated_traces')]).toEqual([2, 0, 1])
    pass(WEEK_MS)
    retain()
    expect([count('traces'), count('trace_details'), count('undated_traces')]).toEqual([0, 0, 0])
  })

  it('makes progress through a chunk that is all one moment', () => {
    retain()
    harness.send({
      traces: Array.from({ length: 11_000 }, (_, i) => flatTrace(`t${i}`, { timestamp: now - 6 * DAY_MS })),
    })
    pass(2 * DAY_MS)
    retain()
    expect(count('traces')).toBe(0)
  })

  it('refuses afterwards what it would have deleted, also after a restart', () => {
    retain()
    send([6 * DAY_MS])
    pass(2 * DAY_MS)
    retain()
    const tooOld = { accepted: 0, dropped: 1, rejected: [{ code: 'timestamp_too_old' }] }
    expect(send([WEEK_MS + 1])).toMatchObject(tooOld)
    expect(send([WEEK_MS - 1])).toMatchObject({ accepted: 1 })
    harness.crash()
    retention = newRetention({ retentionMs: 30 * DAY_MS })
    harness.writer.oldestAccepted = retention.oldestAccepted
    // The watermark lies where was deleted last, whatever the retention is now.
    expect(send([WEEK_MS + 1])).toMatchObject(tooOld)
    expect(send([WEEK_MS - 1, DAY_MS])).toMatchObject({ accepted: 2 })
  })

  it('counts the traces that are there', () => {
    send([6 * DAY_MS, 6 * DAY_MS, DAY_MS])
    expect(retention.state(harness.writer)).toMatchObject({ traces: 3, oldestTraceAt: now - 6 * DAY_MS })
    pass(2 * DAY_MS)
    send([0])
    retain()
    expect(retention.state(harness.writer)).toMatchObject({
      traces: 2,
      deletedTraces: 2,
      oldestTraceAt: now - 3 * DAY_MS,
      lastRetentionAt: now,
      writeError: null,
      bytesMax: null,
    })
    harness.crash()
    retention = newRetention()
    expect(retention.state(harness.writer)).toMatchObject({ traces: 2, deletedTraces: 0 })
  })
})

describe('Retention of everything else', () => {
  it('keeps minutes for two days, hours for 90, days for two years, and spending longer than a month', () => {
    retain()
    send([0])
    const day = new Date(START).toISOString().slice(0, 10)
    harness.send({ ledger: [{ kind: 'generations', day, service: 'docs', calls: 1, cost_nano_usd: 5 }] })
    harness.writer.fold(now)
    const tables = ['rollup_1m', 'spending_1h', 'rollup_1h', 'rollup_1d']
    const rows = () => tables.map((table) => count(table) > 0)
    for (const [age, expected] of [
      [47 * HOUR_MS, [true, true, true, true]],
      [2 * DAY_MS + HOUR_MS, [false, true, true, true]],
      [38 * DAY_MS, [false, true, true, true]],
      [42 * DAY_MS, [false, false, true, true]],
      [89 * DAY_MS, [false, false, true, true]],
      [91 * DAY_MS, [false, false, false, true]],
      [729 * DAY_MS, [false, false, false, true]],
      [732 * DAY_MS, [false, false, false, false]],
    ] as const) {
      pass(START + age - now)
      // A week of silence looks like a wrong clock for an hour; see below.
      retain()
      pass(HOUR_MS)
      retain()
      expect(rows(), `after ${age / HOUR_MS} hours`).toEqual(expected)
    }
    expect(count('ledger_requests') + count('ledger_generations')).toBe(0)
  })

  it('sweeps thousands of series in many short transactions', () => {
    retain()
    harness.database.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
        INSERT INTO series (id, metric, labels, value, last_seen) SELECT i, 'm', i, 0, 0 FROM n;
      INSERT INTO rollup_1m SELECT id, ${now - 3 * DAY_MS} + column1 * 60000, 1 FROM series, (VALUES (1), (2), (3), (4));
      INSERT INTO rollup_1m SELECT id, ${now}, 1 FROM series;`)
    pass(HOUR_MS)
    expect(retain()).toBeGreaterThan(3000 / 500)
    expect(count('rollup_1m')).toBe(3000)
  })

  it('forgets late feedback and scores with the traces, clients after 30 days, the ledger after two years', () => {
    retain()
    harness.commit('feedback', { id: 'a', rating: 'positive' })
    harness.commit('scores', { id: 'a', metric: 'faithfulness', score: 1 })
    harness.send({ client: { instance: 'i' }, sequence: 1, traces: [flatTrace('a', { timestamp: now })] })
    harness.writer.fold(now)
    pass(6 * DAY_MS)
    retain()
    expect(keptBeside()).toEqual([1, 1, 1, 1])
    pass(2 * DAY_MS)
    retain()
    expect(keptBeside()).toEqual([0, 0, 1, 1])
    pass(23 * DAY_MS)
    retain()
    expect(keptBeside()).toEqual([0, 0, 0, 1])
    pass(701 * DAY_MS)
    retain()
    expect(keptBeside()).toEqual([0, 0, 0, 0])
  })

  it('sweeps at most once an hour', () => {
    retain()
    harness.commit('feedback', { id: 'a', rating: 'positive' })
    harness.database.exec('UPDATE feedback SET at = 0')
    pass(HOUR_MS - 1)
    retain()
    expect(count('feedback')).toBe(1)
    pass(1)
    retain()
    expect(count('feedback')).toBe(0)
  })
})

describe('Retention by bytes', () => {
  it('deletes the oldest until the file is below the cap, and really shrinks it', () => {
    const bytesMax = 12 * 1024 * 1024
    retention = newRetention({ bytesMax })
    for (let hour = 20; hour > 0; hour -= 1) {
      send(
        Array.from({ length: 2000 }, (_, i) => hour * HOUR_MS + i),
        { metadata: { text: 'x'.repeat(300) } },
      )
    }
    harness.writer.fold(now)
    harness.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(statSync(harness.path).size).toBeGreaterThan(bytesMax)
    retain()
    const { bytes, traces, oldestTraceAt } = retention.state(harness.writer)
    expect(bytes).toBe(statSync(harness.path).size + statSync(`${harness.path}-wal`).size)
    expect(bytes).toBeLessThanOrEqual(bytesMax)
    expect(bytes).toBeGreaterThan(bytesMax / 2)
    expect(traces).toBe(count('traces'))
    // The youngest are what is left, and what is older is refused from now on.
    expect(oldestTraceAt).toBeGreaterThan(now - 15 * HOUR_MS)
    expect(harness.writer.oldestAccepted).toBeLessThanOrEqual(Number(oldestTraceAt))
    expect(send([19 * HOUR_MS])).toMatchObject({ rejected: [{ code: 'timestamp_too_old' }] })
    // Counted requests stay.
    expect(harness.query('stats', { from: now - DAY_MS, to: now }).requests_total).toBe(40_000)
  })

  it('ends when there is nothing left to delete, however small the cap', () => {
    send([DAY_MS, HOUR_MS + 1, HOUR_MS, 0])
    retention = newRetention({ bytesMax: 1 })
    expect(retention.state(harness.writer).capError).toBeNull()
    retain()
    // What sums alone exceed is not gained by deleting the last traces, but told.
    expect(count('traces')).toBe(2)
    expect(retain()).toBe(1)
    expect(retention.state(harness.writer).capError).toMatch(/its cap is 1\. .*raise --max-bytes/)
    expect(harness.writer.oldestAccepted).toBeLessThanOrEqual(now - HOUR_MS)
    retention = newRetention({ bytesMax: 1e9 })
    retain()
    expect(retention.state(harness.writer).capError).toBeNull()
  })

  it('complains of what it cannot delete only above the cap, not already where it begins to delete', () => {
    send([0])
    harness.writer.fold(now)
    harness.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const { bytes } = retention.state(harness.writer)
    const capErrorAt = (bytesMax: number) => {
      retention = newRetention({ bytesMax })
      retain()
      return retention.state(harness.writer).capError
    }
    expect([capErrorAt(bytes), capErrorAt(bytes - 1)]).toEqual([null, expect.stringContaining('its cap is')])
  })

  it('deletes of the newest hour what is too much, but nothing after now, and refuses nothing that starts now', () => {
    const bytesMax = 10 * 1024 * 1024
    retention = newRetention({ bytesMax })
    send(
      Array.from({ length: 30_000 }, (_, i) => 30 * MINUTE_MS - i),
      { metadata: { text: 'x'.repeat(300) } },
    )
    send([-9 * MINUTE_MS])
    retain()
    // Some of what is free is kept: it does not count.
    const pages = (name: string) =>
      Number(Object.values(harness.database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
    expect((pages('page_count') - pages('freelist_count')) * pages('page_size')).toBeLessThan(bytesMax)
    expect(retention.state(harness.writer).capError).toBeNull()
    expect(harness.writer.oldestAccepted).toBeLessThanOrEqual(now)
    expect(send([0])).toMatchObject({ accepted: 1 })
    expect(count('traces')).toBeGreaterThan(2)
  })

  it('deletes feedback and scores too, the oldest first, and no trace for their sake', () => {
    retention = newRetention({ bytesMax: 2.25 * 1024 * 1024 })
    const comment = 'not what I asked for. '.repeat(70)
    for (let hour = 0; hour < 10; hour += 1) {
      harness.commit('feedback', {
        feedback: Array.from({ length: 400 }, (_, i) => ({
          id: `f${hour}-${i}`,
          rating: 'negative',
          comment,
        })),
      })
      harness.commit('scores', { id: `s${hour}`, metric: 'faithfulness', score: 1 })
      pass(HOUR_MS)
    }
    send([0])
    harness.writer.fold(now)
    retain()
    expect(retention.state(harness.writer)).toMatchObject({ traces: 1, capError: null })
    expect(count('feedback')).toBeGreaterThan(0)
    expect(count('feedback')).toBeLessThan(2000)
    expect(count('scores')).toBeLessThan(6)
    const oldest = harness.database.prepare('SELECT min(at) AS at FROM feedback').get()?.['at']
    expect(oldest).toBeGreaterThan(START + 4 * HOUR_MS)
  })

  it('empties a long write-ahead log, but does not wait for a reader that holds it', () => {
    retain()
    const log = () => statSync(`${harness.path}-wal`).size
    using reader = harness.openReader()
    reader.database.exec('BEGIN; SELECT count(*) FROM traces')
    for (let i = 0; log() < 33 * 1024 * 1024; i += 1) {
      send(
        Array.from({ length: 5000 }, (_, at) => at + i),
        { metadata: { text: 'x'.repeat(500) } },
      )
    }
    retain()
    expect(log()).toBeGreaterThan(32 * 1024 * 1024)
    reader.database.exec('COMMIT')
    retain()
    expect(log()).toBe(0)
    expect(harness.database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 5000 })
  })
})

describe('Retention and the clock', () => {
  it('deletes and refuses nothing by age for an hour after the clock jumps a year ahead', () => {
    send([6 * DAY_MS, HOUR_MS])
    retain()
    const accepted = harness.writer.oldestAccepted
    now += 365 * DAY_MS
    retain()
    pass(59 * MINUTE_MS)
    retain()
    expect(count('traces')).toBe(2)
    expect(harness.writer.oldestAccepted).toBe(accepted)
    // The clock is set right again: that is a jump too.
    now -= 365 * DAY_MS
    retain()
    pass(2 * HOUR_MS)
    retain()
    expect(count('traces')).toBe(2)
    pass(DAY_MS)
    retain()
    expect(count('traces')).toBe(1)
  })

  it('takes a clock that stays ahead for right after an hour', () => {
    send([HOUR_MS])
    retain()
    now += 365 * DAY_MS
    retain()
    pass(HOUR_MS)
    retain()
    expect(count('traces')).toBe(0)
  })

  it('does not trust, at the start, a clock by which every trace is too old', () => {
    send([HOUR_MS])
    now += 365 * DAY_MS
    retention = newRetention()
    retain()
    expect(count('traces')).toBe(1)
    now -= 365 * DAY_MS
    retain()
    pass(2 * HOUR_MS)
    retain()
    expect(count('traces')).toBe(1)
  })

  it('deletes at once, at the start, what is too old beside what is not', () => {
    send([6 * DAY_MS, HOUR_MS])
    pass(2 * DAY_MS)
    retention = newRetention()
    retain()
    expect(count('traces')).toBe(1)
  })

  it('bears a clock that goes back: nothing is deleted, the watermark stays', () => {
    send([6 * DAY_MS, HOUR_MS])
    pass(2 * DAY_MS)
    retain()
    const accepted = harness.writer.oldestAccepted
    now -= 30 * DAY_MS
    retain()
    pass(2 * HOUR_MS)
    retain()
    expect(count('traces')).toBe(1)
    expect(harness.writer.oldestAccepted).toBeGreaterThan(accepted - WEEK_MS)
    // Sweeping goes by a clock that cannot be set.
    harness.commit('feedback', { id: 'a', rating: 'negative' })
    harness.database.exec('UPDATE feedback SET at = 0')
    pass(2 * HOUR_MS)
    retain()
    expect(count('feedback')).toBe(0)
  })
})

describe('Retention when the database fails', () => {
  it('throws, deletes nothing, and goes on when writing works again', () => {
    send([6 * DAY_MS])
    retain()
    pass(2 * DAY_MS)
    harness.database.exec('PRAGMA query_only = 1')
    expect(() => retention.step(now, monotonic)).toThrow(/readonly/)
    expect(retention.state(harness.writer)).toMatchObject({ traces: 1, deletedTraces: 0 })
    harness.database.exec('PRAGMA query_only = 0')
    retain()
    expect(retention.state(harness.writer)).toMatchObject({ traces: 0, deletedTraces: 1 })
  })
})
