/** What tests of pages begin with: Chromium, and daemons with what the tests expect to find. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { startDaemon } from '../daemon-process.ts'
import type { DaemonOptions, DaemonProcess } from '../daemon-process.ts'
import { program } from '../programs.ts'
import { openContext, openPage, openTab, settled, startBrowser } from './browser.ts'
import type { WatchedPage } from './browser.ts'

const chromium = program('chromium')
/** Weeks of requests may be sent before the first test, and alerts may have to fire. */
const START_TIMEOUT_MS = 300_000

/** Tests that need Chromium; where it is missing they are skipped and say so. */
export function describePages(name: string, tests: () => void): void {
  describe.skipIf(chromium.missing)(`${name}${chromium.note}`, () => {
    tests()
  })
}

export interface OpenOptions {
  /** Whose page it is. @default the daemon of the file */
  of?: Pick<DaemonProcess, 'url'>
  /** @default light */
  colorScheme?: 'light' | 'dark'
  /** In pixels. @default 1440 */
  width?: number
  /** For a page that shares nothing with the others. @default a tab beside them, with what they stored and cached */
  apart?: BrowserContextOptions
}

export interface Pages<Name extends string> {
  readonly browser: Browser
  readonly daemons: Readonly<Record<Name, DaemonProcess>>
  /** Whose pages are opened where nothing else is said. */
  readonly daemon: DaemonProcess
  /** Opens a page and waits until it is drawn. */
  open(path: string, options?: OpenOptions): Promise<WatchedPage>
}

/**
 * Starts Chromium and daemons once for a file of tests, and ends them with the file.
 * @param starts the daemons by name, each with what the tests expect of it
 */
export function usePages<Name extends string>(
  starts: Record<Name | 'daemon', () => Promise<DaemonProcess>>,
): Pages<Name | 'daemon'> {
  const ends: (() => PromiseLike<void>)[] = []
  let started:
    | { browser: Browser; context: BrowserContext; daemons: Record<string, DaemonProcess> }
    | undefined
  const startOne = async ([name, start]: [string, () => Promise<DaemonProcess>]) => {
    const daemon = await start()
    ends.push(() => daemon[Symbol.asyncDispose]())
    return [name, daemon] as const
  }
  beforeAll(async () => {
    if (chromium.missing) return
    const browser = await startBrowser()
    ends.push(() => browser.close())
    const daemons = await Promise.all(Object.entries<() => Promise<DaemonProcess>>(starts).map(startOne))
    started = { browser, daemons: Object.fromEntries(daemons), context: await openContext(browser) }
  }, START_TIMEOUT_MS)
  afterAll(async () => {
    for (const end of ends) await end()
  })
  const running = () => {
    if (started === undefined) throw new Error('pages are there within tests only')
    return started
  }
  const pages: Pages<Name | 'daemon'> = {
    get browser() {
      return running().browser
    },
    get daemons() {
      return running().daemons as Record<Name | 'daemon', DaemonProcess>
    },
    get daemon() {
      return pages.daemons.daemon
    },
    async open(path, { of: { url } = pages.daemon, colorScheme = 'light', width = 1440, apart } = {}) {
      const watched = await (apart === undefined
        ? openTab(running().context, url)
        : openPage(pages.browser, url, apart))
      await watched.page.setViewportSize({ width, height: 900 })
      await watched.page.emulateMedia({ colorScheme })
      await watched.page.goto(url + path)
      await settled(watched.page)
      return watched
    },
  }
  return pages
}

/** A daemon that is sent something before anybody looks. */
export async function startLoaded(
  load: (url: string) => Promise<unknown>,
  options: DaemonOptions = {},
): Promise<DaemonProcess> {
  const daemon = await startDaemon(options)
  try {
    await load(daemon.url)
    return daemon
  } catch (error) {
    await daemon[Symbol.asyncDispose]()
    throw error
  }
}
