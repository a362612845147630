/** Code of pages that was not loaded before: it does not come while the daemon is away, or after an upgrade. */
import type { Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { startDaemon } from '../daemon-process.ts'
import { settled } from './browser.ts'
import { postTraces, richTrace } from './known-traces.ts'
import { banner } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const COSTS_CODE = /\/assets\/costs-page-[^/]*\.js/
const TAB_CODE = /\/assets\/stores-tab-[^/]*\.js/

const pages = usePages({
  daemon: () => startLoaded((url) => postTraces(url, [richTrace(Date.now())])),
})

async function openCosts(page: Page): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press('c')
}

function heading(page: Page, name: string) {
  return page.getByRole('heading', { level: 1, name })
}

/** A document that is not new: of a new one, loading it again would bring the same. */
async function openLongAgo(path: string) {
  const watched = await pages.open(path, { apart: {} })
  await watched.page.evaluate('{ const age = performance.now() + 60_000; performance.now = () => age }')
  return watched
}

const missing = (route: Route) => route.fulfill({ status: 404, body: 'not found' })

describePages('parts of the application that do not come', () => {
  test('a page first opened while the daemon is away says so, and opens when it is back', async () => {
    await using first = await startDaemon()
    await using watched = await pages.open('/', { of: first, apart: {} })
    const { page } = watched
    await first.kill()
    await openCosts(page)
    await page.getByText('It opens by itself as soon as the daemon answers').waitFor()
    await banner(page).waitFor()
    await using again = await startDaemon({ directory: first.directory, port: first.port })
    await heading(page, 'Costs').waitFor({ state: 'attached', timeout: 60_000 })
    expect(new URL(page.url())).toMatchObject({ origin: again.url, pathname: '/costs' })
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  })

  test.each([
    { what: 'a page', code: COSTS_CODE, open: openCosts, name: 'Costs' },
    {
      what: 'a tab',
      code: TAB_CODE,
      open: (page: Page) => page.getByRole('tab', { name: 'Cache and stores' }).click(),
      name: 'Overview',
    },
  ])('$what whose file an upgrade has renamed opens with the new document', async ({ code, open, name }) => {
    await using watched = await openLongAgo('/')
    const { page } = watched
    // As in the document of before: the one that is loaded again knows the new name.
    await page.route(code, missing)
    page.once('load', () => void page.unroute(code, missing))
    await open(page)
    await heading(page, name).waitFor({ state: 'attached' })
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  })

  test('a file that is missing for good is said, and not asked for for ever', async () => {
    await using watched = await openLongAgo('/')
    const { page } = watched
    let asked = 0
    await page.route(COSTS_CODE, (route) => {
      asked += 1
      return route.fulfill({ status: 404, body: 'not found' })
    })
    await openCosts(page)
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    await page.getByText('Something went wrong on this page').waitFor()
    await settled(page)
    const before = asked
    await settled(page)
    expect(asked).toBe(before)
    await page.unroute(COSTS_CODE)
    await page.getByRole('button', { name: 'Try again' }).click()
    await heading(page, 'Costs').waitFor({ state: 'attached' })
  })
})
