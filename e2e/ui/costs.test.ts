/** The page of costs in a real browser: every number on it equals the truth of a known load. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startDaemon } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { settled } from './browser.ts'
import { COST_DAYS, costLoad } from './cost-load.ts'
import type { CostTrace } from './cost-load.ts'
import { send } from './known-load.ts'
import {
  cellsByColumn,
  chartValues,
  downloadCsv,
  expectHarmless,
  figure as overviewFigure,
  sum,
} from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const NOW = Date.now() - 60_000
const load = costLoad(NOW)

const pages = usePages({
  daemon: () =>
    startLoaded((url) => send(url, load), { flags: ['--retention', '90', '--dimensions', 'team'] }),
  empty: startDaemon,
})

/** Summed up in cents of cents by hand, not by the code of the page. */
interface Truth {
  llm: number
  docstore: number
  requests: number
  unpriced: number
}

function truthOf(traces: readonly CostTrace[]): Truth {
  const usdOf = (read: (trace: CostTrace) => number | undefined) =>
    traces.reduce((total, trace) => total + Math.round((read(trace) ?? 0) * 10_000), 0) / 10_000
  return {
    llm: usdOf(({ generations }) => generations[0]?.cost_usd),
    docstore: usdOf((trace) => trace.docstore_cost_usd),
    requests: traces.length,
    unpriced: traces.filter(({ generations }) => generations[0]?.cost_usd === undefined).length,
  }
}

