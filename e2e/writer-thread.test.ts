/** The thread of the database runs out of memory: bodies that would do that to it are refused; and if it happens, the daemon ends. */
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createHome } from './command-line.ts'

const post = (url: string, body: Buffer, headers: Record<string, string> = {}) =>
  fetch(`${url}/ingest`, { method: 'POST', body, headers })
const emptyTraces = (count: number) => Buffer.from(`{"traces":[${'{},'.repeat(count)}{}]}`)
const oneTrace = Buffer.from('{"traces":[{"id":"a","total_latency_ms":10}]}')
const stored = (url: string) =>
  fetch(`${url}/api/v1/storage`).then(async (answer) => ((await answer.json()) as { traces: number }).traces)

test('64 MB of empty objects in 64 kB of gzip: refused, and the daemon goes on', async () => {
  const home = createHome()
  await home.foreground()
  const { url } = home.record()
  const bomb = gzipSync(emptyTraces(22_000_000))
  const answer = await post(url, bomb, { 'content-encoding': 'gzip' })
  expect([answer.status, await answer.json()]).toEqual([
    413,
    {
      error: {
        code: 'body_too_large',
        message: 'The body has more than 4000000 values of JSON.',
        hint: 'Send smaller batches.',
      },
    },
  ])
  expect((await post(url, oneTrace)).status).toBe(200)
  expect(await stored(url)).toBe(1)
})

test('the thread of the database dies: the daemon says so and ends with 14, and what it acknowledged is there', async () => {
  const home = createHome()
  const { exit, output } = await home.foreground([], { NODE_OPTIONS: '--max-old-space-size=40' })
  const { url } = home.record()
  expect((await post(url, oneTrace)).status).toBe(200)
  // Within the limits of a body, but not within the memory this daemon has.
  const answer = await post(url, emptyTraces(1_900_000)).catch(() => undefined)
  expect([undefined, 503]).toContain(answer?.status)
  expect(await exit).toEqual([14, null])
  expect(output().stdout).toMatch(/"level":"fatal".*the thread of the database ended/)
  expect(output().stderr).toContain('error: The thread of the database ended: ')
  expect(home.hasRecord()).toBe(false)
  await home.foreground()
  expect(await stored(home.record().url)).toBe(1)
})
