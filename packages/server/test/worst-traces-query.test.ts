import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { queryWorstTraces } from '../src/store/sqlite/queries/worst-traces.ts'
import type { Exclusion, TraceFilter } from '../src/store/store.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const RANGE = { from: NOW - 3_600_000, to: NOW }
const worst = (filter: Partial<TraceFilter> = {}, limit = 3) =>
  harness.query('worstTraces', { filter: { ...RANGE, ...filter }, limit, deadline: Infinity })
const ids = (filter: Partial<TraceFilter> = {}) => worst(filter).traces.map(({ id }) => id)
const withoutStatus = (...statuses: string[]): { exclude: Exclusion[] } => ({
  exclude: statuses.map((value) => ({ field: 'status', value })),
})

/** More than are looked at in one go, all of them newer than what is asked for. */
function sendCrowd(): void {
  for (let batch = 0; batch < 5; batch += 1) {
    const traces = Array.from({ length: 1000 }, (_, i) =>
      flatTrace(`crowd-${batch}-${i}`, { timestamp: NOW - 1 - batch * 1000 - i, total_latency_ms: 500 }),
    )
    harness.send({ traces })
  }
}

const retrieved = (id: string, status: string, retrieval: object | undefined) => ({
  id,
  timestamp: NOW - 10,
  total_latency_ms: 100,
  status,
  ...(retrieval === undefined ? {} : { retrieval }),
})

describe('queryWorstTraces', () => {
  it('has the failed ones first, then the slowest, of all that match and not of the newest only', () => {
    const old = { timestamp: NOW - 1_000_000 }
    harness.send({
      traces: [
        flatTrace('slow', { ...old, total_latency_ms: 9000 }),
        flatTrace('timeout', { ...old, status: 'timeout', total_latency_ms: 40 }),
        flatTrace('error', { ...old, status: 'error', total_latency_ms: 30 }),
        flatTrace('slower', { ...old, total_latency_ms: 9001 }),
      ],
    })
    sendCrowd()
    expect(worst()).toMatchObject({
      traces: [{ id: 'timeout' }, { id: 'error' }, { id: 'slower' }],
      since: RANGE.from,
    })
    expect(ids(withoutStatus('success', 'rejected', 'cancelled'))).toEqual(['timeout', 'error'])
    expect(ids(withoutStatus('error', 'timeout')).slice(0, 2)).toEqual(['slower', 'slow'])
  })

  it('finds retrievals that found nothing or failed, and no request that failed otherwise', () => {
    harness.send({
      traces: [
        retrieved('empty', 'success', { latency_ms: 5, count: 0 }),
        retrieved('failed', 'timeout', { latency_ms: 90, status: 'error' }),
        retrieved('found', 'error', { latency_ms: 5, count: 2 }),
        retrieved('never', 'error', undefined),
      ],
    })
    expect(ids({ hasFoundNothing: true })).toEqual(['failed', 'empty'])
  })

  it('says since when it looked at all, when the time was not enough', () => {
    sendCrowd()
    let calls = 0
    const parameters = { filter: RANGE, limit: 3, deadline: 1 }
    const { traces, since } = queryWorstTraces(harness.database, parameters, () => (calls += 1))
    expect(traces).toHaveLength(3)
    expect(since).toBeGreaterThan(RANGE.from)
    expect(traces.every(({ timestamp }) => timestamp >= since)).toBe(true)
  })
})
