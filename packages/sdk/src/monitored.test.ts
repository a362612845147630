import { afterEach, beforeEach, expect, test } from 'vitest'
import { MonitorClient } from './monitor-client.ts'
import { InMemoryTransport } from './testing.ts'

let monitor: MonitorClient
let transport: InMemoryTransport

beforeEach(() => {
  transport = new InMemoryTransport()
  monitor = new MonitorClient({ service: 'app', sampleRate: 1 }, { transport, environment: {} })
})

afterEach(() => monitor.close())

test('monitored reads tokens, documents and scores from what an async function returns', async () => {
  const ask = monitor.monitored(
    { operation: 'ask', model: 'gpt-4o', provider: 'openai' },
    async (question: string) => ({
      answer: question.toUpperCase(),
      input_tokens: 1000,
      output_tokens: 200,
      relevance_score: 0.8,
      retrieval_latency_ms: 12,
      generation_latency_ms: 300,
      sources: [{ id: 'a', score: 0.9, text: 'secret text' }],
    }),
  )
  expect((await ask('fog?')).answer).toBe('FOG?')
  await monitor.flush()
  expect(transport.traces).toMatchObject([
    {
      operation: 'ask',
      query_length: 4,
      retrieval: { count: 1, latency_ms: 12, documents: [{ id: 'a', score: 0.9 }] },
      generations: [{ model: 'gpt-4o', input_tokens: 1000, latency_ms: 300, cost_nano_usd: 4_500_000 }],
      quality: [{ metric: 'relevance', score: 0.8 }],
    },
  ])
  expect(JSON.stringify(transport.batches)).not.toContain('secret')
})

test('monitored times async functions to their end and counts their failures', async () => {
  const error = new Error('down')
  const fail = monitor.monitored({ operation: 'fail' }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    throw error
  })
  await expect(fail()).rejects.toBe(error)
  await monitor.flush()
  expect(transport.total('rag_requests_total', { status: 'error' })).toBe(1)
  expect(transport.traces[0]?.total_latency_ms).toBeGreaterThan(18)
})

test('monitored keeps this, arguments, name and length', async () => {
  class Assistant {
    readonly prefix = '> '
    ask = monitor.monitored({}, function ask(this: Assistant, question: string, count: number) {
      return this.prefix + question.repeat(count)
    })
  }
  const assistant = new Assistant()
  expect(assistant.ask('a', 2)).toBe('> aa')
  expect(assistant.ask.name).toBe('ask')
  expect(assistant.ask).toHaveLength(2)
})

test('monitored ends an async generator when its reader does, with the trace current inside', async () => {
  const words = monitor.monitored({ operation: 'stream', model: 'local' }, async function* (text: string) {
    for (const word of text.split(' ')) {
      monitor.currentTrace()?.addMetadata('last', word)
      yield word
    }
  })
  const read: string[] = []
  for await (const word of words('a b c')) read.push(word)
  expect(read).toEqual(['a', 'b', 'c'])
  for await (const word of words('d e f')) if (word === 'e') break
  await monitor.flush()
  expect(transport.total('rag_requests_total', { status: 'success' })).toBe(1)
  expect(transport.total('rag_requests_total', { status: 'cancelled' })).toBe(1)
  expect(transport.traces[0]).toMatchObject({ metadata: { last: 'c' }, generations: [{ model: 'local' }] })
})

test('monitored inside another request adds to it instead of counting a second one', async () => {
  const generate = monitor.monitored({ model: 'gpt-4o', provider: 'openai' }, async (_prompt: string) => ({
    usage: { prompt_tokens: 10, completion_tokens: 5 },
  }))
  await monitor.trace('q', { operation: 'ask' }, async () => {
    await generate('first')
    await generate('second')
  })
  await monitor.flush()
  expect(transport.total('rag_requests_total')).toBe(1)
  expect(transport.traces[0]?.generations).toHaveLength(2)
})

test('monitored in a timer that an ended request has started is a request of its own', async () => {
  const ask = monitor.monitored({ operation: 'ask', provider: 'openai', model: 'gpt-4o' }, async () => ({
    usage: { prompt_tokens: 10, completion_tokens: 5 },
  }))
  let seen: unknown
  const { worker } = monitor.trace('boot', { operation: 'boot' }, () => ({
    worker: new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        seen = monitor.currentTrace()
        ask()
          .then(ask)
          .then(() => resolve(), reject)
      })
    }),
  }))
  await worker
  await monitor.flush()
  expect(seen).toBeUndefined()
  expect(transport.total('rag_requests_total', { operation: 'boot' })).toBe(1)
  expect(transport.total('rag_requests_total', { operation: 'ask' })).toBe(2)
  expect(transport.total('rag_llm_tokens_total')).toBe(30)
})

test('monitored finds the question where it is told to, and survives being told wrong', async () => {
  const byOption = monitor.monitored(
    { query: (request) => request.question },
    (request: { question: string }) => request,
  )
  byOption({ question: 'four' })
  const wrong = monitor.monitored(
    {
      query: () => {
        throw new Error('no')
      },
    },
    () => 1,
  )
  expect(wrong()).toBe(1)
  await monitor.flush()
  expect(transport.traces.map(({ query_length }) => query_length)).toEqual([4, undefined])
})
