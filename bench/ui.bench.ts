/**
 * The web pages over a daemon with 100,000 traces: what the browser has to fetch, when something is seen, how long the daemon
 * takes for what each page asks, of that and of a simulated year, and how many points the charts get. Needs the build, and
 * chromium: npm run build.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { openPage, settled, startBrowser } from '../e2e/ui/browser.ts'
import { knownLoad, send } from '../e2e/ui/known-load.ts'
import { postTraces, RICH_ID, richTrace } from '../e2e/ui/known-traces.ts'
import { SCREENS } from '../e2e/ui/screens.ts'
import { median, printMachine, startDaemon } from './processes.ts'

const TRACES = 100_000
const HOURS = 160
/** The load is quieter by night: so many an hour make the sum. */
const PER_HOUR = Math.ceil(TRACES / HOURS / 0.66)
const LOADS = 9
const ROUNDS = 11
const RANGES = ['15m', '1h', '6h', '24h', '2d', '7d', '30d', '90d', '730d']
const folder = join(import.meta.dirname, '../packages/server/dist/ui')

interface Chunk {
  file: string
  isEntry?: boolean
  imports?: string[]
  css?: string[]
}

function printBundle(): void {
  const chunks = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >
  const initial = new Set<string>()
  const addWithImports = (name: string) => {
    const chunk = chunks[name]
    if (chunk === undefined || initial.has(chunk.file)) return
    initial.add(chunk.file)
    for (const imported of chunk.imports ?? []) addWithImports(imported)
  }
  for (const [name, { isEntry }] of Object.entries(chunks)) if (isEntry === true) addWithImports(name)
  const files = new Set(Object.values(chunks).map(({ file }) => file))
  const sizes = Array.from(files)
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(folder, file)), { level: 9 }).length }))
    .toSorted((left, right) => right.bytes - left.bytes)
  const first = sizes.filter(({ file }) => initial.has(file)).reduce((sum, { bytes }) => sum + bytes, 0)
  console.log(`initial JavaScript, gzip: ${kilobytes(first)}`)
  for (const { file, bytes } of sizes.filter(({ bytes: size }) => size > 1000))
    console.log(`  ${file.padEnd(56)} ${kilobytes(bytes)}${initial.has(file) ? ', initial' : ''}`)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

/** When something is first seen, and when the largest thing is; in milliseconds since the navigation began. */
function paintsOf(page: Page): Promise<{ first: number; largest: number }> {
  return page.evaluate(`new Promise((resolve) => {
    const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN
    new PerformanceObserver((list) => resolve({ first, largest: list.getEntries().at(-1)?.startTime ?? NaN }))
      .observe({ type: 'largest-contentful-paint', buffered: true })
  })`)
}

async function printPaints(browser: Browser, url: string): Promise<void> {
  for (const cache of ['empty', 'warm'] as const) {
    const paints: { first: number; largest: number }[] = []
    for (let load = 0; load < LOADS; load += 1) {
      await using watched = await openPage(browser, url)
      await watched.page.goto(url)
      await settled(watched.page)
      if (cache === 'warm') {
        await watched.page.reload()
        await settled(watched.page)
      }
      paints.push(await paintsOf(watched.page))
    }
    const first = median(paints.map((paint) => paint.first))
    const largest = median(paints.map((paint) => paint.largest))
    console.log(
      `Overview, ${cache} cache of the browser: first paint ${first.toFixed(0)} ms, largest ${largest.toFixed(0)} ms (median of ${LOADS})`,
    )
  }
}

/** What a page asks of the daemon until it stands still, each question once. */
async function questionsOf(browser: Browser, url: string, path: string): Promise<string[]> {
  await using watched = await openPage(browser, url)
  const asked = new Set<string>()
  watched.page.on('request', (request) => {
    if (request.method() === 'GET' && /\/(?:api\/v1|stats|health)/.test(request.url()))
      asked.add(request.url())
  })
  await watched.page.goto(url + path)
  await settled(watched.page)
  return Array.from(asked)
}

async function msOf(question: string): Promise<number> {
  const startedAt = performance.now()
  await (await fetch(question)).arrayBuffer()
  return performance.now() - startedAt
}

async function printQuestions(browser: Browser, url: string): Promise<void> {
  for (const { name, path } of SCREENS) {
    const questions = await questionsOf(browser, url, path)
    const times: { question: string; ms: number }[] = []
    for (const question of questions) {
      const rounds: number[] = []
      for (let round = 0; round < ROUNDS; round += 1) rounds.push(await msOf(question))
      times.push({ question, ms: median(rounds) })
    }
    const slowest = times.toSorted((left, right) => right.ms - left.ms)[0]
    const all = times.map(({ ms }) => ms)
    const slowestPath = slowest === undefined ? '' : slowest.question.slice(url.length).slice(0, 70)
    console.log(
      `${name.padEnd(20)} ${String(questions.length).padStart(2)} questions, median ${median(all).toFixed(1)} ms, slowest ${slowest?.ms.toFixed(1)} ms: ${slowestPath}`,
    )
  }
}

async function printYear(browser: Browser): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ragmeter-year-'))
  try {
    const main = join(import.meta.dirname, '../packages/cli/dist/main.js')
    execFileSync(process.execPath, [main, 'simulate', '--days', '365', '--home', directory])
    await using year = await startDaemon({ directory })
    console.log('of a simulated year:')
    await printQuestions(browser, year.url)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function printPoints(browser: Browser, url: string): Promise<void> {
  for (const range of RANGES) {
    await using watched = await openPage(browser, url)
    let most = 0
    watched.page.on('response', (response) => {
      if (!response.url().includes('/api/v1/series')) return
      const { searchParams } = new URL(response.url())
      void response.json().then((answer: { from: number; to: number; step_seconds: number }) => {
        const steps = (answer.to - answer.from) / (answer.step_seconds * 1000)
        if (searchParams.get('metric') !== null) most = Math.max(most, steps)
      })
    })
    await watched.page.goto(`${url}/?from=now-${range}`)
    await settled(watched.page)
    console.log(`${`range of ${range}`.padEnd(20)} at most ${most} points in a series`)
  }
}

printMachine()
printBundle()
await using daemon = await startDaemon({ flags: ['--retention', '30'] })
const now = Date.now()
const load = knownLoad(now, HOURS, PER_HOUR)
await send(daemon.url, load)
await postTraces(daemon.url, [richTrace(now)])
console.log(`${load.length.toLocaleString('en-US')} traces; the open one is ${RICH_ID}`)
const browser = await startBrowser()
try {
  await printPaints(browser, daemon.url)
  await printQuestions(browser, daemon.url)
  await printPoints(browser, daemon.url)
  await printYear(browser)
} finally {
  await browser.close()
}
