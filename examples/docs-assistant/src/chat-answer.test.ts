import { expect, test } from 'vitest'

import { notFoundText } from './answer.ts'
import type { Evidence } from './answer.ts'
import { ChatEndpointError, createChatAnswerer } from './chat-answer.ts'
import type { Quota } from './chat-answer.ts'

function passage(id: string, text: string) {
  const chunk = { id, path: 'a.md', headings: ['Guide', id], passages: [text], text }
  return { id, score: 0.5, coverage: 1, used: true, chunk }
}

const evidence: Evidence = {
  question: 'Which port?',
  query: [],
  passages: [passage('a.md#port', 'The port is 4711.'), passage('a.md#lamp', 'The lamp is red.')],
}

function answererWith(reply: () => Response | Promise<Response>, apiKey?: string) {
  const sent: Request[] = []
  const quotas: Quota[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push(new Request(url, init))
    init?.signal?.throwIfAborted()
    return reply()
  }
  const settings = { baseUrl: 'http://llm.test/v1/', model: 'm1', apiKey, fetch }
  return { sent, quotas, ...createChatAnswerer({ ...settings, onQuota: (quota) => quotas.push(quota) }) }
}

const completion = (content: string, usage?: object) => () =>
  Response.json({ choices: [{ message: { role: 'assistant', content } }], usage })

test('the chat answerer sends numbered passages and the question to the endpoint', async () => {
  const { sent, answer } = answererWith(completion('x'), 'secret')
  await answer(evidence, {})
  expect(sent[0]?.url).toBe('http://llm.test/v1/chat/completions')
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer secret')
  expect(await sent[0]?.json()).toEqual({
    model: 'm1',
    messages: [
      { role: 'system', content: expect.stringContaining(notFoundText) },
      {
        role: 'user',
        content:
          '[1] Guide > a.md#port\nThe port is 4711.\n\n[2] Guide > a.md#lamp\nThe lamp is red.\n\nQuestion: Which port?',
      },
    ],
  })
})

test('the chat answerer sends no authorization without a key', async () => {
  const { sent, answer } = answererWith(completion('x'))
  await answer(evidence, {})
  expect(sent[0]?.headers.has('authorization')).toBe(false)
})

test('the chat answerer turns numbers into citations, once each, and ignores numbers of no passage', async () => {
  const usage = { prompt_tokens: 50, completion_tokens: 9, total_tokens: 59 }
  const { answer } = answererWith(completion('It is 4711 [1]. Red [2][1]. Odd [7].', usage))
  expect(await answer(evidence, {})).toEqual({
    text: 'It is 4711 [1]. Red [2][1]. Odd [7].',
    citations: ['a.md#port', 'a.md#lamp'],
    found: true,
    usage: { input_tokens: 50, output_tokens: 9 },
  })
})

test.each([notFoundText, `${notFoundText} [1]`, '', '  '])(
  'the chat answerer found nothing when the model writes "%s"',
  async (content) => {
    const { answer } = answererWith(completion(content))
    expect(await answer(evidence, {})).toEqual({ text: notFoundText, citations: [], found: false })
  },
)

test('the chat answerer fails with the status and the words of the endpoint', async () => {
  const { answer } = answererWith(() => new Response('slow down', { status: 429 }))
  const failure = await answer(evidence, {}).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ChatEndpointError)
  expect(failure).toMatchObject({ status: 429, message: expect.stringContaining('slow down') })
})

test('the chat answerer says which variable to check when nothing listens', async () => {
  const { answer } = answererWith(() => Promise.reject(new TypeError('fetch failed')))
  await expect(answer(evidence, {})).rejects.toThrow('OPENAI_BASE_URL')
})

test('the chat answerer passes an abort on as it is, so that it counts as cancelled', async () => {
  const { answer } = answererWith(completion('x'))
  const failure = await answer(evidence, { signal: AbortSignal.abort() }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'AbortError' })
})

test('the chat answerer tells what each response says is left of a quota, also one that refuses', async () => {
  const headers = {
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-limit-tokens': 'unlimited',
    'x-ratelimit-remaining-tokens': '30',
  }
  const { answer, quotas } = answererWith(() => new Response('slow down', { status: 429, headers }))
  await expect(answer(evidence, {})).rejects.toThrow(ChatEndpointError)
  expect(quotas).toEqual([{ limit: 'requests', remaining: 0, max: 500 }])
})
