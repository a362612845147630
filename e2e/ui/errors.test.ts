/** The page of errors in a real browser: every number on it equals the truth of a known load. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startDaemon } from '../daemon-process.ts'
import { seriousViolations } from './axe.ts'
import { settled } from './browser.ts'
import { send } from './known-load.ts'
import { HOSTILE } from './known-traces.ts'
import { chartValues, figure, expectHarmless, sum } from './page-parts.ts'
import { describePages, startLoaded, usePages } from './page-tests.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS

interface Failure {
  type: string
  status?: string
  stage?: string
  service: string
  minutesAgo: readonly number[]
}

/** The outage began a week ago; rate limits are new today. */
const FAILURES: readonly Failure[] = [
  { type: 'llm_error', stage: 'generation', service: 'docs', minutesAgo: [7 * 1440, 90, 60, 60, 31] },
  { type: 'llm_error', stage: 'generation', service: 'chat', minutesAgo: [45] },
  { type: 'timeout', status: 'timeout', stage: 'retrieval', service: 'docs', minutesAgo: [30, 20] },
  { type: 'rate_limited', stage: 'generation', service: 'chat', minutesAgo: [10] },
]
const SUCCESSES = 91
const load = [
  ...FAILURES.flatMap(({ type, status = 'error', stage, service, minutesAgo }, kind) =>
    minutesAgo.map((minutes, index) => ({
      id: `failed-${kind}-${index}`,
      timestamp: NOW - minutes * MINUTE_MS,
      service,
      org: 'acme',
      status,
      error_type: type,
      total_latency_ms: 500,
      stages: [{ stage, start_ms: 0, duration_ms: 400, status: 'error' }],
      generations: [{ provider: 'openai', model: 'gpt-4o', latency_ms: 300, cost_usd: 0.01 }],
    })),
  ),
  ...Array.from({ length: SUCCESSES }, (_, index) => ({
    id: `fine-${index}`,
    timestamp: NOW - (index % 80) * MINUTE_MS,
    service: index % 2 === 0 ? 'docs' : 'chat',
    status: index === 0 ? 'cancelled' : index === 1 ? 'rejected' : 'success',
    total_latency_ms: 200,
  })),
  { id: 'early', timestamp: NOW - 8 * DAY_MS, service: 'docs', status: 'success', total_latency_ms: 1 },
]

/** What the page has to say of the last 24 hours, counted by hand from the list. */
function truthOf(isWanted: (failure: Failure) => boolean): number {
  return FAILURES.filter(isWanted)
    .flatMap(({ minutesAgo }) => minutesAgo)
    .filter((minutes) => minutes < 1440).length
}
const ALL = truthOf(() => true)
const REQUESTS = ALL + SUCCESSES

const pages = usePages({
  daemon: () => startLoaded((url) => send(url, load), { flags: ['--retention', '30'] }),
  empty: startDaemon,
})

const row = (page: Page, type: string) => page.locator(`tr[data-type="${type}"]`)
const cells = (page: Page, type: string) => row(page, type).locator('td').allTextContents()
const day = (daysAgo: number) => new Date(NOW - daysAgo * DAY_MS).toISOString().slice(0, 10)
const percent = (share: number) => `${(share * 100).toFixed(share >= 0.1 ? 1 : 2)}%`

