/** A request answers before all it has started is done: what that spends is measured when it is known. */
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MonitorClient } from '../src/index.ts'
import type { Trace } from '../src/index.ts'
import { InMemoryTransport } from '../src/testing.ts'

const CALL = { provider: 'openai', model: 'gpt-4o' }
const ANSWER = { usage: { prompt_tokens: 100, completion_tokens: 10 } }
const COST_NANO_USD = 350_000
const START_MS = 1_763_719_200_000
const HOUR_MS = 3_600_000

let nowMs = START_MS
let transport: InMemoryTransport
let monitor: MonitorClient

beforeEach(() => {
  nowMs = START_MS
  transport = new InMemoryTransport()
  monitor = new MonitorClient(
    { service: 'app', sampleRate: 1, dimensions: ['tier'] },
    { transport, environment: {}, now: () => nowMs },
  )
})

afterEach(async () => {
  await monitor.close()
  if (transport.issues.length > 0)
    throw new Error(`The daemon would complain: ${JSON.stringify(transport.issues)}`)
})

function ended(): Trace {
  const trace = monitor.startTrace('q', { operation: 'ask', org: 'acme', metadata: { tier: 'gold' } })
  trace.end()
  return trace
}

function sumOf(kind: 'requests' | 'generations', field: string): number {
  const rows = transport.ledger.filter((row) => row.kind === kind)
  return rows.reduce((sum, row) => sum + ((row as unknown as Record<string, number>)[field] ?? 0), 0)
}

test('a model call that outlives its request is booked when it ends, and delays neither request nor trace', async () => {
  let answer = (_value: typeof ANSWER): void => undefined
  let call: Promise<typeof ANSWER> | undefined
  monitor.trace('q', { operation: 'ask', org: 'acme', metadata: { tier: 'gold' } }, (trace) => {
    call = trace.generation(CALL, () => new Promise<typeof ANSWER>((resolve) => (answer = resolve)))
  })
  await monitor.flush()
  expect(transport.traces).toMatchObject([{ operation: 'ask', status: 'success' }])
  expect(transport.total('rag_llm_requests_total')).toBe(0)

  nowMs += HOUR_MS
  answer(ANSWER)
  expect(await call).toBe(ANSWER)
  await monitor.flush()
  expect(transport.traces).toHaveLength(1)
  expect(transport.total('rag_requests_total')).toBe(1)
  expect(transport.total('rag_llm_requests_total', { model: 'gpt-4o', status: 'success' })).toBe(1)
  expect(transport.total('rag_llm_tokens_total')).toBe(110)
  expect(transport.total('rag_llm_cost_usd_total')).toBe(COST_NANO_USD)
  expect(transport.total('rag_stage_duration_seconds', { stage: 'generation' })).toBe(1)
  expect(sumOf('requests', 'requests')).toBe(1)
  const late = transport.batches[1]
  expect(late?.ledger).toMatchObject([
    {
      kind: 'requests',
      org: 'acme',
      operation: 'ask',
      dimensions: { tier: 'gold' },
      requests: 0,
      total_us: 0,
      llm_calls: 1,
      llm_cost_nano_usd: COST_NANO_USD,
    },
    { kind: 'generations', org: 'acme', calls: 1, input_tokens: 100, cost_nano_usd: COST_NANO_USD },
  ])
  const minutes = late?.measurements?.filter(({ metric }) => metric === 'rag_llm_tokens_total')
  expect(minutes).toMatchObject([{ minute: nowMs }, { minute: nowMs }])
  expect(transport.total('rag_telemetry_dropped_total')).toBe(0)
})

test('a model call that fails after its request has ended is counted as failed, and the request is not', async () => {
  const down = new Error('down')
  await expect(ended().generation(CALL, () => Promise.reject(down))).rejects.toBe(down)
  await monitor.flush()
  expect(transport.total('rag_llm_requests_total', { status: 'error' })).toBe(1)
  expect(transport.total('rag_requests_total', { status: 'success' })).toBe(1)
  expect(transport.total('rag_errors_total')).toBe(0)
})

async function* stream() {
  yield { choices: [{ delta: { content: 'a' } }] }
  yield { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }
}

test('a stream that is handed out after the end of its request is booked when it ends', async () => {
  const trace = ended()
  for await (const _ of trace.generation(CALL, stream)) void _
  await monitor.flush()
  expect(transport.total('rag_llm_tokens_total')).toBe(7)
  expect(transport.total('rag_requests_total')).toBe(1)
})

