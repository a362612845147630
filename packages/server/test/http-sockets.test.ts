/** The HTTP side over real sockets: what arrives in pieces, too slowly, too large, or not at all. */
import { once } from 'node:events'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Admission } from '../src/ingest/ingest.ts'
import { connectRaw, errorCode } from './raw-client.ts'
import type { RawClient } from './raw-client.ts'
import * as raw from './raw-client.ts'
import { startDaemon } from './start-daemon.ts'
import type { TestDaemon, TestDaemonOptions } from './start-daemon.ts'

const BATCH = JSON.stringify({ traces: [{ id: 'a', total_latency_ms: 12, note: 'ünïcödé' }] })

let stack: AsyncDisposableStackLike
beforeEach(() => {
  stack = disposableStack()
})
afterEach(async () => {
  await stack.dispose()
})

/** AsyncDisposableStack is not in Node 20. */
interface AsyncDisposableStackLike {
  use<Resource extends AsyncDisposable>(resource: Resource): Resource
  dispose(): Promise<void>
}

function disposableStack(): AsyncDisposableStackLike {
  const resources: AsyncDisposable[] = []
  return {
    use: (resource) => {
      resources.unshift(resource)
      return resource
    },
    dispose: async () => {
      for (const resource of resources) await resource[Symbol.asyncDispose]()
    },
  }
}

async function daemonAndClient(
  options: TestDaemonOptions = {},
): Promise<{ daemon: TestDaemon; client: RawClient }> {
  const daemon = stack.use(await startDaemon(options))
  const client = stack.use(await connectRaw(daemon.server.port))
  return { daemon, client }
}

const host = (daemon: TestDaemon, bytes: string | Uint8Array) => {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)
  return Buffer.from(
    buffer.toString('latin1').replace('Host: HOST', `Host: 127.0.0.1:${daemon.server.port}`),
    'latin1',
  )
}
const post = (daemon: TestDaemon, ...parameters: Parameters<typeof raw.post>) =>
  host(daemon, raw.post(...parameters))
const postHead = (daemon: TestDaemon, ...parameters: Parameters<typeof raw.postHead>) =>
  host(daemon, raw.postHead(...parameters))

