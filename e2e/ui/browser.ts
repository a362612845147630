/** Chromium of the system, fenced in: what a page asks of another host, or says on its console, is remembered. */
import { execFileSync } from 'node:child_process'
import { chromium } from 'playwright-core'
import { until } from '../daemon-process.ts'
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core'

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface WatchedPage extends AsyncDisposable {
  page: Page
  /** Errors of the console, exceptions, requests to other hosts. */
  complaints: string[]
}

/** What pages have asked for and not got yet. */
const unanswered = new WeakMap<Page, Set<Request>>()

const DEFAULTS = { viewport: { width: 1440, height: 900 }, timezoneId: 'UTC' }

/** Tabs of one context have a cache in common, so that the files of the application are read once; and what they store. */
export function openContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext(DEFAULTS)
}

export async function openTab(context: BrowserContext, url: string): Promise<WatchedPage> {
  const page = await context.newPage()
  return { page, complaints: watch(page, url), [Symbol.asyncDispose]: () => page.close() }
}

/** A page that shares nothing with others. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ ...DEFAULTS, ...options })
  const page = await context.newPage()
  return { page, complaints: watch(page, url), [Symbol.asyncDispose]: () => context.close() }
}

function watch(page: Page, url: string): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  const asked = new Set<Request>()
  unanswered.set(page, asked)
  page.on('request', (request) => {
    asked.add(request)
    const given = new URL(request.url())
    if (given.protocol.startsWith('http') && given.origin !== new URL(url).origin)
      complaints.push(`asked ${given.href}`)
  })
  page.on('requestfinished', (request) => asked.delete(request))
  page.on('requestfailed', (request) => asked.delete(request))
  return complaints
}

/** Two frames and an idle moment: by then what came is drawn, and what follows from it is asked for. */
const COUNT_UNDRAWN = `new Promise((resolve) => {
  const count = () => {
    const moving = document.getAnimations().filter(
      ({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().iterations !== Infinity)
    resolve(moving.length + document.querySelectorAll('.mantine-Skeleton-root').length)
  }
  requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(count)))
})`

/** Waits until everything that was asked for is drawn, and nothing moves. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').first().waitFor()
  await until(
    async () => {
      const undrawn = await page.evaluate<number>(COUNT_UNDRAWN)
      return { undrawn, unanswered: Array.from(unanswered.get(page) ?? [], (request) => request.url()) }
    },
    (waiting) => waiting.undrawn === 0 && waiting.unanswered.length === 0,
  )
}
