/** The page of retrieval in a real browser: figures, gaps and documents equal the truth of a known load. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startDaemon, until } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { openPage, settled } from './browser.ts'
import { knownLoad, send } from './known-load.ts'
import { HOSTILE, hostileTraces } from './known-traces.ts'
import { banner, cellsByColumn, downloadCsv, figure, expectHarmless } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'
import { RETRIEVAL_SERVICE, retrievalLoad } from './retrieval-load.ts'
import type { RetrievalTrace } from './retrieval-load.ts'

const load = retrievalLoad(Date.now() - 60_000, 20, 60)
/** Rated after they were answered, by a client that knows only their id. */
const lateNegative = load.filter(({ question }) => question === 'How do I invite a colleague?').slice(0, 5)
const HERE = `service=${RETRIEVAL_SERVICE}`

async function sendKnown(url: string): Promise<void> {
  await send(url, [...load, ...knownLoad(Date.now() - 60_000, 5, 20)])
  const feedback = lateNegative.map(({ id }) => ({ event_id: `late-${id}`, id, rating: 'negative' }))
  await fetch(`${url}/api/v1/feedback`, { method: 'POST', body: JSON.stringify({ feedback }) })
}

const pages = usePages({ daemon: () => startLoaded(sendKnown), empty: startDaemon })

const weigh = (traces: readonly RetrievalTrace[]) => traces.reduce((sum, { weight }) => sum + weight, 0)
const whole = (value: number) => value.toLocaleString('en')
const isEmpty = ({ retrieval }: RetrievalTrace) => retrieval.count === 0
const isFailed = ({ status }: RetrievalTrace) => status === 'error'
const isDisliked = (trace: RetrievalTrace) => trace.feedback !== undefined || lateNegative.includes(trace)
/** With `low=0.05` no score is low. */
const isBad = (trace: RetrievalTrace) => isEmpty(trace) || isFailed(trace) || isDisliked(trace)
const percent = (share: number) =>
  `${(share * 100).toFixed(share >= 0.1 && share <= 0.99 ? 1 : share === 0 || share === 1 ? 0 : 2)}%`

const table = (page: Page, name: string) => page.getByRole('table', { name, exact: true })

function cellsOf(page: Page, name: string, heading: string): Promise<Record<string, string>> {
  const row = table(page, name)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader').getByText(heading, { exact: true }) })
  return cellsByColumn(row)
}

