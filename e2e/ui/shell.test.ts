/** What is around the pages: titles, the header on a telephone, ways that lead nowhere, ranges that are none. */
import { expect, test } from 'vitest'
import { PAGE_LIST } from '../../packages/ui/src/app/page-list.ts'
import { startDaemon, until } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { settled } from './browser.ts'
import { postTraces, RICH_ID, richTrace } from './known-traces.ts'
import { fitsPhone, unreadableTexts } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const BUENOS_AIRES = 'America/Buenos_Aires'
/** Header controls whose text is cut off. */
const CUT_CONTROLS = `Array.from(document.querySelectorAll('header input, header button, header .mantine-Button-label'))
  .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 4)
  .map((one) => one.value || one.textContent)`

const pages = usePages({
  daemon: () => startLoaded((url) => postTraces(url, [richTrace(Date.now())])),
  empty: startDaemon,
})

describePages('around the pages', () => {
  test.each(PAGE_LIST)('$title is named in the title of its tab', async ({ href, title }) => {
    await using watched = await pages.open(href)
    expect(await watched.page.title()).toMatch(new RegExp(`^(?:\\(\\d+\\) )?${title} – ragmeter$`))
  })

  test('a trace is named in the title while it is open', async () => {
    await using watched = await pages.open(`/traces/${RICH_ID}`)
    const { page } = watched
    expect(await page.title()).toContain(`${RICH_ID} – Traces – ragmeter`)
    await page.keyboard.press('Escape')
    await page.waitForURL(({ pathname }) => pathname === '/traces')
    await settled(page)
    expect(await page.title()).not.toContain(RICH_ID)
  })

  test('an address without a page says so within the navigation', async () => {
    await using watched = await pages.open('/no/such/page')
    const { page } = watched
    await page.getByText('There is no such page').waitFor()
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(1)
    expect(await page.locator('h1').count()).toBe(1)
    expect(await page.title()).toContain('No such page')
    expect(await seriousViolations(page)).toEqual([])
  })

  test.each(['/traces', '/costs', '/?from=2026-11-20T10:00Z&to=2026-11-21T12:00Z'])(
    'on a telephone no control of the header of %s is cut off',
    async (path) => {
      await using watched = await pages.open(path, { apart: { timezoneId: BUENOS_AIRES } })
      await fitsPhone(watched.page)
      // The header follows the window within a moment.
      const cut = await until(
        () => watched.page.evaluate<string[]>(CUT_CONTROLS),
        (texts) => texts.length === 0,
      )
      expect(cut).toEqual([])
    },
  )

  test('on a telephone the zone and the colours are in the navigation', async () => {
    await using watched = await pages.open('/', { width: 390, apart: { timezoneId: BUENOS_AIRES } })
    const { page } = watched
    await page.getByRole('button', { name: 'Open the navigation' }).click()
    const navigation = page.getByRole('navigation', { name: 'Pages' })
    await navigation.getByRole('button', { name: `Times in ${BUENOS_AIRES}; change to UTC` }).click()
    await page.waitForURL(/tz=utc/)
    expect(await navigation.getByRole('button', { name: /^Colours: / }).isVisible()).toBe(true)
  })

  test('the zone stands beside times, short where there is no room, and is no choice where it is UTC', async () => {
    await using there = await pages.open('/traces?from=2026-11-20T10:00Z&to=2026-11-20T12:00Z', {
      apart: { timezoneId: BUENOS_AIRES },
    })
    const range = there.page.getByRole('button', { name: /^Time range: / })
    expect(await range.textContent()).toBe('20 Nov 2026, 07:00 – 09:00 GMT-3')
    await using list = await pages.open('/traces', { apart: { timezoneId: BUENOS_AIRES } })
    expect(await list.page.getByRole('columnheader').first().textContent()).toBe('Start (GMT-3)')
    await using utc = await pages.open('/traces')
    expect(await utc.page.getByRole('button', { name: /^Times in/ }).count()).toBe(0)
  })

  test('a range that is none is said, with what is shown instead', async () => {
    await using watched = await pages.open('/?from=banana')
    const { page } = watched
    await page.getByText('The address names no range that can be shown').waitFor()
    expect(await page.locator('main').innerText()).toContain('what you see are the last 24 hours')
    await page.getByRole('button', { name: 'Keep the last 24 hours' }).click()
    await page.waitForURL((url) => !url.searchParams.has('from'))
    await page.getByText('The address names no range').waitFor({ state: 'detached' })
  })

  test('numbers of few requests keep within their cards', async () => {
    await using watched = await pages.open('/')
    const { page } = watched
    for (const path of ['/', '/?from=now-15m', '/costs']) {
      await page.goto(pages.daemon.url + path)
      await settled(page)
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 900 })
        await settled(page)
        expect([path, width, await unreadableTexts(page)]).toEqual([path, width, []])
      }
    }
  })

  test('a name that has no room in a legend keeps its end, and is whole on hover', async () => {
    const service = `${'a-team-with-a-very-long-name-'.repeat(3)}eu-west`
    await using named = await startDaemon()
    await postTraces(named.url, [{ ...richTrace(Date.now()), service }])
    await using watched = await pages.open('/', { of: named })
    const legend = watched.page.getByLabel('p95 by service').getByTitle(service)
    expect(await legend.textContent()).toBe(service)
    const end = legend.locator('span').last()
    expect(await end.textContent()).toBe('-eu-west')
    const [whole, last] = await Promise.all([legend.boundingBox(), end.boundingBox()])
    if (whole === null || last === null) throw new Error('the legend has no place')
    expect(last.x + last.width).toBeLessThan(whole.x + whole.width + 1)
  })

  test('Traces of a daemon that has none leads to Set-up, and one of another range says which', async () => {
    await using empty = await pages.open('/traces', { of: pages.daemons.empty })
    await empty.page.getByRole('main').getByRole('link', { name: 'Send the first one' }).click()
    await empty.page.waitForURL(({ pathname }) => pathname === '/setup')
    await using other = await pages.open('/traces?from=2026-01-05T00:00Z&to=2026-01-05T06:00Z')
    expect(await other.page.locator('main').innerText()).toContain('05 Jan 2026, 00:00 – 06:00 UTC')
  })

  test('Set-up does not wait for a first trace where history is stored', async () => {
    await using watched = await pages.open('/', { apart: {} })
    const { page } = watched
    await page.route('**/health', async (route) => {
      const health = (await (await route.fetch()).json()) as { storage: object }
      const storage = { ...health.storage, traces: 11_400 }
      await route.fulfill({ json: { ...health, storage, traces_collected: 0 } })
    })
    await page.goto(`${pages.daemon.url}/setup`)
    await page.getByText('11.4K traces are stored; none has been sent yet').waitFor()
    expect(await page.getByText('Waiting for your first trace').count()).toBe(0)
  })
})
