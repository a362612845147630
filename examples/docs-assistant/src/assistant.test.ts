import { fileURLToPath } from 'node:url'

import { MonitorClient } from '@ragmeter/sdk'
import { InMemoryTransport } from '@ragmeter/sdk/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { notFoundText } from './answer.ts'
import type { Answer, Answerer } from './answer.ts'
import { createAnswerCache } from './answer-cache.ts'
import { createAssistant } from './assistant.ts'
import { ChatEndpointError } from './chat-answer.ts'
import { readCorpus } from './corpus.ts'
import { extractiveAnswerer } from './extract-answer.ts'
import { IndexUnreachableError } from './index-service.ts'
import { createSearchIndex } from './search-index.ts'
import type { SearchIndex } from './search-index.ts'
import { localPrices } from './serve.ts'

const index = createSearchIndex(
  await readCorpus(fileURLToPath(new URL('../fixtures/corpus', import.meta.url))),
)
const portQuestion = 'Which port does the lamp listen on?'

let transport: InMemoryTransport
let monitor: MonitorClient
beforeEach(() => {
  transport = new InMemoryTransport()
  const options = { service: 'docs-assistant', sampleRate: 1, prices: localPrices }
  monitor = new MonitorClient(options, { transport, environment: {} })
})
afterEach(async () => {
  await monitor.close()
})

function assistantWith(answerer: Answerer = extractiveAnswerer, searched: SearchIndex = index) {
  const cache = createAnswerCache<Answer>({ now: () => 0 })
  return createAssistant({
    index: searched,
    answerer,
    cache,
    monitor,
    publishedQuestions: new Set(['Is it on the list?']),
  })
}

async function onlyTrace() {
  await monitor.flush()
  expect(transport.traces.length).toBe(1)
  return transport.traces[0]
}

test('an answered question is a request with every stage, its documents, tokens, price and quality', async () => {
  const answer = await assistantWith()(portQuestion, { org: 'acme', requestId: 'r-1' }, {})
  expect(answer).toMatchObject({ found: true, citations: ['README.md#install'] })

  const trace = await onlyTrace()
  expect(trace).toMatchObject({
    service: 'docs-assistant',
    operation: 'ask',
    endpoint: '/ask',
    org: 'acme',
    request_id: 'r-1',
    status: 'success',
    query_length: portQuestion.length,
    cache: [{ cache: 'response', hit: false }],
    retrieval: { retriever: 'bm25', documents: [{ id: 'README.md#install', used: true, cited: true }] },
    rerank: { in_count: 1, out_count: 1 },
  })
  expect(trace?.stages?.map(({ stage }) => stage)).toContain('query_rewrite')
  expect(trace?.generations).toMatchObject([
    {
      provider: 'local',
      model: 'extractive',
      input_tokens: answer.usage?.input_tokens,
      output_tokens: answer.usage?.output_tokens,
      cost_nano_usd: 0,
      cost_source: 'override',
    },
  ])
  expect(trace?.quality).toEqual([
    { metric: 'context_utilisation', score: 1, source: 'application' },
    { metric: 'answer_coverage', score: 1, source: 'application' },
  ])
})

test('a question about something else is a request with an empty retrieval and no generation', async () => {
  const answer = await assistantWith()('Who won the football world cup?', {}, {})
  expect(answer).toEqual({ text: notFoundText, citations: [], found: false })
  const trace = await onlyTrace()
  expect(trace).toMatchObject({ status: 'success', retrieval: { count: 0 } })
  expect(trace?.generations ?? []).toEqual([])
  expect(transport.total('rag_retrievals_total', { outcome: 'empty' })).toBe(1)
})

test('a question asked again is answered by the cache, without retrieval, and counted as a hit', async () => {
  const assistant = assistantWith()
  const first = await assistant(portQuestion, {}, {})
  expect(await assistant(` ${portQuestion.toUpperCase()}`, {}, {})).toEqual(first)
  await monitor.flush()
  expect(transport.total('rag_requests_total')).toBe(2)
  expect(transport.total('rag_retrievals_total')).toBe(1)
  expect(transport.total('rag_cache_requests_total', { cache: 'response', result: 'hit' })).toBe(1)
  expect(transport.total('rag_cache_requests_total', { cache: 'response', result: 'miss' })).toBe(1)
})

test('a language model that refuses is an error of its kind, thrown on and not cached', async () => {
  const refusal = new ChatEndpointError('http://llm.test answered 429.', 429)
  const failing: Answerer = { provider: 'openai', model: 'gpt-4o', answer: () => Promise.reject(refusal) }
  const assistant = assistantWith(failing)
  await expect(assistant(portQuestion, {}, {})).rejects.toBe(refusal)
  await expect(assistant(portQuestion, {}, {})).rejects.toBe(refusal)
  await monitor.flush()
  expect(transport.total('rag_requests_total', { status: 'error' })).toBe(2)
  expect(transport.total('rag_errors_total', { error_type: 'rate_limited' })).toBe(2)
})

test('an asker who hangs up is a cancelled request and no error', async () => {
  const patient: Answerer = {
    provider: 'openai',
    model: 'gpt-4o',
    answer: async (_evidence, { signal }) => {
      signal?.throwIfAborted()
      throw new Error('not aborted')
    },
  }
  const asked = assistantWith(patient)(portQuestion, {}, { signal: AbortSignal.abort() })
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  expect(await onlyTrace()).toMatchObject({ status: 'cancelled' })
  expect(transport.total('rag_errors_total')).toBe(0)
})

test('the trace of the caller is continued', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await assistantWith()(portQuestion, { traceparent }, {})
  expect(await onlyTrace()).toMatchObject({
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    parent_span_id: 'b7ad6b7169203331',
  })
})

test('a question of the published list keeps its text', async () => {
  await assistantWith()('Is it on the list?', {}, {})
  expect(await onlyTrace()).toMatchObject({ metadata: { question: 'Is it on the list?' } })
})

test('the question and the answer never leave the process', async () => {
  await assistantWith()(portQuestion, {}, {})
  await monitor.flush()
  const sent = JSON.stringify(transport.batches)
  expect(sent).not.toContain(portQuestion)
  expect(sent).not.toContain('4711')
})

test('the index is measured as a dependency, and a request without it is an error of retrieval', async () => {
  await assistantWith()(portQuestion, {}, {})
  const gone = new IndexUnreachableError('http://index.test', 'is out of reach')
  const failing = { ...index, search: () => Promise.reject(gone) }
  await expect(assistantWith(extractiveAnswerer, failing)(portQuestion, {}, {})).rejects.toBe(gone)
  await monitor.flush()
  const called = { dependency: 'search-index', kind: 'database' }
  expect(transport.total('rag_dependency_requests_total', { ...called, status: 'success' })).toBe(1)
  expect(transport.total('rag_dependency_requests_total', { ...called, status: 'error' })).toBe(1)
  expect(transport.total('rag_errors_total', { error_type: 'retrieval_error' })).toBe(1)
})