const dollars = (usd: number) =>
  `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10)
const dayAgo = (days: number) => dayOf(NOW - days * 86_400_000)
const lastDays = (days: number) =>
  load.filter(({ timestamp }) => dayOf(timestamp) > dayOf(Date.now() - days * 86_400_000))

const figure = (page: Page, id: string) => page.locator(`[data-figure="${id}"]`)
const figureValue = (page: Page, id: string) => figure(page, id).locator('[data-value]').textContent()
const rowOf = (page: Page, name: string) =>
  cellsByColumn(page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) }))

/** As the file writes dollars. */
const usd = (value: number) => String(Number(value.toFixed(9)))

describePages('the page of costs', () => {
  test('figures and rows by organisation equal the truth; calls without a price are named, not added as 0', async () => {
    await using watched = await pages.open('/costs?period=30d')
    const { page, complaints } = watched
    const traces = lastDays(30)
    const { llm, docstore, requests, unpriced } = truthOf(traces)
    expect(await figureValue(page, 'total')).toBe(`≥ ${dollars(llm + docstore)}`)
    expect(await figureValue(page, 'llm')).toBe(`≥ ${dollars(llm)}`)
    expect(await figureValue(page, 'docstore')).toBe(dollars(docstore))
    expect(await figureValue(page, 'unpriced')).toBe(String(unpriced))
    expect(await figureValue(page, 'per-request')).toBe(`≥ ${dollars((llm + docstore) / requests)}`)
    for (const org of ['acme', 'globex']) {
      const truth = truthOf(traces.filter((trace) => trace.org === org))
      expect(await rowOf(page, org)).toMatchObject({
        total: dollars(truth.llm + truth.docstore),
        llm: dollars(truth.llm),
        docstore: truth.docstore === 0 ? '–' : dollars(truth.docstore),
        requests: String(truth.requests),
        unpriced: '0',
      })
    }
    const house = traces.filter(({ org }) => org === 'initech').length
    expect(await rowOf(page, 'initech')).toMatchObject({
      total: 'unpriced',
      llm: 'unpriced',
      per_request: 'unpriced',
      requests: String(house),
      unpriced: String(house),
    })
    expect(await rowOf(page, 'not stated')).toMatchObject({
      total: dollars(truthOf(traces.filter(({ org }) => org === undefined)).llm),
    })
    expect(await rowOf(page, 'Total')).toMatchObject({
      total: `≥ ${dollars(llm + docstore)}`,
      requests: String(requests),
    })
    expect(complaints).toEqual([])
  })

  test('Overview, Costs and GET /stats say the same of the same days', async () => {
    const [from, to] = [dayAgo(8), dayAgo(2)]
    const traces = load.filter(({ timestamp }) => dayOf(timestamp) >= from && dayOf(timestamp) <= to)
    const { llm, docstore, requests, unpriced } = truthOf(traces)
    const range = `from=${from}T00:00Z&to=${dayAgo(1)}T00:00Z`
    const stats = (await (await fetch(`${pages.daemon.url}/stats?${range}`)).json()) as { cost: object }
    expect(stats.cost).toEqual({
      usd: Math.round((llm + docstore) * 10_000) / 10_000,
      llm_usd: llm,
      docstore_usd: docstore,
      unpriced_calls: unpriced,
    })
    const [all, perRequest] = [`≥ ${dollars(llm + docstore)}`, `≥ ${dollars((llm + docstore) / requests)}`]
    await using overview = await pages.open(`/?${range}&tz=utc`)
    const tile = await overviewFigure(overview.page, 'Cost per request').textContent()
    expect(tile).toContain(`${perRequest}${all} in the range · ${unpriced} calls unpriced`)
    await using costs = await pages.open(`/costs?period=custom&from_day=${from}&to_day=${to}`)
    expect(await figureValue(costs.page, 'total')).toBe(all)
    expect(await figureValue(costs.page, 'per-request')).toBe(perRequest)
  })

  test('month to date stands against the same days of last month', async () => {
    await using watched = await pages.open('/costs')
    const { page } = watched
    const today = dayOf(Date.now())
    const lastMonthEnd = dayOf(Date.parse(`${today.slice(0, 7)}-01`) - 1)
    const sameDay = `${lastMonthEnd.slice(0, 8)}${today.slice(8)}`
    const inDays = (from: string, to: string) =>
      truthOf(load.filter(({ timestamp }) => dayOf(timestamp) >= from && dayOf(timestamp) <= to))
    const now = inDays(`${today.slice(0, 7)}-01`, today)
    const before = inDays(`${lastMonthEnd.slice(0, 7)}-01`, sameDay < lastMonthEnd ? sameDay : lastMonthEnd)
    expect(await figureValue(page, 'month')).toBe(`≥ ${dollars(now.llm + now.docstore)}`)
    const note = await figure(page, 'month').textContent()
    expect(note).toContain(
      before.requests === 0 ? 'nothing known of' : `against ≥ ${dollars(before.llm + before.docstore)} on`,
    )
    // What was before the first day of the load is not known: there is nothing to divide by.
    const firstDay = load.map(({ timestamp }) => dayOf(timestamp)).toSorted()[0] ?? ''
    const isWhollyKnown = firstDay < `${lastMonthEnd.slice(0, 7)}-01`
    expect(/%/.test(note ?? '')).toBe(isWhollyKnown)
    expect(note?.includes('data begin on')).toBe(!isWhollyKnown && before.requests > 0)
  })

  test.each([
    ['model', 'gpt-4o', (trace: CostTrace) => trace.generations[0]?.model],
    ['provider', 'anthropic', (trace: CostTrace) => trace.generations[0]?.provider],
    ['endpoint', '/search', (trace: CostTrace) => trace.endpoint],
    ['dimension.team', 'red', (trace: CostTrace) => trace.metadata.team],
    ['service', 'docs', (trace: CostTrace) => trace.service],
  ])('by %s: the row of %s equals the truth', async (group, value, read) => {
    await using watched = await pages.open(`/costs?period=7d&group=${group}`)
    const truth = truthOf(lastDays(7).filter((trace) => read(trace) === value))
    const row = await rowOf(watched.page, value)
    expect(row['llm']).toBe(`${truth.unpriced > 0 ? '≥ ' : ''}${dollars(truth.llm)}`)
    const isOfCalls = group === 'model' || group === 'provider'
    expect(row['requests']).toBe(isOfCalls ? undefined : String(truth.requests))
    expect(watched.complaints).toEqual([])
  })

  test('by day and by month: the rows and the chart add up to the truth', async () => {
    await using watched = await pages.open('/costs?period=90d&group=month')
    const { page } = watched
    const months = Array.from(new Set(load.map(({ timestamp }) => dayOf(timestamp).slice(0, 7))))
    for (const month of months) {
      const truth = truthOf(load.filter(({ timestamp }) => dayOf(timestamp).startsWith(month)))
      const name = new Date(`${month}-01`).toLocaleDateString('en-GB', {
        month: 'short',
        year: 'numeric',
        timeZone: 'UTC',
      })
      expect(await rowOf(page, name)).toMatchObject({ total: `≥ ${dollars(truth.llm + truth.docstore)}` })
    }
    await page.goto(`${pages.daemon.url}/costs?period=90d&group=day`)
    await settled(page)
    expect(await page.getByRole('table', { name: 'Costs by day' }).locator('tbody tr').count()).toBe(
      COST_DAYS,
    )
    await page.goto(`${pages.daemon.url}/costs?period=30d&group=org`)
    await settled(page)
    const amounts = await chartValues(page, 'Cost over time by organisation', 'US dollars')
    const { llm, docstore } = truthOf(lastDays(30))
    // The table rounds to cents; of a value of these one part in a thousand.
    expect(Math.abs(sum(amounts) - llm - docstore)).toBeLessThan((llm + docstore) / 200)
  })

  test('a click on a value narrows the page, in the URL; a conflict is told before it is asked', async () => {
    await using watched = await pages.open('/costs?period=7d')
    const { page } = watched
    await page.getByRole('button', { name: 'acme', exact: true }).click()
    await settled(page)
    expect(new URL(page.url()).search).toContain('where.org=acme')
    const truth = truthOf(lastDays(7).filter(({ org }) => org === 'acme'))
    expect(await figureValue(page, 'total')).toBe(dollars(truth.llm + truth.docstore))
    await page.getByRole('button', { name: 'Remove the filter Organisation' }).click()
    await settled(page)
    expect(await figureValue(page, 'total')).not.toBe(dollars(truth.llm + truth.docstore))
    await page.goto(`${pages.daemon.url}/costs?period=7d&where.endpoint=/ask&group=org`)
    await settled(page)
    await page.getByRole('combobox', { name: 'By' }).click()
    const model = page.getByRole('option', { name: 'Model: not together with endpoint' })
    expect(await model.getAttribute('data-combobox-disabled')).toBe('true')
  })

  test('the CSV has the same rows, in full', async () => {
    await using watched = await pages.open('/costs?period=7d')
    const { page, complaints } = watched
    const { name, lines } = await downloadCsv(page)
    expect(name).toMatch(/^ragmeter-costs-by-org-.*\.csv$/)
    const truth = truthOf(lastDays(7).filter(({ org }) => org === 'acme'))
    const columns = lines[0]?.split(',') ?? []
    const acme = lines.find((line) => line.startsWith('acme,'))?.split(',') ?? []
    const row = Object.fromEntries(columns.map((column, index) => [column, acme[index]]))
    expect(row).toMatchObject({
      total_cost_usd: usd(truth.llm + truth.docstore),
      llm_cost_usd: usd(truth.llm),
      docstore_cost_usd: usd(truth.docstore),
      requests: String(truth.requests),
    })
    expect(lines.find((line) => line.startsWith('initech,'))).toMatch(/^initech,,,,/)
    expect(complaints).toEqual([])
  })

  test('the order of a column is in the URL', async () => {
    await using watched = await pages.open('/costs?period=7d&sort=value')
    const names = () =>
      watched.page.getByRole('table', { name: 'Costs by organisation' }).locator('tbody th').allTextContents()
    expect(await names()).toEqual(['not stated', 'acme', 'globex', 'initech'])
    await watched.page.getByRole('button', { name: 'Requests' }).click()
    expect(new URL(watched.page.url()).searchParams.get('sort')).toBe('-requests')
    expect((await names())[0]).toBe('acme')
  })

  test.each(['light', 'dark'] as const)(
    'nothing serious for axe, %s, with data and without',
    async (colorScheme) => {
      for (const of of [pages.daemon, pages.daemons.empty]) {
        await using watched = await pages.open('/costs?where.org=acme', { of, colorScheme })
        expect(await seriousViolations(watched.page)).toEqual([])
        expect(watched.complaints).toEqual([])
      }
    },
  )

  test('without any request nothing is known, which is not $0', async () => {
    await using watched = await pages.open('/costs', { of: pages.daemons.empty })
    expect(await figureValue(watched.page, 'total')).toBe('–')
    expect(await watched.page.locator('main').textContent()).not.toContain('$0')
  })

  test('hostile names are text', async () => {
    const org = '<img src=x onerror="window.hacked = true">'
    await using own = await startDaemon()
    await send(own.url, [{ ...load[0], org }])
    await using watched = await pages.open('/costs', { of: own })
    expect(await rowOf(watched.page, org)).toMatchObject({ requests: '1' })
    await expectHarmless(watched.page)
  })
})