describePages('the page of retrieval', () => {
  test('its figures are those of all requests, whether their traces were kept or not', async () => {
    await using watched = await pages.open(`/retrieval?${HERE}`)
    const { page, complaints } = watched
    const nothing = weigh(load.filter(isEmpty))
    expect(await figure(page, 'Empty retrievals').textContent()).toContain(percent(nothing / weigh(load)))
    expect(await figure(page, 'Empty retrievals').textContent()).toContain(
      `${whole(nothing)} of ${whole(weigh(load))} retrievals`,
    )
    const average = (traces: readonly RetrievalTrace[], read: (trace: RetrievalTrace) => number) =>
      traces.reduce((sum, trace) => sum + trace.weight * read(trace), 0) / weigh(traces)
    const scored = load.filter((trace) => !isEmpty(trace))
    const best = average(scored, ({ retrieval }) => retrieval.documents[0]?.score ?? 0)
    const returned = average(load, ({ retrieval }) => retrieval.count)
    const reranked = load.filter(({ rerank }) => rerank !== undefined)
    expect(await figure(page, 'Best score').textContent()).toContain(best.toFixed(2))
    expect(await figure(page, 'Returned').textContent()).toContain(String(Number(returned.toPrecision(3))))
    expect(await figure(page, 'Displacement').textContent()).toContain(
      String(Number(average(reranked, ({ rerank }) => rerank?.displacement ?? 0).toPrecision(3))),
    )
    expect(await page.locator('canvas').count()).toBe(6)
    expect(complaints).toEqual([])
  })

  test('a click on a retriever narrows the page to it, in the URL', async () => {
    await using watched = await pages.open(`/retrieval?${HERE}`)
    const { page } = watched
    await table(page, 'Retrievers').getByRole('button', { name: 'bm25' }).click()
    await page.waitForURL(/retriever=bm25/)
    await settled(page)
    const mine = load.filter(({ retrieval }) => retrieval.retriever === 'bm25')
    const nothing = weigh(mine.filter(isEmpty))
    expect(await figure(page, 'Empty retrievals').textContent()).toContain(
      `${whole(nothing)} of ${whole(weigh(mine))} retrievals`,
    )
    await page.getByRole('tab', { name: 'Knowledge gaps' }).click()
    await settled(page)
    expect(await page.getByRole('region', { name: 'Knowledge gaps' }).textContent()).toContain(
      `all ${whole(mine.length)} kept traces of the range`,
    )
  })

  test('gaps: every query with its requests, reasons and share equals the truth, late ratings included', async () => {
    await using watched = await pages.open(`/retrieval?${HERE}&tab=gaps&low=0.05`)
    const { page, complaints } = watched
    const bad = load.filter(isBad)
    const summary = `${whole(weigh(bad))} of ${whole(weigh(load))} requests (${percent(weigh(bad) / weigh(load))}) show a sign of a gap`
    await page.getByText(summary).waitFor()
    const questions = [...new Set(bad.map(({ question }) => question))]
    expect(await table(page, 'Knowledge gaps').locator('tbody tr').count()).toBe(questions.length)
    for (const question of questions) {
      const asked = load.filter((trace) => trace.question === question)
      const mine = asked.filter(isBad)
      const cells = await cellsOf(page, 'Knowledge gaps', question)
      expect(cells).toMatchObject({
        requests: whole(weigh(mine)),
        asked: `${percent(weigh(mine) / weigh(asked))} of ${whole(weigh(asked))}`,
      })
      const reasons = cells['reasons'] ?? ''
      for (const [name, is] of [
        ['empty', isEmpty],
        ['failed', isFailed],
        ['thumbs down', isDisliked],
      ] as const) {
        const count = weigh(mine.filter(is))
        expect(reasons.includes(`${name}${whole(count)}`)).toBe(count > 0)
        expect(reasons.includes(name)).toBe(count > 0)
      }
    }
    expect(complaints).toEqual([])
  })

  test('a reason and what is low filter the gaps, and stand in the URL', async () => {
    await using watched = await pages.open(`/retrieval?${HERE}&tab=gaps`)
    const { page } = watched
    await page.getByRole('combobox', { name: 'A score is low' }).click()
    await page.getByRole('option', { name: 'below a score' }).click()
    await page.getByRole('textbox', { name: 'Below' }).fill('0.4')
    await page.waitForURL(/low=0\.4/)
    await page.getByRole('combobox', { name: 'Reason' }).click()
    await page.getByRole('option', { name: 'low score' }).click()
    await page.waitForURL(/reason=low_score/)
    const low = load.filter(({ retrieval }) => (retrieval.documents[0]?.score ?? 1) < 0.4)
    await page.getByText(`${whole(weigh(low))} of ${whole(weigh(load))} requests`).waitFor()
    expect(await table(page, 'Knowledge gaps').locator('tbody tr').count()).toBe(
      new Set(low.map(({ question }) => question)).size,
    )
    const address = page.url()
    await using again = await openPage(pages.browser, pages.daemon.url)
    await again.page.goto(address)
    await again.page.getByText(`${whole(weigh(low))} of ${whole(weigh(load))} requests`).waitFor()
    expect(await again.page.getByRole('textbox', { name: 'Below' }).inputValue()).toBe('0.4')
  })

  test('a gap leads to its traces, all of them and no other', async () => {
    await using watched = await pages.open(`/retrieval?${HERE}&tab=gaps`)
    const { page, complaints } = watched
    const question = 'Is there an app for Linux phones?'
    const count = load.filter((trace) => trace.question === question).length
    await page.getByRole('link', { name: `Traces of ${question}` }).click()
    await page.waitForURL(/\/traces\?.*query_hash/)
    await page.getByText(`${whole(count)} traces match`).waitFor()
    expect(complaints).toEqual([])
  })

  test('documents: retrieved, in the prompt, cited and bad outcomes equal the truth', async () => {
    await using watched = await pages.open(`/retrieval?${HERE}&tab=documents`)
    const { page, complaints } = watched
    const ids = new Set(load.flatMap(({ retrieval }) => retrieval.documents.map(({ id }) => id)))
    expect(await table(page, 'Documents').locator('tbody tr').count()).toBe(ids.size)
    for (const id of ids) {
      const having = (is: (document: RetrievalTrace['retrieval']['documents'][number]) => boolean) =>
        load.filter(({ retrieval }) =>
          retrieval.documents.some((document) => document.id === id && is(document)),
        )
      const [found, used, cited] = [
        having(() => true),
        having(({ used: is }) => is),
        having(({ cited: is }) => is),
      ]
      const part = (traces: readonly RetrievalTrace[]) =>
        `${whole(weigh(traces))} ${percent(weigh(traces) / weigh(found))}`
      const cells = await cellsOf(page, 'Documents', id)
      expect(cells).toMatchObject({
        retrieved: whole(weigh(found)),
        in_prompt: part(used),
        cited: part(cited),
      })
      const bad = used.filter((trace) => isFailed(trace) || isDisliked(trace))
      expect(cells['bad']).toContain(`${percent(weigh(bad) / weigh(used))} of ${whole(weigh(used))}`)
    }
    expect(complaints).toEqual([])
  })

  test('documents that are never cited, and those with bad outcomes', async () => {
    await using watched = await pages.open(`/retrieval?${HERE}&tab=documents`)
    const { page } = watched
    const documents = load.flatMap(({ retrieval }) => retrieval.documents)
    const ids = new Set(documents.map(({ id }) => id))
    const neverCited = [...ids].filter(
      (id) => !documents.some((document) => document.id === id && document.cited),
    )
    await page.getByText('Never cited', { exact: true }).click()
    await page.waitForURL(/order=never_cited/)
    const rows = table(page, 'Documents').locator('tbody tr')
    await until(
      () => rows.count(),
      (count) => count === neverCited.length,
    )
    const shown = await rows.getByRole('rowheader').allTextContents()
    expect(shown.toSorted()).toEqual(neverCited.toSorted())
    await page.getByText('Bad outcomes', { exact: true }).first().click()
    await page.waitForURL(/order=bad/)
    await page.getByRole('columnheader', { name: 'Last bad trace' }).waitFor()
    await settled(page)
    await rows.first().getByRole('link').click()
    await page.waitForURL(/\/traces\/retrieval-/)
    const opened = load.find(({ id }) => page.url().includes(`/traces/${id}?`))
    expect(opened !== undefined && (isFailed(opened) || isDisliked(opened))).toBe(true)
  })

  test.each([
    [
      'gaps',
      'ragmeter-knowledge-gaps.csv',
      () => new Set(load.filter(isBad).map(({ question }) => question)).size,
    ],
    [
      'documents',
      'ragmeter-documents-retrieved.csv',
      () => new Set(load.flatMap(({ retrieval }) => retrieval.documents.map(({ id }) => id))).size,
    ],
  ])('the file of %s has every row', async (tab, name, count) => {
    await using watched = await pages.open(`/retrieval?${HERE}&tab=${tab}&low=0.05`)
    const { page, complaints } = watched
    const file = await downloadCsv(page)
    expect(file.name).toBe(name)
    expect(file.lines.length).toBe(count() + 1)
    expect(complaints).toEqual([])
  })

  test('the keyboard comes here, and goes through the tabs', async () => {
    await using watched = await pages.open(`/?${HERE}`)
    const { page, complaints } = watched
    await page.keyboard.press('g')
    await page.keyboard.press('r')
    await page.waitForURL(
      (url) => url.pathname === '/retrieval' && url.searchParams.get('service') === RETRIEVAL_SERVICE,
    )
    await page.getByRole('tab', { name: 'Over time' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.waitForURL(/tab=gaps/)
    await page.getByText('show a sign of a gap').waitFor()
    expect(complaints).toEqual([])
  })

  test.each(['light', 'dark'] as const)(
    'nothing serious for axe, %s, with data and without',
    async (colorScheme) => {
      for (const of of [pages.daemon, pages.daemons.empty]) {
        for (const query of ['', '?tab=gaps', '?tab=documents&order=bad']) {
          await using watched = await pages.open(`/retrieval${query}`, { of, colorScheme })
          expect(await seriousViolations(watched.page)).toEqual([])
          expect(watched.complaints).toEqual([])
        }
      }
    },
  )

  test('without any request nothing is known, which is not 0', async () => {
    for (const [query, title] of [
      ['', 'No retrieval in this range'],
      ['?tab=gaps', 'No trace in this range'],
      ['?tab=documents', 'No trace with documents in this range'],
    ] as const) {
      await using watched = await pages.open(`/retrieval${query}`, { of: pages.daemons.empty })
      await watched.page.getByText(title).waitFor()
      expect(await figure(watched.page, 'Empty retrievals').textContent()).toContain('–no data')
    }
  })

  test('names, questions and ids of strangers are text', async () => {
    await using own = await startDaemon()
    const traces = hostileTraces(Date.now()).map((trace, index) => ({
      ...trace,
      metadata: { question: (HOSTILE[index] ?? '').slice(0, 500) },
    }))
    await send(own.url, traces)
    for (const tab of ['health', 'gaps', 'documents']) {
      await using watched = await pages.open(`/retrieval?tab=${tab}`, { of: own })
      const { page, complaints } = watched
      await page.getByText('<script>window.hacked=1</script>').first().waitFor()
      await expectHarmless(page)
      expect(complaints).toEqual([])
    }
  })

  test('stays as it is while the daemon is away, says so, and goes on by itself', async () => {
    await using first = await startDaemon()
    await send(first.url, load.slice(-60))
    await using watched = await pages.open(`/retrieval?tab=gaps&refresh=5`, { of: first })
    const { page } = watched
    await page.getByText('show a sign of a gap').waitFor()
    await first.kill()
    await banner(page).waitFor({ timeout: 40_000 })
    expect(await page.getByText('show a sign of a gap').isVisible()).toBe(true)
    await using again = await startDaemon({ directory: first.directory, port: first.port })
    await banner(page).waitFor({ state: 'hidden', timeout: 40_000 })
    expect(again.port).toBe(first.port)
  })
})
