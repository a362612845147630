/** An HTTP client that does what well-behaved ones do not. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface RawAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
}

export interface RawClient extends AsyncDisposable {
  readonly socket: Socket
  /** Sends each part in a segment of its own. */
  send(...parts: (string | Uint8Array)[]): Promise<void>
  /** Waits for so many whole answers. */
  answers(count: number): Promise<RawAnswer[]>
  /** Waits until the daemon closes the connection; everything that came. */
  untilClosed(): Promise<RawAnswer[]>
}

export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.setNoDelay(true)
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    socket.emit('grown')
  })
  // A reset shows as the end of the connection.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return {
    socket,
    send: async (...parts) => {
      for (const part of parts) {
        if (socket.destroyed) return
        await new Promise<void>((resolve) => {
          socket.write(part, () => resolve())
        })
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
    },
    answers: async (count) => {
      for (;;) {
        const answers = parseAnswers(received)
        if (answers.length >= count) return answers
        if (socket.readableEnded || socket.destroyed)
          throw new Error(`closed after ${answers.length} answers`)
        await Promise.race([once(socket, 'grown'), once(socket, 'close'), once(socket, 'end')])
      }
    },
    untilClosed: async () => {
      if (!socket.readableEnded && !socket.destroyed) {
        await Promise.race([once(socket, 'end'), once(socket, 'close')])
      }
      return parseAnswers(received)
    },
    [Symbol.asyncDispose]: () => {
      socket.destroy()
      return Promise.resolve()
    },
  }
}

function parseAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = bytes
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return answers
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    )
    rest = rest.subarray(end + 4)
    const status = Number(statusLine.split(' ')[1])
    if (status === 100) continue
    const length = Number(headers['content-length'] ?? 0)
    if (rest.length < length) return answers
    answers.push({ status, headers, body: rest.subarray(0, length).toString('utf8') })
    rest = rest.subarray(length)
  }
}

export function errorCode(answer: RawAnswer | undefined): string | undefined {
  const body = JSON.parse(answer?.body ?? '{}') as { error?: { code?: string } }
  return body.error?.code
}

/** A POST /ingest with Content-Length. */
export function post(body: string | Uint8Array, headers: readonly string[] = [], path = '/ingest'): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return Buffer.concat([Buffer.from(postHead(bytes.byteLength, headers, path)), bytes])
}

/** Headers of a POST, up to the body. */
export function postHead(
  length: number | 'chunked',
  headers: readonly string[] = [],
  path = '/ingest',
): string {
  const framing = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`
  return [`POST ${path} HTTP/1.1`, 'Host: HOST', framing, ...headers, '', ''].join('\r\n')
}
