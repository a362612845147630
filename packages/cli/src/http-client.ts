/** One HTTP request to a daemon: bounded in time and size, and no connection outlives it. */
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { systemCodeOf } from './command-error.ts'

export interface HttpCall {
  url: string
  method?: 'GET' | 'POST' | 'DELETE'
  token: string | undefined
  body?: string
  timeoutMs: number
}

/** `refused`: nobody listens there. `timeout`: somebody does, and does not answer. `broken`: not HTTP, or cut off. */
export type HttpReply =
  | { outcome: 'answer'; status: number; body: unknown }
  | { outcome: 'refused' | 'timeout' | 'broken'; reason: string }

const ANSWER_BYTES_MAX = 16 * 1024 * 1024

/** Never rejects: that a daemon cannot be reached is an answer too. A body that is no JSON is undefined. */
export function callHttp(call: HttpCall): Promise<HttpReply> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (call.token !== undefined) headers['authorization'] = `Bearer ${call.token}`
  if (call.body !== undefined) {
    headers['content-type'] = 'application/json'
    headers['content-length'] = String(Buffer.byteLength(call.body))
  }
  return new Promise((resolve) => {
    const outgoing = request(call.url, {
      method: call.method ?? 'GET',
      headers,
      agent: false,
      signal: AbortSignal.timeout(call.timeoutMs),
    })
    outgoing.on('response', (incoming) => readAnswer(incoming, resolve))
    outgoing.on('error', (error) => resolve(failureOf(error)))
    outgoing.end(call.body)
  })
}

function readAnswer(incoming: IncomingMessage, resolve: (reply: HttpReply) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) incoming.destroy(new Error(`the answer is over ${ANSWER_BYTES_MAX} bytes`))
  })
  incoming.on('error', (error) => resolve(failureOf(error)))
  incoming.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8')
    resolve({ outcome: 'answer', status: incoming.statusCode ?? 0, body: parseJson(text) })
  })
}

function failureOf(error: Error): HttpReply {
  const reason = error.message
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return { outcome: 'timeout', reason: 'no answer in time' }
  }
  return { outcome: systemCodeOf(error) === 'ECONNREFUSED' ? 'refused' : 'broken', reason }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
