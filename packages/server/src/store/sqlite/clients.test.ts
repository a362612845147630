import * as fc from 'fast-check'
import { DAY_MS } from '@ragmeter/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../lib/sqlite.ts'
import type { Database } from '../../lib/sqlite.ts'
import { acceptSequence, ClientTable, deleteOldClients, queryClients, SILENT_AFTER_MS } from './clients.ts'
import type { ClientRecord } from './clients.ts'
import { migrate } from './migrate.ts'

const NOW = Date.UTC(2026, 0, 15)

let database: Database
beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database)
})
afterEach(() => database.close())

const client = (instance: string) => ({ instance, name: 'sdk', version: '1' })
const record = (): ClientRecord => new ClientTable(database).open(client('i'), undefined, NOW)

describe('acceptSequence', () => {
  it('accepts every number exactly once, in any order and with any repetition', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 400 }), (numbers) => {
        const state = record()
        const seen = new Set<number>()
        for (const number of numbers) {
          expect(acceptSequence(state, number)).toBe(!seen.has(number))
          seen.add(number)
        }
        const missing = Array.from({ length: state.lastSequence }, (_, at) => at + 1).filter(
          (n) => !seen.has(n),
        )
        expect(state.gaps.flatMap(([first, last]) => range(first, last))).toEqual(missing)
      }),
    )
  })

  it('accepts what was skipped however long ago and however much it was', () => {
    const state = record()
    expect(acceptSequence(state, 1_000_000)).toBe(true)
    for (const number of [1, 999_999, 500_000, 2]) expect(acceptSequence(state, number)).toBe(true)
    for (const number of [1, 999_999, 500_000, 2, 1_000_000])
      expect(acceptSequence(state, number)).toBe(false)
  })

  it('gives up the oldest of too many gaps, and never accepts twice', () => {
    const state = record()
    for (let number = 2; number <= 2000; number += 2) expect(acceptSequence(state, number)).toBe(true)
    expect(state.gaps).toHaveLength(256)
    expect(state.gapsGivenUp).toBe(744)
    expect(acceptSequence(state, 1)).toBe(false)
    expect(acceptSequence(state, 1999)).toBe(true)
    expect(acceptSequence(state, 1999)).toBe(false)
  })

  it('bears the largest number there is', () => {
    const state = record()
    expect(acceptSequence(state, Number.MAX_SAFE_INTEGER)).toBe(true)
    expect(acceptSequence(state, Number.MAX_SAFE_INTEGER)).toBe(false)
    expect(acceptSequence(state, 7)).toBe(true)
  })
})

describe('ClientTable', () => {
  it('does not lose what a group says of a client, however many clients are in the group', () => {
    const table = new ClientTable(database)
    acceptSequence(table.open(client('first'), 'docs', NOW), 1)
    for (let i = 0; i < 3000; i += 1) table.open(client(`other-${i}`), undefined, NOW)
    expect(acceptSequence(table.open(client('first'), 'docs', NOW), 1)).toBe(false)
    table.save()
    expect(acceptSequence(table.open(client('first'), 'docs', NOW), 1)).toBe(false)
    expect(acceptSequence(new ClientTable(database).open(client('first'), 'docs', NOW), 2)).toBe(true)
  })

  it('forgets what was not saved', () => {
    const table = new ClientTable(database)
    acceptSequence(table.open(client('i'), undefined, NOW), 1)
    table.reset()
    table.save()
    expect(queryClients(database, { now: NOW })).toEqual([])
    expect(acceptSequence(table.open(client('i'), undefined, NOW), 1)).toBe(true)
  })

  it('keeps the latest name, version, service and moment, also when clocks go back', () => {
    const table = new ClientTable(database)
    table.open({ instance: 'i', name: 'sdk', version: '1' }, 'docs', NOW)
    table.open({ instance: 'i', version: '2' }, undefined, NOW - 5000)
    table.save()
    expect(queryClients(database, { now: NOW })).toMatchObject([
      { name: 'sdk', version: '2', service: 'docs', first_seen: NOW, last_seen: NOW },
    ])
  })
})

describe('queryClients', () => {
  it('tells a goodbye from a client that vanished', () => {
    const table = new ClientTable(database)
    table.open(client('silent'), undefined, NOW)
    table.open(client('gone'), undefined, NOW).closed = true
    table.open(client('here'), undefined, NOW + SILENT_AFTER_MS)
    acceptSequence(table.open(client('gap'), undefined, NOW + SILENT_AFTER_MS), 5)
    table.save()
    const states = queryClients(database, { now: NOW + SILENT_AFTER_MS + 1 })
    expect(Object.fromEntries(states.map(({ instance, state, gaps }) => [instance, [state, gaps]]))).toEqual({
      silent: ['tail_unknown', 0],
      gone: ['closed', 0],
      here: ['live', 0],
      gap: ['live', 4],
    })
  })
})

it('queryClients shows how many batches are not waited for any more', () => {
  const table = new ClientTable(database)
  const state = table.open(client('a'), undefined, NOW)
  for (let number = 2; number <= 2000; number += 2) acceptSequence(state, number)
  table.save()
  expect(queryClients(database, { now: NOW })).toMatchObject([{ gaps: 256, gaps_given_up: 744 }])
})

describe('deleteOldClients', () => {
  it('forgets after 30 days of silence', () => {
    const table = new ClientTable(database)
    table.open(client('old'), undefined, NOW - 31 * DAY_MS)
    table.open(client('new'), undefined, NOW - 29 * DAY_MS)
    table.save()
    deleteOldClients(database, NOW)
    expect(queryClients(database, { now: NOW }).map(({ instance }) => instance)).toEqual(['new'])
  })

  it('keeps the hundred thousand heard from last', () => {
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 100009)
      INSERT INTO clients SELECT 'c' || i, NULL, NULL, NULL, 1, '[]', 1, 0, 0, 0, '{}', ${NOW}, ${NOW} + i, 0, 0, 0, 0 FROM n`)
    deleteOldClients(database, NOW)
    expect(
      database.prepare('SELECT count(*) AS n, min(last_seen) AS first FROM clients').get(),
    ).toMatchObject({
      n: 100_000,
      first: NOW + 10,
    })
  })
})

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
