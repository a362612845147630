/** One trace in a real browser: everything that was stored of it, and nothing that it could do to the page. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { getJson, until } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { settled } from './browser.ts'
import { failedTrace, HOSTILE, hostileTraces, postTraces, RICH_ID, richTrace } from './known-traces.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const NOW = Date.now()

const pages = usePages({
  daemon: () =>
    startLoaded((url) => postTraces(url, [richTrace(NOW), failedTrace(NOW), ...hostileTraces(NOW)])),
})

const panel = (page: Page) => page.getByRole('region', { name: 'Trace', exact: true })
const section = (page: Page, name: string) => panel(page).getByRole('region', { name, exact: true })
/** Waits for the list beside it: the rows of the question before stay until the answer is there. */
const listed = (page: Page, count: number) =>
  until(
    () => page.getByRole('table', { name: 'Traces' }).getByRole('link').count(),
    (found) => found === count,
  )
const textOf = async (page: Page, name: string) => (await section(page, name).textContent()) ?? ''

describePages('one trace', () => {
  test('has an address of its own that shows everything that was stored of it', async () => {
    await using watched = await pages.open(`/traces/${RICH_ID}?tz=utc`)
    const { page, complaints } = watched
    expect(await textOf(page, 'Stages')).toMatch(
      /query rewrite96 ms.*retrieval300 ms.*top_k: 6.*embedding60 ms.*neighbours200 ms.*generation1\.7 s.*84 ms \(3\.50%\)/,
    )
    expect(await textOf(page, 'Retrieval')).toMatch(/Candidates6.*Reranked3.*In the prompt2.*Cited1/)
    expect(await textOf(page, 'Model calls')).toMatch(
      /local-llama.*unpriced.*gpt-4o.*\$0\.0123.*given.*1,830.*1,024.*412/,
    )
    expect(await textOf(page, 'Quality')).toMatch(/faithfulness.*0\.92.*judge.*context_utilisation.*0\.35/)
    expect(await textOf(page, 'Cache')).toMatch(/embedding: hit.*semantic: miss/)
    expect(await textOf(page, 'Feedback')).toContain('It missed the part about backups.')
    await panel(page).getByRole('tab', { name: 'Fields' }).click()
    expect(await textOf(page, 'Metadata')).toMatch(/team.*search.*tier.*gold.*attempt.*2.*beta.*true/)
    await panel(page).getByRole('tab', { name: 'JSON' }).click()
    await page.waitForURL(/tab=json/)
    const shown: unknown = JSON.parse((await panel(page).locator('pre').textContent()) ?? '')
    expect(shown).toEqual(await getJson(`${pages.daemon.url}/api/v1/traces/${RICH_ID}`))
    await page.reload()
    await panel(page).locator('pre').waitFor()
    expect(complaints).toEqual([])
  })

  test('each document says its scores, how it moved, and why it fell out', async () => {
    await using watched = await pages.open(`/traces/${RICH_ID}`)
    const { page } = watched
    const texts = await section(page, 'Documents').locator('tbody tr').allTextContents()
    expect(texts).toHaveLength(6)
    expect(texts[0]).toMatch(
      /storage\.md#retention0\.913.*2.*0\.41.*Kept by the reranker, not put into the prompt/,
    )
    expect(texts[1]).toMatch(/deploy\.md#backup0\.841.*1.*0\.97.*Cited in the answer/)
    expect(texts[2]).toMatch(/metrics\.md#labels0\.8.*Dropped by the reranker: it has no rank/)
    expect(texts[3]).toMatch(/storage\.md#size0\.712.*2.*0\.88.*In the prompt, not cited/)
    expect(texts[4]).toMatch(/sampling0\.64.*Dropped by the reranker: rank 4, and it kept 3/)
  })

  test('is found by its W3C trace id, beside all requests of that trace, and goes on under its own address', async () => {
    await using watched = await pages.open('/traces/4bf92f3577b34da6a3ce929d0e0e4736')
    const { page, complaints } = watched
    await page.waitForURL((url) => url.pathname === `/traces/${RICH_ID}`)
    await section(page, 'Model calls').waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe('trace:4bf92f3577b34da6a3ce929d0e0e4736')
    await listed(page, 1)
    await page.goto(`${pages.daemon.url}/traces/request-7?q=status:error`)
    await page.waitForURL((url) => url.pathname === `/traces/${RICH_ID}`)
    expect(new URL(page.url()).searchParams.get('q')).toBe('status:error')
    expect(complaints).toEqual([])
  })

  test('that retention has deleted says so, and leads to what is left of it', async () => {
    const at = NOW - 8 * 86_400_000
    await using watched = await pages.open(`/traces/long-gone?at=${at}`)
    const { page } = watched
    await panel(page).getByText('This trace is deleted').waitFor()
    expect(await panel(page).textContent()).toContain('for up to 7 days (retention)')
    expect(await seriousViolations(page)).toEqual([])
    await panel(page).getByRole('link', { name: 'What happened around then' }).click()
    await page.waitForURL((url) => url.pathname === '/')
    const from = new URL(page.url()).searchParams.get('from') ?? ''
    expect(Date.parse(from)).toBe(at - 30 * 60_000)
  })

  test('that was never stored says so, and is found as soon as it comes', async () => {
    await using watched = await pages.open(`/traces/late?at=${NOW}`)
    const { page } = watched
    await panel(page).getByText('This trace is not stored').waitFor()
    await postTraces(pages.daemon.url, [
      { ...failedTrace(NOW), id: 'late', timestamp: NOW, org: 'late-org', query_hash: 'late' },
    ])
    await panel(page).getByRole('button', { name: 'Try again' }).click()
    await section(page, 'Stages').waitFor()
    expect(await panel(page).textContent()).toContain('late-org')
  })

  test('feedback is stored and shown, and the daemon has it', async () => {
    await using watched = await pages.open('/traces/019aa000-0000-7000-8000-00000000dead')
    const { page, complaints } = watched
    await panel(page).getByLabel('Note').fill('The provider was down.')
    await panel(page).getByRole('button', { name: 'Bad answer' }).click()
    await section(page, 'Feedback').locator('q').filter({ hasText: 'The provider was down.' }).waitFor()
    expect(await panel(page).getByLabel('Note').inputValue()).toBe('')
    const { feedback_events } = await getJson<{ feedback_events: object[] }>(
      `${pages.daemon.url}/api/v1/traces/019aa000-0000-7000-8000-00000000dead`,
    )
    expect(feedback_events).toMatchObject([{ rating: 'negative', comment: 'The provider was down.' }])
    expect(complaints).toEqual([])
  })

  test('finds similar requests: the same question shows both, the one that failed too', async () => {
    await using watched = await pages.open(`/traces/${RICH_ID}`)
    const { page } = watched
    await panel(page).getByRole('button', { name: 'Find similar' }).click()
    await page.getByRole('menuitem', { name: 'The same question' }).click()
    await page.waitForURL(/q=query_hash/)
    await listed(page, 2)
    expect(await panel(page).isVisible()).toBe(true)
  })

  test('its panel is made wider and narrower by keyboard, and stays so', async () => {
    await using watched = await pages.open(`/traces/${RICH_ID}`, { apart: {} })
    const { page } = watched
    const width = async () => (await panel(page).boundingBox())?.width ?? 0
    const before = await width()
    await page.getByRole('separator', { name: 'Width of the trace' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(before - (await width())).toBe(80)
    await page.reload()
    await settled(page)
    expect(before - (await width())).toBe(80)
  })

  test('on a telephone it lies over the list, fits, and closes', async () => {
    await using watched = await pages.open(`/traces/${RICH_ID}`, { width: 390 })
    const { page } = watched
    expect((await panel(page).boundingBox())?.width).toBe(390)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await panel(page).getByLabel('Close the trace').click()
    await page.getByRole('table', { name: 'Traces' }).getByRole('link').first().click()
    await panel(page).waitFor()
  })

  test.each(['light', 'dark'] as const)('axe finds nothing serious, in the %s', async (colorScheme) => {
    for (const tab of ['summary', 'fields', 'json']) {
      await using watched = await pages.open(`/traces/${RICH_ID}?tab=${tab}`, { colorScheme })
      expect(await seriousViolations(watched.page)).toEqual([])
    }
    await using narrow = await pages.open(`/traces/${RICH_ID}`, { colorScheme, width: 390 })
    expect(await seriousViolations(narrow.page)).toEqual([])
  })

  test('whatever a client puts into its fields is shown as text', async () => {
    await using watched = await pages.open('/traces')
    const { page, complaints } = watched
    for (const [index, text] of HOSTILE.entries()) {
      const id = encodeURIComponent(`hostile-${index} ${text.slice(0, 60)}`)
      for (const tab of ['summary', 'fields', 'json']) {
        await page.goto(`${pages.daemon.url}/traces/${id}?tab=${tab}&cols=status,org,model,endpoint,release`)
        await settled(page)
        await panel(page).getByText(text.slice(0, 20)).first().waitFor()
      }
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1440)
    }
    expect(await page.evaluate('window.hacked')).toBeUndefined()
    expect(complaints).toEqual([])
  })
})
