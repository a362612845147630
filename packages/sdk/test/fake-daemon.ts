/** A daemon in memory, over real HTTP: it counts batches as the real one does, and fails as told. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InMemoryTransport, parseSealed } from '../src/testing.ts'

export interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** @returns whether the daemon shall take the batch after this; the behaviour may answer itself */
export type Behaviour = (
  received: Received,
  response: ServerResponse,
  attempt: number,
) => boolean | 'answered'

export class FakeDaemon {
  readonly store = new InMemoryTransport()
  readonly received: Received[] = []
  /** Stays known after the stop, so that another one can take it. */
  readonly port: number
  readonly #server: Server
  behaviour: Behaviour = () => true

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => this.#take({ headers: request.headers, body: Buffer.concat(chunks) }, response))
    })
  }

  static async start(port = 0): Promise<FakeDaemon> {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return new FakeDaemon(server)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #take(received: Received, response: ServerResponse): void {
    this.received.push(received)
    const outcome = this.behaviour(received, response, this.received.length)
    if (outcome === false) return
    const encoding = received.headers['content-encoding'] === 'gzip' ? 'gzip' : 'identity'
    const parsed = parseSealed({ body: received.body, encoding })
    this.store.accept(parsed)
    if (outcome === 'answered') return
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ accepted: parsed.traces.length, dropped: 0 }))
  }
}
