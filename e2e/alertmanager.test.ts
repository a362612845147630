/** The shipped configuration of Alertmanager: what its own tool says of it, and what a real one does with it. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { getJson, until } from './daemon-process.ts'
import { deployedAlertmanager } from './deployed.ts'
import { startAlertmanager } from './program-process.ts'
import type { ProgramProcess } from './program-process.ts'
import { program } from './programs.ts'
import { startWebhook } from './webhook.ts'
import type { Webhook } from './webhook.ts'

const amtool = program('amtool')
const alertmanager = program('prometheus-alertmanager')

const DEPLOY = join(import.meta.dirname, '../deploy')
const FILE = join(DEPLOY, 'alertmanager/alertmanager.yml')
const TEMPLATES = join(DEPLOY, 'alertmanager/templates/*.tmpl')
const SHIPPED = readFileSync(FILE, 'utf8')
/** With the examples of receivers taken into use, as the comment above them says. */
const COMPLETE = SHIPPED.replaceAll(/^ {4}# {3}/gm, '    ')

interface AlertRule {
  alert?: string
  labels: { severity: string; alert_family: string; slo?: string }
}

const RULE_FILES = ['prometheus/alerts', 'prometheus/slo', 'loki/rules/fake/logs']
const ALERTS = RULE_FILES.flatMap((path) => {
  const text = readFileSync(join(DEPLOY, `${path}.rules.yml`), 'utf8')
  const { groups } = parse(text) as { groups: { rules: AlertRule[] }[] }
  return groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined)
})

function run(...commandArguments: string[]): string {
  // It warns of a flag that it does not need.
  return execFileSync('amtool', commandArguments, { encoding: 'utf8', stdio: 'pipe' })
}

function receivers(labels: Readonly<Record<string, string>>): string {
  const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return run('config', 'routes', 'test', `--config.file=${FILE}`, ...given).trim()
}

