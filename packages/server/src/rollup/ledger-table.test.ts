import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../lib/sqlite.ts'
import type { Database } from '../lib/sqlite.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { GENERATION_SUMS, REQUEST_SUMS } from '@ragmeter/core'
import { LedgerTable } from './ledger-table.ts'

const DAY = '2026-01-15'

let database: Database
let ledger: LedgerTable
beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database)
  ledger = newTable(3)
})
afterEach(() => database.close())

function newTable(keysMax: number): LedgerTable {
  return new LedgerTable(database, {
    table: 'ledger_generations',
    keys: ['day', 'org', 'service', 'provider', 'model'],
    sums: GENERATION_SUMS,
    keysMax,
  })
}

const calls = (number: number) => GENERATION_SUMS.map((name) => (name === 'calls' ? number : 0))
const add = (org: string, service = 's', day = DAY, number = 1) =>
  ledger.add([day, org, service, 'openai', 'gpt-4o'], calls(number))
const rows = () =>
  database
    .prepare('SELECT day, org, service, model, calls FROM ledger_generations ORDER BY day, org, service')
    .all()
    .map((row) => [row['day'], row['org'], row['service'], row['model'], row['calls']].join(' '))

describe('LedgerTable', () => {
  it('adds to the row of a key', () => {
    expect([add('a'), add('b', 's', DAY, 5), add('a', 's', DAY, 2)]).toEqual([true, true, true])
    expect(rows()).toEqual([`${DAY} a s gpt-4o 3`, `${DAY} b s gpt-4o 5`])
  })

  it('folds new keys of a full day by service, keeps adding to known ones, and has room on other days', () => {
    expect(['a', 'b', 'c', 'd', 'e', 'a'].map((org) => add(org))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
    ])
    expect(add('d', 's', '2026-01-16')).toBe(true)
    expect(rows()).toEqual([
      `${DAY} __other__ s __other__ 2`,
      `${DAY} a s gpt-4o 2`,
      `${DAY} b s gpt-4o 1`,
      `${DAY} c s gpt-4o 1`,
      '2026-01-16 d s gpt-4o 1',
    ])
  })

  it('folds services too when there are too many of them', () => {
    for (let i = 0; i < 20; i += 1) add(`org-${i}`, `service-${i}`)
    expect(rows()).toHaveLength(7)
    expect(rows()).toContain(`${DAY} __other__ __other__ __other__ 14`)
    expect(database.prepare('SELECT sum(calls) AS n FROM ledger_generations').get()).toEqual({ n: 20 })
  })

  it('knows how full a day is after a restart and after a transaction that was rolled back', () => {
    for (const org of ['a', 'b']) add(org)
    database.exec('BEGIN')
    add('c')
    database.exec('ROLLBACK')
    ledger.reset()
    expect(add('c')).toBe(true)
    ledger = newTable(3)
    expect(add('d')).toBe(false)
  })

  it('stops at the largest integer that can be read back', () => {
    for (let i = 0; i < 3; i += 1) add('a', 's', DAY, Number.MAX_SAFE_INTEGER)
    expect(rows()).toEqual([`${DAY} a s gpt-4o ${Number.MAX_SAFE_INTEGER}`])
  })

  it('folds every declared dimension, so that the row can still be grouped by them', () => {
    const requests = new LedgerTable(database, {
      table: 'ledger_requests',
      keys: ['day', 'org', 'service', 'environment', 'operation', 'endpoint', 'dimensions'],
      sums: REQUEST_SUMS,
      keysMax: 0,
    })
    requests.add([DAY, 'o', 's', 'e', 'op', '/x', '{"tier":"gold"}'], new Array<number>(11).fill(1))
    expect(database.prepare('SELECT org, endpoint, dimensions FROM ledger_requests').get()).toEqual({
      org: '__other__',
      endpoint: '__other__',
      dimensions: '{"tier":"__other__"}',
    })
  })
})