test('a monitored call that outlives its request is booked to that request', async () => {
  const ask = monitor.monitored({ operation: 'inner', ...CALL }, async () => {
    await Promise.resolve()
    return ANSWER
  })
  let call: Promise<unknown> | undefined
  monitor.trace('q', { operation: 'ask' }, () => void (call = ask()))
  await call
  await monitor.flush()
  expect(transport.total('rag_requests_total', { operation: 'ask' })).toBe(1)
  expect(transport.total('rag_requests_total')).toBe(1)
  expect(transport.total('rag_llm_tokens_total')).toBe(110)
})

test('records after the end are measured, each by itself', async () => {
  const trace = ended()
  trace.recordGeneration({ ...CALL, inputTokens: 100, outputTokens: 10 })
  trace.recordGeneration({ ...CALL, inputTokens: 100, outputTokens: 10 })
  trace.recordRetrieval({ retriever: 'bm25', latencyMs: 4, count: 3, scores: [0.5], costUsd: 0.25 })
  trace.recordRerank({ latencyMs: 2, displacement: 1 })
  trace.recordStage({ stage: 'tool', durationMs: 5 })
  trace.recordCache('semantic', true)
  trace.recordQuality('faithfulness', 0.5)
  trace.recordAnswer('fog is a cloud', ['fog is a cloud'])
  await monitor.flush()
  expect(transport.total('rag_llm_cost_usd_total')).toBe(2 * COST_NANO_USD)
  expect(transport.total('rag_retrievals_total', { retriever: 'bm25', outcome: 'found' })).toBe(1)
  expect(transport.total('rag_rerank_displacement_ranks')).toBe(1)
  expect(transport.total('rag_stage_duration_seconds', { stage: 'retrieval' })).toBe(1)
  expect(transport.total('rag_stage_duration_seconds', { stage: 'tool' })).toBe(1)
  expect(transport.total('rag_cache_requests_total', { result: 'hit' })).toBe(1)
  expect(transport.total('rag_quality_score')).toBe(3)
  expect(sumOf('requests', 'docstore_cost_nano_usd')).toBe(250_000_000)
  expect(sumOf('requests', 'requests')).toBe(1)
  expect(transport.total('rag_telemetry_dropped_total')).toBe(0)
})

test.each<[string, (trace: Trace) => void]>([
  ['recordUsed', (trace) => trace.recordUsed(['a'])],
  ['recordCitations', (trace) => trace.recordCitations(['a'])],
  ['recordError', (trace) => trace.recordError(new Error('late'))],
  ['addMetadata', (trace) => trace.addMetadata('key', 1)],
  ['setOrg', (trace) => trace.setOrg('other')],
  ['setUser', (trace) => trace.setUser('ann')],
  ['setSession', (trace) => trace.setSession('s')],
  ['setIntent', (trace) => trace.setIntent('faq')],
  ['force', (trace) => trace.force()],
])('%s after the end comes too late for the trace, and is counted', async (_, tell) => {
  const trace = ended()
  tell(trace)
  trace.end()
  trace[Symbol.dispose]()
  await monitor.flush()
  expect(transport.total('rag_telemetry_dropped_total', { reason: 'after_end' })).toBe(1)
  expect(transport.batches[0]?.dropped).toEqual({ after_end: 1 })
  expect(transport.traces).toMatchObject([{ org: 'acme', status: 'success' }])
})

test('tokens and money are the same wherever among its model calls a request ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(6), fc.array(fc.boolean(), { maxLength: 6 }), async (before, calls) => {
      const memory = new InMemoryTransport()
      await using client = new MonitorClient(
        { service: 'app', sampleRate: 0.5 },
        { transport: memory, environment: {} },
      )
      const trace = client.startTrace('q', { org: 'acme' })
      for (const [position, isWatched] of calls.entries()) {
        if (position === before) trace.end()
        if (isWatched) trace.generation(CALL, () => ANSWER)
        else trace.recordGeneration({ ...CALL, inputTokens: 100, outputTokens: 10 })
      }
      trace.end()
      await client.flush()
      expect(memory.total('rag_requests_total')).toBe(1)
      expect(memory.total('rag_llm_requests_total')).toBe(calls.length)
      expect(memory.total('rag_llm_tokens_total')).toBe(110 * calls.length)
      expect(memory.total('rag_llm_cost_usd_total')).toBe(COST_NANO_USD * calls.length)
      const booked = memory.ledger.filter((row) => row.kind === 'generations')
      expect(booked.reduce((sum, row) => sum + row.cost_nano_usd, 0)).toBe(COST_NANO_USD * calls.length)
    }),
    { numRuns: 50 },
  )
})
