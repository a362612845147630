/** The pages in a real browser, against the built daemon that was fed a load whose numbers are known. */
import { expect, test } from 'vitest'
import { startDaemon } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { openPage, settled } from './browser.ts'
import { knownLoad, send } from './known-load.ts'
import { banner, chartValues, dragOver, figure, expectHarmless, rangeMs, sum } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const load = knownLoad(Date.now() - 60_000, 20, 60)
const HOSTILE = [
  '<script>window.hacked = true</script>',
  '<img src=x onerror="window.hacked = true">',
  '\u202Eright to left',
  '🦜'.repeat(20),
  `x${'y'.repeat(60)}`,
]

const pages = usePages({ daemon: () => startLoaded((url) => send(url, load)) })

const whole = (count: number) => count.toLocaleString('en')

describePages('the web application', () => {
  test('shows on Overview the truth of a known load, and nothing is complained of', async () => {
    await using watched = await pages.open('/?from=now-2d')
    const { page, complaints } = watched
    const failed = load.filter(({ status }) => status !== 'success').length
    const empty = load.filter(({ retrieval }) => (retrieval as { count: number }).count === 0).length
    const hits = load.filter(({ cache }) => (cache as { hit: boolean }[])[0]?.hit === true).length
    expect(await figure(page, 'Requests').textContent()).toContain(`${whole(load.length)} in the range`)
    expect(await figure(page, 'Errors').textContent()).toContain(`${whole(failed)} failed or timed out`)
    expect(await figure(page, 'Errors').textContent()).toContain(
      `${((failed / load.length) * 100).toFixed(2)}%`,
    )
    expect(await figure(page, 'Empty retrievals').textContent()).toContain(
      `${whole(empty)} of ${whole(load.length)}`,
    )
    expect(await figure(page, 'Cache hits').textContent()).toContain(
      `${whole(hits)} of ${whole(load.length)} look-ups`,
    )
    expect(await figure(page, 'In flight').textContent()).toContain('–no data')
    expect(await page.locator('canvas').count()).toBeGreaterThanOrEqual(4)
    expect(complaints).toEqual([])
  })

  test('compares nothing with a period in which data begin, and says since when there are any', async () => {
    await using watched = await pages.open('/?from=now-15h&compare=1&tz=utc')
    const { page } = watched
    await page
      .getByText(/^Not compared with the period before: nothing was measured until .* UTC\.$/)
      .waitFor()
    expect(await page.getByText('vs before').count()).toBe(0)
    await page.goto(`${pages.daemon.url}/?from=now-6h&compare=1&tz=utc`)
    await page.getByText('vs before').first().waitFor()
    expect(await page.getByText('Not compared').count()).toBe(0)
  })

  test('the table of a chart adds up to the number of requests', async () => {
    await using watched = await pages.open('/?from=now-2d&tab=errors')
    const { page } = watched
    expect(sum(await chartValues(page, 'Request outcomes', 'count'))).toBe(load.length)
  })

  test.each(['latency', 'retrieval', 'llm', 'errors', 'stores'])(
    'tab %s of Overview: no complaint, nothing serious for axe',
    async (tab) => {
      const colorScheme = tab === 'llm' ? 'dark' : 'light'
      await using watched = await pages.open(`/?tab=${tab}`, { colorScheme })
      const { page, complaints } = watched
      expect(await seriousViolations(page)).toEqual([])
      expect(complaints).toEqual([])
    },
  )

  test('a copied link shows the same: range, service, tab', async () => {
    await using watched = await pages.open('/?from=now-6h&service=support-chat&tab=llm&tz=utc&refresh=0')
    const { page } = watched
    expect(await page.getByRole('button', { name: 'Time range: Last 6 hours' }).isVisible()).toBe(true)
    expect(await page.getByLabel('Service').first().inputValue()).toBe('support-chat')
    expect(await page.getByRole('tab', { name: 'LLM and cost' }).getAttribute('aria-selected')).toBe('true')
    expect(await page.getByRole('button', { name: 'Refresh by itself: Off' }).isVisible()).toBe(true)
    await page.getByRole('tab', { name: 'Errors' }).click()
    await page.waitForURL(/tab=errors/)
    await page.goBack()
    await page.waitForURL(/tab=llm/)
  })

  test('a range that is chosen is as of now, also where the page does not look again by itself', async () => {
    // The clock is one of all pages that are not apart.
    await using watched = await pages.open('/?refresh=0&from=now-15m&tz=utc', { apart: {} })
    const { page } = watched
    const later = Date.now() + 3_600_000
    await page.clock.setFixedTime(later)
    const asked = page.waitForRequest((request) => new URL(request.url()).pathname === '/stats')
    await page.getByRole('button', { name: /^Time range/ }).click()
    await page.getByRole('button', { name: 'Last hour' }).click()
    expect(Number(new URL((await asked).url()).searchParams.get('to'))).toBeGreaterThanOrEqual(later)
    const time = new Date(later).toISOString().slice(11, 16)
    await page.getByText(`as of ${time}`).waitFor()
  })

  test('dragging over a chart zooms into what lies between; zooming out doubles it', async () => {
    await using watched = await pages.open('/?tz=utc&refresh=0')
    const { page } = watched
    await dragOver(page, page.locator('canvas').first())
    const hours = () => rangeMs(page) / 3_600_000
    const zoomed = hours()
    expect(zoomed).toBeGreaterThan(3.5)
    expect(zoomed).toBeLessThan(7)
    const before = page.url()
    await page.getByLabel('Zoom out').click()
    await page.waitForURL((url) => url.href !== before)
    expect(hours() / zoomed).toBeGreaterThan(1.8)
  })

  test('the keyboard goes to pages, opens commands and the list of keys', async () => {
    await using watched = await pages.open('/?service=support-chat')
    const { page } = watched
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.waitForURL(/\/setup\?service=support-chat/)
    await page.keyboard.press('Control+k')
    await page.getByLabel('Command', { exact: true }).fill('overv')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/')
    await page.getByLabel('Command', { exact: true }).waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' })
    expect(new URL(page.url()).searchParams.get('service')).toBe('support-chat')
  })

  test('names of strangers are text, whatever they hold', async () => {
    await using hostile = await startDaemon()
    const traces = knownLoad(Date.now(), 1, 40).map((trace, index) => {
      const name = HOSTILE[index % HOSTILE.length] ?? ''
      return {
        ...trace,
        id: `h${index}`,
        service: name,
        org: name,
        intent: name,
        operation: name,
        generations: [{ provider: name, model: name, input_tokens: 1, output_tokens: 1, latency_ms: 5 }],
      }
    })
    await send(hostile.url, traces)
    await using watched = await pages.open('/?tab=latency&from=now-6h', { of: hostile })
    const { page, complaints } = watched
    await page.locator('canvas').nth(4).hover()
    await page.goto(`${hostile.url}/?tab=llm&from=now-6h`)
    await settled(page)
    await page.locator('canvas').nth(4).hover()
    await expectHarmless(page)
    expect(await page.getByText('<script>window.hacked').count()).toBeGreaterThan(0)
    expect(complaints).toEqual([])
  })
})

