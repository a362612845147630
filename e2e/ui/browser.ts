/** Chromium of the system, fenced in: what a page asks of another host, or says on its console, is remembered. */
import { execFileSync } from 'node:child_process'
import { chromium } from 'playwright-core'
import { until } from '../daemon-process.ts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

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

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    ...options,
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const given = new URL(request.url())
    if (given.protocol.startsWith('http') && given.origin !== new URL(url).origin)
      complaints.push(`asked ${given.href}`)
  })
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
}

/** Waits until everything that was asked for is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').first().waitFor()
  await page.waitForLoadState('networkidle')
  await until(
    () => page.locator('.mantine-Skeleton-root').count(),
    (count) => count === 0,
  )
}