describe('POST /ingest', () => {
  test('takes a body whose every byte is a segment', async () => {
    const { daemon, client } = await daemonAndClient()
    const bytes = post(daemon, BATCH)
    await client.send(...Array.from(bytes, (byte) => Uint8Array.of(byte)))
    const [answer] = await client.answers(1)
    expect(answer?.status).toBe(200)
    expect(daemon.store.lastText).toBe(BATCH)
  })

  test('takes a chunked body, cut inside characters', async () => {
    const { daemon, client } = await daemonAndClient()
    const bytes = Buffer.from(BATCH)
    const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
      bytes.subarray(i * 7, i * 7 + 7),
    )
    await client.send(postHead(daemon, 'chunked'))
    for (const chunk of chunks) {
      await client.send(
        Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
      )
    }
    await client.send('0\r\n\r\n')
    expect((await client.answers(1))[0]?.status).toBe(200)
    expect(daemon.store.lastText).toBe(BATCH)
  })

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
    ['identity, gzip', gzipSync],
    ['identity', (bytes: Uint8Array) => bytes],
    ['', (bytes: Uint8Array) => bytes],
  ] as const)('takes Content-Encoding "%s" (%o)', async (encoding, compress) => {
    const { daemon, client } = await daemonAndClient()
    const body = compress(Buffer.from(BATCH))
    const bytes = post(daemon, body, [`Content-Encoding: ${encoding}`])
    // The first byte of the body decides between the two forms of deflate, so it comes alone.
    const cut = bytes.length - body.length + 1
    await client.send(bytes.subarray(0, cut), bytes.subarray(cut))
    expect((await client.answers(1))[0]?.status).toBe(200)
    expect(daemon.store.lastText).toBe(BATCH)
  })

  test('takes a compressed body larger than all buffers', async () => {
    const { daemon, client } = await daemonAndClient()
    const large = JSON.stringify({
      traces: Array.from({ length: 40_000 }, (_, i) => ({ id: `trace-${i}`, n: i * 7919 })),
    })
    await client.send(post(daemon, gzipSync(large), ['Content-Encoding: gzip']))
    expect((await client.answers(1))[0]?.status).toBe(200)
    expect(daemon.store.lastText).toBe(large)
  })

  test.each([
    ['gzip, gzip', 'unsupported_encoding', 415],
    ['zstd', 'unsupported_encoding', 415],
    ['gzip', 'body_corrupt', 400],
    ['br', 'body_corrupt', 400],
    ['deflate', 'body_corrupt', 400],
  ])('refuses Content-Encoding "%s" of what is not: %s', async (encoding, code, status) => {
    const { daemon, client } = await daemonAndClient()
    await client.send(post(daemon, BATCH, [`Content-Encoding: ${encoding}`]))
    const [answer] = await client.answers(1)
    expect([answer?.status, errorCode(answer)]).toEqual([status, code])
    expect(daemon.store.bodies).toHaveLength(0)
  })

  test('refuses a compressed body that is cut off', async () => {
    const { daemon, client } = await daemonAndClient()
    const whole = gzipSync(BATCH)
    await client.send(post(daemon, whole.subarray(0, whole.length - 9), ['Content-Encoding: gzip']))
    expect(errorCode((await client.answers(1))[0])).toBe('body_corrupt')
  })

  test('refuses an empty body that says it is compressed', async () => {
    const { daemon, client } = await daemonAndClient()
    await client.send(post(daemon, '', ['Content-Encoding: gzip']))
    expect(errorCode((await client.answers(1))[0])).toBe('body_corrupt')
  })

  test('ignores bytes after the compressed data', async () => {
    const { daemon, client } = await daemonAndClient()
    const body = Buffer.concat([deflateSync(BATCH), Buffer.from('rest')])
    const bytes = post(daemon, body, ['Content-Encoding: deflate'])
    await client.send(bytes.subarray(0, -2), bytes.subarray(-2))
    expect((await client.answers(1))[0]?.status).toBe(200)
    expect(daemon.store.lastText).toBe(BATCH)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', ';;;not a type', 'application/json'])(
    'does not look at Content-Type %s',
    async (type) => {
      const { daemon, client } = await daemonAndClient()
      await client.send(post(daemon, BATCH, [`Content-Type: ${type}`]))
      expect((await client.answers(1))[0]?.status).toBe(200)
      expect(daemon.store.lastText).toBe(BATCH)
    },
  )

  test.each(['/ingest/', '/ingest?source=x', '/ingest/?a=1&b=2'])('is also %s', async (path) => {
    const { daemon, client } = await daemonAndClient()
    await client.send(post(daemon, BATCH, [], path))
    expect((await client.answers(1))[0]?.status).toBe(200)
  })

  test('answers a client that shuts down its sending side after the body', async () => {
    const { daemon, client } = await daemonAndClient()
    client.socket.end(post(daemon, BATCH))
    expect((await client.untilClosed())[0]?.status).toBe(200)
  })

  test('answers 400 to a body that ends too early, and gives back its place', async () => {
    const admission = new Admission()
    const { daemon, client } = await daemonAndClient({ admission })
    client.socket.end(Buffer.concat([postHead(daemon, 1000), Buffer.from('{"traces"')]))
    const [answer] = await client.untilClosed()
    expect([answer?.status, errorCode(answer)]).toEqual([400, 'body_incomplete'])
    expect([admission.requests, admission.bytes]).toEqual([0, 0])
    expect(daemon.store.bodies).toHaveLength(0)
  })

  test('gives back the place of a client that vanishes', async () => {
    const admission = new Admission()
    const { daemon, client } = await daemonAndClient({ admission })
    await client.send(postHead(daemon, 1000), 'x'.repeat(500))
    await expect.poll(() => admission.bytes).toBe(500)
    client.socket.resetAndDestroy()
    await expect.poll(() => [admission.requests, admission.bytes]).toEqual([0, 0])
  })

  test('answers requests that come before the first is answered, in order', async () => {
    const { daemon, client } = await daemonAndClient()
    const bodies = ['{"n":1}', '{"n":2}', '{"n":3}']
    await client.send(Buffer.concat(bodies.map((body) => post(daemon, body))))
    const answers = await client.answers(3)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(daemon.store.bodies.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(bodies)
  })

  test('takes a client at its word with Expect: 100-continue', async () => {
    const { daemon, client } = await daemonAndClient()
    await client.send(postHead(daemon, BATCH.length + 4, ['Expect: 100-continue']))
    const [chunk] = (await once(client.socket, 'data')) as [Buffer]
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 100 Continue\r\n/)
    await client.send(BATCH)
    expect((await client.answers(1))[0]?.status).toBe(200)
  })
})

