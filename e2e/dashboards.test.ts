/** Every query of every dashboard, in a real Prometheus with the configuration of the compose stack, under load. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MonitorClient } from '@ragmeter/sdk'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { queryingPanels, readDashboards } from '../tools/dashboards/read-dashboards.ts'
import { withoutMacros } from '../tools/promql/syntax.ts'
import { freePort, getJson, startDaemon, until } from './daemon-process.ts'
import type { DaemonProcess } from './daemon-process.ts'
import { deployedPrometheus, hurriedRules } from './deployed.ts'
import { everyMetric } from './every-metric.ts'
import { startExample } from './example-process.ts'
import type { ExampleProcess } from './example-process.ts'
import { startAlertmanager, startPushgateway } from './program-process.ts'
import type { ProgramProcess } from './program-process.ts'
import { program } from './programs.ts'
import { Prometheus } from './prometheus-process.ts'
import type { Sample } from './prometheus-process.ts'

const DEPLOY = join(import.meta.dirname, '../deploy')
const TOKEN = 'a-token-of-the-test'
const EXAMPLE = 'docs-assistant'
/** Nobody listens there: that is counted too. */
const NOTIFIERS = 'notifiers: [{ name: pager, type: webhook, url: "http://127.0.0.1:1/" }]\n'

const promtool = program('promtool')
const prometheus = program('prometheus')
const programs = [prometheus, program('prometheus-alertmanager'), program('prometheus-pushgateway')]

interface PanelQuery {
  readonly panel: string
  readonly expression: string
}

/** All queries, as Prometheus gets them from Grafana when `services` are chosen. */
function queries(services: string): readonly PanelQuery[] {
  return readDashboards().flatMap(([key, dashboard]) => {
    const names = dashboard.templating.list.map(({ name }) => name).join('|')
    const variable = new RegExp(`\\$(${names})\\b`, 'g')
    return queryingPanels(dashboard).flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, refId }) => ({
        panel: `${key}: ${title} ${refId}`,
        expression: withoutMacros(expr.replaceAll('$__rate_interval', '15s')).replaceAll(
          variable,
          (_, name: string) => (name === 'service' ? services : '.+'),
        ),
      })),
    )
  })
}

