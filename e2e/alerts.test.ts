/** Alerts of the built daemon: told to a webhook and to a real Alertmanager, listed, silenced, kept over a restart. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHome } from './command-line.ts'
import { getJson, startDaemon, until } from './daemon-process.ts'
import type { DaemonProcess } from './daemon-process.ts'
import { startAlertmanager } from './program-process.ts'
import type { ProgramProcess } from './program-process.ts'
import { program } from './programs.ts'
import { startWebhook } from './webhook.ts'
import type { Webhook } from './webhook.ts'

const CLI = join(import.meta.dirname, '../packages/cli/dist/main.js')
const alertmanager = program('prometheus-alertmanager')
/** Alerts are evaluated every 15 seconds. */
const WAIT_MS = 60_000

interface Listed {
  alerts: { id: string; name: string; state: string; fired_at: number | null; silenced_by: string[] }[]
  errors: unknown[]
}

describe.skipIf(alertmanager.missing)(`alerts${alertmanager.note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-alerts-'))
  let webhook: Webhook
  let manager: ProgramProcess
  let daemon: DaemonProcess

  const start = () => startDaemon({ directory: folder, flags: ['--config', join(folder, 'ragmeter.yaml')] })
  const list = () => getJson<Listed>(`${daemon.url}/api/v1/alerts`)
  const silence = async (...flags: readonly string[]) => {
    const call = [CLI, 'alerts', 'silence', ...flags]
    const environment = { ...process.env, RAGMETER_HOME: folder }
    return (await promisify(execFile)(process.execPath, call, { env: environment })).stdout
  }
  const watchdog = async () => (await list()).alerts.find(({ name }) => name === 'RagWatchdog')

  beforeAll(async () => {
    webhook = await startWebhook()
    manager = await startAlertmanager('route: {receiver: none}\nreceivers: [{name: none}]\n')
    writeFileSync(
      join(folder, 'ragmeter.yaml'),
      `notifiers:
  - { name: everybody, type: webhook, severities: [none], url: "${webhook.url}/" }
  - { name: manager, type: alertmanager, url: "${manager.url}" }
`,
    )
    daemon = await start()
  })
  afterAll(async () => {
    for (const started of [daemon, manager, webhook]) await started[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reach a webhook and an Alertmanager, which takes them for its own', async () => {
    await until(
      () => webhook.notifications.length,
      (count) => count > 0,
      WAIT_MS,
    )
    expect(webhook.notifications[0]).toMatchObject({
      status: 'firing',
      externalURL: daemon.url,
      alerts: [
        {
          labels: { alertname: 'RagWatchdog' },
          generatorURL: expect.stringMatching(`^${daemon.url}/alerts/[0-9a-f]{16}$`),
        },
      ],
    })
    const known = (await until(
      () => getJson<unknown[]>(`${manager.url}/api/v2/alerts`),
      (alerts) => alerts.length > 0,
      WAIT_MS,
    )) as { labels: Record<string, string>; annotations: Record<string, string>; status: { state: string } }[]
    expect(known).toMatchObject([
      { labels: { alertname: 'RagWatchdog', severity: 'none' }, status: { state: 'active' } },
    ])
    expect(known[0]?.annotations['runbook_url']).toMatch(/RagWatchdog/)
    const { attempts } = await until(
      () => getJson<{ attempts: { outcome: string }[] }>(`${daemon.url}/api/v1/notifications`),
      (answer) => answer.attempts.length >= 2,
      WAIT_MS,
    )
    expect(attempts.map(({ outcome }) => outcome)).not.toContain('failed')
    const page = await (await fetch(`${daemon.url}/metrics`)).text()
    expect(page).toMatch(/^ragmeter_notifications_total\{notifier="everybody",outcome="delivered"\} [1-9]/m)
    expect(page).toMatch(/^ragmeter_notifications_total\{notifier="everybody",outcome="dead"\} 0$/m)
  })

  it('are tried over HTTP', async () => {
    const before = webhook.notifications.length
    const url = `${daemon.url}/api/v1/notifiers/everybody/test`
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: '{}' })
    expect(await response.json()).toEqual({ notifier: 'everybody', delivered: true, error: null })
    expect(webhook.notifications.slice(before)).toMatchObject([
      { alerts: [{ labels: { alertname: 'RagTestNotification' } }] },
    ])
  })

  it('are silenced over HTTP, and the silence is kept over a restart, as the state is', async () => {
    const before = await watchdog()
    const response = await fetch(`${daemon.url}/api/v1/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'alertname', value: 'RagWatchdog' }],
        ends_at: Date.now() + 3_600_000,
        author: 'ada',
        comment: 'a test',
      }),
    })
    expect(response.status).toBe(200)
    await daemon.stop()
    daemon = await start()
    const after = await until(watchdog, (found) => found !== undefined, WAIT_MS)
    expect(after).toMatchObject({ id: before?.id, state: 'firing', fired_at: before?.fired_at })
    expect(after?.silenced_by).toHaveLength(1)
    expect((await list()).errors).toEqual([])
  })

  it('are silenced on the command line, which says what that silences, lists it and ends it', async () => {
    const [earlier] = (await watchdog())?.silenced_by ?? []
    await silence('--expire', String(earlier))
    expect(await silence()).toBe('Nothing is silenced.\n')
    const made = await silence('--match', 'severity=none', '--author', 'ada', '--comment', 'a test')
    expect(made).toMatch(/It silences 1 alert that is active now: RagWatchdog\./)
    expect(await silence()).toMatch(/^severity=none until .*\n {2}ada: a test\n {2}id /)
    const typo: unknown = await silence(
      '--match',
      'servcie=a',
      '--author',
      'ada',
      '--comment',
      'a test',
    ).catch((error: unknown) => error)
    expect(typo).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/"servcie"[^]*Use .*service/) as string,
    })
    const unknown: unknown = await silence('--expire', 'nope').catch((error: unknown) => error)
    expect((unknown as { stderr: string }).stderr).toMatch(/no silence "nope"[^]*ragmeter alerts silence/)
  })
})

it('that reach nobody are a warning of `ragmeter status` and of `alerts list`, with what to do', async () => {
  const home = createHome()
  const configuration = join(home.folder, 'ragmeter.yaml')
  // Nobody listens there.
  const url = 'http://127.0.0.1:1/'
  writeFileSync(
    configuration,
    `notifiers:\n  - { name: pager, type: webhook, severities: [none], url: "${url}" }\n`,
  )
  expect(await home.run(['start', '--config', configuration])).toMatchObject({ code: 0 })
  await until(
    () => getJson<Listed>(`${home.record().url}/api/v1/alerts`),
    ({ errors }) => errors.length > 0,
    WAIT_MS,
  )
  const warning = {
    code: 'notification_failed',
    message: expect.stringMatching(/^notifier pager: what it has to tell is not delivered: .+\.$/),
    hint: 'Nobody hears of alerts that way; try it with: ragmeter alerts notify pager',
  }
  const { code, envelope } = await home.json(['status'])
  expect([code, envelope.status, envelope.warnings]).toEqual([0, 'success', [warning]])
  expect((await home.json(['alerts', 'list'])).envelope.warnings).toEqual([warning])
  expect((await home.run(['status'])).stderr).toMatch(
    /^warning: notifier pager: .*ragmeter alerts notify pager\n$/,
  )
})
