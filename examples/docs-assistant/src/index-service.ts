/** The search index as a service of its own, as a vector database would be, and the client that the assistant asks it with. */
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'

import type { QueryConcept } from './query-rewrite.ts'
import type { SearchIndex, SearchResult } from './search-index.ts'

const bodyBytesMax = 64 * 1024
const searchTimeoutMs = 2_000
const healthTimeoutMs = 1_000

const term = { type: 'string', minLength: 1, maxLength: 1000 } as const
const searchBody = {
  type: 'object',
  required: ['query'],
  additionalProperties: false,
  properties: {
    query: {
      type: 'array',
      maxItems: 500,
      items: {
        type: 'object',
        required: ['term', 'synonyms'],
        additionalProperties: false,
        properties: { term, synonyms: { type: 'array', maxItems: 50, items: term } },
      },
    },
  },
} as const

/** An index over HTTP. The caller listens and closes. */
export function createIndexServer(index: SearchIndex): FastifyInstance {
  const app = Fastify({
    bodyLimit: bodyBytesMax,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })
  app.get('/health', async () => ({ status: 'healthy' }))
  app.post<{ Body: { query: QueryConcept[] } }>(
    '/search',
    { schema: { body: searchBody } },
    async ({ body }) => index.search(body.query),
  )
  return app
}

/** The service is not there, or does not answer as it should. */
export class IndexUnreachableError extends Error {
  override readonly name = 'IndexUnreachableError'

  constructor(url: string, problem: string, cause?: unknown) {
    super(`The search index at ${url} ${problem}. Is "docs-assistant index" running there?`, { cause })
  }
}

/** @param url where `createIndexServer` listens */
export function createIndexClient(url: string, fetch: typeof globalThis.fetch): SearchIndex {
  return {
    search: async (query) => {
      const response = await fetch(new URL('/search', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
        signal: AbortSignal.timeout(searchTimeoutMs),
      }).catch((error: unknown) => {
        throw new IndexUnreachableError(url, 'is out of reach', error)
      })
      if (!response.ok) throw new IndexUnreachableError(url, `answered ${response.status}`)
      return (await response.json()) as SearchResult
    },
    isUp: async () =>
      fetch(new URL('/health', url), { signal: AbortSignal.timeout(healthTimeoutMs) }).then(
        ({ ok }) => ok,
        () => false,
      ),
  }
}
