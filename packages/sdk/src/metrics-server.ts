/** Serves the metrics page, alone or inside the application's own server. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MetricsPage } from './metrics-page.ts'

/** For `node:http`, Express and whatever takes `(request, response)`. */
export type MetricsHandler = (request: IncomingMessage, response: ServerResponse) => void

export interface MetricsServerOptions {
  /** 0 takes a free one. */
  port: number
  /** @default '127.0.0.1': the page needs no password, so it is not offered to the network unasked */
  host?: string
}

export interface MetricsServer extends AsyncDisposable {
  /** Where Prometheus scrapes. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export function createMetricsHandler(
  render: (accept: string | undefined) => Promise<MetricsPage>,
): MetricsHandler {
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
      return
    }
    render(request.headers.accept)
      .then(({ contentType, body }) => {
        const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
        response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : body)
      })
      .catch((error: unknown) => {
        // A registry of the application failed: its error belongs on the page that someone looks at, as Prometheus does.
        const message = error instanceof Error ? error.message : String(error)
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
        response.end(`${message}\n`)
      })
  }
}

/**
 * Does not keep the process alive.
 * @throws if the port cannot be had
 */
export async function serveMetricsPage(
  handler: MetricsHandler,
  options: MetricsServerOptions,
): Promise<MetricsServer> {
  const { port, host = '127.0.0.1' } = options
  if (typeof host !== 'string') throw new TypeError('host must be a text, such as 127.0.0.1.')
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0]
    if (path === '/metrics') return handler(request, response)
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('See /metrics\n')
  })
  server.unref()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const remedy = error.code === 'EADDRINUSE' ? ' Another program listens there: choose another port.' : ''
      reject(
        new Error(`Metrics cannot be served at ${host}:${port}: ${error.message}.${remedy}`, {
          cause: error,
        }),
      )
    })
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo
      const name = host.includes(':') ? `[${host}]` : host
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed())
          server.closeAllConnections()
        })
      resolve({
        url: `http://${name}:${address.port}/metrics`,
        port: address.port,
        close,
        [Symbol.asyncDispose]: close,
      })
    })
  })
}
