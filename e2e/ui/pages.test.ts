/** What holds for every page of the list of pages: a new page is tested by being listed. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PAGE_LIST } from '../../packages/ui/src/app/page-list.ts'
import { startDaemon, until } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { openPage, settled } from './browser.ts'
import { hostileTraces, postTraces, richTrace } from './known-traces.ts'
import {
  banner,
  dragOver,
  expectHarmless,
  fits,
  fitsPhone,
  rangeMs,
  unreadableTexts,
  wideTables,
} from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'
import { SCREENS } from './screens.ts'
import { sendTelling } from './send-telling.ts'

const WITH_TIME = PAGE_LIST.filter(({ controls }) => (controls as readonly string[]).includes('time'))
/** Its name, or how far it is from UTC where there is little room. */
const TOKYO = /Asia\/Tokyo|GMT\+9/
const IS_QUESTION = /:\d+\/(?:api\/|stats|health)/

async function sendAll(url: string): Promise<void> {
  const now = Date.now()
  await sendTelling(url, now)
  await postTraces(url, [richTrace(now)])
}

const pages = usePages({
  daemon: () => startLoaded(sendAll, { flags: ['--retention', '60', '--dimensions', 'team'] }),
  empty: startDaemon,
})

/** What the browser itself says of a daemon that is away. */
const isOfTheNetwork = (complaint: string) => /ERR_|Failed to load resource/.test(complaint)
const isNotFound = (complaint: string) => complaint.includes('404 (Not Found)')

const note = (page: Page) => page.getByRole('note').filter({ hasText: 'not applied here' })

