import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import type { ServerConfig } from '../src/config.ts'
import { openHistory } from '../src/history.ts'
import { openDatabase } from '../src/lib/sqlite.ts'
import { readLifetimeSeries } from '../src/store/sqlite/lifetime-series.ts'
import { openWritable } from '../src/store/sqlite/open.ts'
import type { Queries, QueryName } from '../src/store/store.ts'
import { runQuery } from '../src/threads/reader-thread.ts'
import type { ToReader } from '../src/threads/reader-thread.ts'
import { createHarness } from './writer-harness.ts'

const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-history-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function configOf(name = 'history.db'): ServerConfig {
  const flags = { db: join(folder, name) }
  return loadConfig({ flags, environment: {}, currentDirectory: folder, homeDirectory: folder })
}

let number = 0
function event(timestamp: number, more: Partial<TraceEvent> = {}): TraceEvent {
  const id = `r${(number += 1)}`
  const generation = {
    provider: 'openai',
    model: 'gpt-4o',
    latency_ms: 800,
    input_tokens: 1000,
    output_tokens: 100,
  }
  const retrieval = { retriever: 'bm25', latency_ms: 20, count: 3, scores: [0.9, 0.5] }
  const parts = { retrieval, generations: [generation], org: 'acme', query_hash: 'abc' }
  return { id, timestamp, total_latency_ms: 900, status: 'success', service: 's', ...parts, ...more }
}

function write(config: ServerConfig, events: readonly TraceEvent[], now = NOW) {
  using history = openHistory(config, now)
  for (const one of events) history.add(one)
  return history.commit()
}

function ask<Name extends QueryName>(
  config: ServerConfig,
  name: Name,
  parameters: Queries[Name]['parameters'],
): Queries[Name]['result'] {
  const database = openDatabase(config.db, { readOnly: true })
  try {
    return runQuery(database, { id: 1, name, parameters } as ToReader) as never
  } finally {
    database.close()
  }
}

const requestsBy = (stepMs: number, from: number) => ({
  metric: 'rag_requests_total',
  from,
  to: NOW,
  stepMs,
  by: ['service'],
  filters: {},
  quantiles: [],
  seriesMax: 10,
})

