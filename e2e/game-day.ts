/**
 * Breaks the example application on purpose, three ways at once, and waits until its alert has reached a webhook on both
 * ways, Prometheus -> Alertmanager and the daemon alone; then heals it, and waits until both say so.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePort, getJson, startDaemon, until } from './daemon-process.ts'
import type { DaemonProcess } from './daemon-process.ts'
import { deployedAlertmanager, deployedPrometheus, hurriedRules } from './deployed.ts'
import type { Pace } from './deployed.ts'
import { startExample } from './example-process.ts'
import { startLanguageModel } from './language-model.ts'
import { startAlertmanager } from './program-process.ts'
import { Prometheus } from './prometheus-process.ts'
import { startWebhook } from './webhook.ts'
import type { Webhook } from './webhook.ts'

const CLI = join(import.meta.dirname, '../packages/cli/dist/main.js')

export const WAYS = ['Prometheus -> Alertmanager', 'daemon'] as const
export type Way = (typeof WAYS)[number]

export interface AlertTimes {
  readonly fault: string
  readonly alert: string
  readonly way: Way
  /** Seconds from the fault until the webhook was told. */
  readonly firedAfter: number
  /** Seconds from healing until the webhook was told. */
  readonly resolvedAfter: number
}

export interface GameDayOptions {
  /**
   * `hurried`: Prometheus scrapes and evaluates every second, and alerts fire and resolve as soon as their windows say so.
   * The windows are as shipped.
   */
  readonly pace: Pace
  /** Gets a line for everything that happens. */
  readonly onProgress?: (line: string) => void
}

interface Fault {
  readonly name: string
  /** Of the example that has it. */
  readonly service: string
  readonly alert: string
  readonly begin: () => Promise<void> | void
  readonly end: () => Promise<void> | void
}

/** Alerts of the faults, without the times that keep them from flapping. */
const AT_ONCE = {
  RagDatabaseDown: { forMinutes: 0 },
  RagCriticalQueryLatency: { forMinutes: 0, keepFiringMinutes: 0 },
  RagRateLimitLow: { forMinutes: 0 },
}

/** Windows of five minutes and more, times of the rules, and pauses of Alertmanager between two messages. */
const PATIENCE_MS = { hurried: 6 * 60_000, shipped: 20 * 60_000 }
const SLOW_MS = 8_000

/** What has to be ended, the last first. */
class Started implements AsyncDisposable {
  readonly #all: AsyncDisposable[] = []

  add<One extends AsyncDisposable>(one: One): One {
    this.#all.push(one)
    return one
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#all.toReversed()) await one[Symbol.asyncDispose]()
  }
}

interface Stage {
  readonly daemon: DaemonProcess
  readonly server: Prometheus
  readonly webhook: Webhook
}

/** Everything that watches. What is started is disposed of at the end. */
async function setStage(pace: Pace, started: Started): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-game-day-'))
  started.add({ [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }) })
  const webhook = started.add(await startWebhook())
  const configuration = join(folder, 'ragmeter.yaml')
  writeFileSync(
    configuration,
    stringify({
      ...(pace === 'shipped' ? {} : { alerts: AT_ONCE }),
      notifiers: [{ name: 'hook', type: 'webhook', url: `${webhook.url}/daemon` }],
    }),
  )
  const daemon = started.add(await startDaemon({ flags: ['--config', configuration] }))
  const rules = execFileSync(process.execPath, [CLI, 'rules', '--config', configuration], {
    encoding: 'utf8',
  })
  const alertmanager = started.add(
    await startAlertmanager(deployedAlertmanager(`${webhook.url}/alertmanager`, pace)),
  )
  const server = started.add(
    await Prometheus.start(
      deployedPrometheus({
        targets: { ragmeter: `127.0.0.1:${daemon.port}` },
        alertmanager: `127.0.0.1:${alertmanager.port}`,
        pace,
        ruleFiles: ['ragmeter.rules.yml'],
      }),
      { 'ragmeter.rules.yml': pace === 'shipped' ? rules : hurriedRules(rules) },
    ),
  )
  return { daemon, server, webhook }
}

