/** A server that notes down what Alertmanager, or the daemon in the same form, sends to it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Notification {
  /** The path it was sent to, without its slash. */
  readonly to: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
  readonly status: 'firing' | 'resolved'
  readonly alerts: readonly {
    status: 'firing' | 'resolved'
    labels: Readonly<Record<string, string>>
    annotations: Readonly<Record<string, string>>
  }[]
}

export interface Webhook extends AsyncDisposable {
  readonly url: string
  readonly notifications: readonly Notification[]
}

export async function startWebhook(): Promise<Webhook> {
  const notifications: Notification[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Omit<Notification, 'to' | 'receivedAt'>
      const to = decodeURIComponent((request.url ?? '').slice(1))
      notifications.push({ ...body, to, receivedAt: Date.now() })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    notifications,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
