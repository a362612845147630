import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { readCorpus } from './corpus.ts'
import { createIndexClient, createIndexServer, IndexUnreachableError } from './index-service.ts'
import { rewriteQuery } from './query-rewrite.ts'
import { createSearchIndex } from './search-index.ts'

const index = createSearchIndex(
  await readCorpus(fileURLToPath(new URL('../fixtures/corpus', import.meta.url))),
)
const query = rewriteQuery('Which port does the lamp listen on?')

async function listening() {
  const app = createIndexServer(index)
  onTestFinished(async () => app.close())
  return { app, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

test('the client finds what the index behind the server finds', async () => {
  const client = createIndexClient((await listening()).url, fetch)
  const expected = await index.search(query)
  expect(expected.hits.length).toBeGreaterThan(0)
  expect(await client.search(query)).toEqual(expected)
  expect(await client.isUp()).toBe(true)
})

test('the client says that the index is gone, and how to bring it back', async () => {
  const { app, url } = await listening()
  const client = createIndexClient(url, fetch)
  await app.close()
  expect(await client.isUp()).toBe(false)
  const failure = await client.search(query).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(IndexUnreachableError)
  expect(failure).toMatchObject({ message: expect.stringContaining('docs-assistant index') })
})

test('the client takes a refusal for what it is', async () => {
  const refusing = createIndexClient('http://index.test', async () => new Response('', { status: 500 }))
  await expect(refusing.search(query)).rejects.toThrow('answered 500')
  expect(await refusing.isUp()).toBe(false)
})

test.each([{}, { query: 'port' }, { query: [{ term: 'port' }] }, { query: [{ term: 'a', synonyms: [1] }] }])(
  'the server refuses %j',
  async (payload) => {
    const response = await createIndexServer(index).inject({ method: 'POST', url: '/search', payload })
    expect(response.statusCode).toBe(400)
  },
)
