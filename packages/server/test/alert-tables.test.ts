/** What alerts keep in the database, as the writer writes it and the reader reads it. */
import { expect, test } from 'vitest'
import { AlertTables } from '../src/store/sqlite/alert-tables.ts'
import type { AlertWrite } from '../src/store/store.ts'
import { SOME_ALERTS } from './some-alerts.ts'
import { createHarness } from './writer-harness.ts'

const NOTHING: AlertWrite = {
  alerts: [],
  ended: [],
  transitions: [],
  silences: [],
  notices: [],
  attempts: [],
  evaluatedAt: null,
}

test('what was written is read, after a crash too', () => {
  using harness = createHarness()
  new AlertTables(harness.database).write(SOME_ALERTS)
  harness.crash()
  const { alerts, silences, notices, evaluatedAt } = SOME_ALERTS
  expect(harness.query('alertMemory', null)).toEqual({ alerts, silences, notices, evaluatedAt })
  expect(harness.query('alertHistory', { from: 0, to: Date.UTC(2027, 0, 1), limit: 10 })).toEqual(
    SOME_ALERTS.transitions,
  )
  expect(harness.query('notifications', { limit: 10 })).toEqual(SOME_ALERTS.attempts)
})

test('an alert that ended is forgotten, and one that changed is kept once', () => {
  using harness = createHarness()
  const tables = new AlertTables(harness.database)
  tables.write(SOME_ALERTS)
  const [firing] = SOME_ALERTS.alerts
  if (firing === undefined) throw new Error('there is none')
  tables.write({ ...NOTHING, alerts: [{ ...firing, state: 'resolved', resolvedAt: 5 }] })
  expect(harness.query('alertMemory', null).alerts).toEqual([{ ...firing, state: 'resolved', resolvedAt: 5 }])
  tables.write({ ...NOTHING, ended: [firing.id] })
  expect(harness.query('alertMemory', null).alerts).toEqual([])
  expect(harness.query('alertMemory', null).evaluatedAt).toBe(SOME_ALERTS.evaluatedAt)
})

test('the history is bounded: the latest 10,000 changes are kept', () => {
  using harness = createHarness()
  const tables = new AlertTables(harness.database)
  const [one] = SOME_ALERTS.transitions
  if (one === undefined) throw new Error('there is none')
  const many = Array.from({ length: 10_100 }, (_, at) => ({ ...one, at }))
  tables.write({ ...NOTHING, transitions: many })
  const oldest = harness.database
    .prepare('SELECT count(*) AS count, min(at) AS oldest FROM alert_transitions')
    .get()
  expect(oldest).toEqual({ count: 10_000, oldest: 100 })
})

test('a write that fails in the middle leaves nothing behind', () => {
  using harness = createHarness()
  const tables = new AlertTables(harness.database)
  const [attempt] = SOME_ALERTS.attempts
  const broken = { ...attempt, notifier: null } as unknown as AlertWrite['attempts'][number]
  expect(() => tables.write({ ...SOME_ALERTS, attempts: [broken] })).toThrow('NOT NULL')
  expect(harness.query('alertMemory', null).alerts).toEqual([])
  tables.write(SOME_ALERTS)
  expect(harness.query('alertMemory', null).alerts).toHaveLength(1)
})

test('history and attempts are found by name, id, notifier and outcome', () => {
  using harness = createHarness()
  new AlertTables(harness.database).write(SOME_ALERTS)
  const range = { from: 0, to: Date.UTC(2027, 0, 1), limit: 10 }
  expect(
    harness.query('alertHistory', { ...range, name: 'RagHighErrorRate', id: '0123456789abcdef' }),
  ).toHaveLength(1)
  expect(harness.query('alertHistory', { ...range, name: 'RagOther' })).toEqual([])
  expect(harness.query('notifications', { notifier: 'pager', outcome: 'failed', limit: 10 })).toHaveLength(1)
  expect(harness.query('notifications', { outcome: 'dead', limit: 10 })).toEqual([])
})
