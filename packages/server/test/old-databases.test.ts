/**
 * Databases of older versions. `golden/schema-N.sql` holds one as schema N wrote it. The newest is compared with what
 * is written today (`vitest --update` renews it); once a version is released its file is never changed again.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { DAY_MS, HOUR_MS } from '@ragmeter/core'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../src/lib/sqlite.ts'
import type { Database, SqlValue } from '../src/lib/sqlite.ts'
import { AlertTables } from '../src/store/sqlite/alert-tables.ts'
import { SOME_ALERTS as ALERTS } from './some-alerts.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'

const DAY = Date.UTC(2026, 0, 15)
const GOLDEN = new URL('./golden/', import.meta.url)
const OLD = readdirSync(GOLDEN).filter((name) => /^schema-\d+\.sql$/.test(name))

/** Some of everything. Details are short enough not to be compressed: zlib's output differs between platforms. */
const BATCH = {
  sequence: 2,
  client: { name: 'sdk', version: '1.0.0', instance: 'instance-1' },
  resource: { service: 'docs', environment: 'production', release: '1.2.3' },
  traces: [
    flatTrace('flat', { timestamp: DAY }),
    flatTrace('failed', { timestamp: DAY + 500, success: false, error_type: 'TimeoutError' }),
    {
      id: '0193c0de-0000-7000-8000-000000000001',
      timestamp: DAY + 1000,
      total_latency_ms: 1200,
      org: 'acme',
      operation: 'ask',
      retrieval: { retriever: 'bm25', scores: [0.9, 0.2] },
      generations: [{ provider: 'openai', model: 'gpt-4o', input_tokens: 1000, output_tokens: 200 }],
      kept: { reason: 'head', probability: 0.5 },
      metadata: { tier: 'gold' },
    },
    { id: 'undated', total_latency_ms: 1 },
  ],
}

function fill(): string {
  using harness = createHarness({ receivedAt: () => DAY + 2000, dimensions: ['tier'] })
  harness.send(BATCH)
  harness.commit('feedback', { id: 'flat', rating: 'positive', comment: 'good' })
  harness.writer.fold(DAY + 3000)
  // One group stays in the journal, as a crash leaves it.
  harness.commit('scores', { id: 'flat', metric: 'faithfulness', score: 0.5, source: 'judge' })
  new AlertTables(harness.database).write(ALERTS)
  return dump(harness.database)
}

/** A database as SQL. */
function dump(database: Database): string {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  const entries = database
    .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index', name")
    .all()
  const rows = entries
    .filter(({ type }) => type === 'table')
    .flatMap(({ name }) =>
      database
        .prepare(`SELECT * FROM ${String(name)}`)
        .all()
        .map(
          (row) =>
            `INSERT INTO ${String(name)} VALUES (${Object.values(row)
              .map((value) => literal(value))
              .join(', ')});`,
        ),
    )
  const schema = entries.map(({ sql }) => `${String(sql)};`)
  return `${[...schema, ...rows, `PRAGMA user_version = ${version};`].join('\n')}\n`
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  return typeof value === 'string'
    ? `'${value.replaceAll("'", "''")}'`
    : `X'${Buffer.from(value).toString('hex')}'`
}

describe('migrate', () => {
  it('makes the newest schema as it is written down', async () => {
    const version = /user_version = (\d+)/.exec(fill())?.[1]
    await expect(fill()).toMatchFileSnapshot(`golden/schema-${version}.sql`)
  })

  it.each(OLD)('opens the database of %s, answers from it as before, and goes on', (name) => {
    using harness = createHarness({
      receivedAt: () => DAY + 60_000,
      dimensions: ['tier'],
      prepare: (path) => {
        const database = openDatabase(path)
        database.exec(readFileSync(new URL(name, GOLDEN), 'utf8'))
        database.close()
      },
    })
    const stats = () => harness.query('stats', { from: DAY, to: DAY + DAY_MS })
    expect(stats()).toMatchObject({
      // One stands for two.
      requests: 5,
      requests_total: 5,
      errors: 1,
      errors_by_type: { timeout: 1 },
      tokens: { input: 2000, output: 400 },
      cost: { usd: 0.009 },
    })
    const ledger = harness.query('ledger', {
      from: '2026-01-15',
      to: '2026-01-15',
      groups: ['dimension.tier'],
      filters: {},
      limit: 10,
      deadline: Infinity,
    })
    expect(ledger.rows).toMatchObject([
      { key: { 'dimension.tier': 'gold' }, requests: 2 },
      { key: { 'dimension.tier': '' }, requests: 3 },
    ])
    const spent = (since: number) =>
      harness.query('spending', { since, until: DAY, filters: {}, deadline: Infinity }).usd
    // Older ones know no hours: what they have counts at noon.
    const isByHour = Number(/\d+/.exec(name)?.[0]) >= 5
    expect([spent(DAY), spent(DAY + HOUR_MS), spent(DAY + 13 * HOUR_MS)]).toEqual([
      0.009,
      isByHour ? 0 : 0.009,
      0,
    ])
    const trace = (id: string, timestamp: number) =>
      harness.query('trace', { id, timestamp, deadline: Infinity })
    expect(trace('0193c0de-0000-7000-8000-000000000001', DAY + 1000)).toMatchObject({
      org: 'acme',
      release: '1.2.3',
      retrieval: { scores: [0.9, 0.2] },
      generations: [{ model: 'gpt-4o', cost_nano_usd: 4_500_000 }],
    })
    expect(trace('flat', DAY)).toMatchObject({
      feedback_events: [{ rating: 'positive', comment: 'good' }],
      scores: [{ metric: 'faithfulness', score: 0.5 }],
    })
    harness.send(BATCH)
    harness.send({ traces: [flatTrace('flat', { timestamp: DAY }), { id: 'undated', total_latency_ms: 1 }] })
    expect(stats().requests).toBe(5)
    harness.send({ ...BATCH, sequence: 1, traces: [flatTrace('new', { timestamp: DAY + 5000 })] })
    expect(stats().requests).toBe(6)
  })
})
