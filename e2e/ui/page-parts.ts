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

/** What strangers wrote is text: it neither ran nor widened the page. */
export async function expectHarmless(page: Page): Promise<void> {
  expect([page.url(), await page.evaluate('window.hacked')]).toEqual([page.url(), undefined])
  await fits(page)
}
