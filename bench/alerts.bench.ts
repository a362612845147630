/**
 * Alerts over 10,000 series: whole rounds as the daemon has them, 15 seconds apart, with commits between them and history
 * behind them; what it costs to take a committed measurement in, beside adding it to the lifetime totals, which every commit
 * does too; and how much of `/metrics` is about alerts and budgets.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { METRIC_LIST, MINUTE_MS, renderRegistry } from '@ragmeter/core'
import type { Measurement, MetricDefinition, Registry } from '@ragmeter/core'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { Budget } from '@ragmeter/ops'
import { bench, run, summary } from 'mitata'
import { BudgetWatch } from '../packages/server/src/alerts/budget-watch.ts'
import { daemonSignals } from '../packages/server/src/alerts/daemon-signals.ts'
import { AlertEngine } from '../packages/server/src/alerts/engine.ts'
import { planSources } from '../packages/server/src/alerts/sources.ts'
import { Windows } from '../packages/server/src/alerts/windows.ts'
import { LifetimeMetrics } from '../packages/server/src/metrics/lifetime-metrics.ts'
import { SelfMetrics } from '../packages/server/src/metrics/self-metrics.ts'
import type { CommittedUpdate } from '../packages/server/src/store/store.ts'
import { median } from './processes.ts'

const SERIES = 10_000
const SERVICES = 20
const HISTORY_MINUTES = 90
const ROUND_MS = 15_000
const ROUNDS = 200
const WARM_UP_ROUNDS = 20
const PAGES = 31
const BUDGETS = 50
const START = Date.UTC(2026, 0, 5)

/** The values of labels, in turn: as many different series as are asked for. */
function labelsOf(metric: MetricDefinition, position: number): Record<string, string> {
  let rest = position
  return Object.fromEntries(
    metric.labels.map((label) => {
      const values =
        'values' in label ? label.values : Array.from({ length: 8 }, (_, i) => `${label.name}-${i}`)
      const count = label.name === 'service' ? SERVICES : values.length
      const value = label.name === 'service' ? `service-${rest % count}` : values[rest % count]
      rest = Math.floor(rest / count)
      return [label.name, value ?? '']
    }),
  )
}

function measurementOf(metric: MetricDefinition, position: number, minute: number): Measurement {
  const base = { metric: metric.name, labels: labelsOf(metric, position), minute: START + minute * MINUTE_MS }
  if (metric.type === 'counter') return { ...base, type: 'counter', delta: 5 }
  if (metric.type === 'gauge') return { ...base, type: 'gauge', value: 1 }
  const classic = Array.from({ length: metric.buckets.length + 1 }, () => 1)
  return {
    ...base,
    type: 'histogram',
    count: classic.length,
    sum: 1e6,
    classic,
    zero: 0,
    offset: 0,
    exponential: [5, 5],
  }
}

const metrics = METRIC_LIST.filter(({ scope }) => scope !== 'telemetry')
const perMetric = Math.ceil(SERIES / metrics.length)
const minuteOfSeries = (minute: number) =>
  metrics.flatMap((metric) => Array.from({ length: perMetric }, (_, i) => measurementOf(metric, i, minute)))
const updateOf = (minute: number): CommittedUpdate => ({
  measurements: minuteOfSeries(minute),
  gauges: [],
  seen: [],
  report: undefined as never,
})
const inMs = (values: readonly number[], share = 0.5) =>
  `${(values.toSorted((left, right) => left - right)[Math.floor(share * (values.length - 1))] ?? Number.NaN).toFixed(1)} ms`

/** The longest time for which the event loop was held until the work was done. */
async function longestTurn(work: Promise<void>): Promise<number> {
  const done = work.then(() => true)
  let longest = 0
  for (let isDone = false; !isDone;) {
    const began = performance.now()
    isDone = await Promise.race([done, turn(false)])
    longest = Math.max(longest, performance.now() - began)
  }
  return longest
}