describePages('the web application of an empty daemon', () => {
  test('Overview leads to Set-up, whose test trace turns it green and fills Overview', async () => {
    await using empty = await startDaemon()
    await using watched = await pages.open('/', { of: empty })
    const { page, complaints } = watched
    await page.getByRole('link', { name: /Set up an application/ }).click()
    await page.getByText('Waiting for your first trace').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Send a test trace' }).click()
    await page.getByText('It works: 1 request measured').waitFor()
    await page.getByRole('link', { name: 'See them on the overview' }).click()
    await settled(page)
    expect(await figure(page, 'Requests').textContent()).toContain('1 in the range')
    expect(complaints).toEqual([])
  })

  test('Set-up says why the daemon refuses a test trace, and does not say that it is on disk', async () => {
    await using empty = await startDaemon()
    await using watched = await pages.open('/setup', { of: empty, apart: {} })
    const { page } = watched
    await page.clock.setFixedTime(Date.now() + 3_600_000)
    await page.getByRole('button', { name: 'Send a test trace' }).click()
    await page.getByRole('alert').getByText("Set the sender's clock").waitFor()
    expect(await page.getByText('Sent as the service').count()).toBe(0)
  })

  test('says that the daemon is away when it is killed, and goes on by itself when it is back', async () => {
    await using first = await startDaemon()
    await send(first.url, knownLoad(Date.now(), 1, 30))
    await using watched = await pages.open('/?refresh=5', { of: first })
    const { page } = watched
    await first.kill()
    await banner(page).waitFor({ timeout: 40_000 })
    expect(await figure(page, 'Requests').textContent()).toContain('in the range')
    await using again = await startDaemon({ directory: first.directory, port: first.port })
    await banner(page).waitFor({ state: 'hidden', timeout: 40_000 })
    expect(again.port).toBe(first.port)
  })
})

describePages('the web application of a daemon with a token', () => {
  test('asks for it once, comes back to the page that was asked for, and signs out', async () => {
    await using guarded = await startDaemon({ flags: ['--token', 'correct-horse-battery'] })
    await using watched = await openPage(pages.browser, guarded.url)
    const { page } = watched
    await page.goto(`${guarded.url}/setup?form=http`)
    await page.locator('input[type=password]:focus').waitFor()
    expect(await page.title()).toBe('Sign in – ragmeter')
    await page.locator('input[type=password]').fill('wrong')
    expect(await seriousViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText(/not the one of the daemon/).waitFor()
    expect(await page.locator('main').innerText()).not.toMatch(/Bearer|`/)
    await page.locator('input[type=password]').fill('correct-horse-battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/setup\?form=http/)
    await page.getByText('Authorization: Bearer $RAGMETER_TOKEN').waitFor()
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.reload()
    await page.getByRole('button', { name: 'Send a test trace' }).click()
    await page.getByText('It works: 1 request measured').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/\/sign-in/)
    await page.goto(guarded.url)
    await page.waitForURL(/\/sign-in/)
  })
})
