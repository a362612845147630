/** The daemon is stopped while traces pour in: each of them is either acknowledged and there, or refused and not. */
import { expect, test } from 'vitest'
import { createHome, until } from './command-line.ts'
import type { Home } from './command-line.ts'
import { startDaemon } from './daemon-process.ts'

const SENDERS = 8
const BATCH = 50

interface Load {
  /** Batches that were answered with 200. */
  acknowledged: number
  /** Batches whose fate the sender does not know, since the connection broke. */
  unknown: number
  /** Other answers, by HTTP status. */
  refused: Set<number>
}

/** Sends until the daemon is gone; every batch has ids of its own. */
async function sendUntilGone(url: string, sender: number, load: Load): Promise<void> {
  for (let batch = 0; ; batch += 1) {
    const traces = Array.from({ length: BATCH }, (_, index) => ({
      id: `${sender}-${batch}-${index}`,
      timestamp: Date.now(),
      total_latency_ms: 10,
    }))
    try {
      const answer = await fetch(`${url}/ingest`, { method: 'POST', body: JSON.stringify({ traces }) })
      await answer.text()
      if (answer.status === 200) load.acknowledged += 1
      else load.refused.add(answer.status)
    } catch (error) {
      // Nobody listens any more: this batch was never sent.
      const cause = error instanceof Error ? error.cause : undefined
      if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED') return
      load.unknown += 1
    }
  }
}

async function loadUntil(home: Home, end: () => Promise<void>): Promise<Load> {
  const load: Load = { acknowledged: 0, unknown: 0, refused: new Set() }
  const { url } = home.record()
  const senders = Array.from({ length: SENDERS }, (_, sender) => sendUntilGone(url, sender, load))
  await until(() => load.acknowledged > 20)
  await end()
  await Promise.all(senders)
  return load
}

async function storedBatches(home: Home): Promise<number> {
  expect(await home.run(['start'])).toMatchObject({ code: 0 })
  const { envelope } = await home.json(['status'])
  const { traces_total: counted, traces_stored: stored } = envelope.data ?? {}
  expect(stored).toBe(counted)
  return Number(stored) / BATCH
}

test('stop under load: what was acknowledged is there, and what was refused says why', async () => {
  const home = createHome()
  await home.run(['start'])
  const load = await loadUntil(home, async () => {
    expect(await home.run(['stop'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Stopped') })
  })
  for (const status of load.refused) expect(status).toBe(503)
  const stored = await storedBatches(home)
  expect(stored).toBeGreaterThanOrEqual(load.acknowledged)
  expect(stored).toBeLessThanOrEqual(load.acknowledged + load.unknown)
})

test('kill -9 under load: what was acknowledged is there', async () => {
  const home = createHome()
  await home.run(['start'])
  const { pid } = home.record()
  const load = await loadUntil(home, () => {
    process.kill(pid, 'SIGKILL')
    return Promise.resolve()
  })
  const stored = await storedBatches(home)
  expect(stored).toBeGreaterThanOrEqual(load.acknowledged)
  expect(stored).toBeLessThanOrEqual(load.acknowledged + load.unknown)
})

test('SIGTERM while queries run: an orderly end, time after time', async () => {
  for (let round = 0; round < 8; round += 1) {
    await using daemon = await startDaemon()
    const questions = Array.from({ length: 20 }, () =>
      fetch(`${daemon.url}/stats?period=24h`).then(
        (answer) => answer.text(),
        () => 'the connection ended',
      ),
    )
    // The first of them is answered: the others are with the thread that is now told to end.
    await Promise.race(questions)
    expect(await daemon.stop()).toBe(0)
    expect(daemon.child.signalCode).toBeNull()
    await Promise.all(questions)
  }
})
