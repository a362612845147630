/** The database is deleted, moved away or replaced under a running daemon: every write works, and everything would be lost. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHome } from './command-line.ts'
import type { Home } from './command-line.ts'

const post = (home: Home, id: string) =>
  fetch(`${home.record().url}/ingest`, {
    method: 'POST',
    body: JSON.stringify({ traces: [{ id, total_latency_ms: 10 }] }),
  })
const health = (home: Home) => fetch(`${home.record().url}/health`)
const stored = async (home: Home) => {
  const answer = await fetch(`${home.record().url}/api/v1/storage`)
  return ((await answer.json()) as { traces: number }).traces
}

/** A home with a daemon that has stored one trace. */
async function startHome(): Promise<{ home: Home; database: string }> {
  const home = createHome()
  expect((await home.run(['start'])).code).toBe(0)
  expect((await post(home, 'before')).status).toBe(200)
  return { home, database: join(home.folder, 'ragmeter.db') }
}

async function expectRefusal(home: Home, reason: RegExp): Promise<void> {
  const refused = await post(home, 'refused')
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({
    error: { code: 'storage_unavailable', message: expect.stringMatching(reason) as string },
  })
  const unwell = await health(home)
  expect([unwell.status, await unwell.json()]).toMatchObject([
    503,
    { status: 'unhealthy', reason: expect.stringMatching(reason) as string },
  ])
  expect(await home.json(['status'])).toMatchObject({ code: 10 })
}

/** Stops the daemon, which must not say that anything is on disk. */
async function expectLoss(home: Home, reason: RegExp): Promise<void> {
  const { code, stdout, stderr } = await home.run(['stop'])
  expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining('on disk')])
  expect(stderr).toMatch(reason)
}

test('deleted: refuses at once, is unhealthy, and stop does not say that all is there', async () => {
  const { home, database } = await startHome()
  rmSync(database)
  await expectRefusal(home, /ragmeter\.db has been deleted or moved away.* or the daemon is started again/)
  await expectLoss(home, /ragmeter\.db was deleted or moved away while it ran/)
  expect((await home.run(['start'])).code).toBe(0)
  expect((await post(home, 'after')).status).toBe(200)
  expect(await stored(home)).toBe(1)
})

test('deleted between the last word of the daemon and its end: stop sees it', async () => {
  const { home, database } = await startHome()
  const { pid } = home.record()
  process.kill(pid, 'SIGSTOP')
  rmSync(database)
  const stopped = home.json(['stop', '--force'])
  process.kill(pid, 'SIGCONT')
  expect(await stopped).toMatchObject({
    code: 0,
    envelope: { data: { state: 'stopped' }, warnings: [{ code: 'database_lost' }] },
  })
})

test('moved away and back: goes on, and has everything', async () => {
  const { home, database } = await startHome()
  renameSync(database, `${database}.away`)
  await expectRefusal(home, /moved away/)
  renameSync(`${database}.away`, database)
  expect((await post(home, 'after')).status).toBe(200)
  expect((await health(home)).status).toBe(200)
  const { stdout } = await home.run(['stop'])
  expect(stdout).toContain('What it acknowledged is on disk.')
  await home.run(['start'])
  expect(await stored(home)).toBe(2)
})

test('moved away for good: the file has what was acknowledged, without the log beside it', async () => {
  const { home, database } = await startHome()
  const away = join(home.folder, 'away')
  mkdirSync(away)
  renameSync(database, join(away, 'ragmeter.db'))
  await expectLoss(home, /moved away/)
  expect((await home.run(['start', '--db', join(away, 'ragmeter.db')])).code).toBe(0)
  expect(await stored(home)).toBe(1)
})

test('replaced by another database: refuses, and leaves that one sound, with what it had', async () => {
  const { home, database } = await startHome()
  const other = await startHome()
  await post(other.home, 'of the other')
  await other.home.run(['stop'])
  const size = statSync(other.database).size
  copyFileSync(other.database, `${database}.new`)
  renameSync(`${database}.new`, database)
  await expectRefusal(home, /ragmeter\.db has been replaced by another/)
  await expectLoss(home, /replaced by another file while it ran/)
  expect(statSync(database).size).toBe(size)
  expect((await home.run(['start'])).code).toBe(0)
  expect(await stored(home)).toBe(2)
})

test('its write-ahead log deleted: refuses, and has everything after it is started again', async () => {
  const { home, database } = await startHome()
  expect(existsSync(`${database}-wal`)).toBe(true)
  rmSync(`${database}-wal`)
  await expectRefusal(home, /ragmeter\.db-wal has been deleted/)
  const { stdout } = await home.run(['stop'])
  expect(stdout).toContain('What it acknowledged is on disk.')
  await home.run(['start'])
  expect(await stored(home)).toBe(1)
})