describe('openHistory', () => {
  it('counts each request once in the bucket of every resolution that still holds it', () => {
    const age = fc.oneof(fc.integer({ min: 0, max: 3 * DAY_MS }), fc.integer({ min: 0, max: 700 * DAY_MS }))
    const requests = fc.array(fc.record({ age, service: fc.constantFrom('a', 'b') }), { maxLength: 60 })
    let file = 0
    const check = (list: readonly { age: number; service: string }[]) => {
      const config = configOf(`${(file += 1)}.db`)
      const report = write(
        config,
        list.map(({ age: ageMs, service }) => event(NOW - ageMs, { service })),
      )
      expect(report).toMatchObject({ requests: list.length, inputTokens: 1000 * list.length })
      for (const [stepMs, heldMs] of [
        [MINUTE_MS, 47 * HOUR_MS],
        [HOUR_MS, 89 * DAY_MS],
        [DAY_MS, 725 * DAY_MS],
      ] as const) {
        const from = Math.floor((NOW - heldMs) / stepMs) * stepMs
        const truth: Record<string, number> = {}
        for (const { age: ageMs, service } of list) {
          const at = Math.floor((NOW - ageMs) / stepMs) * stepMs
          if (at >= from) truth[`${service} ${at}`] = (truth[`${service} ${at}`] ?? 0) + 1
        }
        const { series } = ask(config, 'series', { ...requestsBy(stepMs, from), to: NOW + 1 })
        const found = series.flatMap(({ labels, points }) =>
          points.map(({ at, value }) => [`${labels['service']} ${at}`, value]),
        )
        expect(Object.fromEntries(found)).toEqual(truth)
      }
    }
    fc.assert(fc.property(requests, check), { numRuns: 15 })
  })

  it('has in the figures of any range exactly the requests that lie in it', () => {
    const config = configOf()
    // Close together at first, then days apart: at the edges of minutes, hours and days too.
    const ages = Array.from({ length: 600 }, (_, i) => Math.round((i / 600) ** 3 * 700 * DAY_MS))
    const edges = [1, 2, 30, 91, 400].map((days) => NOW - Math.floor(NOW / DAY_MS - days) * DAY_MS)
    const moments = [...ages, ...edges, ...edges.map((age) => age + 1)].map((age) => NOW - age)
    write(
      config,
      moments.map((moment) => event(moment)),
    )
    const age = fc.oneof(fc.integer({ min: 0, max: 3 * DAY_MS }), fc.integer({ min: 0, max: 729 * DAY_MS }))
    fc.assert(
      fc.property(age, age, (one, other) => {
        const stats = ask(config, 'stats', {
          from: NOW - Math.max(one, other),
          to: NOW - Math.min(one, other) + 1,
        })
        const count = moments.filter((moment) => moment >= stats.from && moment < stats.to).length
        expect([stats.requests, stats.generation.calls, stats.tokens.input]).toEqual([
          count,
          count,
          count === 0 ? null : 1000 * count,
        ])
      }),
    )
  })

  it('answers like a daemon that has received the same requests', () => {
    const ages = [5, 90, 600, 4000, 30_000, 60_000].map((minutes) => minutes * MINUTE_MS)
    const events = () => ages.map((age, i) => event(NOW - age, { id: `same-${i}` }))
    using harness = createHarness({ receivedAt: () => NOW })
    harness.send({ traces: events() })
    const config = configOf()
    write(config, events())
    const range = { from: NOW - 80 * DAY_MS, to: NOW + MINUTE_MS }
    const { requests_total: counted, traces_stored: stored, ...live } = harness.query('stats', range)
    const { requests_total: total, traces_stored: kept, ...past } = ask(config, 'stats', range)
    expect(past).toEqual(live)
    // Of the past, retention has left the traces of a week, and lifetime totals know nothing.
    expect([counted, total, stored, kept]).toEqual([6, 0, 6, 4])
  })

  it('touches no lifetime total; what is measured afterwards starts from zero', () => {
    const config = configOf()
    const { series } = write(config, [event(NOW - HOUR_MS), event(NOW - 40 * DAY_MS)])
    expect(series).toBeGreaterThan(10)
    const database = openDatabase(config.db)
    expect(readLifetimeSeries(database)).toEqual([])
    database.close()
    using harness = createHarness({
      receivedAt: () => NOW,
      prepare: (path) => write({ ...config, db: path }, [event(NOW - HOUR_MS)]),
    })
    harness.send({ traces: [event(NOW - MINUTE_MS)] })
    harness.writer.fold(NOW)
    const totals = readLifetimeSeries(harness.database)
    const requests = totals.find(({ metric }) => metric === 'rag_requests_total')
    expect(requests?.measurement).toMatchObject({ type: 'counter', delta: 1 })
    const durations = totals.find(({ metric }) => metric === 'rag_request_duration_seconds')
    expect(durations?.measurement).toMatchObject({ type: 'histogram', count: 1 })
    expect(harness.query('stats', { from: NOW - DAY_MS, to: NOW + 1 }).requests).toBe(2)
  })

  it('keeps the highest value of a gauge in each bucket', () => {
    const config = configOf()
    using history = openHistory(config, NOW)
    const labels = { service: 's', store: 'qdrant', collection: 'docs' }
    const day = Math.floor(NOW / DAY_MS) * DAY_MS - 10 * DAY_MS
    for (const [hours, value] of [
      [0, 7],
      [1, 9],
      [1.5, 8],
    ] as const) {
      history.setGauge({ metric: 'rag_vector_store_points', labels, at: day + hours * HOUR_MS, value })
    }
    history.commit()
    const query = { ...requestsBy(HOUR_MS, day), metric: 'rag_vector_store_points' }
    expect(ask(config, 'series', query).series[0]?.points).toEqual([
      { at: day, value: 7 },
      { at: day + HOUR_MS, value: 9 },
    ])
    expect(() => history.setGauge({ metric: 'rag_requests_total', labels, at: NOW, value: 1 })).toThrow(
      'has no gauge rag_requests_total',
    )
  })

  it('leaves nothing behind without a commit', () => {
    const config = configOf()
    {
      using history = openHistory(config, NOW)
      history.add(event(NOW - HOUR_MS))
      history.add(event(NOW - 2 * HOUR_MS))
    }
    expect(write(config, [])).toMatchObject({ requests: 0, traces: 0, series: 0 })
  })

  it('refuses a database that holds anything, or is in use, and requests out of range', () => {
    const config = configOf()
    write(config, [event(NOW - HOUR_MS)])
    expect(() => openHistory(config, NOW)).toThrow(expect.objectContaining({ kind: 'not_empty' }) as Error)
    const other = configOf('other.db')
    using held = openWritable(other.db)
    expect(() => openHistory(other, NOW)).toThrow(expect.objectContaining({ kind: 'in_use' }) as Error)
    expect(held.path).toBe(realpathSync(other.db))
    using history = openHistory(configOf('third.db'), NOW)
    expect(() => history.add(event(NOW + 1))).toThrow(RangeError)
    expect(() => history.add(event(NOW - 731 * DAY_MS))).toThrow(RangeError)
  })
})
