/** Silences over HTTP: made, listed, ended, and refused with what to send instead. */
import { expect, test } from 'vitest'
import { NOW } from './scenario.ts'
import { startDaemon } from './start-daemon.ts'

const BODY = {
  matchers: [{ name: 'service', value: 'docs' }],
  ends_at: NOW + 3_600_000,
  author: 'ada',
  comment: 'a migration',
}

test('a silence is made, listed as active, and ended', async () => {
  await using daemon = await startDaemon({ now: () => NOW })
  const url = `${daemon.server.url}/api/v1/silences`
  const created = await fetch(url, { method: 'POST', body: JSON.stringify(BODY) })
  const silence = (await created.json()) as { id: string }
  expect([created.status, silence]).toEqual([
    200,
    {
      ...BODY,
      matchers: [{ name: 'service', value: 'docs', is_equal: true }],
      id: expect.any(String),
      state: 'active',
      starts_at: NOW,
      created_at: NOW,
    },
  ])
  expect(daemon.store.written.flatMap(({ silences }) => silences)).toMatchObject([
    { id: silence.id, author: 'ada' },
  ])
  const ended = await fetch(`${url}/${silence.id}`, { method: 'DELETE' })
  expect(await ended.json()).toMatchObject({ id: silence.id, state: 'expired', ends_at: NOW })
  const list = await fetch(url)
  expect(await list.json()).toMatchObject({ silences: [{ id: silence.id, state: 'expired' }] })
})

test.each([
  ['not JSON', '{', undefined],
  ['no matchers', JSON.stringify({ ...BODY, matchers: [] }), 'matchers'],
  [
    'a matcher without a value that must be',
    JSON.stringify({ ...BODY, matchers: [{ name: 'service', value: '' }] }),
    'matchers',
  ],
  [
    'a label that no alert has',
    JSON.stringify({ ...BODY, matchers: [...BODY.matchers, { name: 'servcie', value: 'docs' }] }),
    'matchers[1].name',
  ],
  [
    'a label that only alerts of Prometheus have',
    JSON.stringify({ ...BODY, matchers: [{ name: 'job', value: 'a', is_equal: false }, ...BODY.matchers] }),
    'matchers[0].name',
  ],
  ['an end before the start', JSON.stringify({ ...BODY, ends_at: NOW - 1 }), 'ends_at'],
  ['an end in a year', JSON.stringify({ ...BODY, ends_at: NOW + 365 * 86_400_000 }), 'ends_at'],
  ['no author', JSON.stringify({ ...BODY, author: ' ' }), 'author'],
  ['a typo', JSON.stringify({ ...BODY, coment: 'x' }), 'coment'],
])('a silence with %s is refused', async (_, body, path) => {
  await using daemon = await startDaemon({ now: () => NOW })
  const response = await fetch(`${daemon.server.url}/api/v1/silences`, { method: 'POST', body })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { code: 'invalid_request', ...(path === undefined ? {} : { path }) },
  })
  expect(daemon.store.written).toEqual([])
})

test('a silence of a label that no alert has is refused with those that there are', async () => {
  await using daemon = await startDaemon({ now: () => NOW })
  const body = JSON.stringify({ ...BODY, matchers: [{ name: 'servcie', value: 'docs' }] })
  const response = await fetch(`${daemon.server.url}/api/v1/silences`, { method: 'POST', body })
  expect(await response.json()).toMatchObject({
    error: {
      message: 'No alert has a label "servcie".',
      hint: expect.stringMatching(/^Use alert_family, alertname, .*\bservice, severity, slo, .*\.$/),
    },
  })
})

test('a silence takes the labels of objectives and budgets', async () => {
  await using daemon = await startDaemon({ now: () => NOW })
  const matchers = ['slo', 'budget', 'alert_family', 'cache'].map((name) => ({ name, value: 'x' }))
  const body = JSON.stringify({ ...BODY, matchers })
  const response = await fetch(`${daemon.server.url}/api/v1/silences`, { method: 'POST', body })
  expect(response.status).toBe(200)
})

test.each([
  ['DELETE', '/api/v1/silences/nope'],
  ['GET', '/api/v1/alerts/nope/evidence'],
])('%s %s is not found', async (method, path) => {
  await using daemon = await startDaemon({ now: () => NOW })
  const response = await fetch(daemon.server.url + path, { method })
  expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'not_found' } }])
})
