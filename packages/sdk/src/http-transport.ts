/** Sends batches to the daemon. node:http and not fetch: its sockets can be told not to keep the process alive. */
import * as http from 'node:http'
import * as https from 'node:https'
import { parseRetryAfter } from './backoff.ts'
import type { Delivery, SealedBatch, Transport } from './transport.ts'

export interface HttpTransportOptions {
  /** Base URL of the daemon. */
  endpoint: string
  token: string | undefined
  timeoutMs: number
  userAgent: string
  now: () => number
}

/** Longer answers are cut. The longest of the daemon names 200 issues. */
const ANSWER_BYTES_MAX = 1024 * 1024

const CHECK_TOKEN = 'Check `token` (RAGMETER_TOKEN).'
const CHECK_ENDPOINT = 'Check `endpoint` (RAGMETER_ENDPOINT): something else may listen there.'

/**
 * Answers after which the same batch can succeed, and what to do if it does not: a token is exchanged, or a proxy
 * knows the daemon again when it is deployed.
 */
const RETRIED_STATUSES: ReadonlyMap<number, string | undefined> = new Map([
  [401, CHECK_TOKEN],
  [403, CHECK_TOKEN],
  [404, CHECK_ENDPOINT],
  [405, CHECK_ENDPOINT],
  [407, 'Check the credentials for the proxy.'],
  [408, undefined],
  [425, undefined],
  [429, undefined],
  [502, undefined],
  [503, undefined],
  [504, undefined],
])

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
      return deliveryOf(await exchange(batch), url, options.now())
    } catch (error) {
      return { kind: 'retry', reason: error instanceof Error ? error.message || error.name : String(error) }
    }
  }

  return { send, close: () => agent.destroy() }
}

function deliveryOf(answer: Answer, url: URL, nowMs: number): Delivery {
  const { status } = answer
  const reason = `${url.origin} answered ${status}${messageOf(answer.body)}`
  if (status >= 200 && status < 300) {
    const receipt = receiptOf(answer.body)
    // A page of a proxy, say, while the daemon is away: nobody has counted the batch.
    return receipt ?? { kind: 'retry', reason: `${reason}, but not as ragmeter does`, hint: CHECK_ENDPOINT }
  }
  if (RETRIED_STATUSES.has(status)) {
    const hint = RETRIED_STATUSES.get(status)
    const retryAfterMs = parseRetryAfter(answer.retryAfter, nowMs)
    return {
      kind: 'retry',
      reason,
      ...(hint === undefined ? {} : { hint }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }
  }
  if (status < 400 || status >= 500) return { kind: 'retry', reason, isDoubtful: true }
  const hint = status === 413 ? 'Lower `batchBytesMax`.' : 'Check that the daemon is as new as the SDK.'
  return { kind: 'rejected', reason, hint, isTooLarge: status === 413 }
}

/** What the daemon says when it has stored a batch. @returns undefined if something else has answered */
function receiptOf(body: string): Extract<Delivery, { kind: 'accepted' }> | undefined {
  try {
    const answer = JSON.parse(body) as Record<string, unknown> | null
    if (typeof answer?.['accepted'] !== 'number') return undefined
    const rejected = countOf(answer['rejected_measurements']) + countOf(answer['rejected_ledger_rows'])
    return rejected === 0 ? { kind: 'accepted' } : { kind: 'accepted', rejected }
  } catch {
    return undefined
  }
}

/** Older daemons do not say. */
function countOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0
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
