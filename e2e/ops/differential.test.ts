/**
 * Random histories, into the daemon's evaluation and into Prometheus: both say the same, but for the lag of an evaluation. Minutes
 * in which the state depends on whether every threshold is 5 % higher or lower are too near to it to be compared.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  alertsOf,
  daemonCondition,
  DEFAULT_CONFIGURATION,
  parseScenarios,
  scenarioMinutes,
  thresholdValue,
} from '@ragmeter/ops'
import type {
  AlertSpecification,
  Condition,
  MinuteValue,
  RuleGroup,
  Run,
  Scenario,
  ScenarioSeries,
} from '@ragmeter/ops'
import { observeScenario } from '@ragmeter/server'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { program } from '../programs.ts'
import { groupsFor, promtoolTest } from './promtool-scenario.ts'
import type { StateCheck } from './promtool-scenario.ts'

const root = join(import.meta.dirname, '../..')
const promtool = program('promtool')
const ruleFolder = join(root, 'deploy/prometheus')
const groups = readdirSync(ruleFolder)
  .filter((name) => name.endsWith('.rules.yml') && name !== 'compat.rules.yml')
  .flatMap((name) => (parse(readFileSync(join(ruleFolder, name), 'utf8')) as { groups: RuleGroup[] }).groups)

const HISTORIES = 4
const SEGMENTS = 8
/** Of the thresholds: as they are, and a little lower and higher. */
const FACTORS = [1, 0.95, 1.05]
/** Runs that are longer are there for a window of a day, and are kept. */
const LONG_MINUTES = 120
const alerts = alertsOf(DEFAULT_CONFIGURATION).filter(
  (alert) => alert.family !== 'watchdog' && daemonCondition(alert) !== undefined,
)

interface Pace {
  /** Between these is the length of each segment. */
  readonly segmentMinutes: readonly [min: number, max: number]
  readonly evaluationMinutes: number
  /** How far apart a change may be seen. */
  readonly lagMinutes: number
}

/** Long enough for the windows of an alert, and evaluated often enough. */
function paceOf({ name, family }: AlertSpecification): Pace {
  if (family !== 'slo') return { segmentMinutes: [4, 45], evaluationMinutes: 1, lagMinutes: 1 }
  // Windows of two hours and more are summed up from rates over five minutes, which a change takes as long to pass.
  return name.endsWith('Fast')
    ? { segmentMinutes: [5, 75], evaluationMinutes: 1, lagMinutes: 6 }
    : { segmentMinutes: [30, 240], evaluationMinutes: 5, lagMinutes: 10 }
}

/** Numbers from 0 to below 1, always the same for a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function scaled(value: MinuteValue, factor: number, isCount: boolean): MinuteValue {
  if (value.kind === 'number') {
    return { kind: 'number', number: isCount ? Math.round(value.number * factor) : value.number * factor }
  }
  if (value.kind !== 'observations') return value
  const observations = value.observations.map((one) => ({ ...one, times: Math.round(one.times * factor) }))
  return { kind: 'observations', observations }
}

/** Other values of the same series, for other times: those it has in its scenario, more or fewer of them. */
function randomSeries(
  series: ScenarioSeries,
  lengths: readonly number[],
  random: () => number,
): ScenarioSeries {
  const kept = series.runs.filter(({ minutes }) => minutes > LONG_MINUTES).slice(0, 1)
  const values = series.runs.map(({ value }) => value)
  // The process that states it comes and goes.
  if (isStatedByClients(series)) values.push({ kind: 'missing' })
  const isCount = series.type === 'counter' && !series.metric.endsWith('_usd_total')
  const runs = lengths.map((minutes): Run => {
    const value = values[Math.floor(random() * values.length)] ?? { kind: 'missing' }
    // Probes and moments are what they are; amounts are not.
    const isAmount = series.type !== 'gauge' || series.metric === 'rag_budget_spent_usd'
    return { value: isAmount ? scaled(value, 0.4 + 1.6 * random(), isCount) : value, minutes }
  })
  return { ...series, runs: [...kept, ...runs] }
}

function randomScenario(base: Scenario, [min, max]: Pace['segmentMinutes'], seed: number): Scenario {
  const random = randomOf(seed)
  const lengths = Array.from({ length: SEGMENTS }, () => min + Math.floor(random() * (max - min)))
  const series = base.series.map((one) => randomSeries(one, lengths, random))
  const minutes = Math.max(...series.map(minutesOf))
  return { name: `history ${seed}`, series: series.map((one) => padded(one, minutes)), expectations: [] }
}

function minutesOf({ runs }: ScenarioSeries): number {
  return runs.reduce((sum, { minutes }) => sum + minutes, 0)
}

/** Gauges that leave the page when nobody states them any more. Moments stay. */
function isStatedByClients({ metric, type }: ScenarioSeries): boolean {
  return type === 'gauge' && !metric.endsWith('_timestamp_seconds')
}

