/** The list of traces in a real browser: what is found, counted, followed and exported is the truth of known traces. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startDaemon, until } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { failedTrace, manyTraces, postTraces, richTrace } from './known-traces.ts'
import { banner, downloadCsv } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const NOW = Date.now()
const MANY = 1500
const many = manyTraces(NOW, MANY)

const pages = usePages({
  daemon: () => startLoaded((url) => postTraces(url, [richTrace(NOW), failedTrace(NOW), ...many])),
})

const list = (page: Page) => page.getByRole('table', { name: 'Traces' })
const rows = (page: Page) => list(page).locator('[role=row]:not(:has([role=columnheader]))')
const filter = (page: Page) => page.getByRole('textbox', { name: 'Filter' })
const facet = (page: Page, field: string, value: string) =>
  page.getByRole('region', { name: field, exact: true }).getByTitle(value, { exact: true })
const matching = (page: Page, count: number) =>
  page.getByText(`${count.toLocaleString('en')} ${count === 1 ? 'trace' : 'traces'} match`).waitFor()
async function scroll(page: Page, pixels: number): Promise<void> {
  await list(page).hover()
  await page.mouse.wheel(0, pixels)
}

/** The number at the foot of the list, once it has come to its end. */
async function scrollToEnd(page: Page): Promise<string> {
  const foot = page.getByText('all that match')
  await until(
    async () => {
      await scroll(page, 1e7)
      return foot.count()
    },
    (count) => count === 1,
  )
  return (await foot.textContent()) ?? ''
}

const plain = (id: string) => ({
  id,
  timestamp: Date.now(),
  total_latency_ms: 5,
  status: 'success',
  service: 's',
  org: id,
})

describePages('the list of traces', () => {
  test('shows the newest first with their numbers, and counts what matches', async () => {
    await using watched = await pages.open('/traces?tz=utc')
    const { page, complaints } = watched
    await matching(page, MANY + 2)
    const texts = await rows(page).allTextContents()
    expect(texts[0]).toMatch(/success.*docs-assistant.*ask.*acme.*2\.4 s.*6.*0\.91.*gpt-4o/)
    expect(texts[1]).toMatch(/llm_error.*globex.*9\.1 s.*0/)
    expect(texts[2]).toMatch(/success.*search-api.*search.*org-0.*200 ms.*gpt-4o-mini/)
    expect(await facet(page, 'Status', 'success').textContent()).toBe(
      `success${(MANY + 1).toLocaleString('en')}`,
    )
    expect(await facet(page, 'Service', 'docs-assistant').textContent()).toBe('docs-assistant2')
    expect(complaints).toEqual([])
  })

  test('goes on to the last of all as one scrolls, with few rows in the document', async () => {
    await using watched = await pages.open('/traces')
    const { page } = watched
    expect(await scrollToEnd(page)).toBe(`${(MANY + 2).toLocaleString('en')} traces, all that match`)
    const shown = await rows(page).allTextContents()
    expect(shown.at(-1)).toContain(`org-${(MANY - 1) % 30}`)
    expect(shown.length).toBeLessThan(100)
  })

  test('a facet filters, shows what else there is, and no longer filters when it is chosen again', async () => {
    await using watched = await pages.open('/traces')
    const { page } = watched
    const inOrg = many.filter(({ org }) => org === 'org-1').length
    await facet(page, 'Org', 'org-1').click()
    await page.waitForURL(/q=org:org-1/)
    await matching(page, inOrg)
    await facet(page, 'Org', 'org-10').waitFor()
    await facet(page, 'Org', 'org-1').click()
    await matching(page, MANY + 2)
    expect(new URL(page.url()).searchParams.has('q')).toBe(false)
  })

  test('a value is left out beside others, until it no longer is', async () => {
    await using watched = await pages.open('/traces?q=-service:search-api')
    const { page } = watched
    await matching(page, 2)
    await facet(page, 'Org', 'globex').hover()
    await page.getByRole('button', { name: 'Leave out globex' }).click()
    await page.waitForURL((url) => url.searchParams.get('q') === '-service:search-api -org:globex')
    await matching(page, 1)
    expect(await rows(page).allTextContents()).toEqual([expect.stringContaining('acme')])
    await page.getByTitle('Without search-api', { exact: true }).click()
    await matching(page, MANY + 1)
  })

  test('what is not stated is a value to filter by', async () => {
    await using watched = await pages.open('/traces')
    const { page } = watched
    await facet(page, 'Release', 'not stated').click()
    await page.waitForURL((url) => url.searchParams.get('q') === 'release:""')
    await matching(page, MANY + 1)
    expect(await facet(page, 'Release', '1.4.0').textContent()).toBe('1.4.01')
  })

  test('a filter is completed as it is written, and finds what it says', async () => {
    await using watched = await pages.open('/traces')
    const { page } = watched
    await page.keyboard.press('/')
    await page.keyboard.type('serv')
    await page.getByRole('option', { name: /^service/ }).click()
    await until(
      () => filter(page).inputValue(),
      (text) => text === 'service:',
    )
    await page.keyboard.type('sea')
    await page.getByRole('option', { name: /search-api/ }).click()
    await until(
      () => filter(page).inputValue(),
      (text) => text === 'service:search-api ',
    )
    await page.keyboard.type('latency>1s docs:0..3')
    await page.keyboard.press('Enter')
    const found = many.filter(
      ({ total_latency_ms, retrieval }) =>
        Number(total_latency_ms) > 1000 && (retrieval as { count: number }).count <= 3,
    ).length
    await matching(page, found)
    expect(new URL(page.url()).searchParams.get('q')).toBe('service:search-api latency>1s docs:0..3')
    await page.reload()
    await matching(page, found)
    expect(await filter(page).inputValue()).toBe('service:search-api latency>1s docs:0..3')
  })

  test('says what to correct, and asks for nothing meanwhile', async () => {
    await using watched = await pages.open('/traces?q=staus:error')
    const { page, complaints } = watched
    await page.getByText('Did you mean status?').first().waitFor()
    expect(await rows(page).count()).toBe(0)
    await filter(page).fill('status:error')
    await filter(page).press('Enter')
    await matching(page, 1)
    expect(complaints).toEqual([])
  })

  test('a view is kept by name, with its columns, and comes back', async () => {
    await using watched = await pages.open('/traces', { apart: {} })
    const { page } = watched
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Query hash' }).check()
    await page.getByRole('checkbox', { name: 'Model' }).uncheck()
    await page.keyboard.press('Escape')
    await filter(page).fill('metadata.team:search')
    await filter(page).press('Enter')
    await matching(page, 1)
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByLabel('Name of the view').fill('Team search')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('menuitem', { name: 'Empty retrievals' }).click()
    const empty = many.filter(({ retrieval }) => (retrieval as { count: number }).count === 0).length + 1
    await matching(page, empty)
    expect(await page.getByRole('columnheader', { name: 'Query hash' }).count()).toBe(1)
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Model' }).check()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Model' }).waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Team search' }).click()
    await matching(page, 1)
    await page.getByRole('columnheader', { name: 'Query hash' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'Model' }).count()).toBe(0)
  })

  test('a view that everybody has keeps the service and the environment', async () => {
    await using watched = await pages.open('/traces?env=staging&service=search-api')
    const { page } = watched
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Errors' }).click()
    await page.waitForURL(({ searchParams }) => searchParams.get('q') === 'status:error')
    const { searchParams } = new URL(page.url())
    expect([searchParams.get('env'), searchParams.get('service')]).toEqual(['staging', 'search-api'])
  })

  test('CSV has the rows of the filter and the columns that are shown', async () => {
    await using watched = await pages.open(
      '/traces?q=status:success+service:search-api&cols=org,latency,cost',
    )
    const { page } = watched
    await matching(page, MANY)
    const [header, first, ...rest] = (await downloadCsv(page)).lines
    expect(header).toBe('timestamp,id,org,latency_ms,cost_usd')
    const [timestamp, id, org, latency, cost] = first?.split(',') ?? []
    expect(timestamp).toBe(new Date(Number(many[0]?.['timestamp'])).toISOString())
    expect([id, org, latency]).toEqual(['many-0', 'org-0', '200'])
    expect(Number(cost)).toBeGreaterThan(0)
    expect(rest).toHaveLength(MANY - 1)
  })

  test('j, k, Enter and Esc go through the list, open a trace and close it', async () => {
    await using watched = await pages.open('/traces')
    const { page } = watched
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/traces\/019aa000-0000-7000-8000-00000000dead/)
    await page.keyboard.press('j')
    await page.waitForURL(/\/traces\/many-0/)
    await page.keyboard.press('k')
    await page.waitForURL(/dead/)
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => url.pathname === '/traces')
    await page.goBack()
    await page.getByText('connection reset by peer').waitFor()
    expect(new URL(page.url()).pathname).toBe('/traces/019aa000-0000-7000-8000-00000000dead')
  })

  test.each(['light', 'dark'] as const)('axe finds nothing serious, in the %s', async (colorScheme) => {
    for (const width of [1440, 390]) {
      await using watched = await pages.open('/traces?q=status:error', { colorScheme, width })
      expect(await seriousViolations(watched.page)).toEqual([])
    }
  })
})

