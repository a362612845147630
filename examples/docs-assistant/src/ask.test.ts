import { expect, test } from 'vitest'

import { createAsker } from './ask.ts'

const question = { question: 'Which port?', org: 'acme', replayedOutputTokens: 44 }

function askerWith(fetch: typeof globalThis.fetch) {
  return createAsker('http://assistant.test', fetch)
}

test('the asker posts question and org to /ask, with the tokens of the replayed answer', async () => {
  const sent: Request[] = []
  const { ask } = askerWith(async (url, init) => {
    sent.push(new Request(url, init))
    return Response.json({ found: true })
  })
  expect(await ask(question)).toBe('answered')
  expect(sent[0]?.url).toBe('http://assistant.test/ask')
  expect(sent[0]?.method).toBe('POST')
  expect(sent[0]?.headers.get('content-type')).toBe('application/json')
  expect(sent[0]?.headers.get('x-replayed-output-tokens')).toBe('44')
  expect(await sent[0]?.json()).toEqual({ question: 'Which port?', org: 'acme' })
})

test.each([
  ['found', async () => Response.json({ found: true }), 'answered'],
  ['not found', async () => Response.json({ found: false }), 'notFound'],
  ['an error', async () => Response.json({ error: {} }, { status: 502 }), 'failed'],
  ['no JSON', async () => new Response('oops'), 'failed'],
  ['an answer of another kind', async () => Response.json(['found']), 'failed'],
  ['nobody there', async () => Promise.reject(new TypeError('fetch failed')), 'failed'],
])('the asker counts %s', async (_name, fetch, outcome) => {
  expect(await askerWith(fetch).ask(question)).toBe(outcome)
})

test('the asker hangs up when told', async () => {
  const { ask, hangUp } = askerWith(
    (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  )
  const outcomes = [ask(question), ask(question)]
  hangUp()
  expect(await Promise.all(outcomes)).toEqual(['failed', 'failed'])
})
