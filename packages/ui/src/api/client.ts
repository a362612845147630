/** The typed client of the daemon's API: paths, parameters and answers come from its OpenAPI document. */
import createClient from 'openapi-fetch'
import { ApiError, UnreachableError } from './api-error.ts'
import type { paths } from './schema.gen.ts'

const client = createClient<paths>({ baseUrl: '/', fetch: reach })

/** GET a path of the API: `await api.GET('/stats', { params: { query: { period: '1h' } } })`. */
export const api = client

type Answer<Data> = { data?: Data; error?: unknown; response: Response }

/** The data of an answer. @throws ApiError, UnreachableError */
export async function dataOf<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await answer
  if (data !== undefined && response.ok) return data
  const refused = (error as { error?: { code?: string; message?: string; hint?: string } } | undefined)?.error
  throw new ApiError(
    response.status,
    refused?.code ?? 'unknown',
    refused?.message ?? `the daemon answered ${response.status}`,
    refused?.hint ?? 'See the log of the daemon.',
  )
}

async function reach(request: Request): Promise<Response> {
  let response: Response
  try {
    response = await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new UnreachableError('the daemon does not answer', { cause: error })
  }
  return response
}
