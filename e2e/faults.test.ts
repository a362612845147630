/** Disks that fill up, that cannot be written, and databases that are taken: each with its stated outcome. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { getJson, startDaemon, until } from './daemon-process.ts'
import { canMount, mountNote, SmallDisk } from './small-disk.ts'

let disk: SmallDisk
const traces = (count: number, first: number) =>
  JSON.stringify({
    traces: Array.from({ length: count }, (_, i) => ({
      id: `t${first + i}`,
      timestamp: new Date().toISOString(),
      total_latency_ms: 10,
      metadata: { filler: 'x'.repeat(400) },
    })),
  })
const post = (url: string, body: string) => fetch(`${url}/ingest`, { method: 'POST', body })

describe.skipIf(!canMount)(`a disk of our own${mountNote}`, () => {
  beforeEach(() => {
    disk = new SmallDisk(12)
  })
  afterEach(() => disk[Symbol.dispose]())

  it('full: refuses with 503 and Retry-After, says so in /health, and goes on when there is space again', async () => {
    const ballast = join(disk.directory, 'ballast')
    writeFileSync(ballast, Buffer.alloc(6 * 1024 * 1024))
    await using daemon = await startDaemon({ directory: disk.directory })
    let stored = 0
    let refused: Response | undefined
    while (refused === undefined && stored < 100_000) {
      const response = await post(daemon.url, traces(200, stored))
      if (response.status === 200) stored += 200
      else refused = response
    }
    expect(refused?.status).toBe(503)
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused?.json()).toMatchObject({ error: { code: 'storage_unavailable' } })
    expect((await fetch(`${daemon.url}/health`)).status).toBe(503)
    rmSync(ballast)
    const again = await until(
      () => post(daemon.url, traces(200, stored)),
      ({ status }) => status === 200,
    )
    expect(await again.json()).toMatchObject({ accepted: 200, dropped: 0 })
    stored += 200
    await until(
      () => fetch(`${daemon.url}/health`),
      ({ status }) => status === 200,
    )
    expect(await getJson(`${daemon.url}/stats?period=1h`)).toMatchObject({
      requests: stored,
      traces_stored: stored,
    })
  })

  it('full: keeps answering questions and scrapes, and takes the same batch once there is space', async () => {
    await using daemon = await startDaemon({ directory: disk.directory })
    expect((await post(daemon.url, traces(5, 0))).status).toBe(200)
    const ballast = join(disk.directory, 'ballast')
    try {
      writeFileSync(ballast, Buffer.alloc(64 * 1024 * 1024))
    } catch {
      // It is full now, as intended.
    }
    expect((await post(daemon.url, traces(2000, 5))).status).toBe(503)
    expect(await getJson(`${daemon.url}/stats?period=1h`)).toMatchObject({ requests: 5 })
    expect((await fetch(`${daemon.url}/metrics`)).status).toBe(200)
    rmSync(ballast)
    await until(
      () => post(daemon.url, traces(2000, 5)),
      ({ status }) => status === 200,
    )
    expect(await getJson(`${daemon.url}/stats?period=1h`)).toMatchObject({ requests: 2005 })
  })

  it('read-only at the start: does not start, and says why', async () => {
    const first = await startDaemon({ directory: disk.directory })
    await first.stop()
    disk.remount('ro')
    await expect(startDaemon({ directory: disk.directory })).rejects.toThrow(/cannot|read-?only/i)
    disk.remount('rw')
    await using again = await startDaemon({ directory: disk.directory })
    expect((await fetch(`${again.url}/health`)).status).toBe(200)
  })
})
