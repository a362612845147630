/** Who answers at an address: this daemon, another ragmeter, another program, or nobody. */
import { callHttp } from './http-client.ts'

/** What GET /health says, as far as the command line needs it. */
export interface Health {
  pid: number
  startedAt: string
  /** Different at every start. */
  nonce: string
  version: string
  healthy: boolean
  /** Why it is not healthy; null if it is. */
  reason: string | null
  uptimeSeconds: number
  /** Requests ever counted. */
  tracesCollected: number
  storage: Readonly<Record<string, unknown>>
}

export type Probe =
  | { answer: 'ragmeter'; health: Health }
  /** A ragmeter that asks for another token than ours. */
  | { answer: 'locked' }
  | { answer: 'stopping' }
  | { answer: 'other_program'; reason: string }
  | { answer: 'nobody' }
  | { answer: 'timeout' }

export async function probe(url: string, token: string | undefined, timeoutMs: number): Promise<Probe> {
  const reply = await callHttp({ url: `${url}/health`, token, timeoutMs })
  if (reply.outcome !== 'answer') {
    if (reply.outcome === 'refused') return { answer: 'nobody' }
    return reply.outcome === 'timeout'
      ? { answer: 'timeout' }
      : { answer: 'other_program', reason: reply.reason }
  }
  const health = readHealth(reply.body)
  if (health !== undefined) return { answer: 'ragmeter', health }
  const code = errorCodeOf(reply.body)
  if (code === 'unauthorized') return { answer: 'locked' }
  if (code === 'stopping') return { answer: 'stopping' }
  return { answer: 'other_program', reason: `it answers GET /health with HTTP ${reply.status}` }
}

/** The code in the daemon's form of an error; undefined if the body has another form. */
function errorCodeOf(body: unknown): string | undefined {
  const error = isObject(body) ? body['error'] : undefined
  const code = isObject(error) ? error['code'] : undefined
  return typeof code === 'string' ? code : undefined
}

function readHealth(body: unknown): Health | undefined {
  if (!isObject(body)) return undefined
  const { pid, version, started_at: startedAt, nonce, status, reason, storage } = body
  if (typeof pid !== 'number' || typeof version !== 'string' || typeof status !== 'string') return undefined
  if (typeof startedAt !== 'string' || typeof nonce !== 'string') return undefined
  const count = (name: string) => (typeof body[name] === 'number' ? body[name] : 0)
  return {
    pid,
    version,
    startedAt,
    nonce,
    healthy: status === 'healthy',
    reason: typeof reason === 'string' ? reason : null,
    uptimeSeconds: count('uptime_seconds'),
    tracesCollected: count('traces_collected'),
    storage: isObject(storage) ? storage : {},
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