/** The example once for each fault, as a service of its own name, healthy. */
async function startBreakable(pace: Pace, stage: Stage, started: Started): Promise<readonly Fault[]> {
  const environmentOf = (service: string, more: Readonly<Record<string, string>> = {}) => ({
    RAGMETER_ENDPOINT: stage.daemon.url,
    RAGMETER_SERVICE: service,
    RAGMETER_FLUSH_INTERVAL_MS: '1000',
    ...more,
  })
  const indexPort = await freePort()
  let index = await startExample({ command: 'index', port: indexPort })
  started.add({ [Symbol.asyncDispose]: () => index.stop() })
  started.add(
    await startExample({
      command: 'run',
      port: await freePort(),
      flags: ['--quiet', '--index', `http://127.0.0.1:${indexPort}`],
      environment: environmentOf('index-killed'),
    }),
  )

  const asking = async (service: string) => {
    const model = started.add(await startLanguageModel())
    const port = await freePort()
    const environment = environmentOf(service, { OPENAI_MODEL: 'stand-in', OPENAI_BASE_URL: model.url })
    started.add(await startExample({ command: 'run', port, flags: ['--quiet'], environment }))
    return { model, url: `http://127.0.0.1:${port}` }
  }
  const slow = await asking('model-slow')
  const limited = await asking('quota-exhausted')

  return [
    {
      name: 'search index killed',
      service: 'index-killed',
      alert: 'RagDatabaseDown',
      begin: () => index.stop('SIGKILL'),
      end: async () => {
        index = await startExample({ command: 'index', port: indexPort })
      },
    },
    {
      name: `language model takes ${SLOW_MS / 1000} s`,
      service: 'model-slow',
      alert: 'RagCriticalQueryLatency',
      begin: () => {
        slow.model.delayMs = SLOW_MS
      },
      end: async () => {
        slow.model.delayMs = 0
        if (pace === 'shipped') return
        // Many quick answers make the slow ones few, sooner than their window is over.
        started.add(
          await startExample({ command: 'drive', flags: ['--quiet', '--url', slow.url, '--speed', '8'] }),
        )
      },
    },
    {
      name: 'rate limit exhausted',
      service: 'quota-exhausted',
      alert: 'RagRateLimitLow',
      begin: () => {
        limited.model.quotaLeft = 0
      },
      end: () => {
        limited.model.quotaLeft = 500
      },
    },
  ]
}

function wayOf(to: string): Way {
  return to === 'daemon' ? 'daemon' : 'Prometheus -> Alertmanager'
}

/** When the webhook was first told on each way, after a moment. Undefined until it was on both. */
function toldOf(
  { alert, service }: Fault,
  status: 'firing' | 'resolved',
  after: number,
  { notifications }: Webhook,
): ReadonlyMap<Way, number> | undefined {
  const times = new Map<Way, number>()
  for (const { to, receivedAt, alerts } of notifications) {
    const isIt = alerts.some(
      ({ labels, status: of }) =>
        labels['alertname'] === alert && labels['service'] === service && of === status,
    )
    const way = wayOf(to)
    if (isIt && receivedAt >= after && !times.has(way)) times.set(way, receivedAt)
  }
  return times.size === WAYS.length ? times : undefined
}

/** @throws Error if an alert is told before its fault, or not told in time */
async function breakAndHeal(
  fault: Fault,
  { webhook }: Stage,
  { pace, onProgress = () => undefined }: GameDayOptions,
): Promise<readonly AlertTimes[]> {
  const { name, alert, service } = fault
  const told = async (status: 'firing' | 'resolved', since: number) => {
    const times = await until(
      () => toldOf(fault, status, since, webhook),
      (found) => found !== undefined,
      PATIENCE_MS[pace],
    )
    return (way: Way) => Math.round(((times?.get(way) ?? Number.NaN) - since) / 1000)
  }
  const early = webhook.notifications
    .flatMap(({ alerts }) => alerts)
    .find(({ labels }) => labels['service'] === service)
  if (early !== undefined) throw new Error(`${early.labels['alertname']} of ${service} fired in health`)

  const brokenAt = Date.now()
  await fault.begin()
  onProgress(`${name}: begun`)
  const fired = await told('firing', brokenAt)
  const healedAt = Date.now()
  await fault.end()
  onProgress(`${name}: ${alert} has fired on both ways; healed`)
  const resolved = await told('resolved', healedAt)
  onProgress(`${name}: ${alert} is resolved on both ways`)
  return WAYS.map((way) => ({
    fault: name,
    alert,
    way,
    firedAfter: fired(way),
    resolvedAfter: resolved(way),
  }))
}

/** Prometheus has seen a rate of requests of each service: what is broken then was whole before. */
async function untilMeasured(faults: readonly Fault[], { server }: Stage): Promise<void> {
  await until(
    () => server.query('sum by (service) (rate(rag_requests_total{status="success"}[2m])) > 0'),
    (samples) => faults.every(({ service }) => samples.some(({ metric }) => metric['service'] === service)),
    120_000,
  )
}

/** @throws Error if an alert is told without its fault, or not told in time */
export async function holdGameDay(options: GameDayOptions): Promise<readonly AlertTimes[]> {
  await using started = new Started()
  const stage = await setStage(options.pace, started)
  const faults = await startBreakable(options.pace, stage, started)
  options.onProgress?.(`daemon ${stage.daemon.url}, Prometheus ${stage.server.url}: waiting for measurements`)
  await untilMeasured(faults, stage)
  const times = await Promise.all(faults.map((fault) => breakAndHeal(fault, stage, options)))
  const { errors } = await getJson<{ errors: unknown[] }>(`${stage.daemon.url}/api/v1/alerts`)
  if (errors.length > 0) throw new Error(`the daemon could not evaluate: ${JSON.stringify(errors)}`)
  return times.flat()
}