describe('a body where none is taken', () => {
  test.each([
    ['/nope', 404],
    ['/stats', 405],
  ])('is not read as JSON: POST %s is %i', async (path, status) => {
    const { daemon, client } = await daemonAndClient()
    const body = 'x'.repeat(5_000_000)
    await client.send(post(daemon, body, ['Content-Type: application/json'], path), post(daemon, BATCH))
    const answers = await client.answers(2)
    expect(answers.map((answer) => answer.status)).toEqual([status, 200])
  })
})

describe('limits of POST /ingest', () => {
  const MEGABYTE = Buffer.alloc(1024 * 1024, 'x')

  test('refuse a stated length at once, and read on so that the sender sees it', async () => {
    const { daemon, client } = await daemonAndClient()
    await client.send(postHead(daemon, 33 * MEGABYTE.length))
    const [answer] = await client.answers(1)
    expect([answer?.status, errorCode(answer)]).toEqual([413, 'body_too_large'])
    for (let sent = 0; sent < 33; sent += 1) await client.send(MEGABYTE)
    await client.send(post(daemon, BATCH))
    const [, next] = await client.answers(2)
    expect(next?.status).toBe(200)
  })

  test('refuse a chunked body when it gets too long', async () => {
    const { daemon, client } = await daemonAndClient()
    await client.send(postHead(daemon, 'chunked'))
    for (let sent = 0; sent < 33; sent += 1)
      await client.send(`${MEGABYTE.length.toString(16)}\r\n`, MEGABYTE, '\r\n')
    await client.send('0\r\n\r\n')
    expect(errorCode((await client.answers(1))[0])).toBe('body_too_large')
    expect(daemon.store.bodies).toHaveLength(0)
  })

  test('take a body of exactly 32 MB', async () => {
    const { daemon, client } = await daemonAndClient()
    await client.send(postHead(daemon, 32 * MEGABYTE.length))
    for (let sent = 0; sent < 32; sent += 1) await client.send(MEGABYTE)
    expect((await client.answers(1))[0]?.status).toBe(200)
    expect(daemon.store.bodies[0]?.bytes.byteLength).toBe(32 * MEGABYTE.length)
  })

  test('stop a zip bomb before it is inflated', async () => {
    const admission = new Admission()
    let peak = 0
    const { daemon, client } = await daemonAndClient({ admission })
    const watch = setInterval(() => (peak = Math.max(peak, admission.bytes)), 1)
    const bomb = gzipSync(Buffer.alloc(300 * MEGABYTE.length))
    await client.send(post(daemon, bomb, ['Content-Encoding: gzip']))
    const [answer] = await client.answers(1)
    clearInterval(watch)
    expect([answer?.status, errorCode(answer)]).toEqual([413, 'body_too_large'])
    expect(peak).toBeLessThanOrEqual(64 * MEGABYTE.length)
    expect([admission.requests, admission.bytes]).toEqual([0, 0])
  })

  test('give up on a sender that does not stop', async () => {
    const { daemon, client } = await daemonAndClient({ limits: { drainBytesMax: 2 * MEGABYTE.length } })
    await client.send(postHead(daemon, 1024 * MEGABYTE.length))
    for (let sent = 0; sent < 1024 && !client.socket.destroyed; sent += 1) await client.send(MEGABYTE)
    expect(errorCode((await client.untilClosed())[0])).toBe('body_too_large')
  })

  test('answer 503 with Retry-After when too much is in flight, then take more', async () => {
    const admission = new Admission({ requestsMax: 1 })
    const { daemon, client } = await daemonAndClient({ admission })
    let release: (() => void) | undefined
    daemon.store.take = async () => {
      await new Promise<void>((resolve) => (release = resolve))
      return { outcome: 'stored', response: '{}' }
    }
    await client.send(post(daemon, BATCH))
    await expect.poll(() => daemon.store.bodies.length).toBe(1)
    const second = stack.use(await connectRaw(daemon.server.port))
    await second.send(post(daemon, BATCH))
    const [refused] = await second.answers(1)
    expect([refused?.status, errorCode(refused)]).toEqual([503, 'overloaded'])
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
    release?.()
    expect((await client.answers(1))[0]?.status).toBe(200)
    daemon.store.take = () => Promise.resolve({ outcome: 'stored', response: '{}' })
    await second.send(post(daemon, BATCH))
    expect((await second.answers(2))[1]?.status).toBe(200)
  })

  test('answer 503 when the bytes in flight are too many', async () => {
    const admission = new Admission({ bytesMax: 1000 })
    const { daemon, client } = await daemonAndClient({ admission })
    await client.send(post(daemon, 'x'.repeat(1001)))
    expect(errorCode((await client.answers(1))[0])).toBe('overloaded')
    expect(admission.bytes).toBe(0)
    await client.send(post(daemon, 'x'.repeat(1000)))
    expect((await client.answers(2))[1]?.status).toBe(200)
  })
})

