/** The page of delivery in a real browser: what clients sent equals the truth, and a daemon that cannot write is red. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { getJson, startDaemon } from '../daemon-process.ts'
import { canMount, mountNote, SmallDisk } from '../small-disk.ts'
import { seriousViolations } from './axe.ts'
import { postBatch } from './batches.ts'
import { HOSTILE } from './known-traces.ts'
import { chartValues, expectHarmless, sum } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const NOW = Date.now() - 60_000

const traces = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `${prefix}-${index}`,
    timestamp: NOW - index,
    total_latency_ms: 100,
  }))
const client = (instance: string) => ({ client: { name: 'test-client', version: '3.2.1', instance } })

/** Four clients: one loses batches, one sends twice, one drops and is refused, one says goodbye. */
async function sendKnown(url: string): Promise<void> {
  const docs = { ...client('loses'), resource: { service: 'docs' } }
  await postBatch(url, { ...docs, sequence: 1, traces: traces('a', 7) })
  await postBatch(url, { ...docs, sequence: 4, traces: traces('b', 2) })
  const chat = { ...client('repeats'), resource: { service: 'chat' } }
  const batch = { ...chat, sequence: 1, traces: traces('c', 5) }
  await postBatch(url, batch)
  for (let round = 0; round < 3; round += 1) await postBatch(url, batch)
  const search = { ...client('drops'), resource: { service: 'search' } }
  const refused = [
    { id: 'r1', total_latency_ms: -1 },
    { id: 'r2', total_latency_ms: 'slow' },
  ]
  const dropped = { queue_full: 1200, too_large: 3 }
  const minute = Math.floor(NOW / 60_000) * 60_000
  const counter = (metric: string, delta: number, labels: object) => ({
    type: 'counter',
    metric,
    minute,
    delta,
    labels: { service: 'search', ...labels },
  })
  await postBatch(url, {
    ...search,
    sequence: 1,
    traces: [...traces('d', 3), ...refused],
    dropped,
    measurements: [
      counter('rag_traces_total', 3, { decision: 'head' }),
      counter('rag_traces_total', 40, { decision: 'not_sampled' }),
      counter('rag_telemetry_dropped_total', 1203, { reason: 'queue_full' }),
    ],
  })
  const job = { ...client('ends'), resource: { service: 'job' } }
  await postBatch(url, { ...job, sequence: 1, closed: true, traces: traces('e', 1) })
}

const pages = usePages({ daemon: () => startLoaded(sendKnown), empty: startDaemon })

const reading = (page: Page, title: string) =>
  page
    .locator(`section[aria-label="${title}"]`)
    .innerText()
    .then((text) =>
      text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(1),
    )
const row = (page: Page, instance: string) =>
  page.getByRole('table', { name: 'Clients' }).locator('tbody tr', { hasText: `· ${instance}` })

