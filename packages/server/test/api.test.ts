/** The API over HTTP, against a store that remembers what it was asked. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TRACES } from './api-answers.ts'
import { SCENARIOS } from './api-scenarios.ts'
import { committed, EMPTY_REPORT } from './committed.ts'
import { emptyState, FakeStore } from './fake-store.ts'
import { NOW } from './scenario.ts'
import type { ApiScenario } from './scenario.ts'
import { startDaemon } from './start-daemon.ts'
import type { TestDaemon } from './start-daemon.ts'

let daemon: TestDaemon
beforeAll(async () => {
  daemon = await startDaemon({ now: () => NOW, config: { dimensions: ['team'] } })
})
afterAll(async () => {
  await daemon[Symbol.asyncDispose]()
})
beforeEach(() => {
  daemon.store.storage = emptyState()
  daemon.store.stateError = undefined
  daemon.store.asked.length = 0
})

async function run(scenario: ApiScenario): Promise<void> {
  scenario.given?.(daemon.store)
  const response = await fetch(daemon.server.url + scenario.path, {
    method: scenario.method ?? 'GET',
    headers: scenario.headers ?? {},
  })
  const body: unknown = await response.json()
  expect({ status: response.status, body }).toMatchObject({
    status: scenario.status,
    ...(scenario.body === undefined ? {} : { body: scenario.body }),
  })
  for (const [name, value] of Object.entries(scenario.answerHeaders ?? {})) {
    expect(response.headers.get(name)).toBe(value)
  }
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(daemon.store.asked).toEqual(scenario.asked ?? daemon.store.asked)
}

test.each(SCENARIOS)('$name: $path', run)

const refusals = SCENARIOS.filter(({ status, path }) => status >= 400 && path !== '/health')

test.each(refusals)('the refusal of $name tells what to do', async (scenario) => {
  scenario.given?.(daemon.store)
  const response = await fetch(daemon.server.url + scenario.path, {
    method: scenario.method ?? 'GET',
    headers: scenario.headers ?? {},
  })
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringMatching(/\w/), hint: expect.stringMatching(/\w/) },
  })
})

test('the load of the daemon has the times of its commits, and what its stages dropped', async () => {
  await using own = await startDaemon({ now: () => NOW })
  for (const commitMs of [4, 2]) {
    own.store.onCommitted(
      committed({ report: { ...EMPTY_REPORT, tracesStored: 3, tracesRejected: 1, commitMs } }),
    )
  }
  const response = await fetch(`${own.server.url}/api/v1/daemon`)
  expect(await response.json()).toMatchObject({
    commits: { count: 2, p50_ms: 2, p95_ms: 4, max_ms: 4 },
    stages: expect.arrayContaining([{ stage: 'store', accepted: 6, dropped: { rejected: 2 } }]),
  })
})

test('HEAD answers as GET does, without a body', async () => {
  const response = await fetch(`${daemon.server.url}/livez`, { method: 'HEAD' })
  expect([response.status, await response.text()]).toEqual([200, ''])
})

test.each([
  ['any id', 'ünïcode/id'],
  ['the longest id', '漢'.repeat(128)],
  ['the longest id as JSON', '\u0001'.repeat(128)],
])('the pages of a list continue after %s, within the range of the one before', async (_, id) => {
  const next = { timestamp: NOW - 5000, id }
  daemon.store.answers.traces = { ...TRACES, next, truncated: true }
  const first = await fetch(`${daemon.server.url}/api/v1/traces?from=-1h&org=acme`)
  const page = (await first.json()) as { next_cursor: string; truncated: boolean }
  expect(page.truncated).toBe(true)
  daemon.store.asked.length = 0
  // Another range is stated on purpose: the cursor's wins, or a relative one would move from page to page.
  await fetch(`${daemon.server.url}/api/v1/traces?from=-2h&org=acme&cursor=${page.next_cursor}`)
  expect(daemon.store.asked[0]?.parameters).toMatchObject({
    after: next,
    filter: { from: NOW - 3_600_000, to: NOW, org: 'acme' },
  })
})

describe('POST', () => {
  test.each([
    ['/ingest', 'batch'],
    ['/api/v1/feedback', 'feedback'],
    ['/api/v1/scores', 'scores'],
  ])('%s hands a body over as %s, and its answer back as it is', async (path, kind) => {
    daemon.store.take = () =>
      Promise.resolve({ outcome: 'stored', response: '{"accepted":2,"dropped":1,"rejected":[]}' })
    const response = await fetch(daemon.server.url + path, { method: 'POST', body: '{"a":1}' })
    expect([response.status, await response.text()]).toEqual([
      200,
      '{"accepted":2,"dropped":1,"rejected":[]}',
    ])
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(daemon.store.bodies.at(-1)).toMatchObject({ kind, receivedAt: NOW })
    expect(daemon.store.lastText).toBe('{"a":1}')
  })

  test('hands over an empty body: what it means is for the parser to say', async () => {
    await fetch(`${daemon.server.url}/ingest`, { method: 'POST' })
    expect(daemon.store.lastText).toBe('')
  })

  test('passes on a refusal of the store, with when to come back', async () => {
    daemon.store.take = () =>
      Promise.resolve({
        outcome: 'refused',
        code: 'storage_unavailable',
        message: 'disk full',
        retryAfterSeconds: 5,
      })
    const response = await fetch(`${daemon.server.url}/ingest`, { method: 'POST', body: '{}' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.json()).toMatchObject({
      error: { code: 'storage_unavailable', message: 'disk full' },
    })
  })
})

describe('with a token', () => {
  test('every route but the liveness probe asks for it', async () => {
    const token = 'correct-horse-battery'
    await using guarded = await startDaemon({ store: new FakeStore(), config: { token } })
    const status = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(guarded.server.url + path, init)
      await response.text()
      return response.status
    }
    const paths = ['/health', '/metrics', '/stats', '/api/v1/openapi.json', '/api/v1/traces', '/nope']
    for (const path of paths) expect([path, await status(path)]).toEqual([path, 401])
    expect(await status('/ingest', { method: 'POST', body: '{}' })).toBe(401)
    expect(guarded.store.bodies).toHaveLength(0)
    expect(await status('/livez')).toBe(200)
    expect(await status('/health', { headers: { authorization: `Bearer ${token}` } })).toBe(200)
    const refused = await fetch(`${guarded.server.url}/health`)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="ragmeter"')
  })
})
