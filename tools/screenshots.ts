/** Pictures of every page: light and dark, wide and narrow, with data and without. They are to be looked at. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { startDaemon } from '../e2e/daemon-process.ts'
import { openPage, settled, startBrowser } from '../e2e/ui/browser.ts'
import { knownLoad, send } from '../e2e/ui/known-load.ts'
import { retrievalLoad } from '../e2e/ui/retrieval-load.ts'
import { failedTrace, RICH_ID, richTrace } from '../e2e/ui/known-traces.ts'

const folder = join(import.meta.dirname, '../screenshots')
const PAGES = [
  ['overview', '/'],
  ['overview-compare', '/?compare=1&from=now-6h'],
  ['overview-retrieval', '/?tab=retrieval'],
  ['overview-llm', '/?tab=llm'],
  ['overview-errors', '/?tab=errors'],
  ['overview-stores', '/?tab=stores'],
  ['traces', '/traces'],
  ['traces-open', `/traces/${RICH_ID}`],
  ['traces-filter', '/traces?q=status:error+latency>1s'],
  ['traces-problem', '/traces?q=staus:error'],
  ['retrieval', '/retrieval?service=help-centre'],
  ['retrieval-gaps', '/retrieval?service=help-centre&tab=gaps'],
  ['retrieval-documents', '/retrieval?service=help-centre&tab=documents'],
  ['retrieval-bad', '/retrieval?tab=documents&order=bad'],
  ['setup', '/setup'],
] as const
const SCHEMES = ['light', 'dark'] as const
const WIDTHS = [
  [1440, 900],
  [390, 844],
] as const

async function takeAll(
  browser: Browser,
  url: string,
  suffix: string,
  only: string | undefined,
): Promise<void> {
  for (const colorScheme of SCHEMES) {
    for (const [width, height] of WIDTHS) {
      for (const [name, path] of PAGES) {
        if (only !== undefined && !name.includes(only)) continue
        const watched = await openPage(browser, url, { colorScheme, viewport: { width, height } })
        await watched.page.goto(url + path)
        await settled(watched.page)
        const file = `${name}-${suffix}-${colorScheme}-${width}.png`
        await watched.page.screenshot({ path: join(folder, file), fullPage: true })
        if (watched.complaints.length > 0) console.log(`${file}: ${watched.complaints.join(' | ')}`)
        await watched[Symbol.asyncDispose]()
      }
    }
  }
}

async function withDaemon(work: (url: string) => Promise<void>): Promise<void> {
  const daemon = await startDaemon()
  try {
    await work(daemon.url)
  } finally {
    await daemon[Symbol.asyncDispose]()
  }
}

const only = process.argv[2]
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const browser = await startBrowser()
try {
  await withDaemon((url) => takeAll(browser, url, 'empty', only))
  await withDaemon(async (url) => {
    await send(url, [...knownLoad(Date.now(), 30, 260), richTrace(Date.now()), failedTrace(Date.now())])
    await send(url, retrievalLoad(Date.now(), 24, 120))
    await takeAll(browser, url, 'data', only)
  })
} finally {
  await browser.close()
}
