/**
 * Pictures of every page: light and dark, wide and narrow, with data and without; into screenshots/, to be looked at.
 * `npm run screenshots -- costs` takes those with that word in the name, `npm run screenshots -- --readme` the three of
 * the README instead, into docs/images/.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { startDaemon } from '../e2e/daemon-process.ts'
import { alertsOf, failingLoad, startAlerting } from '../e2e/ui/alert-load.ts'
import { openPage, settled, startBrowser } from '../e2e/ui/browser.ts'
import { failedTrace, postTraces, RICH_ID, richTrace } from '../e2e/ui/known-traces.ts'
import { alertScreens, SCREENS } from '../e2e/ui/screens.ts'
import type { Screen } from '../e2e/ui/screens.ts'
import { sendTelling } from '../e2e/ui/send-telling.ts'

const root = join(import.meta.dirname, '..')
const SCHEMES = ['light', 'dark'] as const
const WIDTHS = [
  [1440, 900],
  [390, 844],
] as const

/** Small enough for a page that is read over a slow line. */
const README_BYTES_MAX = 150_000
const README_PICTURES = [
  { name: 'overview', path: '/?tz=utc', colorScheme: 'light' },
  { name: 'trace', path: `/traces/${RICH_ID}?tz=utc`, colorScheme: 'light' },
  { name: 'costs', path: '/costs?period=30d', colorScheme: 'dark' },
] as const

async function takeAll(
  browser: Browser,
  url: string,
  suffix: string,
  screens: readonly Screen[],
): Promise<void> {
  for (const colorScheme of SCHEMES) {
    for (const [width, height] of WIDTHS) {
      const watched = await openPage(browser, url, { colorScheme, viewport: { width, height } })
      const { page, complaints } = watched
      for (const { name, path } of screens) {
        await page.goto(url + path)
        await settled(page)
        const file = `${name}-${suffix}-${colorScheme}-${width}.png`
        await page.screenshot({ path: join(root, 'screenshots', file), fullPage: true })
        for (const complaint of complaints.splice(0)) console.log(`${file}: ${complaint}`)
      }
      await watched[Symbol.asyncDispose]()
    }
  }
}

/** Of a daemon in which alerts fire: starting one takes most of a minute, so only where its pictures are wanted. */
async function takeAlerting(browser: Browser, isWanted: (screen: Screen) => boolean): Promise<void> {
  if (!alertScreens('').some(isWanted)) return
  const alerting = await startAlerting(failingLoad(Date.now()), 'webhooks')
  try {
    const [first] = await alertsOf(alerting)
    const screens = alertScreens(first?.id ?? '').filter(isWanted)
    await takeAll(browser, alerting.url, 'firing', screens)
  } finally {
    await alerting[Symbol.asyncDispose]()
  }
}

async function takeForReadme(browser: Browser, url: string): Promise<void> {
  for (const { name, path, colorScheme } of README_PICTURES) {
    const viewport = { width: 1440, height: 900 }
    const watched = await openPage(browser, url, { colorScheme, viewport, deviceScaleFactor: 1.5 })
    await watched.page.goto(url + path)
    await settled(watched.page)
    const picture = await webpOf(watched.page)
    await watched[Symbol.asyncDispose]()
    if (picture.length > README_BYTES_MAX) throw new Error(`${name} has ${picture.length} bytes`)
    writeFileSync(join(root, 'docs/images', `${name}.webp`), picture)
    console.log(`docs/images/${name}.webp: ${Math.round(picture.length / 1000)} kB`)
  }
}

async function webpOf(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
  return Buffer.from(data, 'base64')
}

/** All that the pages can show. */
async function sendAll(url: string): Promise<void> {
  const now = Date.now()
  await sendTelling(url, now)
  await postTraces(url, [richTrace(now), failedTrace(now)])
}

const word = process.argv[2] ?? ''
const browser = await startBrowser()
const telling = await startDaemon({ flags: ['--retention', '60', '--dimensions', 'team'] })
const empty = await startDaemon()
try {
  await sendAll(telling.url)
  if (word === '--readme') {
    mkdirSync(join(root, 'docs/images'), { recursive: true })
    await takeForReadme(browser, telling.url)
  } else {
    rmSync(join(root, 'screenshots'), { recursive: true, force: true })
    mkdirSync(join(root, 'screenshots'), { recursive: true })
    const isWanted = ({ name }: Screen) => name.includes(word)
    const screens = SCREENS.filter(isWanted)
    await takeAll(browser, empty.url, 'empty', screens)
    await takeAll(browser, telling.url, 'data', screens)
    await takeAlerting(browser, isWanted)
  }
} finally {
  await browser.close()
  await telling[Symbol.asyncDispose]()
  await empty[Symbol.asyncDispose]()
}
