import { LIMITS } from '@ragmeter/core'
import type { Generation } from '@ragmeter/core'
import { describe, expect, test } from 'vitest'
import { cutParts } from './cut-parts.ts'
import { MonitorClient } from './monitor-client.ts'
import { openEvent } from './open-event.ts'
import { InMemoryTransport } from './testing.ts'

const CALLS = 300

async function measured(sampleRate: number, calls = CALLS): Promise<InMemoryTransport> {
  const transport = new InMemoryTransport()
  const prices = [{ model: 'm', inputUsdPerMillion: 1, outputUsdPerMillion: 2 }]
  const monitor = new MonitorClient({ service: 'app', sampleRate, prices }, { transport, environment: {} })
  const trace = monitor.startTrace('q', { org: 'acme' })
  for (let i = 0; i < calls; i += 1) {
    trace.recordGeneration({ model: 'm', latencyMs: 2, inputTokens: 10, outputTokens: 5 })
    trace.recordStage({ stage: 'tool', durationMs: 1 })
    trace.recordCache('semantic', i % 2 === 0)
    trace.recordQuality('relevance', 0.5)
  }
  trace.end()
  await monitor.close()
  expect(transport.issues).toEqual([])
  return transport
}

const dropped = (transport: InMemoryTransport, reason: string) =>
  transport.total('rag_telemetry_dropped_total', { reason })

describe('a request with more parts than a trace holds', () => {
  test.each([0, 1])('is measured and booked in full, at a sample rate of %d', async (sampleRate) => {
    const transport = await measured(sampleRate)
    expect(transport.total('rag_llm_requests_total')).toBe(CALLS)
    expect(transport.total('rag_llm_tokens_total')).toBe(CALLS * 15)
    expect(transport.total('rag_llm_cost_usd_total')).toBe(CALLS * 20_000)
    expect(transport.total('rag_stage_duration_seconds', { stage: 'tool' })).toBe(CALLS)
    expect(transport.total('rag_stage_duration_seconds', { stage: 'generation' })).toBe(CALLS)
    expect(transport.total('rag_cache_requests_total', { result: 'hit' })).toBe(CALLS / 2)
    expect(transport.total('rag_quality_score')).toBe(CALLS)
    expect(transport.ledger).toMatchObject([
      { kind: 'requests', llm_calls: CALLS, llm_cost_nano_usd: CALLS * 20_000, unpriced: 0 },
      { kind: 'generations', org: 'acme', calls: CALLS, cost_nano_usd: CALLS * 20_000 },
    ])
    expect(dropped(transport, 'measurement_overflow')).toBe(0)
  })

  test('keeps the first in its trace, with the cost of all, and counts the others', async () => {
    const transport = await measured(1)
    const [trace] = transport.traces
    expect(trace?.generations).toHaveLength(LIMITS.generationsPerTraceMax)
    expect(trace?.stages).toHaveLength(LIMITS.stagesPerTraceMax)
    expect(trace?.cache).toHaveLength(LIMITS.cachesPerTraceMax)
    expect(trace?.quality).toHaveLength(LIMITS.qualityPerTraceMax)
    expect(trace?.cost_nano_usd).toBe(CALLS * 20_000)
    // Generations are stages too.
    expect(dropped(transport, 'trace_cut')).toBe(5 * CALLS - 64 - 128 - 32 - 32)
  })

  test('counts nothing as cut if no trace is kept', async () => {
    expect(dropped(await measured(0), 'trace_cut')).toBe(0)
  })

  test('counts what is beyond the limit of measuring', async () => {
    const transport = await measured(0, LIMITS.partsPerRequestMax + 1)
    expect(transport.total('rag_llm_requests_total')).toBe(LIMITS.partsPerRequestMax)
    expect(transport.total('rag_quality_score')).toBe(LIMITS.partsPerRequestMax)
    // One generation, lookup and score; and more than half of the stages, which are as many as both together.
    expect(dropped(transport, 'measurement_overflow')).toBe(3 + LIMITS.partsPerRequestMax + 2)
  })
})

function eventOf(generations: Generation[]) {
  const open = openEvent(0, { service: 'app', environment: undefined, release: undefined, instance: 'i' })
  return Object.assign(open, { generations })
}

describe('cutParts', () => {
  const priced = Array.from({ length: 64 }, (): Generation => ({ cost_nano_usd: 1 }))

  test('leaves alone what fits', () => {
    const one = eventOf(priced)
    expect(cutParts(one)).toBe(0)
    expect(one.generations).toBe(priced)
    expect(one.cost_nano_usd).toBeUndefined()
  })

  test('keeps an unpriced call, so that the cost of the trace stays unknown', () => {
    const one = eventOf([...priced, { cost_nano_usd: 1 }, { model: 'free', cost_nano_usd: null }])
    expect(cutParts(one)).toBe(2)
    expect(one.generations).toHaveLength(64)
    expect(one.generations?.at(-1)).toMatchObject({ model: 'free' })
    expect(one.cost_nano_usd).toBeUndefined()
  })
})
