import { expect, test } from 'vitest'

import type { Assistant } from './assistant.ts'
import { ChatEndpointError } from './chat-answer.ts'
import { createHttpServer } from './http-server.ts'
import { IndexUnreachableError } from './index-service.ts'

const answered: Assistant = async () => ({ text: '7246. [a.md]', citations: ['a.md'], found: true })

function serverWith(assistant: Assistant = answered, reported: Error[] = []) {
  return createHttpServer({
    assistant,
    newRequestId: () => 'new-id',
    reportError: (error) => reported.push(error),
  })
}

test('POST /ask answers with citations and a request id', async () => {
  const seen: Parameters<Assistant>[] = []
  const app = serverWith(async (...call) => {
    seen.push(call)
    return answered(...call)
  })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const response = await app.inject({
    method: 'POST',
    url: '/ask',
    headers: { 'x-request-id': 'caller-1', 'x-replayed-output-tokens': '44', traceparent },
    payload: { question: 'Which port?', org: 'acme' },
  })
  expect(response.statusCode).toBe(200)
  expect(response.json()).toEqual({
    answer: '7246. [a.md]',
    citations: ['a.md'],
    found: true,
    request_id: 'caller-1',
  })
  expect(response.headers['x-request-id']).toBe('caller-1')
  expect(seen).toEqual([
    [
      'Which port?',
      { org: 'acme', requestId: 'caller-1', traceparent },
      { simulatedOutputTokens: 44, signal: expect.any(AbortSignal) },
    ],
  ])
})

test.each([undefined, 'not an id', 'x'.repeat(129)])(
  'POST /ask makes a request id when it is given %j',
  async (given) => {
    const response = await serverWith().inject({
      method: 'POST',
      url: '/ask',
      headers: given === undefined ? {} : { 'x-request-id': given },
      payload: { question: 'Which port?' },
    })
    expect(response.json()).toMatchObject({ request_id: 'new-id' })
  },
)

test.each([
  ['no question', {}, 400, 'question'],
  ['an empty question', { question: '' }, 400, 'question'],
  ['a blank question', { question: ' \n' }, 400, 'question'],
  ['a question that is a number', { question: 42 }, 400, 'question'],
  ['a question beyond 1000 characters', { question: 'x'.repeat(1001) }, 400, 'question'],
  ['an org with capitals and spaces', { question: 'q?', org: 'A B' }, 400, 'org'],
  ['broken JSON', '{"question":', 400, 'JSON'],
  ['a body beyond 16 KiB', { question: 'q?', more: 'x'.repeat(17_000) }, 413, 'large'],
])('POST /ask refuses %s with a clear error', async (_name, payload, status, named) => {
  const response = await serverWith().inject({
    method: 'POST',
    url: '/ask',
    headers: { 'content-type': 'application/json' },
    payload,
  })
  expect(response.statusCode).toBe(status)
  expect(response.json()).toEqual({
    error: {
      code: 'bad_request',
      message: expect.stringContaining(named),
      hint: expect.stringContaining('JSON'),
    },
    request_id: 'new-id',
  })
})

test.each([
  [
    'the endpoint fails',
    new ChatEndpointError('http://llm.test answered 500.', 500),
    502,
    'answer_model_failed',
  ],
  ['the index is gone', new IndexUnreachableError('http://index.test', 'is gone'), 503, 'index_unreachable'],
  ['the endpoint takes too long', new DOMException('', 'TimeoutError'), 504, 'answer_timeout'],
  ['something else breaks', new Error('secret detail'), 500, 'internal'],
])('POST /ask tells when %s, and nothing of the inside', async (_name, failure, status, code) => {
  const reported: Error[] = []
  const app = serverWith(() => Promise.reject(failure), reported)
  const response = await app.inject({ method: 'POST', url: '/ask', payload: { question: 'q?' } })
  expect(response.statusCode).toBe(status)
  expect(response.json()).toMatchObject({ error: { code } })
  expect(response.body).not.toMatch(/secret|llm[.]test/)
  expect(reported).toEqual([failure])
})

test('POST /ask aborts the work when the asker hangs up, and not when it was answered', async () => {
  let asked: ((signal: AbortSignal | undefined) => void) | undefined
  const reported: Error[] = []
  const app = serverWith(async (question, caller, options) => {
    asked?.(options.signal)
    if (question === 'quick?') return answered(question, caller, options)
    return new Promise((_resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(new Error('gone')))
    })
  }, reported)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ask = async (question: string, signal?: AbortSignal) => {
    const seen = new Promise<AbortSignal | undefined>((resolve) => (asked = resolve))
    const reply = fetch(`${url}/ask`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ question }),
      ...(signal === undefined ? {} : { signal }),
    })
    return { reply, signal: await seen }
  }

  const quick = await ask('quick?')
  await (await quick.reply).text()

  const hangUp = new AbortController()
  const slow = await ask('slow?', hangUp.signal)
  const aborted = new Promise((resolve) => slow.signal?.addEventListener('abort', resolve))
  hangUp.abort()
  await expect(slow.reply).rejects.toMatchObject({ name: 'AbortError' })
  await aborted

  await app.close()
  expect(quick.signal?.aborted).toBe(false)
  expect(reported).toEqual([])
})

test('GET /health answers', async () => {
  const response = await serverWith().inject('/health')
  expect([response.statusCode, response.json()]).toEqual([200, { status: 'healthy' }])
})

test('GET / tells how to ask', async () => {
  const response = await serverWith().inject({ url: '/', headers: { host: '127.0.0.1:7247' } })
  expect(response.headers['content-type']).toContain('text/plain')
  expect(response.body).toContain('curl -s http://127.0.0.1:7247/ask')
})

test('another path is told where to look', async () => {
  const response = await serverWith().inject('/nothing')
  expect(response.statusCode).toBe(404)
  expect(response.json()).toMatchObject({
    error: { code: 'not_found', hint: expect.stringContaining('GET /') },
  })
})