describePages('the page of delivery', () => {
  test('sums equal the truth: stored, repeated, missing, accepted, refused, dropped', async () => {
    await using watched = await pages.open('/delivery')
    const { page, complaints } = watched
    expect(await reading(page, 'Clients live')).toEqual(['3', 'none gone without a goodbye'])
    expect(await reading(page, 'Batches stored')).toEqual(['5', '3 came again, counted once'])
    expect(await reading(page, 'Batches missing')).toEqual(['2', 'numbers are too low by these'])
    expect(await reading(page, 'Traces accepted')).toEqual(['18', 'by the daemon'])
    expect((await reading(page, 'Refused'))[0]).toBe('2')
    expect(await reading(page, 'Dropped by clients')).toEqual(['1,203', 'queue full, too large'])
    expect(complaints).toEqual([])
  })

  test('each client has its own account, those with losses first', async () => {
    await using watched = await pages.open('/delivery')
    const { page } = watched
    const cellsOf = async (instance: string) =>
      (await row(page, instance).locator('td').allTextContents()).slice(1)
    expect(await cellsOf('loses')).toEqual(['4', '2', '2', '0', '9', '0', '0'])
    expect(await cellsOf('repeats')).toEqual(['1', '1', '0', '3', '5', '0', '0'])
    expect(await cellsOf('drops')).toEqual([
      '1',
      '1',
      '0',
      '0',
      '3',
      '2 traces',
      'queue full 1,200too large 3',
    ])
    expect(await cellsOf('ends')).toEqual(['1', '1', '0', '0', '1', '0', '0'])
    expect(await row(page, 'ends').locator('td').first().textContent()).toContain('closed')
    const names = await page.getByRole('table', { name: 'Clients' }).locator('tbody th').allTextContents()
    expect(names.map((name) => name.split('· ')[1])).toEqual([
      'loses',
      'drops',
      expect.any(String),
      expect.any(String),
    ])
  })

  test('a service narrows the clients; the charts show decisions and drops by reason', async () => {
    await using watched = await pages.open('/delivery?service=search')
    const { page } = watched
    expect(await page.getByRole('table', { name: 'Clients' }).locator('tbody tr').count()).toBe(1)
    expect((await reading(page, 'Traces accepted'))[0]).toBe('3')
    expect(sum(await chartValues(page, 'Traces by sampling decision', 'count'))).toBe(43)
    expect(sum(await chartValues(page, 'Telemetry dropped, by reason', 'count'))).toBe(1203)
  })

  test('what the daemon says of itself is what it answers', async () => {
    await using watched = await pages.open('/delivery')
    const { page } = watched
    const storage = await getJson<{ traces: number; deleted_traces: number }>(
      `${pages.daemon.url}/api/v1/storage`,
    )
    expect(await reading(page, 'Traces kept')).toEqual([
      String(storage.traces),
      expect.stringContaining('oldest'),
    ])
    expect((await reading(page, 'Deleted by retention'))[0]).toBe(String(storage.deleted_traces))
    expect((await reading(page, 'Retention'))[0]).toBe('7 days')
    expect((await reading(page, 'Writes'))[0]).toBe('working')
    const stored = page
      .getByRole('table', { name: 'Stages of the daemon' })
      .getByRole('row', { name: /^store/ })
    expect(await stored.textContent()).toContain('18')
    expect(await stored.textContent()).toContain('rejected 2')
  })

  test('without any client it says who will be listed', async () => {
    await using watched = await pages.open('/delivery', { of: pages.daemons.empty })
    expect(await watched.page.getByText('No client has sent anything yet').isVisible()).toBe(true)
    expect((await reading(watched.page, 'Traces kept'))[0]).toBe('0')
    expect(watched.complaints).toEqual([])
  })

  test.each(['light', 'dark'] as const)('nothing serious for axe, %s, with losses', async (colorScheme) => {
    await using watched = await pages.open('/delivery', { colorScheme })
    expect(await seriousViolations(watched.page)).toEqual([])
  })

  test('hostile names are text', async () => {
    await using own = await startDaemon()
    for (const [index, text] of HOSTILE.entries()) {
      const stranger = { name: text, version: text, instance: `${index}${text}`.slice(0, 120) }
      const batch = { client: stranger, resource: { service: text }, sequence: 2, dropped: { [text]: 5 } }
      await postBatch(own.url, { ...batch, traces: traces(`h${index}`, 1) })
    }
    await using watched = await pages.open('/delivery', { of: own })
    const { page, complaints } = watched
    expect(await page.getByRole('table', { name: 'Clients' }).locator('tbody tr').count()).toBe(
      HOSTILE.length,
    )
    expect(await page.getByText('<script>window.hacked').count()).toBeGreaterThan(0)
    await expectHarmless(page)
    expect(complaints).toEqual([])
  })
})

describePages('a daemon whose disk is full', () => {
  test.skipIf(!canMount)(
    `turns red and says why, and is green by itself when there is space again${mountNote}`,
    async () => {
      using disk = new SmallDisk(12)
      await using full = await startDaemon({ directory: disk.directory })
      await postBatch(full.url, { ...client('writer'), sequence: 1, traces: traces('fine', 5) })
      await using watched = await pages.open('/delivery?refresh=5', { of: full })
      const { page } = watched
      expect((await reading(page, 'Writes'))[0]).toBe('working')
      const ballast = join(disk.directory, 'ballast')
      try {
        writeFileSync(ballast, Buffer.alloc(64 * 1024 * 1024))
      } catch {
        // It is full now, as intended.
      }
      await expect(
        postBatch(full.url, { ...client('writer'), sequence: 2, traces: traces('late', 3000) }),
      ).rejects.toThrow('503')
      const alert = page.getByRole('alert').filter({ hasText: 'Writes fail' })
      await alert.waitFor({ timeout: 40_000 })
      expect(await alert.textContent()).toMatch(/disk|full|space/)
      expect((await reading(page, 'Writes'))[0]).toBe('failing')
      expect(await page.locator('section[aria-label="Writes"]').getAttribute('data-tone')).toBe('bad')
      expect(await page.getByText('The daemon cannot write').isVisible()).toBe(true)
      expect(await seriousViolations(page)).toEqual([])
      rmSync(ballast)
      await alert.waitFor({ state: 'detached', timeout: 60_000 })
      await page.getByText('The daemon cannot write').waitFor({ state: 'detached', timeout: 60_000 })
      expect((await reading(page, 'Writes'))[0]).toBe('working')
    },
  )
})