/** To promtool a series that ends is stale; on the page counters and moments stay as they are. */
function padded(series: ScenarioSeries, minutes: number): ScenarioSeries {
  const missing = minutes - minutesOf(series)
  if (missing <= 0 || isStatedByClients(series)) return series
  const quiet: Readonly<Record<ScenarioSeries['type'], MinuteValue>> = {
    counter: { kind: 'number', number: 0 },
    gauge: { kind: 'keep' },
    histogram: { kind: 'observations', observations: [] },
  }
  return { ...series, runs: [...series.runs, { value: quiet[series.type], minutes: missing }] }
}

type Observed = ReturnType<typeof observeScenario>

/** What the daemon makes of it, with every threshold of the alert times `factor`. */
function observed(alert: AlertSpecification, scenario: Scenario, factor: number): Observed {
  const condition = daemonCondition(alert)
  const moved = condition === undefined ? alert : { ...alert, when: withThresholds(condition, factor) }
  return observeScenario(scenario, [moved], DEFAULT_CONFIGURATION)
}

function withThresholds(condition: Condition, factor: number): Condition {
  if (condition.kind === 'compare') {
    // What is compared for equality means this very number.
    if (condition.comparison === '==') return condition
    return {
      ...condition,
      threshold: factor * thresholdValue(condition.threshold, DEFAULT_CONFIGURATION.thresholds),
    }
  }
  const [first, ...others] = condition.of
  return {
    ...condition,
    of: [withThresholds(first, factor), ...others.map((one) => withThresholds(one, factor))],
  }
}

function statesAt(seen: Observed, minute: number): StateCheck['states'] {
  return Array.from(seen.values(), ({ labels, transitions }) => ({
    labels,
    state: transitions.findLast((one) => one.minute <= minute)?.state ?? 'inactive',
  }))
}

/** Its states in a form that is equal where they are. */
function textOf(states: StateCheck['states']): string {
  return JSON.stringify(
    states.flatMap((one) => (one.state === 'inactive' ? [] : [JSON.stringify(one)])).sort(),
  )
}

/** The states at every minute that is certain, and how many are not. */
function certain(alert: AlertSpecification, scenario: Scenario): { checks: StateCheck[]; uncertain: number } {
  const { lagMinutes, evaluationMinutes } = paceOf(alert)
  const [asItIs, ...others] = FACTORS.map((factor) => observed(alert, scenario, factor))
  if (asItIs === undefined) throw new Error('there are no factors')
  const texts = Array.from({ length: scenarioMinutes(scenario) + 1 }, (_, minute) => {
    const text = textOf(statesAt(asItIs, minute))
    return others.every((one) => textOf(statesAt(one, minute)) === text) ? text : undefined
  })
  const minutes = texts.flatMap((text, minute) => {
    if (minute % evaluationMinutes > 0) return []
    const around = texts.slice(Math.max(0, minute - lagMinutes), minute + lagMinutes + 1)
    return [{ minute, isCertain: text !== undefined && around.every((one) => one === text) }]
  })
  const checks = minutes.flatMap(({ minute, isCertain }) =>
    isCertain ? [{ minute, states: statesAt(asItIs, minute) }] : [],
  )
  return { checks, uncertain: minutes.length - checks.length }
}

const seen = { certain: 0, uncertain: 0, firing: new Set<string>() }

describe.skipIf(promtool.missing)(`random histories${promtool.note}`, () => {
  test.each(alerts.map((alert) => [alert.name, alert] as const))(
    'of %s: the daemon and Prometheus agree',
    async (name, alert) => {
      const file = join(root, 'packages/ops/scenarios', `${name}.alert-test.yaml`)
      const [base] = parseScenarios(readFileSync(file, 'utf8')).scenarios
      if (base === undefined) throw new Error(`${name} has no scenario`)
      const { segmentMinutes, evaluationMinutes } = paceOf(alert)
      const histories = Array.from({ length: HISTORIES }, (_, position) => {
        const scenario = randomScenario(base, segmentMinutes, position + 1)
        const { checks, uncertain } = certain(alert, scenario)
        seen.certain += checks.length
        seen.uncertain += uncertain
        const isFiring = checks.some(({ states }) => states.some(({ state }) => state === 'firing'))
        if (isFiring) seen.firing.add(name)
        return { scenario, checks }
      })
      const folder = mkdtempSync(join(tmpdir(), 'ragmeter-differential-'))
      try {
        const { rule, groups: needed } = groupsFor(name, groups)
        writeFileSync(join(folder, 'rules.yml'), stringify({ groups: needed }))
        const tests = promtoolTest({ rule, ruleFile: 'rules.yml', evaluationMinutes }, histories)
        writeFileSync(join(folder, 'test.yml'), stringify(tests))
        const output = await promisify(execFile)('promtool', ['test', 'rules', 'test.yml'], {
          cwd: folder,
          maxBuffer: 1 << 26,
        }).then(
          () => '',
          (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
        )
        expect(output).toBe('')
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )

  // A test that leaves everything out, or in which nothing happens, would prove nothing.
  test('most minutes were compared, and every alert fired in some of them', () => {
    expect(seen.certain).toBeGreaterThan(10 * seen.uncertain)
    expect(alerts.map(({ name }) => name).filter((name) => !seen.firing.has(name))).toEqual([])
  })
})