describePages('every page', () => {
  test.each(SCREENS)(
    '$name: with data nothing is complained of, nothing serious for axe, light and dark; fits a tablet and a phone',
    async ({ path }) => {
      await using light = await pages.open(path)
      const { page, complaints } = light
      expect(await page.locator('h1').count()).toBe(1)
      expect(await page.getByRole('main').count()).toBe(1)
      expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(1)
      expect(await seriousViolations(page)).toEqual([])
      await fits(page)
      expect(await wideTables(page)).toEqual([])
      expect(await unreadableTexts(page)).toEqual([])
      await page.setViewportSize({ width: 1024, height: 900 })
      await fits(page)
      await settled(page)
      expect(await unreadableTexts(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
      await fitsPhone(page)
      await settled(page)
      expect(await unreadableTexts(page)).toEqual([])
      expect(await seriousViolations(page)).toEqual([])
      expect(complaints).toEqual([])
    },
  )

  test.each(PAGE_LIST)(
    '$title of an empty daemon: nothing is complained of, nothing serious for axe; fits a phone',
    async ({ href }) => {
      await using watched = await pages.open(href, { of: pages.daemons.empty, colorScheme: 'dark' })
      const { page, complaints } = watched
      expect(await page.locator('h1').count()).toBe(1)
      expect(await seriousViolations(page)).toEqual([])
      await fitsPhone(page)
      expect(complaints).toEqual([])
    },
  )

  test('hostile texts in every field are text, and fit', async () => {
    await using hostile = await startDaemon()
    await postTraces(hostile.url, hostileTraces(Date.now()))
    for (const { path } of SCREENS) {
      await using watched = await pages.open(path, { of: hostile })
      await expectHarmless(watched.page)
      await fitsPhone(watched.page)
      // A trace that is not there is asked for all the same.
      expect(watched.complaints.filter((complaint) => !isNotFound(complaint))).toEqual([])
    }
  })

  test('says that the daemon is away when it is killed under it, keeps what it showed, and goes on by itself', async () => {
    await using first = await startDaemon()
    const now = Date.now()
    await postTraces(first.url, [richTrace(now)])
    const opened = await Promise.all(
      PAGE_LIST.map(({ href }) =>
        pages.open(`${href}?refresh=5`, { of: first }).then((watched) => ({ href, ...watched })),
      ),
    )
    const before = await Promise.all(opened.map(({ page }) => page.locator('main').innerText()))
    expect(opened.flatMap(({ complaints }) => complaints)).toEqual([])
    await first.kill()
    for (const { page } of opened) await banner(page).waitFor({ timeout: 60_000 })
    for (const [index, { href, page }] of opened.entries()) {
      const isBlank = (await page.locator('main').innerText()).length < (before[index]?.length ?? 0) / 2
      expect([href, isBlank]).toEqual([href, false])
      expect([href, await seriousViolations(page)]).toEqual([href, []])
    }
    await using again = await startDaemon({ directory: first.directory, port: first.port })
    await postTraces(again.url, [{ ...richTrace(now), id: 'after-the-outage', timestamp: Date.now() }])
    for (const { page } of opened) await banner(page).waitFor({ state: 'detached', timeout: 60_000 })
    // Other complaints than of the network were none.
    expect(opened.flatMap(({ complaints }) => complaints).filter((text) => !isOfTheNetwork(text))).toEqual([])
    const overview = opened[0]?.page
    await overview?.getByText('2 in the range').waitFor({ timeout: 60_000 })
    for (const { page } of opened) await page.close()
  })

  test('opened while the daemon does not answer questions, it says so, and fills when it does', async () => {
    await using first = await startDaemon()
    await postTraces(first.url, [richTrace(Date.now())])
    const fills = async (href: string) => {
      await using watched = await openPage(pages.browser, first.url)
      const { page } = watched
      // The files are there, the answers are not.
      await page.route(IS_QUESTION, (route) => route.abort('connectionrefused'))
      await page.goto(`${first.url}${href}?refresh=5`)
      await banner(page).waitFor({ timeout: 60_000 })
      await page.locator('h1').waitFor({ state: 'attached' })
      await page.unroute(IS_QUESTION)
      await banner(page).waitFor({ state: 'detached', timeout: 60_000 })
      await settled(page)
      expect([href, await page.getByRole('button', { name: 'Try again' }).count()]).toEqual([href, 0])
    }
    // All at once: each waits for its next look.
    await Promise.all(PAGE_LIST.map(({ href }) => fills(href)))
  })

  test('keys: g and a letter for each page, the list of keys, commands, the filter, Esc', async () => {
    await using watched = await pages.open('/?service=search-api')
    const { page, complaints } = watched
    expect(new Set(PAGE_LIST.map(({ letter }) => letter)).size).toBe(PAGE_LIST.length)
    for (const { href, title, letter } of [...PAGE_LIST].toReversed()) {
      await page.keyboard.press('g')
      await page.keyboard.press(letter)
      await page.waitForURL(({ pathname }) => pathname === href)
      await settled(page)
      const current = page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current="page"]')
      expect(await current.textContent()).toBe(title)
      expect([href, new URL(page.url()).searchParams.get('service')]).toEqual([href, 'search-api'])
    }
    for (const { href, controls } of PAGE_LIST) {
      await page.goto(`${pages.daemon.url}${href}`)
      await settled(page)
      await page.keyboard.press('?')
      const help = page.getByRole('dialog', { name: 'Keyboard' })
      await help.waitFor()
      const helpText = (await help.textContent()) ?? ''
      for (const { letter, title } of PAGE_LIST) expect(helpText).toContain(`g ${letter}${title}`)
      await page.keyboard.press('Escape')
      await help.waitFor({ state: 'hidden' })
      for (const keys of ['Control+k', 'Meta+k']) {
        await page.keyboard.press(keys)
        await page.getByLabel('Command', { exact: true }).waitFor()
        await page.keyboard.press('Escape')
        await page.getByLabel('Command', { exact: true }).waitFor({ state: 'detached' })
      }
      if (controls.length === 0) continue
      await page.keyboard.press('/')
      await until(
        () => page.evaluate('document.activeElement?.tagName ?? ""'),
        (tag) => tag === 'INPUT',
      )
      expect(new URL(page.url()).pathname).toBe(href)
    }
    expect(complaints).toEqual([])
  })

  test('commands lead to each page', async () => {
    await using watched = await pages.open('/setup')
    const { page } = watched
    for (const { href, title } of PAGE_LIST) {
      await page.keyboard.press('Control+k')
      await page.getByLabel('Command', { exact: true }).fill(title)
      const first = page.locator('.mantine-Spotlight-action').first()
      await first.getByText(title).first().waitFor()
      // The first of what was found is chosen already.
      await page.keyboard.press('Enter')
      await page.waitForURL(({ pathname }) => pathname === href)
      await page.getByLabel('Command', { exact: true }).waitFor({ state: 'detached' })
      expect(
        await page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current]').innerText(),
      ).toBe(title)
    }
  })
})

