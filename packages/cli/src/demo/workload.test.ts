import { parseBatch } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { DEMO_QUESTIONS } from './questions.ts'
import { createSearchIndex, sectionsOf } from './search-index.ts'
import { runWorkload } from './workload.ts'

const index = createSearchIndex(
  sectionsOf('# Daemon\n\nStart the daemon with start. Stop the daemon with stop.\n'),
)
const now = Date.UTC(2026, 0, 1)

/** Each look at the clock is one millisecond later. */
function tickingClock() {
  let ticks = 0
  return { elapsed: () => (ticks += 1), now: () => now }
}

test('runWorkload makes traces that the parser takes without a word', () => {
  const traces = runWorkload(index, 2 * DEMO_QUESTIONS.length, tickingClock())
  const context = { now, oldest: 0, service: 'x', fallbackId: () => 'none' }
  const parsed = parseBatch({ resource: { service: 'ragmeter-demo' }, traces }, context)
  expect(parsed?.issues).toEqual([])
  expect(parsed?.traces).toHaveLength(2 * DEMO_QUESTIONS.length)
  expect(new Set(parsed?.traces.map(({ event }) => event.id)).size).toBe(2 * DEMO_QUESTIONS.length)
  // No language model is called, so no call may be counted.
  expect(parsed?.traces.every(({ event }) => event.generations === undefined)).toBe(true)
})

test('runWorkload times what it does: search one tick, extraction another', () => {
  const [first] = runWorkload(index, 1, tickingClock())
  expect(first).toMatchObject({
    status: 'success',
    total_latency_ms: 2,
    retrieval: { latency_ms: 1, count: 1 },
  })
})

test('runWorkload rejects the empty question and finds nothing for strange ones', () => {
  const traces = runWorkload(index, DEMO_QUESTIONS.length, tickingClock())
  const rejected = traces.filter((trace) => trace['status'] === 'rejected')
  expect(rejected).toHaveLength(1)
  const strange = traces[DEMO_QUESTIONS.indexOf('How tall is the Eiffel Tower?')]
  expect(strange).toMatchObject({ status: 'success', retrieval: { count: 0, scores: [] } })
})
