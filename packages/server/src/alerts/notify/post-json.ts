/** One POST of JSON to a receiver of notifications. */
import { NotifyError } from './notify-error.ts'

export type Fetch = typeof fetch

const TIMEOUT_MS = 10_000
const RETRY_AFTER_MAX_MS = 10 * 60_000
const TOO_MANY_REQUESTS = 429
const REQUEST_TIMEOUT = 408

/** @throws NotifyError */
export async function postJson(
  fetchFunction: Fetch,
  url: string,
  body: unknown,
  options: { bearerToken?: string | undefined; signal: AbortSignal; now: () => number },
): Promise<void> {
  const { bearerToken, signal, now } = options
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'ragmeter',
    ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
  }
  let response: Response
  try {
    response = await fetchFunction(url, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      // A redirect would take the token along to wherever it leads.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    // The connection is free again only when the answer has been read.
    await response.arrayBuffer()
  } catch (error) {
    throw new NotifyError(`no answer: ${reasonOf(error)}`, { isRetryable: true })
  }
  if (response.ok) return
  const { status } = response
  throw new NotifyError(`HTTP ${status}`, {
    isRetryable: status >= 500 || status === TOO_MANY_REQUESTS || status === REQUEST_TIMEOUT,
    retryAfterMs: retryAfterOf(response.headers.get('retry-after'), now()),
  })
}

/** The code of a failed connection; its message may hold the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause } = error
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : error.name
}

/** Seconds, or a date. */
function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), RETRY_AFTER_MAX_MS) : undefined
}