describePages('time on every page', () => {
  test.each(PAGE_LIST)(
    '$title asks again every 5 seconds, and nothing while its tab is hidden',
    async ({ href }) => {
      await using watched = await openPage(pages.browser, pages.daemon.url)
      const { page } = watched
      await page.clock.install()
      await page.goto(`${pages.daemon.url}${href}?refresh=5`)
      await settled(page)
      let asked = 0
      page.on('request', (request) => {
        if (IS_QUESTION.test(request.url())) asked += 1
      })
      // The page of the first trace waits for it every two seconds, whatever the range.
      await page.clock.runFor(5100)
      await settled(page)
      expect(asked).toBeGreaterThan(0)
      await setVisibility(page, 'hidden')
      await settled(page)
      asked = 0
      await page.clock.runFor(120_000)
      await settled(page)
      expect(asked).toBe(0)
      await setVisibility(page, 'visible')
      await page.clock.runFor(2100)
      await settled(page)
      expect(asked).toBeGreaterThan(0)
    },
  )

  test('Overview with refresh off asks for no numbers again', async () => {
    await using watched = await openPage(pages.browser, pages.daemon.url)
    const { page } = watched
    await page.clock.install()
    await page.goto(`${pages.daemon.url}/?refresh=0`)
    await settled(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.clock.runFor(120_000)
    await settled(page)
    expect(asked.filter((path) => path !== '/health')).toEqual([])
    await page.keyboard.press('r')
    await until(
      () => asked.includes('/stats'),
      (isAsked) => isAsked,
    )
  })

  test.each(WITH_TIME)('$title shows times of the browser or of UTC, as the URL says', async ({ href }) => {
    await using watched = await pages.open(href, { apart: { timezoneId: 'Asia/Tokyo' } })
    const { page } = watched
    const main = page.locator('main')
    expect(await main.innerText()).toMatch(TOKYO)
    expect(await main.innerText()).not.toContain('UTC')
    await page.getByRole('button', { name: 'Times in Asia/Tokyo; change to UTC' }).click()
    await page.waitForURL(/tz=utc/)
    await settled(page)
    expect(await main.innerText()).toContain('UTC')
    expect(await main.innerText()).not.toMatch(TOKYO)
    await page.getByRole('button', { name: 'Times in UTC; change to Asia/Tokyo' }).click()
    await page.waitForURL((url) => !url.searchParams.has('tz'))
  })

  test('the same chart has the same moments in both zones, nine hours apart', async () => {
    expect(await rangeTextOf('&tz=utc')).toContain('05 Jan 2026, 00:00 – 06:00 UTC')
    expect(await rangeTextOf('')).toContain('05 Jan 2026, 09:00 – 15:00 GMT+9')
  })

  test('comparing is offered where it has an effect: the page then asks for the period before', async () => {
    for (const { href, controls } of PAGE_LIST) {
      await using watched = await pages.open(`${href}?refresh=0&from=2026-01-05T06:00Z&to=2026-01-05T12:00Z`)
      const { page } = watched
      const compare = page.getByRole('button', { name: 'Compare with the period before' })
      const isOffered = (controls as readonly string[]).includes('compare')
      expect([href, await compare.count()]).toEqual([href, isOffered ? 1 : 0])
      if (!isOffered) continue
      const asked = page.waitForRequest((request) => request.url().includes(String(Date.UTC(2026, 0, 5))))
      await compare.click()
      await asked
    }
  })

  test('an environment is applied where its picker is; elsewhere a note says that it is not, and leads out', async () => {
    for (const { href, controls } of PAGE_LIST) {
      await using watched = await pages.open(`${href}?env=staging&refresh=0`)
      const { page } = watched
      const has = (control: string) => (controls as readonly string[]).includes(control)
      const expected = has('service') && !has('environment') ? 1 : 0
      expect([href, await note(page).count()]).toEqual([href, expected])
      await page.goto(`${pages.daemon.url}${href}?refresh=0`)
      await settled(page)
      expect([href, await note(page).count()]).toEqual([href, 0])
    }
    await using watched = await pages.open('/?env=staging&refresh=0')
    await note(watched.page).getByRole('button', { name: 'Choose all environments' }).click()
    await watched.page.waitForURL((at) => !at.searchParams.has('env'))
    expect(await note(watched.page).count()).toBe(0)
    await using retrieval = await pages.open('/retrieval?env=staging&refresh=0')
    const said = await retrieval.page.locator('main').innerText()
    expect(said.indexOf('count all environments')).toBeGreaterThan(-1)
    // Before the first tile, which counts all of them.
    expect(said.indexOf('count all environments')).toBeLessThan(said.indexOf('Empty retrievals'))
  })

  test('dragging zooms every page that has a chart over its range, and zooming out doubles it', async () => {
    let zoomed = 0
    for (const { href } of WITH_TIME) {
      await using watched = await pages.open(`${href}?tz=utc&refresh=0`)
      const { page } = watched
      const canvas = page.locator('main canvas').first()
      if ((await canvas.count()) === 0) continue
      await dragOver(page, canvas)
      const narrow = rangeMs(page)
      expect([href, narrow < 8 * 3_600_000]).toEqual([href, true])
      await page.getByLabel('Zoom out').click()
      await until(
        () => rangeMs(page),
        (wide) => wide > narrow * 1.8,
      )
      await page.goBack()
      await until(
        () => rangeMs(page),
        (again) => again === narrow,
      )
      zoomed += 1
    }
    expect(zoomed).toBeGreaterThanOrEqual(3)
  })
})

async function rangeTextOf(zone: string): Promise<string | null> {
  const path = `/?from=2026-01-05T00:00Z&to=2026-01-05T06:00Z${zone}`
  await using watched = await pages.open(path, { apart: { timezoneId: 'Asia/Tokyo' } })
  return await watched.page.getByRole('button', { name: /^Time range: / }).textContent()
}

/** As the browser does when its tab goes behind another. */
async function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' })
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${state === 'hidden'} })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    window.dispatchEvent(new Event('visibilitychange'))`)
}