/** Failures are counted as often as successes: every service has many alerts that fire, which is the worst case. */
async function rounds(): Promise<void> {
  let now = START
  const empty = { alerts: [], notices: [], silences: [], evaluatedAt: null }
  const engine = new AlertEngine({
    store: {
      query: (name) => Promise.resolve(Buffer.from(JSON.stringify(name === 'alertMemory' ? empty : {}))),
      writeAlerts: () => Promise.resolve(),
    },
    configuration: DEFAULT_CONFIGURATION,
    notifiers: [],
    report: { accepted: () => undefined, dropped: () => undefined, took: () => undefined },
    beforeRound: () => Promise.resolve(),
    externalUrl: () => 'http://ragmeter',
    onAttempt: () => undefined,
    onProblem: (error) => {
      throw error
    },
    now: () => now,
    random: Math.random,
  })
  await engine.load()
  const commit = async (minute: number) => {
    engine.committed(updateOf(minute))
    for (let turns = 0; turns < SERIES / 500; turns += 1) await turn()
  }
  for (let minute = 0; minute < HISTORY_MINUTES; minute += 1) {
    now = START + minute * MINUTE_MS
    await commit(minute)
  }
  const cpuMs: number[] = []
  const heldMs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    now = START + HISTORY_MINUTES * MINUTE_MS + round * ROUND_MS
    await commit(Math.floor((now - START) / MINUTE_MS))
    const before = process.cpuUsage()
    heldMs.push(await longestTurn(engine.round()))
    const { user, system } = process.cpuUsage(before)
    cpuMs.push((user + system) / 1000)
  }
  const { evaluated, alerts } = engine.status()
  const [cpu, held] = [cpuMs.slice(WARM_UP_ROUNDS), heldMs.slice(WARM_UP_ROUNDS)]
  console.log(
    `a round of ${evaluated} alerts, ${SERIES} series of ${SERVICES} services, ${alerts.length} alerts active:`,
  )
  console.log(
    `  CPU median ${inMs(cpu)}, 95 % of rounds ${inMs(cpu, 0.95)}, the first ${inMs(cpuMs.slice(0, 1))}`,
  )
  console.log(
    `  event loop held median ${inMs(held)}, 95 % of rounds ${inMs(held, 0.95)}, the first ${inMs(heldMs.slice(0, 1))}`,
  )
}

function rendered(registry: Registry): { lines: number; bytes: number; ms: number } {
  const began = performance.now()
  const text = Array.from(renderRegistry(registry, 'text', false)).join('')
  const ms = performance.now() - began
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
  return { lines, bytes: Buffer.byteLength(text), ms }
}

const medianMs = (pages: readonly { ms: number }[]) => median(pages.map(({ ms }) => ms))

/** Objectives have no series on the page: Prometheus computes them from those of requests. */
async function shareOfPage(): Promise<void> {
  const lifetime = new LifetimeMetrics([], START, () => 0)
  lifetime.apply(updateOf(0), START)
  const budgets = Array.from({ length: BUDGETS }, (_, i): Budget => ({
    name: `budget-${i}`,
    period: 'monthly',
    timeZone: 'UTC',
    limitUsd: 100,
  }))
  const total = { llm_cost_usd: 1.5, docstore_cost_usd: null }
  const query = () => Promise.resolve(Buffer.from(JSON.stringify({ total })))
  const watch = new BudgetWatch(budgets, { query }, () => START)
  await watch.state(new Windows(new Map()), START)
  const self = new SelfMetrics('0.0.0', {
    residentMemoryBytes: () => 0,
    cpuMicroseconds: () => 0,
    startTimeSeconds: 0,
    eventLoopLagSeconds: () => 0,
    inFlight: () => ({ requests: 0, bytes: 0 }),
  })
  const withoutAlerts = rendered(self.registry)
  const stage = self.stage('alerts')
  stage.accepted(1)
  stage.dropped('evaluation_failed', 1)
  stage.took(1)
  const withAlerts = rendered(self.registry)
  const pages = Array.from({ length: PAGES }, () => rendered(lifetime.registry))
  const added = Array.from({ length: PAGES }, () => rendered(watch.registry))
  const [page, budget] = [pages[0], added[0]]
  if (page === undefined || budget === undefined) return
  const lines = budget.lines + withAlerts.lines - withoutAlerts.lines
  const bytes = budget.bytes + withAlerts.bytes - withoutAlerts.bytes
  console.log(
    `/metrics, ${SERIES} series: ${page.lines} lines, ${page.bytes} bytes, rendered in ${medianMs(pages).toFixed(1)} ms`,
  )
  console.log(
    `  of alerts and ${BUDGETS} budgets: ${lines} lines, ${bytes} bytes = ${((100 * bytes) / (page.bytes + bytes)).toFixed(2)} %, ` +
      `rendered in ${medianMs(added).toFixed(2)} ms; objectives add none`,
  )
}

await rounds()
await shareOfPage()

const windows = new Windows(planSources(daemonSignals(DEFAULT_CONFIGURATION)))
const lifetime = new LifetimeMetrics([], START, () => 0)
const committed = updateOf(0)
summary(() => {
  bench(`take in ${SERIES} committed measurements for alerts`, () => {
    for (const measurement of committed.measurements) windows.add(measurement, 'a', START)
  })
  bench(`take in ${SERIES} committed measurements for /metrics`, () => {
    lifetime.apply(committed, START)
  })
})
await run()