describePages('the list of traces while traces come in', () => {
  test('says what to do while there is none; then follows: at the top it prepends, below it announces', async () => {
    await using empty = await startDaemon()
    await using watched = await pages.open('/traces', { of: empty })
    const { page, complaints } = watched
    await page.getByText('No trace has come yet').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Live' }).click()
    await page.waitForURL(/live=1/)
    await postTraces(empty.url, [...manyTraces(Date.now(), 200), plain('first')])
    await rows(page).filter({ hasText: 'first' }).waitFor()
    await postTraces(empty.url, [plain('second')])
    await rows(page).filter({ hasText: 'second' }).waitFor()
    expect(await rows(page).first().textContent()).toContain('second')
    await scroll(page, 1200)
    await rows(page).filter({ hasText: 'second' }).waitFor({ state: 'detached' })
    const before = await rows(page).allTextContents()
    await postTraces(empty.url, [plain('third')])
    await page.getByRole('button', { name: '1 new' }).waitFor()
    expect(await rows(page).allTextContents()).toEqual(before)
    await page.getByRole('button', { name: '1 new' }).click()
    await rows(page).filter({ hasText: 'third' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('keeps its rows and says so when the daemon is killed, and goes on by itself when it is back', async () => {
    await using first = await startDaemon()
    await postTraces(first.url, [plain('before')])
    await using watched = await pages.open('/traces?refresh=5', { of: first })
    const { page } = watched
    await rows(page).filter({ hasText: 'before' }).waitFor()
    await first.kill()
    await banner(page).waitFor({ timeout: 40_000 })
    expect(await rows(page).first().textContent()).toContain('before')
    await using again = await startDaemon({ directory: first.directory, port: first.port })
    await postTraces(again.url, [plain('after')])
    await rows(page).filter({ hasText: 'after' }).waitFor({ timeout: 40_000 })
    await banner(page).waitFor({ state: 'hidden', timeout: 40_000 })
  })
})
