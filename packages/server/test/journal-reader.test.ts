import { METRICS } from '@ragmeter/core'
import { expect, it } from 'vitest'
import { readJournal } from '../src/store/sqlite/queries/journal-reader.ts'
import { sqliteError } from './faulty-database.ts'
import { createHarness } from './writer-harness.ts'

const now = Date.now()
const requests = (count: number) => ({
  traces: Array.from({ length: count }, () => ({ total_latency_ms: 1, timestamp: now })),
})
const requestsPending = (database: Parameters<typeof readJournal>[0]) =>
  readJournal(database)
    .sums(METRICS.requests.name)
    .reduce((sum, measurement) => sum + (measurement.type === 'counter' ? measurement.delta : 0), 0)

it('readJournal: one connection sees each entry once, from its commit to its folding', () => {
  using harness = createHarness()
  using reader = harness.openReader()
  expect(requestsPending(reader.database)).toBe(0)
  harness.send(requests(1))
  expect(requestsPending(reader.database)).toBe(1)
  harness.send(requests(2))
  harness.send(requests(4))
  expect(requestsPending(reader.database)).toBe(7)
  expect(requestsPending(reader.database)).toBe(7)
  harness.writer.fold(now)
  expect(requestsPending(reader.database)).toBe(0)
  expect(readJournal(reader.database).entries).toEqual([])
})

it('readJournal: what is written after a folding that was not looked at replaces what was known', () => {
  using harness = createHarness()
  using reader = harness.openReader()
  harness.send(requests(1))
  harness.send(requests(2))
  expect(requestsPending(reader.database)).toBe(3)
  harness.writer.fold(now)
  harness.send(requests(8))
  expect(requestsPending(reader.database)).toBe(8)
})

it('readJournal: a group that was rolled back leaves nothing behind', () => {
  using harness = createHarness()
  using reader = harness.openReader()
  harness.send(requests(1))
  expect(requestsPending(reader.database)).toBe(1)
  harness.faulty.failAfter(3, sqliteError(13, 'database or disk is full'))
  expect(harness.send(requests(16)).outcomes).toMatchObject([{ outcome: 'refused' }])
  expect(requestsPending(reader.database)).toBe(1)
  harness.send(requests(2))
  expect(requestsPending(reader.database)).toBe(3)
})