describePages('the page of errors', () => {
  test('counts and shares equal the truth, by type, the most frequent first', async () => {
    await using watched = await pages.open('/errors?tz=utc')
    const { page, complaints } = watched
    expect(await figure(page, 'Failed requests').textContent()).toContain(`${ALL}of ${REQUESTS} requests`)
    expect(await figure(page, 'Error ratio').textContent()).toContain(percent(ALL / REQUESTS))
    expect(await figure(page, 'Types').textContent()).toContain('3most: llm error')
    expect(await figure(page, 'Rejected or cancelled').textContent()).toContain('2not counted as failed')
    const rows = await page.locator('tr[data-type]').all()
    const types = await Promise.all(rows.map((one) => one.getAttribute('data-type')))
    expect(types).toEqual(['llm_error', 'timeout', 'rate_limited'])
    for (const type of types) {
      const count = truthOf((failure) => failure.type === type)
      expect((await cells(page, type ?? '')).slice(0, 2)).toEqual([String(count), percent(count / REQUESTS)])
    }
    expect(sum(await chartValues(page, 'Errors by type', 'count'))).toBe(ALL)
    expect(complaints).toEqual([])
  })

  test('first seen reaches back before the range, last seen is the latest; what is new says so', async () => {
    await using watched = await pages.open('/errors?tz=utc')
    const { page } = watched
    const [, , , first, last] = await cells(page, 'llm_error')
    const weekAgo = new Date(NOW - 7 * DAY_MS).toLocaleDateString('en-GB', {
      day: '2-digit',
      month: 'short',
      year: 'numeric',
      timeZone: 'UTC',
    })
    expect(first).toContain(weekAgo)
    // Known to two minutes, and the test itself takes a while.
    expect(last).toMatch(/^(?:29|3\d) min ago$/)
    expect(await row(page, 'llm_error').getByText('new', { exact: true }).count()).toBe(0)
    expect(await row(page, 'rate_limited').getByText('new', { exact: true }).count()).toBe(1)
  })

  test('a type opens in the URL, with where it happened and its latest traces, which lead to the trace', async () => {
    await using watched = await pages.open('/errors?tz=utc')
    const { page, complaints } = watched
    await row(page, 'llm_error').getByRole('button').click()
    await page.waitForURL(/type=llm_error/)
    await using copied = await pages.open(new URL(page.url()).pathname + new URL(page.url()).search)
    const places = copied.page.locator('tr', { hasText: 'in generation of docs' })
    expect(await places.last().textContent()).toContain('4 in generation of docs1 in generation of chat')
    const examples = copied.page.getByRole('table', { name: 'Latest traces' })
    expect(await examples.locator('tbody tr').count()).toBe(5)
    expect(await examples.locator('tbody tr').first().textContent()).toContain('docsacmegpt-4o500 ms')
    await examples.getByRole('link').first().click()
    await copied.page.waitForURL(/\/traces\/failed-0-4/)
    await copied.page.goBack()
    await copied.page.getByRole('link', { name: 'Traces with llm_error' }).click()
    await copied.page.waitForURL(({ searchParams }) => searchParams.get('q') === 'error_type:llm_error')
    await settled(copied.page)
    expect(complaints.concat(copied.complaints)).toEqual([])
  })

  test('a service narrows every number', async () => {
    await using watched = await pages.open('/errors?service=chat')
    const { page } = watched
    const failed = truthOf(({ service }) => service === 'chat')
    const requests = failed + Math.floor(SUCCESSES / 2)
    expect(await figure(page, 'Failed requests').textContent()).toContain(`${failed}of ${requests} requests`)
    expect((await cells(page, 'llm_error'))[0]).toBe('1')
    expect(await row(page, 'timeout').count()).toBe(0)
  })

  test('without requests nothing is known; with requests and no error that is said', async () => {
    await using nothing = await pages.open('/errors', { of: pages.daemons.empty })
    expect(await nothing.page.getByText('No requests in this range').count()).toBeGreaterThan(0)
    expect(await figure(nothing.page, 'Failed requests').textContent()).toContain('–')
    await using fine = await pages.open(`/errors?from=${day(9)}T00:00Z&to=${day(7)}T00:00Z`)
    expect(await fine.page.getByText('No request failed in this range').count()).toBeGreaterThan(0)
    expect(await figure(fine.page, 'Failed requests').textContent()).toContain('0of 1 requests')
    expect(nothing.complaints.concat(fine.complaints)).toEqual([])
  })

  test.each(['light', 'dark'] as const)(
    'nothing serious for axe with a type open, %s',
    async (colorScheme) => {
      await using watched = await pages.open('/errors?type=llm_error', { colorScheme })
      expect(await seriousViolations(watched.page)).toEqual([])
    },
  )

  test('hostile names are text', async () => {
    await using own = await startDaemon()
    const failed = load[0]
    await send(
      own.url,
      HOSTILE.map((text, index) => ({
        ...failed,
        id: `h${index} ${text.slice(0, 40)}`,
        timestamp: NOW - index,
        service: text,
        org: text,
        error_message: text,
        exception: text,
      })),
    )
    await using watched = await pages.open('/errors?type=llm_error', { of: own })
    const { page, complaints } = watched
    expect((await cells(page, 'llm_error'))[0]).toBe(String(HOSTILE.length))
    expect(await page.getByText('<script>window.hacked').count()).toBeGreaterThan(0)
    await expectHarmless(page)
    expect(complaints).toEqual([])
  })
})
