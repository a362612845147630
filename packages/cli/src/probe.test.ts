import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { probe } from './probe.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A raw TCP server, since what listens on a port need not speak HTTP. */
async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    closers.push(() => socket.destroy())
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function answering(status: string, body: string): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.end(
        `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      )
    })
  }
}

const healthy = {
  status: 'healthy',
  version: '0.1.0',
  pid: 4711,
  started_at: '2026-01-01T00:00:00.000Z',
  nonce: 'n1',
  uptime_seconds: 5,
  traces_collected: 7,
  storage: { bytes: 1 },
}

test('probe reads the health of a daemon', async () => {
  const url = await listen(answering('200 OK', JSON.stringify(healthy)))
  expect(await probe(url, undefined, 5000)).toEqual({
    answer: 'ragmeter',
    health: {
      pid: 4711,
      startedAt: '2026-01-01T00:00:00.000Z',
      nonce: 'n1',
      version: '0.1.0',
      healthy: true,
      reason: null,
      uptimeSeconds: 5,
      tracesCollected: 7,
      storage: { bytes: 1 },
    },
  })
})

test('probe takes a daemon that cannot write for the daemon it is', async () => {
  const body = { ...healthy, status: 'unhealthy', reason: 'disk full' }
  const url = await listen(answering('503 Service Unavailable', JSON.stringify(body)))
  expect(await probe(url, undefined, 5000)).toMatchObject({
    answer: 'ragmeter',
    health: { healthy: false, reason: 'disk full' },
  })
})

test.each([
  ['locked', '401 Unauthorized', '{"error":{"code":"unauthorized","message":"","hint":""}}'],
  ['stopping', '503 Service Unavailable', '{"error":{"code":"stopping","message":"","hint":""}}'],
  ['other_program', '401 Unauthorized', 'Password!'],
  ['other_program', '200 OK', '{"status":"ok"}'],
  ['other_program', '404 Not Found', ''],
])('probe: %s for %s %s', async (answer, status, body) => {
  const url = await listen(answering(status, body))
  expect(await probe(url, undefined, 5000)).toMatchObject({ answer })
})

test('probe: another program for one that does not speak HTTP', async () => {
  const url = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
  expect(await probe(url, undefined, 5000)).toMatchObject({ answer: 'other_program' })
})

test('probe: timeout for one that accepts and says nothing', async () => {
  const url = await listen(() => {})
  expect(await probe(url, undefined, 50)).toEqual({ answer: 'timeout' })
})

test('probe: timeout for one that begins to answer and never ends', async () => {
  const url = await listen((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'))
  expect(await probe(url, undefined, 200)).toEqual({ answer: 'timeout' })
})

test('probe: nobody where nothing listens', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  expect(await probe(`http://127.0.0.1:${port}`, undefined, 5000)).toEqual({ answer: 'nobody' })
})

test('probe sends the token', async () => {
  let seen = ''
  const url = await listen((socket) => {
    socket.once('data', (data: Buffer) => {
      seen = data.toString()
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
    })
  })
  await probe(url, 's3cret', 5000)
  expect(seen.toLowerCase()).toContain('authorization: bearer s3cret')
})
