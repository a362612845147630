/** The web application over HTTP: which addresses it answers, with which headers, and to whom. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { startDaemon } from './start-daemon.ts'

const folder = mkdtempSync(join(tmpdir(), 'ragmeter-web-'))
const webFolder = pathToFileURL(`${folder}/`)
mkdirSync(join(folder, 'assets'))
writeFileSync(join(folder, 'index.html'), '<meta name="csp-nonce" content="%CSP_NONCE%">')
writeFileSync(join(folder, 'favicon.svg'), '<svg/>')
writeFileSync(join(folder, 'assets/main-abc.js'), 'plain')
writeFileSync(join(folder, 'assets/main-abc.js.gz'), gzipSync('small'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers, redirect: 'manual' })
  return {
    status: response.status,
    text: await response.text(),
    header: (name: string) => response.headers.get(name),
  }
}

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/session`, { method: 'POST', body, headers: { origin: url, ...headers } })

const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''

describe('with a built application', () => {
  test.each(['/', '/traces/a%20b?from=now-1h', '/costs/', '/api-of-mine', '/a/b/c.d'])(
    '%s opened by a browser is the page, never kept, with scripts from here only',
    async (path) => {
      await using daemon = await startDaemon({ webFolder })
      const { status, text, header } = await get(daemon.server.url + path, HTML)
      const nonce = /content="([A-Za-z0-9+/=]{24})"/.exec(text)?.[1]
      expect([status, header('cache-control'), header('content-type')]).toEqual([
        200,
        'no-store',
        'text/html; charset=utf-8',
      ])
      const policy = header('content-security-policy') ?? ''
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'self'",
          "script-src 'self'",
          `style-src 'self' 'nonce-${nonce}'`,
          "frame-ancestors 'none'",
        ]),
      )
      expect(header('x-content-type-options')).toBe('nosniff')
    },
  )

  test('every page has another nonce', async () => {
    await using daemon = await startDaemon({ webFolder })
    const pages = await Promise.all([get(daemon.server.url), get(daemon.server.url)])
    expect(pages[0]?.text).not.toBe(pages[1]?.text)
  })

  test.each(['/api/v1/nope', '/ingest', '/api', '/metrics/x', '/stats/x', '/health/x', '/livez/x'])(
    '%s keeps its answer in JSON, also for a browser',
    async (path) => {
      await using daemon = await startDaemon({ webFolder })
      const { status, text } = await get(daemon.server.url + path, HTML)
      expect(status).toBeGreaterThanOrEqual(404)
      expect(JSON.parse(text)).toMatchObject({
        error: { code: expect.stringMatching(/not_found|method_not_allowed/) },
      })
    },
  )

  test('a program that asks for an address that is none gets JSON', async () => {
    await using daemon = await startDaemon({ webFolder })
    expect((await get(`${daemon.server.url}/traces`)).status).toBe(404)
  })

  test('files below assets/ are kept for ever, and come compressed to those who take it', async () => {
    await using daemon = await startDaemon({ webFolder })
    const { status, text, header } = await get(`${daemon.server.url}/assets/main-abc.js`, {
      'accept-encoding': 'gzip',
    })
    expect([status, text]).toEqual([200, 'small'])
    expect(header('cache-control')).toContain('immutable')
    expect(header('content-type')).toContain('javascript')
    const plain = await get(`${daemon.server.url}/assets/main-abc.js`, { 'accept-encoding': 'identity' })
    expect(plain.text).toBe('plain')
  })

  test('other files are asked for again each time, which is answered 304 where nothing changed', async () => {
    await using daemon = await startDaemon({ webFolder })
    const { header } = await get(`${daemon.server.url}/favicon.svg`)
    expect(header('cache-control')).toBe('no-cache')
    const again = await get(`${daemon.server.url}/favicon.svg`, { 'if-none-match': header('etag') ?? '' })
    expect(again.status).toBe(304)
  })

  test.each([
    '/index.html',
    '/assets/none.js',
    '/..%2f..%2fpackage.json',
    '/assets/../../x.js',
    '/assets/main-abc.js.gz',
  ])('%s is no file', async (path) => {
    await using daemon = await startDaemon({ webFolder })
    expect((await get(daemon.server.url + path)).status).toBe(404)
  })
})

test('without a built application / says how to build it, and the API works', async () => {
  await using daemon = await startDaemon({ webFolder: new URL('none/', webFolder) })
  const { status, text } = await get(daemon.server.url, HTML)
  expect([status, text]).toEqual([404, expect.stringContaining('npm run build')])
  expect((await get(`${daemon.server.url}/livez`)).status).toBe(200)
})

describe('with a token', () => {
  const token = 'correct-horse-battery'
  const guarded = (now: () => number = Date.now) => startDaemon({ webFolder, config: { token }, now })

  test('the page and its files need none, everything that holds data does', async () => {
    await using daemon = await guarded()
    const { url } = daemon.server
    for (const path of ['/', '/traces']) expect((await get(url + path, HTML)).status).toBe(200)
    expect((await get(`${url}/assets/main-abc.js`)).status).toBe(200)
    for (const path of ['/stats', '/health', '/metrics', '/api/v1/openapi.json', '/nope']) {
      expect((await get(url + path)).status).toBe(401)
    }
    expect((await get(`${url}/stats`, HTML)).status).toBe(401)
  })

  test('signing in gives a cookie that scripts and other sites cannot use; signing out ends it', async () => {
    await using daemon = await guarded()
    const { url } = daemon.server
    const session = (cookie: string) =>
      get(`${url}/api/v1/session`, { cookie }).then(({ text }) => JSON.parse(text) as unknown)
    const response = await post(url, JSON.stringify({ token }))
    expect(await response.json()).toEqual({ token_required: true, signed_in: true })
    expect(response.headers.get('set-cookie')).toMatch(
      /^ragmeter_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    const cookie = cookieOf(response)
    expect((await get(`${url}/health`, { cookie })).status).toBe(200)
    expect(await session(cookie)).toEqual({ token_required: true, signed_in: true })
    await fetch(`${url}/api/v1/session`, { method: 'DELETE', headers: { cookie, origin: url } })
    expect((await get(`${url}/health`, { cookie })).status).toBe(401)
    expect(await session(cookie)).toEqual({ token_required: true, signed_in: false })
  })

  test('a page that came over https gets a cookie that stays within https', async () => {
    await using daemon = await guarded()
    const { url } = daemon.server
    const response = await post(url, JSON.stringify({ token }), { origin: url.replace('http:', 'https:') })
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  test('a session changes nothing for a page of another origin, or of none', async () => {
    await using daemon = await guarded()
    const { url } = daemon.server
    const cookie = cookieOf(await post(url, JSON.stringify({ token })))
    const ingest = async (headers: Record<string, string>) => {
      const response = await fetch(`${url}/ingest`, {
        method: 'POST',
        body: '{}',
        headers: { cookie, ...headers },
      })
      await response.text()
      return response.status
    }
    expect(await ingest({ origin: 'http://evil.example' })).toBe(403)
    expect(await ingest({})).toBe(403)
    expect(await ingest({ origin: url })).toBe(200)
  })

  test('a session ends after 12 hours', async () => {
    let moment = Date.UTC(2026, 10, 21)
    await using daemon = await guarded(() => moment)
    const { url } = daemon.server
    const cookie = cookieOf(await post(url, JSON.stringify({ token })))
    moment += 12 * 3_600_000 - 1
    expect((await get(`${url}/livez`, { cookie })).status).toBe(200)
    const signedIn = async () =>
      JSON.parse((await get(`${url}/api/v1/session`, { cookie })).text).signed_in as boolean
    expect(await signedIn()).toBe(true)
    moment += 1
    expect(await signedIn()).toBe(false)
  })

  test('five wrong tokens a minute, then even the right one waits', async () => {
    let moment = Date.UTC(2026, 10, 21)
    await using daemon = await guarded(() => moment)
    const { url } = daemon.server
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const response = await post(url, '{"token":"wrong"}')
      expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
      moment += 1000
    }
    const refused = await post(url, JSON.stringify({ token }))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '55'])
    moment += 55_000
    expect((await post(url, JSON.stringify({ token }))).status).toBe(200)
  })

  test.each(['', '[]', 'null', '{"token":1}', '{"token":""}'])('%j is no sign-in', async (body) => {
    await using daemon = await guarded()
    expect((await post(daemon.server.url, body)).status).toBe(400)
  })

  test('a body far longer than a token is refused', async () => {
    await using daemon = await guarded()
    expect((await post(daemon.server.url, 'x'.repeat(10_000))).status).toBe(413)
  })
})