describe.skipIf(amtool.missing)(`amtool${amtool.note}`, () => {
  it('finds nothing wrong with the configuration as it is shipped', () => {
    expect(run('check-config', FILE)).toContain('SUCCESS')
  })

  it('nor with the examples of receivers in use', async () => {
    expect(COMPLETE.match(/_configs:/g)).toHaveLength(4)
    await using started = await startAlertmanager(
      COMPLETE.replace('/etc/alertmanager/templates/*.tmpl', TEMPLATES),
    )
    expect(run('check-config', join(started.folder, 'alertmanager.yml'))).toContain('SUCCESS')
    // The health check of compose, word for word.
    expect(run(`--alertmanager.url=${started.url}`, 'config', 'show')).toContain('slack_configs')
  })

  it.each([
    [{ alertname: 'RagWatchdog', severity: 'none', alert_family: 'watchdog' }, "dead man's switch"],
    [{ alertname: 'RagElevatedQueryLatency', severity: 'info', alert_family: 'latency' }, 'nobody'],
    [{ alertname: 'RagHighErrorRate', severity: 'warning', alert_family: 'errors' }, 'chat'],
    [{ alertname: 'RagCriticalErrorRate', severity: 'critical', alert_family: 'errors' }, 'pager'],
    [{ alertname: 'RagJobAbsent', severity: 'critical', alert_family: 'availability' }, 'pager'],
    [{ alertname: 'RagAvailabilityBudgetBurnFast', severity: 'critical', alert_family: 'slo' }, 'pager'],
    [{ alertname: 'RagAvailabilityBudgetBurnSlow', severity: 'warning', alert_family: 'slo' }, 'chat'],
    [{ alertname: 'RagCostSpike', severity: 'warning', alert_family: 'cost' }, 'finance'],
    [{ alertname: 'RagMonthlyBudgetExceeded', severity: 'critical', alert_family: 'cost' }, 'finance,chat'],
    [{ alertname: 'RagBatchJobStale', severity: 'warning', alert_family: 'batch' }, 'chat'],
    [{ alertname: 'RagMemoryFactsCritical', severity: 'critical', alert_family: 'capacity' }, 'pager'],
    [{ alertname: 'SomethingElse', severity: 'warning' }, 'chat'],
  ])('%o goes to %s', (labels, expected) => {
    expect(receivers(labels)).toBe(expected)
  })

  it('sends every alert to somebody, but infos', () => {
    expect(ALERTS.length).toBeGreaterThan(50)
    const silent = ALERTS.filter(
      ({ alert = '', labels }) => receivers({ alertname: alert, ...labels }) === 'nobody',
    )
    expect(silent.map(({ labels }) => labels.severity).filter((severity) => severity !== 'info')).toEqual([])
  })

  it.each([
    ['ragmeter.title', /^\[[A-Z]+/],
    ['ragmeter.text', /Runbook: .*\nDashboard: /],
    ['ragmeter.link', /./],
  ])('renders %s', (name, expected) => {
    const text = run(
      'template',
      'render',
      `--template.glob=${TEMPLATES}`,
      `--template.text={{ template "${name}" . }}`,
    )
    expect(text).toMatch(expected)
  })
})

interface KnownAlert {
  labels: { alertname: string; service?: string }
  status: { state: string; inhibitedBy: string[] }
}

describe.skipIf(alertmanager.missing)(`a real Alertmanager${alertmanager.note}`, () => {
  let webhook: Webhook
  let server: ProgramProcess

  beforeAll(async () => {
    webhook = await startWebhook()
    server = await startAlertmanager(deployedAlertmanager(webhook.url, 'hurried'))
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await webhook[Symbol.asyncDispose]()
  })

  async function send(...alerts: readonly Record<string, string>[]): Promise<void> {
    await post(alerts.map((labels) => ({ labels, annotations: { summary: 'It is so.' } })))
  }

  async function resolve(labels: Record<string, string>): Promise<void> {
    await post([{ labels, endsAt: new Date(Date.now() - 1000).toISOString() }])
  }

  async function post(alerts: readonly unknown[]): Promise<void> {
    const response = await fetch(`${server.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    })
    expect(await response.text()).toBe('')
  }

  async function stateOf(alertname: string, service: string): Promise<string | undefined> {
    const alerts = await getJson<KnownAlert[]>(`${server.url}/api/v2/alerts`)
    return alerts.find(({ labels }) => labels.alertname === alertname && labels.service === service)?.status
      .state
  }

  function delivered(alertname: string, service: string): string[] {
    return webhook.notifications.flatMap(({ to, alerts }) =>
      alerts
        .filter(({ labels }) => labels['alertname'] === alertname && labels['service'] === service)
        .map(({ status }) => `${to} ${status}`),
    )
  }

  async function untilDelivered(alertname: string, service: string, expected: string): Promise<void> {
    await until(
      () => delivered(alertname, service),
      (found) => found.includes(expected),
    )
  }

  it('routes a critical alert to the pager, and a warning of another family to chat', async () => {
    await send(
      { alertname: 'RagCriticalErrorRate', severity: 'critical', alert_family: 'errors', service: 'docs' },
      { alertname: 'RagHighQueryLatency', severity: 'warning', alert_family: 'latency', service: 'docs' },
    )
    await untilDelivered('RagCriticalErrorRate', 'docs', 'pager firing')
    await untilDelivered('RagHighQueryLatency', 'docs', 'chat firing')
    expect(delivered('RagCriticalErrorRate', 'docs')).not.toContain('chat firing')
  })

  it('mutes the milder alert of a family in the same service, not in another, until the worse one is over', async () => {
    const critical = { alertname: 'RagCriticalQueryLatency', severity: 'critical', alert_family: 'latency' }
    const warning = { alertname: 'RagHighQueryLatency', severity: 'warning', alert_family: 'latency' }
    await send({ ...critical, service: 'shop' })
    await untilDelivered('RagCriticalQueryLatency', 'shop', 'pager firing')
    await send({ ...warning, service: 'shop' }, { ...warning, service: 'search' })
    await untilDelivered('RagHighQueryLatency', 'search', 'chat firing')
    await until(
      () => stateOf('RagHighQueryLatency', 'shop'),
      (state) => state === 'suppressed',
    )
    expect(delivered('RagHighQueryLatency', 'shop')).toEqual([])
    await resolve({ ...critical, service: 'shop' })
    await untilDelivered('RagCriticalQueryLatency', 'shop', 'pager resolved')
    await untilDelivered('RagHighQueryLatency', 'shop', 'chat firing')
  })

  it('keeps dependencies apart, and mutes what follows from one that is down', async () => {
    const down = {
      alertname: 'RagDatabaseDown',
      severity: 'critical',
      alert_family: 'dependency',
      service: 'bank',
    }
    const failing = {
      alertname: 'RagHighLlmErrorRate',
      severity: 'warning',
      alert_family: 'dependency',
      service: 'bank',
    }
    await send({ ...down, dependency: 'qdrant', kind: 'vector_store' })
    await untilDelivered('RagDatabaseDown', 'bank', 'pager firing')
    const calls = {
      ...down,
      alertname: 'RagHighDatabaseErrorRate',
      severity: 'warning',
      kind: 'vector_store',
    }
    await send({ ...calls, dependency: 'qdrant' }, { ...calls, dependency: 'milvus' })
    await untilDelivered('RagHighDatabaseErrorRate', 'bank', 'chat firing')
    await send(
      { ...failing, provider: 'openai', model: 'gpt-4o' },
      { alertname: 'RagHighRetrievalLatency', severity: 'warning', alert_family: 'latency', service: 'bank' },
    )
    await untilDelivered('RagHighLlmErrorRate', 'bank', 'chat firing')
    const retrieval = await until(
      () => stateOf('RagHighRetrievalLatency', 'bank'),
      (state) => state !== undefined && state !== 'unprocessed',
    )
    expect(retrieval).toBe('suppressed')
    const told = webhook.notifications
      .flatMap(({ alerts }) => alerts)
      .filter(({ labels }) => labels['alertname'] === 'RagHighDatabaseErrorRate')
    expect(new Set(told.map(({ labels }) => labels['dependency']))).toEqual(new Set(['milvus']))
  })

  it('mutes alerts on log lines where those on metrics say more', async () => {
    const one = { service: 'press', org: 'acme', severity: 'warning' }
    await send(
      { alertname: 'RagCriticalErrorRate', severity: 'critical', alert_family: 'errors', service: 'press' },
      { alertname: 'RagNoTraces', severity: 'warning', alert_family: 'traffic', service: 'press' },
    )
    await untilDelivered('RagCriticalErrorRate', 'press', 'pager firing')
    await untilDelivered('RagNoTraces', 'press', 'chat firing')
    await send(
      { ...one, alertname: 'RagOrgErrors', alert_family: 'errors' },
      { ...one, alertname: 'RagOrgSlowResponses', alert_family: 'latency' },
      { alertname: 'RagNoLogs', severity: 'warning', alert_family: 'telemetry', service: 'press' },
    )
    await untilDelivered('RagOrgSlowResponses', 'press', 'chat firing')
    for (const name of ['RagOrgErrors', 'RagNoLogs']) {
      const state = await until(
        () => stateOf(name, 'press'),
        (found) => found !== undefined && found !== 'unprocessed',
      )
      expect([name, state]).toEqual([name, 'suppressed'])
    }
  })

  it("says nothing of infos, and tells the dead man's switch of the watchdog", async () => {
    await send(
      { alertname: 'RagElevatedErrorRate', severity: 'info', alert_family: 'errors', service: 'calm' },
      { alertname: 'RagWatchdog', severity: 'none', alert_family: 'watchdog', service: 'calm' },
    )
    await untilDelivered('RagWatchdog', 'calm', "dead man's switch firing")
    await untilDelivered('RagElevatedErrorRate', 'calm', 'nobody firing')
    expect(delivered('RagElevatedErrorRate', 'calm').filter((to) => !to.startsWith('nobody'))).toEqual([])
  })
})
