/** Sends batches to the daemon. node:http and not fetch: its sockets can be told not to keep the process alive. */
import * as http from 'node:http'
import * as https from 'node:https'
import { parseRetryAfter } from './backoff.ts'
import type { DiagnosticListener } from './diagnostics.ts'
import type { Delivery, SealedBatch, Transport } from './transport.ts'

export interface HttpTransportOptions {
  /** Base URL of the daemon. */
  endpoint: string
  token: string | undefined
  timeoutMs: number
  userAgent: string
  now: () => number
  report: DiagnosticListener
}

/** Longer answers are cut: they are only read for messages. */
const ANSWER_BYTES_MAX = 64 * 1024

/** Answers after which the same batch can succeed. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504])

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
}

export function createHttpTransport(options: HttpTransportOptions): Transport {
  const url = new URL(`${options.endpoint.replace(/\/+$/, '')}/ingest`)
  const { request, Agent } = url.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  function exchange(batch: SealedBatch): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers: http.OutgoingHttpHeaders = {
        'content-type': 'application/json',
        'content-length': batch.body.byteLength,
        'user-agent': options.userAgent,
      }
      if (batch.encoding !== 'identity') headers['content-encoding'] = batch.encoding
      if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
      const outgoing = request(url, { method: 'POST', agent, headers })
      const timeout = setTimeout(
        () => outgoing.destroy(new Error(`no answer within ${options.timeoutMs} ms`)),
        options.timeoutMs,
      )
      timeout.unref()
      const fail = (error: Error) => {
        clearTimeout(timeout)
        reject(error)
      }
      outgoing.on('socket', (socket) => socket.unref())
      outgoing.on('error', fail)
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = []
        let length = 0
        incoming.on('data', (chunk: Buffer) => {
          if (length < ANSWER_BYTES_MAX) chunks.push(chunk)
          length += chunk.byteLength
        })
        incoming.on('error', fail)
        incoming.on('close', () => fail(new Error('the connection closed before the answer was complete')))
        incoming.on('end', () => {
          clearTimeout(timeout)
          const body = Buffer.concat(chunks).toString('utf8', 0, ANSWER_BYTES_MAX)
          resolve({ status: incoming.statusCode ?? 0, retryAfter: incoming.headers['retry-after'], body })
        })
      })
      outgoing.end(batch.body)
    })
  }

  async function send(batch: SealedBatch): Promise<Delivery> {
    try {
      return deliveryOf(await exchange(batch), url, options)
    } catch (error) {
      return { kind: 'retry', reason: error instanceof Error ? error.message || error.name : String(error) }
    }
  }

  return { send, close: () => agent.destroy() }
}

function deliveryOf(answer: Answer, url: URL, options: HttpTransportOptions): Delivery {
  const { status } = answer
  if (status >= 200 && status < 300) {
    if (!isAcceptance(answer.body)) {
      options.report({
        code: 'unexpected_answer',
        message: `${url.origin} answered ${status}, but not as ragmeter does.`,
        hint: 'Check `endpoint`: something else may listen there.',
      })
    }
    return { kind: 'accepted' }
  }
  const reason = `${url.origin} answered ${status}${messageOf(answer.body)}`
  if (RETRIED_STATUSES.has(status)) {
    const retryAfterMs = parseRetryAfter(answer.retryAfter, options.now())
    return { kind: 'retry', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  }
  if (status < 400 || status >= 500) return { kind: 'retry', reason, isDoubtful: true }
  return { kind: 'rejected', reason, hint: hintFor(status), isTooLarge: status === 413 }
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'Check `token` (RAGMETER_TOKEN).'
  if (status === 404 || status === 405) return 'Check `endpoint`: something else may listen there.'
  return status === 413 ? 'Lower `batchBytesMax`.' : 'Check that the daemon is as new as the SDK.'
}

function isAcceptance(body: string): boolean {
  try {
    const answer = JSON.parse(body) as { accepted?: unknown } | null
    return typeof answer?.accepted === 'number'
  } catch {
    return false
  }
}

/** The daemon says what is wrong as `{"error": {"message"}}`. */
function messageOf(body: string): string {
  try {
    const answer = JSON.parse(body) as { error?: { message?: unknown } } | null
    const message = answer?.error?.message
    return typeof message === 'string' ? `: ${message.slice(0, 200)}` : ''
  } catch {
    return ''
  }
}
