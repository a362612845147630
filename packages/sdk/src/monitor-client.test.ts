import { afterEach, describe, expect, test, vi } from 'vitest'
import { MonitorClient } from './monitor-client.ts'
import type { MonitorOptions } from './options.ts'
import { InMemoryTransport } from './testing.ts'
import { traceContextOf } from './traceparent.ts'

const clients: MonitorClient[] = []
const transports: InMemoryTransport[] = []

function setUp(options: MonitorOptions = {}) {
  const transport = new InMemoryTransport()
  const monitor = new MonitorClient(
    { service: 'app', sampleRate: 1, ...options },
    { transport, environment: {} },
  )
  clients.push(monitor)
  transports.push(transport)
  return { monitor, transport }
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  const issues = transports.splice(0).flatMap((transport) => transport.issues)
  if (issues.length > 0) throw new Error(`The daemon would complain: ${JSON.stringify(issues)}`)
})

describe('MonitorClient.trace', () => {
  test('measures retrieval, rerank, generation and the request around them', async () => {
    const { monitor, transport } = setUp()
    const answer = await monitor.trace('what is fog?', { operation: 'ask', org: 'acme' }, async (trace) => {
      const documents = await trace.retrieval({ retriever: 'bm25' }, async () => [
        { id: 'a', score: 0.9 },
        { id: 'b', score: 0.4 },
      ])
      trace.rerank({ documents }, () => documents.toReversed())
      return trace.generation({ provider: 'openai', model: 'gpt-4o-2024-08-06' }, async () => ({
        usage: { prompt_tokens: 1000, completion_tokens: 200 },
      }))
    })
    expect(answer.usage.prompt_tokens).toBe(1000)
    expect(await monitor.flush()).toBe(true)

    const labels = { service: 'app', operation: 'ask', status: 'success', model: 'gpt-4o' }
    expect(transport.total('rag_requests_total', labels)).toBe(1)
    expect(transport.total('rag_llm_tokens_total', { token_type: 'input' })).toBe(1000)
    expect(transport.total('rag_llm_cost_usd_total', { model: 'gpt-4o' })).toBe(4_500_000)
    expect(transport.total('rag_retrieval_score')).toBe(2)
    expect(transport.total('rag_traces_total', { decision: 'head' })).toBe(1)
    const [trace] = transport.traces
    expect(trace).toMatchObject({
      service: 'app',
      org: 'acme',
      status: 'success',
      query_length: 12,
      retrieval: { retriever: 'bm25', count: 2, documents: [{ id: 'a', score: 0.9 }, { id: 'b' }] },
      rerank: { in_count: 2, out_count: 2, displacement: 1 },
      generations: [{ model: 'gpt-4o', model_raw: 'gpt-4o-2024-08-06', input_tokens: 1000 }],
      kept: { reason: 'head', probability: 1 },
    })
    expect(trace?.stages?.map(({ stage }) => stage)).toEqual(['retrieval', 'rerank', 'generation'])
    expect(trace?.query_hash).toMatch(/^[0-9a-f]{32}$/)
    expect(JSON.stringify(transport.batches)).not.toContain('fog')
  })

  test.each([0, 1])('counts the documents that are cited, at a sample rate of %d', async (sampleRate) => {
    const { monitor, transport } = setUp({ sampleRate })
    monitor.trace('q', (trace) => {
      trace.retrieval({ retriever: 'bm25' }, () => [
        { id: 'a', score: 0.9 },
        { id: 7, score: 0.4 },
        { id: 'c', score: 0.2 },
      ])
      trace.recordCitations(['a', 'unknown'])
      trace.recordCitations([7, 'a'])
    })
    monitor.trace('q', (trace) => {
      trace.retrieval({ retriever: 'long ids' }, () => [{ id: 'x'.repeat(1000) }])
      trace.recordCitations(['x'.repeat(1000)])
    })
    const early = monitor.startTrace('q')
    early.recordCitations(['a'])
    early.end()
    await monitor.flush()
    const used = transport.measurements.filter(({ metric }) => metric === 'rag_retrieval_documents_used')
    expect(used).toMatchObject([
      { count: 1, sum: 2, labels: { retriever: 'bm25' } },
      { count: 1, sum: 1, labels: { retriever: 'long ids' } },
    ])
    expect(transport.total('rag_telemetry_dropped_total', { reason: 'invalid' })).toBe(1)
    if (sampleRate === 0) return
    expect(transport.traces[0]?.retrieval?.documents).toMatchObject([
      { id: 'a', used: true, cited: true },
      { id: '7', used: true, cited: true },
      { id: 'c', used: false, cited: false },
    ])
  })

  test('tells the documents in the prompt from those that are cited', async () => {
    const { monitor, transport } = setUp({ sampleRate: 1 })
    monitor.trace('q', (trace) => {
      trace.retrieval({ retriever: 'bm25' }, () => ['a', 'b', 'c'].map((id) => ({ id, score: 0.5 })))
      trace.recordUsed(['a', 'b'])
      trace.recordCitations(['b'])
    })
    await monitor.flush()
    expect(transport.traces[0]?.retrieval?.documents).toMatchObject([
      { id: 'a', used: true, cited: false },
      { id: 'b', used: true, cited: true },
      { id: 'c', used: false, cited: false },
    ])
    const used = transport.measurements.filter(({ metric }) => metric === 'rag_retrieval_documents_used')
    expect(used).toMatchObject([{ count: 1, sum: 2 }])
  })

  test('hands on errors as they are and counts the request as failed', async () => {
    const { monitor, transport } = setUp({ sampleRate: 0 })
    const error = Object.assign(new Error('too many for bob@example.com'), { status: 429 })
    const failing = monitor.trace('q', { operation: 'ask' }, (trace) =>
      trace.generation({ provider: 'openai', model: 'gpt-4o' }, () => Promise.reject(error)),
    )
    await expect(failing).rejects.toBe(error)
    await monitor.flush()
    expect(transport.total('rag_requests_total', { status: 'error' })).toBe(1)
    expect(transport.total('rag_errors_total', { error_type: 'rate_limited', stage: 'generation' })).toBe(1)
    expect(transport.traces[0]).toMatchObject({
      error_message: 'too many for [email]',
      kept: { reason: 'error', probability: 1 },
    })
  })

  test.each<[string, unknown]>([
    ['no answer to: what is fog?', 'no answer to: what is fog?'],
    ['fog', 'fog'],
    ['sk-fog-abcdefghijklmnop1234', 'sk-fog-abcdefghijklmnop1234'],
    ['what is fog?', Object.assign(new Error('what is fog?'), { name: 'what is fog?' })],
    ['what is fog?', { name: 'what is fog?', type: 'what is fog?', code: 'what is fog?' }],
  ])('sends neither query nor key that is thrown or recorded as an error: %j', async (query, error) => {
    const { monitor, transport } = setUp()
    const failing = monitor.trace(query, (trace) => {
      trace.stage('tool', () => undefined)
      return trace.generation({ model: 'm' }, () => Promise.reject(error))
    })
    await expect(failing).rejects.toBe(error)
    const trace = monitor.startTrace(query)
    trace.recordError(error)
    trace.end()
    await monitor.flush()
    expect(transport.traces).toHaveLength(2)
    expect(JSON.stringify(transport.batches)).not.toContain('fog')
  })

  test('counts an aborted request as cancelled, not as failed', async () => {
    const { monitor, transport } = setUp()
    const aborted = monitor.trace('q', async () => AbortSignal.abort().throwIfAborted())
    await expect(aborted).rejects.toThrow('aborted')
    await monitor.flush()
    expect(transport.total('rag_requests_total', { status: 'cancelled' })).toBe(1)
    expect(transport.total('rag_errors_total')).toBe(0)
  })

  test('works for synchronous functions', async () => {
    const { monitor, transport } = setUp()
    expect(monitor.trace('q', () => 42)).toBe(42)
    expect(() =>
      monitor.trace('q', () => {
        throw new RangeError('no')
      }),
    ).toThrow(RangeError)
    await monitor.flush()
    expect(transport.total('rag_requests_total', { status: 'success' })).toBe(1)
    expect(transport.total('rag_requests_total', { status: 'error' })).toBe(1)
  })

  test('makes the trace the current one inside, across awaits', async () => {
    const { monitor } = setUp()
    await monitor.trace('q', async (trace) => {
      await new Promise((resolve) => setImmediate(resolve))
      expect(monitor.currentTrace()).toBe(trace)
    })
    expect(monitor.currentTrace()).toBeUndefined()
  })

  test('ends with the stream that the generation returned', async () => {
    const { monitor, transport } = setUp()
    const stream = await monitor.trace('q', async (trace) =>
      trace.generation({ provider: 'openai', model: 'gpt-4o' }, async () => chunks()),
    )
    await monitor.flush()
    expect(transport.total('rag_requests_total')).toBe(0)
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('Hello')
    await monitor.flush()
    expect(transport.total('rag_requests_total', { status: 'success', model: 'gpt-4o' })).toBe(1)
    expect(transport.total('rag_llm_tokens_total', { token_type: 'output' })).toBe(2)
    expect(transport.total('rag_llm_time_to_first_token_seconds')).toBe(1)
  })
})

