import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MonitorClient } from './monitor-client.ts'
import type { MonitorOptions } from './options.ts'
import { InMemoryTransport } from './testing.ts'

let transport: InMemoryTransport
let monitor: MonitorClient

beforeEach(() => {
  vi.useFakeTimers()
  transport = new InMemoryTransport()
})

afterEach(async () => {
  await monitor.close()
  vi.useRealTimers()
})

async function* words(): AsyncGenerator<string> {
  yield 'never read'
}

function start(options: MonitorOptions = {}): void {
  // The clock is taken when it is read, so that it is the fake one.
  const clocks = { now: () => Date.now(), monotonicNow: () => performance.now() }
  monitor = new MonitorClient(
    { service: 'app', sampleRate: 1, ...options },
    { transport, environment: {}, ...clocks },
  )
}

test('a batch is sent every flushIntervalMs while there is something to say', async () => {
  start({ flushIntervalMs: 1000 })
  monitor.startTrace('q').end()
  await vi.advanceTimersByTimeAsync(999)
  expect(transport.batches).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(transport.total('rag_requests_total')).toBe(1)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(transport.batches).toHaveLength(1)
})

test('an idle client says once a minute that it lives, and repeats its gauges', async () => {
  start()
  monitor.dependencyUp({ name: 'qdrant', kind: 'vector_store' }, true)
  await vi.advanceTimersByTimeAsync(5000)
  const sent = transport.batches.length
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(transport.batches.length - sent).toBe(10)
  const gauges = transport.measurements.filter(({ metric }) => metric === 'rag_dependency_up')
  expect(gauges).toHaveLength(transport.batches.length)
})

test('a batch is sent before its time when the queue is half full', async () => {
  start({ queueTracesMax: 10, flushIntervalMs: 600_000 })
  for (let i = 0; i < 4; i += 1) monitor.startTrace('q').end()
  await vi.advanceTimersByTimeAsync(10)
  expect(transport.traces).toHaveLength(0)
  monitor.startTrace('q').end()
  await vi.advanceTimersByTimeAsync(10)
  expect(transport.traces).toHaveLength(5)
})

test('a request whose stream nobody reads is cancelled after ten minutes', async () => {
  start()
  monitor.trace('q', { operation: 'ask' }, (trace) => trace.generation({ model: 'm' }, words))
  await vi.advanceTimersByTimeAsync(9 * 60_000)
  expect(transport.total('rag_requests_total')).toBe(0)
  expect(transport.gauge('rag_requests_in_flight')).toBe(1)
  await vi.advanceTimersByTimeAsync(2 * 60_000)
  expect(transport.total('rag_requests_total', { status: 'cancelled' })).toBe(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(transport.gauge('rag_requests_in_flight')).toBe(0)
})

test('measurements lie in the minute in which their request started', async () => {
  start({ flushIntervalMs: 10 * 60_000 })
  vi.setSystemTime(Date.UTC(2026, 10, 21, 10, 59, 30))
  const slow = monitor.startTrace('q')
  await vi.advanceTimersByTimeAsync(45_000)
  monitor.startTrace('q').end()
  slow.end()
  await monitor.flush()
  const minutes = transport.measurements
    .filter(({ metric }) => metric === 'rag_requests_total')
    .map(({ minute }) => new Date(minute).toISOString().slice(11, 16))
  expect(minutes.toSorted()).toEqual(['10:59', '11:00'])
})

test('after close nothing is measured, and the second close is the first', async () => {
  start()
  expect(monitor.close()).toBe(monitor.close())
  await monitor.close()
  expect(monitor.enabled).toBe(false)
  const batches = transport.batches.length
  expect(monitor.trace('q', () => 5)).toBe(5)
  monitor.startTrace('q').end()
  expect(await monitor.flush()).toBe(true)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(transport.batches).toHaveLength(batches)
  expect(vi.getTimerCount()).toBe(0)
})