describe('slow and broken senders', () => {
  const limits = { headersTimeoutMs: 100, requestTimeoutMs: 200, timeoutCheckIntervalMs: 20 }

  test.each([
    ['no byte of a request line', ''],
    ['half of the headers', 'POST /ingest HTTP/1.1\r\nHost: x\r\n'],
  ])('are answered 408 or closed: %s', async (_, bytes) => {
    const { client } = await daemonAndClient({ limits })
    if (bytes !== '') await client.send(bytes)
    const [answer] = await client.untilClosed()
    expect(answer === undefined || errorCode(answer) === 'timeout').toBe(true)
  })

  test('are answered 408 when the body does not come, and their place is given back', async () => {
    const admission = new Admission()
    const { daemon, client } = await daemonAndClient({ limits, admission })
    await client.send(postHead(daemon, 1000), '{')
    const [answer] = await client.untilClosed()
    expect([answer?.status, errorCode(answer)]).toEqual([408, 'timeout'])
    await expect.poll(() => admission.requests).toBe(0)
  })

  test('are answered 400 for what is no HTTP', async () => {
    const { client } = await daemonAndClient()
    await client.send('HELO example.org\r\n\r\n')
    const [answer] = await client.untilClosed()
    expect([answer?.status, errorCode(answer)]).toEqual([400, 'invalid_request'])
    // There is none.
    expect(answer?.body).not.toContain('path')
  })

  test('are answered 400 for an expectation that nobody knows, in the form of every refusal', async () => {
    const { client } = await daemonAndClient()
    await client.send('GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: foo\r\n\r\n')
    const [answer] = await client.untilClosed()
    expect([answer?.status, errorCode(answer)]).toEqual([400, 'invalid_request'])
  })

  test('are answered 400 for headers without end', async () => {
    const { client } = await daemonAndClient()
    await client.send(`GET /health HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(errorCode((await client.untilClosed())[0])).toBe('invalid_request')
  })
})
