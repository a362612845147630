/** The page of alerts in a real browser, over a daemon in which alerts really fire. */
import type { Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { getJson, startDaemon, until } from '../daemon-process.ts'
import { alertsOf, FAILING, failingLoad, HEALTHY, startAlerting } from './alert-load.ts'
import { seriousViolations } from './axe.ts'
import { settled } from './browser.ts'
import { send } from './known-load.ts'
import { HOSTILE } from './known-traces.ts'
import { fitsPhone, expectHarmless } from './page-parts.ts'
import { describePages, usePages } from './page-tests.ts'

const CRITICAL = 'RagCriticalErrorRate'

const pages = usePages({
  daemon: () => startAlerting(failingLoad(Date.now()), 'webhooks'),
  hostile: () => startAlerting(failingLoad(Date.now(), { failing: HOSTILE[0], healthy: HOSTILE[2] }), 'none'),
  empty: startDaemon,
})

const row = (page: Page, name: string) => page.locator(`[data-alert="${name}"]`)
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

async function idOf(name: string): Promise<string> {
  const alert = (await alertsOf(pages.daemon)).find((one) => one.name === name)
  if (alert === undefined) throw new Error(`${name} is not active`)
  return alert.id
}

const ended = (alert: object) => ({ ...alert, state: 'resolved', resolved_at: Date.now() })
const endedChange = (transition: object) => ({ ...transition, from: 'firing', to: 'resolved' })

describePages('the page of alerts', () => {
  test('firing alerts come first, the worst before the others, with value, threshold, and why nobody is told', async () => {
    await using watched = await pages.open('/alerts')
    const { page, complaints } = watched
    const active = await alertsOf(pages.daemon)
    const expected = active.filter(({ name }) => name !== 'RagWatchdog').map(({ name }) => name)
    const shown = await page.locator('[data-alert]').all()
    expect(await Promise.all(shown.map((one) => one.getAttribute('data-alert')))).toEqual(expected)
    expect(await row(page, CRITICAL).textContent()).toContain(`service ${FAILING}`)
    // One of four requests fails.
    expect(await row(page, CRITICAL).textContent()).toContain('25.0%fires above 20%')
    expect(await row(page, 'RagHighErrorRate').textContent()).toContain(`told through ${CRITICAL}`)
    // Rates have their unit, that of the threshold.
    const rate = await page.locator('[data-rule="RagHighQueryRate"]').textContent()
    expect(rate).toMatch(/\d\/sabove 50\/s/)
    const firing = active.filter(({ state, name }) => state === 'firing' && name !== 'RagWatchdog').length
    expect(await page.getByRole('status', { name: `${firing} alerts fire` }).textContent()).toBe(
      String(firing),
    )
    // Quiet ones say how far they are from firing; some are for Prometheus only.
    expect(await page.locator('[data-rule="RagEmptyRetrievals"]').textContent()).toContain('0%')
    expect(await page.locator('[data-rule="RagTargetDown"]').textContent()).toContain('Only Prometheus')
    expect(complaints).toEqual([])
  })

  test('a quiet alert whose value is beyond its threshold says what holds it back', async () => {
    await using few = await startDaemon()
    await send(few.url, failingLoad(Date.now()).slice(-8))
    await using watched = await pages.open('/alerts?refresh=5', { of: few })
    const quiet = watched.page.locator('[data-rule="RagAvailabilityBudgetBurnFast"]')
    await quiet.getByText('held back: rag_requests_total within 1 h is 4, not at least 30').waitFor()
    expect(watched.complaints).toEqual([])
  })

  test('a service narrows the list', async () => {
    await using watched = await pages.open(`/alerts?service=${HEALTHY}`)
    expect(await row(watched.page, CRITICAL).count()).toBe(0)
    expect(await watched.page.getByText('Nothing fires').count()).toBe(1)
  })

  test('of a resolved alert it says what the value was, and no bar shows it as if it were now', async () => {
    await using watched = await pages.open('/alerts')
    const { page } = watched
    const meter = row(page, CRITICAL).locator('[class*="meter"]')
    expect(await meter.count()).toBeGreaterThan(0)
    await page.route('**/api/v1/alerts', async (route) => {
      const answer = await route.fetch()
      const body = (await answer.json()) as { alerts: object[] }
      await route.fulfill({ response: answer, json: { ...body, alerts: body.alerts.map(ended) } })
    })
    await page.route('**/api/v1/alerts/history*', async (route) => {
      const answer = await route.fetch()
      const { transitions } = (await answer.json()) as { transitions: object[] }
      await route.fulfill({ response: answer, json: { transitions: transitions.map(endedChange) } })
    })
    await page.keyboard.press('r')
    await row(page, CRITICAL).getByText('was 25.0%').waitFor()
    expect(await meter.count()).toBe(0)
    await page.getByRole('tab', { name: 'History' }).click()
    const change = page.locator('tr', { hasText: CRITICAL }).first().locator('td')
    await change.first().waitFor()
    expect((await change.allTextContents()).slice(-2).map((text) => text.trim())).toEqual([
      'resolved',
      'was 25.0%',
    ])
  })

  test('that somebody is not told is not said as if something was not evaluated', async () => {
    await until(
      () => getJson<{ errors: { name: string }[] }>(`${pages.daemon.url}/api/v1/alerts`),
      ({ errors }) => errors.some(({ name }) => name === 'notifier old-pager'),
      60_000,
    )
    await using watched = await pages.open('/alerts')
    const { page } = watched
    const notice = page.getByRole('alert').filter({ hasText: 'Not everybody is told' })
    expect(await notice.textContent()).toContain('notifier old-pager: what it has to tell is not delivered')
    expect(await page.getByText('Not everything can be evaluated').count()).toBe(0)
    await notice.getByRole('link').click()
    await page.waitForURL(/tab=delivery/)
    await page.locator('[data-notifier="old-pager"]').waitFor()
  })

  test('only the history has a range, and changes with it', async () => {
    await using watched = await pages.open('/alerts?from=2026-01-01T00:00Z&to=2026-01-02T00:00Z&tab=history')
    const { page } = watched
    const range = page.getByRole('button', { name: /^Time range/ })
    await page.getByText('No alert has changed in this range').waitFor()
    await range.click()
    await page.getByRole('button', { name: 'Last hour' }).click()
    await page.locator('tr', { hasText: CRITICAL }).first().waitFor()
    for (const path of [
      '/alerts',
      '/alerts?tab=silences',
      '/alerts?tab=delivery',
      `/alerts/${await idOf(CRITICAL)}`,
    ]) {
      await page.goto(`${pages.daemon.url}${path}`)
      await settled(page)
      expect([path, await range.count(), await page.getByLabel('Zoom out').count()]).toEqual([path, 0, 0])
      expect(await page.getByRole('button', { name: 'Refresh now' }).count()).toBe(1)
    }
  })

  test('an alert has an address, filled with evidence that is the truth of the load', async () => {
    await using watched = await pages.open('/alerts')
    const { page, complaints } = watched
    await row(page, CRITICAL).getByRole('link', { name: CRITICAL }).click()
    await page.waitForURL(/\/alerts\/[0-9a-f]{16}$/)
    await settled(page)
    const changes = await panel(page, 'What changed').textContent()
    expect(changes).toContain('The stage generation changed the most for the worse')
    expect(changes).toContain('Release 2.1.0 is new')
    expect(changes).toContain('Model gpt-4o-mini is new')
    expect(await page.locator('[data-stage="generation"]').textContent()).toContain('suspect')
    expect(await page.locator('[data-stage="retrieval"]').textContent()).not.toContain('suspect')
    expect(await panel(page, 'Affected organisations').textContent()).toContain('acme')
    expect(await panel(page, 'Affected models').textContent()).toContain('gpt-4o-mini')
    expect(await panel(page, 'Runbook').textContent()).toContain('Mitigation')
    await page.getByRole('button', { name: /^What it looks at.*show as table$/ }).click()
    const values = await page
      .getByRole('table', { name: /^What it looks at/ })
      .locator('td')
      .allTextContents()
    expect(values).toContain('25.0%')
    const traces = panel(page, 'Worst traces')
    expect(await traces.locator('tbody tr').first().textContent()).toContain('llm error')
    await traces.locator('tbody').getByRole('link').first().click()
    await page.waitForURL(/\/traces\/docs-/)
    await settled(page)
    await page.goBack()
    await panel(page, 'Worst traces').getByRole('link', { name: 'All of this time' }).click()
    await page.waitForURL(({ searchParams }) => searchParams.get('q')?.startsWith('-status:success') === true)
    expect(new URL(page.url()).searchParams.get('service')).toBe(FAILING)
    expect(complaints).toEqual([])
  })

  test('the runbook of another alert opens over the page, in the URL; Esc closes it', async () => {
    await using watched = await pages.open(`/alerts/${await idOf(CRITICAL)}`)
    const { page, complaints } = watched
    await panel(page, 'Runbook').getByRole('button', { name: 'RagLlmServiceDown' }).click()
    await page.waitForURL(/runbook=RagLlmServiceDown/)
    const dialog = page.getByRole('dialog', { name: 'Runbook: RagLlmServiceDown' })
    await dialog.getByText('Impact').waitFor()
    await page.keyboard.press('Escape')
    await page.waitForURL((at) => !at.searchParams.has('runbook'))
    expect(complaints).toEqual([])
  })

  test('a silence is made from an alert with its labels, shows who and why, and ends', async () => {
    await using watched = await pages.open('/alerts')
    const { page, complaints } = watched
    await row(page, 'RagHighGenerationLatency')
      .getByRole('button', { name: /^Silence/ })
      .click()
    const dialog = page.getByRole('dialog', { name: 'Silence RagHighGenerationLatency' })
    await dialog.waitFor()
    expect(await dialog.getByLabel('Value of label 1').inputValue()).toBe('RagHighGenerationLatency')
    expect(await dialog.getByText('Active now: RagHighGenerationLatency').count()).toBe(1)
    await dialog.getByRole('button', { name: 'Silence', exact: true }).click()
    expect(await dialog.getByRole('alert').textContent()).toContain('Say who you are')
    await dialog.getByText('1 day').click()
    await dialog.getByLabel('Why').fill(HOSTILE[0])
    await dialog.getByLabel('Who').fill('ada')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await row(page, 'RagHighGenerationLatency').getByText('silenced: nobody is told').waitFor()
    const { silences } = await getJson<{
      silences: { ends_at: number; starts_at: number; matchers: object[] }[]
    }>(`${pages.daemon.url}/api/v1/silences`)
    expect(silences).toHaveLength(1)
    expect(Math.round(((silences[0]?.ends_at ?? 0) - (silences[0]?.starts_at ?? 0)) / 3_600_000)).toBe(24)
    expect(silences[0]?.matchers).toContainEqual({ name: 'service', value: FAILING, is_equal: true })
    await page.getByRole('tab', { name: 'Silences (1)' }).click()
    await page.waitForURL(/tab=silences/)
    const silence = page.locator('[data-silence="active"]')
    expect(await silence.textContent()).toContain(HOSTILE[0])
    expect(await silence.textContent()).toContain('1 quiet')
    await silence.getByRole('button', { name: /^End the silence/ }).click()
    await page.locator('[data-silence="expired"]').waitFor()
    await page.getByRole('tab', { name: 'Silences', exact: true }).waitFor()
    expect(complaints).toEqual([])
  })

  test('what the daemon refuses is said in its words', async () => {
    await using watched = await pages.open('/alerts?silence=new&tab=silences')
    const { page } = watched
    const dialog = page.getByRole('dialog', { name: 'Silence alerts' })
    await dialog.getByLabel('Value of label 1').fill('nobody')
    await dialog.getByLabel('Why').fill('a test')
    await dialog.getByLabel('Who').fill('ada')
    await page.route('**/api/v1/silences', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 400,
            json: {
              error: {
                code: 'invalid_request',
                message: 'there are 500 silences already',
                hint: 'Expire some.',
              },
            },
          })
        : route.fallback(),
    )
    await dialog.getByRole('button', { name: 'Silence', exact: true }).click()
    await dialog.getByText('There are 500 silences already').waitFor()
    expect(await dialog.getByText('Expire some.').count()).toBe(1)
  })

  test('the history has every change of the range, and a copied link shows the same', async () => {
    await using watched = await pages.open('/alerts?tab=history&from=now-1h')
    const { page, complaints } = watched
    const table = page.getByRole('table', { name: 'Changes of state' })
    const of = table.locator('tr', { hasText: CRITICAL })
    const texts = await of.allTextContents()
    expect(texts.some((text) => text.includes('firing began to fire'))).toBe(true)
    expect(texts.some((text) => text.includes('pending its condition holds'))).toBe(true)
    await using past = await pages.open('/alerts?tab=history&from=2026-01-01T00:00Z&to=2026-01-02T00:00Z')
    expect(await past.page.getByText('No alert has changed in this range').count()).toBe(1)
    expect(complaints.concat(past.complaints)).toEqual([])
  })

  test('delivery says what arrived and what was given up', async () => {
    await until(
      () => getJson<{ attempts: unknown[] }>(`${pages.daemon.url}/api/v1/notifications`),
      ({ attempts }) => attempts.length > 3,
      60_000,
    )
    await using watched = await pages.open('/alerts?tab=delivery')
    const { page, complaints } = watched
    const good = await page.locator('[data-notifier="on-call"] td').allTextContents()
    const bad = await page.locator('[data-notifier="old-pager"] td').allTextContents()
    expect([good[0], Number(good[2]) > 0, good[5]]).toEqual(['webhook', true, '0'])
    expect([bad[2], Number(bad[5]) > 0, bad[6]]).toEqual(['0', true, 'never yet'])
    await page.getByText(/^Given up \d+$/).click()
    await page.waitForURL(/fate=dead/)
    expect(await page.locator('[data-fate="delivered"]').count()).toBe(0)
    expect(await page.locator('[data-fate="dead"]').first().textContent()).toContain('HTTP 410')
    expect(complaints).toEqual([])
  })

  test('a test goes to one notifier, and what its receiver answers is said', async () => {
    await using watched = await pages.open('/alerts?tab=delivery')
    const { page, complaints } = watched
    const answer = page.getByRole('status', { name: 'Answer to the test' })
    expect(await answer.textContent()).toBe('')
    const testOf = (name: string) => page.getByRole('button', { name: `Send a test to ${name}`, exact: true })
    await testOf('on-call').click()
    await answer.getByText('on-call took the test').waitFor()
    await testOf('old-pager').click()
    await answer.getByText('old-pager did not take the test: HTTP 410').waitFor()
    expect(await answer.textContent()).toContain('See its address and its secret in ragmeter.yaml')
    expect(await answer.getByText('on-call').count()).toBe(0)
    expect(await seriousViolations(page)).toEqual([])
    await fitsPhone(page)
    expect(complaints).toEqual([])
  })

  test('while a notifier is tested the others wait; what the daemon refuses is said in its words', async () => {
    await using watched = await pages.open('/alerts?tab=delivery')
    const { page } = watched
    const held: Route[] = []
    await page.route('**/api/v1/notifiers/on-call/test', (route) => void held.push(route))
    await page.getByRole('button', { name: 'Send a test to on-call' }).click()
    const other = page.getByRole('button', { name: 'Send a test to old-pager' })
    await until(() => other.isDisabled(), Boolean)
    const error = { code: 'not_found', message: 'there is no notifier "on-call"', hint: 'See the list.' }
    await until(
      () => held.length,
      (count) => count === 1,
    )
    await held[0]?.fulfill({ status: 404, json: { error } })
    const answer = page.getByRole('status', { name: 'Answer to the test' })
    await answer.getByText('There is no notifier "on-call"').waitFor()
    expect(await answer.textContent()).toContain('See the list.')
    expect(await other.isDisabled()).toBe(false)
  })

  test('without notifiers it says how to add one; an address that is none says so', async () => {
    await using delivery = await pages.open('/alerts?tab=delivery', { of: pages.daemons.empty })
    expect(await delivery.page.getByText('Nobody is told of alerts yet').count()).toBe(1)
    expect(
      await delivery.page.getByLabel('A notifier in ragmeter.yaml', { exact: true }).textContent(),
    ).toContain('notifiers:')
    await using silences = await pages.open('/alerts?tab=silences', { of: pages.daemons.empty })
    expect(await silences.page.getByText('No silences').count()).toBe(1)
    await using none = await pages.open('/alerts/0123456789abcdef', { of: pages.daemons.empty })
    expect(await none.page.getByText('There is no such alert').count()).toBe(1)
    expect(delivery.complaints.concat(silences.complaints, none.complaints)).toEqual([])
  })

  test('charts mark when alerts fired', async () => {
    // The pointer reads steps that have a value: there are requests while it fires.
    const late = Array.from({ length: 3 }, (_, index) => ({
      id: `late-${index}`,
      timestamp: Date.now() - index,
      service: FAILING,
      status: 'success',
      total_latency_ms: 100,
    }))
    await send(pages.daemon.url, late)
    await using watched = await pages.open('/?from=now-1h')
    const { page } = watched
    const chart = page.getByRole('region', { name: 'Requests by status', exact: true })
    await chart.getByText('an alert fired').waitFor()
    await chart.locator('canvas').first().scrollIntoViewIfNeeded()
    const box = await chart.locator('canvas').first().boundingBox()
    if (box === null) throw new Error('the chart has no place')
    // Alerts fire now: within the last steps of the range.
    let fromRight = 14
    await until(
      async () => {
        await page.mouse.move(box.x + box.width - fromRight, box.y + box.height / 2)
        fromRight = fromRight > 80 ? 14 : fromRight + 4
        const count = await page.getByText(/^Rag\w+ \(docs\) fired$/).count()
        return count
      },
      (count) => count > 0,
    )
    await using other = await pages.open(`/?from=now-1h&service=${HEALTHY}`)
    expect(await other.page.getByText('an alert fired').count()).toBe(0)
  })

  test.each(['light', 'dark'] as const)(
    'nothing serious for axe, and fits a phone, %s',
    async (colorScheme) => {
      const id = await idOf(CRITICAL)
      for (const path of [
        '/alerts',
        `/alerts/${id}`,
        `/alerts?silence=${id}`,
        '/alerts?tab=history',
        '/alerts?tab=silences',
        '/alerts?tab=delivery',
        '/alerts?runbook=RagHighErrorRate',
      ]) {
        await using watched = await pages.open(path, { colorScheme })
        const { page } = watched
        expect([path, await seriousViolations(page)]).toEqual([path, []])
        await fitsPhone(page)
        expect(watched.complaints).toEqual([])
      }
    },
  )

  test('hostile names are text, in the list, in the evidence and in the dialog', async () => {
    const { hostile } = pages.daemons
    const [alert] = (await alertsOf(hostile)).filter(({ name }) => name === CRITICAL)
    expect(alert?.labels['service']).toBe(HOSTILE[0])
    for (const path of [
      '/alerts',
      `/alerts/${alert?.id}`,
      `/alerts?silence=${alert?.id}`,
      '/alerts?tab=history',
      '/slos',
      '/',
    ]) {
      await using watched = await pages.open(path, { of: hostile })
      await expectHarmless(watched.page)
      await fitsPhone(watched.page)
      expect([path, watched.complaints]).toEqual([path, []])
    }
  })
})
