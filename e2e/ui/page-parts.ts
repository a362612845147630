/** Parts that pages have in common, and how they are read and used. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { until } from '../daemon-process.ts'

/** A number of the page, by the beginning of its label. */
export function figure(page: Page, title: string): Locator {
  return page.locator(`section[aria-label^="${title}:"]`)
}

/** What is shown while the daemon does not answer. */
export function banner(page: Page): Locator {
  return page.getByText('The daemon does not answer').first()
}

/** Cells of a row by the names of their columns. */
export async function cellsByColumn(row: Locator): Promise<Record<string, string>> {
  const cells = await row.locator('td[data-column]').all()
  const pairs = cells.map(
    async (cell) => [await cell.getAttribute('data-column'), await cell.textContent()] as const,
  )
  return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>
}

/** All values of a chart, from the table that it can be turned into. @param unit in which it is drawn */
export async function chartValues(page: Page, title: string, unit: string): Promise<number[]> {
  await page.getByLabel(`${title}: show as table`).click()
  const table = page.getByRole('table', { name: `${title}, ${unit}` })
  const texts = await table.locator('td').allTextContents()
  return texts.filter((text) => text !== '–').map((text) => Number(text.replaceAll(/[$,]/g, '')))
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The file that the button CSV makes. */
export async function downloadCsv(page: Page): Promise<{ name: string; lines: string[] }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8').replace('\uFEFF', '')
  return { name: download.suggestedFilename(), lines: text.trimEnd().split('\r\n') }
}

/** Chooses the time between two fifths and three fifths of a chart. */
export async function dragOver(page: Page, canvas: Locator): Promise<void> {
  await canvas.scrollIntoViewIfNeeded()
  const box = await canvas.boundingBox()
  if (box === null) throw new Error('the chart has no place')
  await page.mouse.move(box.x + box.width * 0.4, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 })
  await page.mouse.up()
  await page.waitForURL(/from=2\d{3}-/)
}

/** Of the range that the URL states. */
export function rangeMs(page: Page): number {
  const { searchParams } = new URL(page.url())
  return Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')
}

const NARROW = { width: 390, height: 844 }
const IS_TOO_WIDE = 'document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth'

/** Nothing is cut off at the side: it settles within a moment after the window has changed. */
export async function fits(page: Page): Promise<void> {
  await until(
    async () => [page.url(), await page.evaluate(IS_TOO_WIDE)],
    ([, isTooWide]) => isTooWide === false,
    5000,
  )
}

export async function fitsPhone(page: Page): Promise<void> {
  await page.setViewportSize(NARROW)
  await fits(page)
}

/** Texts of the page that nobody can read: out of their card, one letter wide, or cut off below. */
const UNREADABLE = `(() => {
  const found = []
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const text = node.textContent.trim()
    const range = document.createRange()
    range.selectNodeContents(node)
    const boxes = Array.from(range.getClientRects()).filter(({ width }) => width > 1)
    if (text === '' || boxes.length === 0) continue
    const lines = new Set(boxes.map(({ top }) => Math.round(top))).size
    if (lines > 3 && text.length / lines < 5) found.push('squeezed: ' + text)
    const right = Math.max(...boxes.map((box) => box.right))
    const bottom = Math.max(...boxes.map((box) => box.bottom))
    for (let around = node.parentElement; around !== null; around = around.parentElement) {
      const { overflowX, overflowY, position, clipPath } = getComputedStyle(around)
      const box = around.getBoundingClientRect()
      if (clipPath !== 'none' || position === 'absolute' || box.width <= 1) break
      if (overflowY === 'hidden' && !around.closest('[title]') && lines > 1 && bottom > box.bottom + 4) found.push('cut off: ' + text)
      if (overflowX !== 'visible') break
      if (!around.matches('.mantine-Paper-root')) continue
      if (right > box.right + 0.5) found.push('runs out: ' + text)
      break
    }
  }
  return found
})()`

/** None, where every text has its place at this width of the window. */
export function unreadableTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(UNREADABLE)
}

/** Tables that have to be scrolled sideways, by their names. */
const WIDE_TABLES = `Array.from(document.querySelectorAll('main table'))
  .filter((table) => {
    let around = table.parentElement
    while (around !== null && getComputedStyle(around).overflowX === 'visible') around = around.parentElement
    return around !== null && around.scrollWidth > around.clientWidth + 1
  })
  .map((table) => table.getAttribute('aria-label'))`

export function wideTables(page: Page): Promise<(string | null)[]> {
  return page.evaluate<(string | null)[]>(WIDE_TABLES)
}

/** What strangers wrote is text: it neither ran nor widened the page. */
export async function expectHarmless(page: Page): Promise<void> {
  expect([page.url(), await page.evaluate('window.hacked')]).toEqual([page.url(), undefined])
  await fits(page)
}