async function* chunks() {
  for (const content of ['Hel', 'lo'])
    yield { model: 'gpt-4o', choices: [{ delta: { content } }], usage: null }
  yield { model: 'gpt-4o', choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } }
}

describe('MonitorClient.startTrace', () => {
  test('records what is stated by hand', async () => {
    const { monitor, transport } = setUp({ dimensions: ['team'], prices: [price] })
    const trace = monitor.startTrace('q', { operation: 'search', org: 'acme', user: 'u1', requestId: 'r-1' })
    trace.recordRetrieval({ retriever: 'vector', latencyMs: 12.5, scores: [0.9, 0.5] })
    trace.recordGeneration({ provider: 'x', model: 'm', latencyMs: 300, inputTokens: 10, outputTokens: 5 })
    trace.recordCache('semantic', false)
    trace.recordQuality('relevance', 0.75)
    trace.recordAnswer('kept seven days', ['raw traces are kept seven days', 'port 7246'])
    trace.addMetadata('team', 'blue')
    trace.setIntent('lookup')
    trace.end()
    trace.addMetadata('late', 'no')
    await monitor.flush()
    expect(transport.traces[0]).toMatchObject({
      request_id: 'r-1',
      intent: 'lookup',
      metadata: { team: 'blue' },
      quality: [
        { metric: 'relevance', score: 0.75, source: 'application' },
        { metric: 'context_utilisation', score: 0.5, source: 'sdk' },
        { metric: 'groundedness', score: 1, source: 'sdk' },
      ],
      generations: [{ cost_nano_usd: 20_000, cost_source: 'override' }],
    })
    expect(transport.traces[0]?.user_id).toMatch(/^[0-9a-f]{32}$/)
    expect(transport.ledger).toMatchObject([
      { kind: 'requests', org: 'acme', operation: 'search', dimensions: { team: 'blue' }, requests: 1 },
      { kind: 'generations', org: 'acme', provider: 'x', model: 'm', cost_nano_usd: 20_000 },
    ])
  })

  test('disposed without end() is an error', async () => {
    const { monitor, transport } = setUp()
    {
      using trace = monitor.startTrace('q')
      trace.addMetadata('k', 1)
    }
    {
      using trace = monitor.startTrace('q')
      trace.end()
    }
    await monitor.flush()
    expect(transport.total('rag_requests_total', { status: 'error' })).toBe(1)
    expect(transport.total('rag_requests_total', { status: 'success' })).toBe(1)
  })

  test('continues the trace of the caller and hands it on', () => {
    const { monitor } = setUp({ sampleRate: 0 })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const headers = { traceparent, tracestate: 'a=b', 'x-request-id': 'r9' }
    const trace = monitor.startTrace('q', traceContextOf(headers))
    expect(trace.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    const outgoing = trace.headers()
    expect(outgoing['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/)
    expect(outgoing['tracestate']).toBe('a=b')
    expect(outgoing['x-request-id']).toBe('r9')
    trace.end()
  })
})

const price = { model: 'm', inputUsdPerMillion: 1, outputUsdPerMillion: 2 }

describe('MonitorClient', () => {
  test('that is disabled runs everything and measures nothing', async () => {
    const transport = new InMemoryTransport()
    const interval = vi.spyOn(globalThis, 'setInterval')
    const monitor = new MonitorClient({ enabled: false }, { transport, environment: {} })
    expect(interval).not.toHaveBeenCalled()
    interval.mockRestore()
    expect(monitor.trace('q', (trace) => trace.generation({}, () => 7))).toBe(7)
    monitor.startTrace('q').end()
    expect(await monitor.close()).toBe(true)
    expect(transport.attempts).toBe(0)
  })

  test('is configured by the environment where code says nothing', async () => {
    const transport = new InMemoryTransport()
    const environment = { RAGMETER_SERVICE: 'from-env', RAGMETER_SAMPLE_RATE: '1' }
    const monitor = new MonitorClient({}, { transport, environment })
    monitor.startTrace('q').end()
    await monitor.close()
    expect(transport.traces[0]?.service).toBe('from-env')
    expect(transport.batches.at(-1)?.closed).toBe(true)
  })

  test('reports wrong options and uses their defaults', () => {
    const messages: string[] = []
    const monitor = new MonitorClient({ sampleRate: 7, endpoint: null, servise: 'x' } as MonitorOptions, {
      environment: { RAGMETER_FLUSH_INTERVAL_MS: 'soon' },
      onDiagnostic: ({ message }) => messages.push(message),
    })
    clients.push(monitor)
    expect(messages).toEqual([
      expect.stringContaining('sampleRate is 7'),
      expect.stringContaining('RAGMETER_FLUSH_INTERVAL_MS is NaN'),
      expect.stringContaining('servise'),
    ])
  })

  test('states gauges in every batch and estimates costs', async () => {
    const { monitor, transport } = setUp()
    monitor.setRateLimit({ provider: 'openai', model: 'gpt-4o', limit: 'tokens', remaining: 100, max: 1000 })
    monitor.dependencyUp({ name: 'qdrant', kind: 'vector_store' }, true)
    monitor.setStoreSize({ store: 'qdrant', collection: 'docs', points: 12 })
    monitor.setMemoryFacts('preference', 3)
    await monitor.dependency({ name: 'redis', kind: 'cache' }, async () => 'pong')
    await monitor.flush()
    expect(transport.gauge('rag_llm_rate_limit_remaining')).toBe(100)
    expect(transport.gauge('rag_dependency_up', { dependency: 'qdrant' })).toBe(1)
    expect(transport.gauge('rag_vector_store_points')).toBe(12)
    expect(transport.gauge('rag_memory_facts')).toBe(3)
    expect(transport.total('rag_dependency_requests_total', { status: 'success' })).toBe(1)
    expect(monitor.estimateCost({ model: 'gpt-4o', inputTokens: 1000, outputTokens: 200 })).toBe(0.0045)
    expect(monitor.estimateCost({ model: 'no-such-model', inputTokens: 1, outputTokens: 1 })).toBeNull()
  })
})
