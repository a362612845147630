/** docs/ui.md says where the panels of other dashboards are: they are there, and a telling load fills them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PAGE_LIST } from '../../packages/ui/src/app/page-list.ts'
import { settled } from './browser.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'
import { sendTelling } from './send-telling.ts'

const text = readFileSync(join(import.meta.dirname, '../../docs/ui.md'), 'utf8')
const rowsOf = (columns: number) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === columns && !/^-|^pa/.test(cells[0] ?? ''))
const panels = rowsOf(4).map(([panel = '', page = '', tab = '', chart = '']) => ({ panel, page, tab, chart }))
const TABS = ['Latency', 'Retrieval', 'LLM and cost', 'Errors', 'Cache and stores']

const pages = usePages({
  daemon: () => startLoaded((url) => sendTelling(url, Date.now()), { flags: ['--retention', '60'] }),
})

/** A chart or a list by its title, a figure by the beginning of its label. */
const section = (page: Page, title: string) =>
  page.locator(
    `main section[aria-label="${title}"], main section[aria-label^="${title}:"], main [data-figure]`,
    {
      hasText: title,
    },
  )

test('docs/ui.md lists every page with its key, and no other', () => {
  const listed = rowsOf(3).map(([title, key]) => [title, key])
  expect(listed).toEqual(PAGE_LIST.map(({ title, letter }) => [title, `\`g ${letter}\``]))
})

describePages('the panels that docs/ui.md names', () => {
  test.each(['Above', ...TABS])('%s: each is there and has data', async (tab) => {
    for (const { href, title } of PAGE_LIST) {
      const wanted = panels.filter((panel) => panel.page === title && panel.tab === tab)
      if (wanted.length === 0) continue
      await using watched = await pages.open(href)
      const { page, complaints } = watched
      if (tab !== 'Above') await page.getByRole('tab', { name: tab, exact: true }).click()
      await settled(page)
      for (const { chart } of wanted) {
        const found = section(page, chart).first()
        expect([chart, await found.count()]).toEqual([chart, 1])
        expect([chart, await found.textContent()]).toEqual([chart, expect.not.stringMatching(/no data/i)])
      }
      expect(complaints).toEqual([])
    }
  })

  test('every panel is on a page and a tab that exist', () => {
    expect(panels.length).toBeGreaterThan(40)
    const titles: readonly string[] = PAGE_LIST.map(({ title }) => title)
    expect(
      panels.filter(({ page, tab }) => !titles.includes(page) || !['Above', ...TABS].includes(tab)),
    ).toEqual([])
  })

  test.each(TABS)(
    'no chart of the tab %s is empty, and each that has steps shows the releases',
    async (tab) => {
      await using watched = await pages.open('/')
      const { page } = watched
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await settled(page)
      expect(await page.getByText('No data in this range').count()).toBe(0)
      expect(await page.locator('main canvas').count()).toBeGreaterThan(6)
    },
  )

  test('eight figures and four charts are above the fold of 1440 x 900', async () => {
    await using watched = await pages.open('/')
    const { page } = watched
    const bottoms = async (selector: string) =>
      Promise.all(
        (await page.locator(selector).all()).map(async (element) => {
          const box = await element.boundingBox()
          return box === null ? Infinity : box.y + box.height
        }),
      )
    const figures = (await bottoms('main section[tabindex="0"]')).filter((bottom) => bottom <= 900)
    const charts = (await bottoms('main canvas')).filter((bottom) => bottom <= 900)
    expect([figures.length, charts.length]).toEqual([8, 4])
  })
})