describe.skipIf(promtool.missing)(`promtool${promtool.note}`, () => {
  it('takes every query as the expression of a rule', () => {
    const rules = queries('.+').map(({ expression }, position) => ({
      record: `panel:q${position}`,
      expr: expression,
    }))
    expect(rules.length).toBeGreaterThan(100)
    const folder = mkdtempSync(join(tmpdir(), 'ragmeter-panels-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, 'panels.yml'), stringify({ groups: [{ name: 'panels', rules }] }))
    const output = execFileSync('promtool', ['check', 'rules', '--lint=none', join(folder, 'panels.yml')], {
      encoding: 'utf8',
    })
    expect(output).toContain(`SUCCESS: ${rules.length} rules found`)
  })
})

interface Rule {
  name: string
  type: 'recording' | 'alerting'
  health: string
  lastError?: string
}

const RULES = join(DEPLOY, 'prometheus')

function quickRules(): Record<string, string> {
  const names = readdirSync(RULES).filter((name) => name.endsWith('.rules.yml'))
  return Object.fromEntries(
    names.map((name) => [name, hurriedRules(readFileSync(join(RULES, name), 'utf8'))]),
  )
}

/** Sends everything twice a second, and something that is repaired and something that is refused, until it is stopped. */
function startEverything(daemon: DaemonProcess): () => void {
  let sequence = 0
  const post = (body: string) =>
    fetch(`${daemon.url}/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body,
    })
  const send = async () => {
    sequence += 1
    await post(everyMetric(Date.now(), sequence))
    await post(
      JSON.stringify({ traces: [{ total_latency_ms: 'soon' }, { total_latency_ms: 5, status: 'fine' }] }),
    )
  }
  const timer = setInterval(() => void send().catch(() => undefined), 500)
  return () => clearInterval(timer)
}

async function pushJobs(gateway: string): Promise<void> {
  const monitor = new MonitorClient({ endpoint: null, service: 'indexer' })
  const run = {
    succeeded: true,
    durationSeconds: 42,
    processedRecords: 1400,
    expectedIntervalSeconds: 86_400,
  }
  await monitor.pushMetrics(gateway, { job: 'nightly-index', run })
  await monitor.close()
}

function hasValue(samples: readonly Sample[]): boolean {
  return samples.some(({ value }) => Number.isFinite(Number(value[1])))
}

/** Panels of the overview and others that the example application fills by itself, with nothing staged. */
const FILLED_BY_THE_EXAMPLE = [
  'overview: Query Rate (QPS) A',
  'overview: P95 Latency by Stage A',
  'overview: Cache Hit Rate A',
  'overview: Error Rate A',
  'overview: LLM Requests & Tokens A',
  'overview: Query Latency Distribution A',
  'overview: Queries by Intent & Model A',
  'overview: Cache Performance by Type A',
  'overview: LLM Latency by Provider A',
  'operations: Query Latency (p50, p95, p99) B',
  'operations: Request Rate & Error Rate A',
  'operations: Token Usage A',
  'operations: Active Requests A',
  'ragnarok: Requests A',
  'ragnarok: Success Rate A',
  'ragnarok: Since the Last Request A',
  'retrieval: Retrieval Score Distribution A',
  'retrieval: Documents Returned A',
  'retrieval: Empty Retrievals A',
  'retrieval: Top Score and Margin A',
  'slo: Error Budget Remaining A',
  'slo: Burn Rate A',
  'telemetry: Traces by Sampling Decision A',
]

describe.skipIf(programs.some(({ missing }) => missing))(
  `the dashboards, with everything under load${programs.map(({ note }) => note).join('')}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'ragmeter-dashboards-'))
    let daemon: DaemonProcess
    let gateway: ProgramProcess
    let alertmanager: ProgramProcess
    let server: Prometheus
    let example: ExampleProcess
    let stopEverything: () => void

    beforeAll(async () => {
      writeFileSync(join(folder, 'ragmeter.yaml'), NOTIFIERS)
      daemon = await startDaemon({
        flags: ['--config', join(folder, 'ragmeter.yaml')],
        environment: { RAGMETER_TOKEN: TOKEN },
      })
      gateway = await startPushgateway()
      alertmanager = await startAlertmanager(
        readFileSync(join(DEPLOY, 'alertmanager/alertmanager.yml'), 'utf8'),
      )
      example = await startExample({
        command: 'run',
        port: await freePort(),
        flags: ['--speed', '20', '--quiet', '--simulate-llm-latency'],
        environment: {
          RAGMETER_ENDPOINT: daemon.url,
          RAGMETER_TOKEN: TOKEN,
          RAGMETER_FLUSH_INTERVAL_MS: '500',
        },
      })
      stopEverything = startEverything(daemon)
      await pushJobs(gateway.url)
      const configuration = deployedPrometheus({
        targets: {
          ragmeter: `127.0.0.1:${daemon.port}`,
          pushgateway: `127.0.0.1:${gateway.port}`,
          alertmanager: `127.0.0.1:${alertmanager.port}`,
        },
        alertmanager: `127.0.0.1:${alertmanager.port}`,
        pace: 'hurried',
        tokenFile: 'token',
      })
      server = await Prometheus.start(configuration, { ...quickRules(), token: TOKEN })
    })

    afterAll(async () => {
      stopEverything()
      for (const started of [example, server, alertmanager, gateway, daemon])
        await started[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    })

    /** Names of queries that have no value. */
    async function empty(asked: readonly PanelQuery[]): Promise<readonly string[]> {
      const without: string[] = []
      for (const { panel, expression } of asked)
        if (!hasValue(await server.query(expression))) without.push(panel)
      return without
    }

    it('scrapes every target, the daemon with its token', async () => {
      const targets = await until(
        () => server.query('up == 1'),
        (samples) => samples.length === 3,
        60_000,
      )
      expect(targets.map(({ metric }) => metric['job'] ?? '').sort()).toEqual([
        'alertmanager',
        'pushgateway',
        'ragmeter',
      ])
    })

    it('no query of a panel is empty', async () => {
      const asked = queries('.+')
      const without = await until(
        () => empty(asked),
        (names) => names.length === 0,
        90_000,
      ).catch((error: unknown) => error)
      expect(without).toEqual([])
    })

    it('the example application fills what it is measured for, by itself', async () => {
      const asked = queries(EXAMPLE).filter(({ panel }) => FILLED_BY_THE_EXAMPLE.includes(panel))
      expect(asked.map(({ panel }) => panel).sort()).toEqual([...FILLED_BY_THE_EXAMPLE].sort())
      const without = await until(
        () => empty(asked),
        (names) => names.length === 0,
        60_000,
      ).catch((error: unknown) => error)
      expect(without).toEqual([])
    })

    it('every rule is healthy', async () => {
      const { data } = await getJson<{ data: { groups: { rules: Rule[] }[] } }>(`${server.url}/api/v1/rules`)
      const rules = data.groups.flatMap((group) => group.rules)
      expect(rules.length).toBeGreaterThan(100)
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    })

    it('keeps dots of single requests for the panel that asks for them', async () => {
      const panels = readDashboards().flatMap(([, dashboard]) => queryingPanels(dashboard))
      const [target] = panels.flatMap(({ targets = [] }) => targets).filter(({ exemplar }) => exemplar)
      const [selector = ''] = /\w+_bucket/.exec(target?.expr ?? '') ?? []
      const now = Date.now() / 1000
      const url = `${server.url}/api/v1/query_exemplars?query=${selector}&start=${now - 600}&end=${now}`
      interface Found {
        exemplars: { labels: { trace_id: string } }[]
      }
      const found = await until(
        async () => (await getJson<{ data: Found[] }>(url)).data,
        (data) => data.length > 0,
      )
      expect(found[0]?.exemplars[0]?.labels.trace_id).toMatch(/^[0-9a-f]{32}$/)
    })

    it('answers the health check of compose, word for word', () => {
      const { services } = parse(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8')) as {
        services: Record<string, { healthcheck?: { test: string[] } }>
      }
      const [, command = '', ...words] = services['prometheus']?.healthcheck?.test ?? []
      const here = words.map((word) => word.replace('http://localhost:9090', server.url))
      expect(execFileSync(command, here, { encoding: 'utf8' })).toMatch(/=> 1 @/)
    })
  },
)
