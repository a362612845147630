/** How the daemon starts and stops. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { FakeStore } from './fake-store.ts'
import { connectRaw, errorCode } from './raw-client.ts'
import { startDaemon } from './start-daemon.ts'

const POST = (port: number) =>
  `POST /ingest HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 2\r\n\r\n{}`

test('close() answers what is in flight, then closes the database', async () => {
  const daemon = await startDaemon()
  const { store, server } = daemon
  let release: (() => void) | undefined
  store.take = async () => {
    await new Promise<void>((resolve) => (release = resolve))
    expect(store.closed).toBe(false)
    return { outcome: 'stored', response: '{"accepted":1}' }
  }
  await using client = await connectRaw(server.port)
  await client.send(POST(server.port))
  await expect.poll(() => store.bodies.length).toBe(1)
  const closing = server.close()
  release?.()
  const [answer] = await client.untilClosed()
  expect([answer?.status, answer?.body]).toEqual([200, '{"accepted":1}'])
  await closing
  expect(store.closed).toBe(true)
  await expect(fetch(`${server.url}/livez`)).rejects.toThrow('fetch failed')
})

test('close() refuses what comes on an open connection, with when to come back', async () => {
  const { store, server } = await startDaemon()
  let release: (() => void) | undefined
  store.take = async () => {
    await new Promise<void>((resolve) => (release = resolve))
    return { outcome: 'stored', response: '{}' }
  }
  await using client = await connectRaw(server.port)
  await client.send(POST(server.port))
  await expect.poll(() => store.bodies.length).toBe(1)
  const closing = server.close()
  await client.send(POST(server.port))
  release?.()
  const [first, second] = await client.untilClosed()
  expect(first?.status).toBe(200)
  expect([second?.status, errorCode(second), second?.headers['connection']]).toEqual([
    503,
    'stopping',
    'close',
  ])
  expect(Number(second?.headers['retry-after'])).toBeGreaterThan(0)
  await closing
})

test('close() does not wait for idle connections', async () => {
  const { server } = await startDaemon()
  await using client = await connectRaw(server.port)
  await client.send(`GET /livez HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`)
  await client.answers(1)
  await server.close()
  expect(await client.untilClosed()).toHaveLength(1)
})

test('close() does not wait for a connection that becomes idle meanwhile, nor for one that was never used', async () => {
  const { store, server } = await startDaemon({ limits: { closeTimeoutMs: 60_000 } })
  let release: (() => void) | undefined
  store.take = async () => {
    await new Promise<void>((resolve) => (release = resolve))
    return { outcome: 'stored', response: '{}' }
  }
  await using client = await connectRaw(server.port)
  await using unused = await connectRaw(server.port)
  await client.send(POST(server.port))
  await expect.poll(() => store.bodies.length).toBe(1)
  const closing = server.close()
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  release?.()
  await closing
  expect([await client.untilClosed(), await unused.untilClosed()]).toMatchObject([[{ status: 200 }], []])
})

test('close() cuts off what does not end in time', async () => {
  const { store, server } = await startDaemon({ limits: { closeTimeoutMs: 50 } })
  await using client = await connectRaw(server.port)
  await client.send(`POST /ingest HTTP/1.1\r\nHost: localhost:${server.port}\r\nContent-Length: 100\r\n\r\n{`)
  await expect.poll(() => server.close().then(() => store.closed)).toBe(true)
})

test('startServer() says when its store has failed for good, and still closes', async () => {
  const { server, store } = await startDaemon()
  store.fail(new Error('out of memory'))
  expect(await server.failed).toEqual(new Error('out of memory'))
  await server.close()
  expect(store.closed).toBe(true)
})

test('close() twice is close() once', async () => {
  const { server } = await startDaemon()
  expect(server.close()).toBe(server.close())
  await server.close()
})

test('startServer() on a busy port fails with EADDRINUSE and closes the database', async () => {
  const occupant = createServer().listen(0, '127.0.0.1')
  await once(occupant, 'listening')
  const { port } = occupant.address() as AddressInfo
  const store = new FakeStore()
  await expect(startDaemon({ store, config: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(store.closed).toBe(true)
  occupant.close()
})

test('startServer() listens on IPv6 loopback', async () => {
  await using daemon = await startDaemon({ config: { host: '::1' } })
  expect(daemon.server.url).toBe(`http://[::1]:${daemon.server.port}`)
  expect((await fetch(`${daemon.server.url}/livez`)).status).toBe(200)
})

test('startServer() on localhost is reached by that name', async () => {
  await using daemon = await startDaemon({ config: { host: 'localhost' } })
  expect((await fetch(`${daemon.server.url}/livez`)).status).toBe(200)
})
