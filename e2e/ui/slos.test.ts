/** The page of objectives in a real browser: budgets and burn rates equal the truth of a known load. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startDaemon } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { send } from './known-load.ts'
import { HOSTILE } from './known-traces.ts'
import { fitsPhone, expectHarmless } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const MINUTE_MS = 60_000
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
const REQUESTS = 1000
/** Of a thousand requests five may fail: these are two fifths of the budget. */
const FAILED = 2

function load(service: string, failed: number): object[] {
  return Array.from({ length: REQUESTS }, (_, index) => ({
    id: `${service.slice(0, 20)}-${index}`,
    timestamp: NOW - (3 + (index % 20)) * MINUTE_MS,
    service,
    total_latency_ms: 100,
    status: index < failed ? 'error' : 'success',
    ...(index < failed ? { error_type: 'llm_error' } : {}),
    retrieval: { count: 3, scores: [0.9, 0.8, 0.7] },
  }))
}

const pages = usePages({
  daemon: () => startLoaded((url) => send(url, [...load('docs', FAILED), ...load('chat', 50)])),
  empty: startDaemon,
})

const cells = (page: Page, slo: string, service: string) =>
  page.locator(`tr[data-slo="${slo}"][data-service="${service}"] td`).allTextContents()

describePages('the page of objectives', () => {
  test('promised, kept, budget left and burn equal the truth, the worst first', async () => {
    await using watched = await pages.open('/slos')
    const { page, complaints } = watched
    const [left, service, promised, kept, burn, words] = await cells(page, 'availability', 'docs')
    expect([service, promised, kept]).toEqual([
      'docs',
      '99.50%in 30 days',
      `99.80%of ${REQUESTS.toLocaleString('en')}`,
    ])
    expect([left, burn]).toEqual(['60.0%', '×0.4'])
    expect(words).toContain('the budget lasts')
    const bad = await cells(page, 'availability', 'chat')
    expect([bad[0], bad[3], bad[4]]).toEqual(['-900%', '95.0%of 1,000', '×10'])
    expect(bad[5]).toContain('10 times as much has failed as may fail')
    expect((await cells(page, 'retrieval', 'docs'))[0]).toBe('100%')
    const first = page.locator('tr[data-slo]').first()
    expect([await first.getAttribute('data-slo'), await first.getAttribute('data-service')]).toEqual([
      'availability',
      'chat',
    ])
    expect(await page.locator('section[aria-label^="Overspent:"]').textContent()).toContain('1')
    expect(complaints).toEqual([])
  })

  test('one is open, in the URL, with burn rates by window and the course of its budget', async () => {
    await using watched = await pages.open('/slos')
    const { page } = watched
    await page.locator('tr[data-slo="availability"][data-service="docs"]').getByRole('button').click()
    await page.waitForURL(/open=/)
    await using copied = await pages.open(`/slos${new URL(page.url()).search}`)
    const rates = copied.page.getByRole('table', { name: 'Burn rates by window' })
    expect(await rates.locator('tr', { hasText: 'last 1 day' }).textContent()).toContain('×0.4')
    expect(await rates.locator('tr').count()).toBe(7)
    await copied.page.getByLabel('Budget left, last 30 days: show as table').click()
    const table = copied.page.getByRole('table', { name: /^Budget left/ })
    const values = (await table.locator('td').allTextContents()).filter((text) => text !== '–')
    expect(values.at(-1)).toBe('60.0%')
    await copied.page.locator('tr[data-slo="availability"][data-service="docs"]').getByRole('button').click()
    await copied.page.waitForURL(/open=none/)
    await rates.waitFor({ state: 'detached' })
    expect(watched.complaints.concat(copied.complaints)).toEqual([])
  })

  test('a service narrows the list; without events it says what to do', async () => {
    await using watched = await pages.open('/slos?service=docs')
    expect(await watched.page.locator('tr[data-service="chat"]').count()).toBe(0)
    await using none = await pages.open('/slos?service=nobody')
    expect(await none.page.getByText('No events of this service in the window').count()).toBe(1)
    await using nothing = await pages.open('/slos', { of: pages.daemons.empty })
    expect(await nothing.page.getByText('No events in the window yet').count()).toBe(1)
    expect(nothing.complaints.concat(none.complaints)).toEqual([])
  })

  test('g and s open it', async () => {
    await using watched = await pages.open('/')
    await watched.page.keyboard.press('g')
    await watched.page.keyboard.press('s')
    await watched.page.waitForURL(({ pathname }) => pathname === '/slos')
    await watched.page.getByRole('heading', { level: 1, name: 'SLOs' }).waitFor({ state: 'attached' })
    const current = watched.page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current]')
    expect(await current.textContent()).toBe('SLOs')
  })

  test.each(['light', 'dark'] as const)('nothing serious for axe, %s', async (colorScheme) => {
    await using watched = await pages.open('/slos', { colorScheme })
    expect(await seriousViolations(watched.page)).toEqual([])
  })

  test('hostile names of services are text, and fit', async () => {
    await using own = await startDaemon()
    for (const text of HOSTILE) await send(own.url, load(text, 1).slice(0, 50))
    await using watched = await pages.open('/slos', { of: own })
    const { page, complaints } = watched
    expect(await page.locator('tr[data-slo="availability"]').count()).toBe(HOSTILE.length)
    await expectHarmless(page)
    await fitsPhone(page)
    expect(complaints).toEqual([])
  })
})
