/**
 * Random histories, into the daemon's evaluation and into Prometheus: both say the same within one evaluation interval. What
 * changes when every threshold moves by 5 % is too near to it to be compared.
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
  thresholdValue,
} from '@ragmeter/ops'
import type {
  AlertSpecification,
  Condition,
  Expectation,
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

const root = join(import.meta.dirname, '../..')
const promtool = program('promtool')
const ruleFolder = join(root, 'deploy/prometheus')
const groups = readdirSync(ruleFolder)
  .filter((name) => name.endsWith('.rules.yml') && name !== 'compat.rules.yml')
  .flatMap((name) => (parse(readFileSync(join(ruleFolder, name), 'utf8')) as { groups: RuleGroup[] }).groups)

const HISTORIES = 4
const SEGMENTS = 8
const MARGIN = 0.05
/** Runs that are longer are there for a window of a day, and are kept. */
const LONG_MINUTES = 120
/** Objectives have windows of days, which promtool takes minutes for; their scenarios compare both. */
const alerts = alertsOf(DEFAULT_CONFIGURATION).filter(
  (alert) => alert.family !== 'slo' && alert.family !== 'watchdog' && daemonCondition(alert) !== undefined,
)

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
  const isCount = series.type === 'counter' && !series.metric.endsWith('_usd_total')
  const runs = lengths.map((minutes): Run => {
    const value = values[Math.floor(random() * values.length)] ?? { kind: 'missing' }
    // Probes and moments are what they are; amounts are not.
    const isAmount = series.type !== 'gauge'
    return { value: isAmount ? scaled(value, 0.4 + 1.6 * random(), isCount) : value, minutes }
  })
  return { ...series, runs: [...kept, ...runs] }
}

function randomScenario(base: Scenario, seed: number): Scenario {
  const random = randomOf(seed)
  const lengths = Array.from({ length: SEGMENTS }, () => 4 + Math.floor(random() * 16))
  const series = base.series.map((one) => randomSeries(one, lengths, random))
  const minutes = Math.max(...series.map(minutesOf))
  return { name: `history ${seed}`, series: series.map((one) => padded(one, minutes)), expectations: [] }
}

function minutesOf({ runs }: ScenarioSeries): number {
  return runs.reduce((sum, { minutes }) => sum + minutes, 0)
}

/** A series that ends is stale to Prometheus, but for the daemon nothing is added to it. */
function padded(series: ScenarioSeries, minutes: number): ScenarioSeries {
  const missing = minutes - minutesOf(series)
  if (missing <= 0) return series
  const quiet: Readonly<Record<ScenarioSeries['type'], MinuteValue>> = {
    counter: { kind: 'number', number: 0 },
    gauge: { kind: 'keep' },
    histogram: { kind: 'observations', observations: [] },
  }
  return { ...series, runs: [...series.runs, { value: quiet[series.type], minutes: missing }] }
}

type Expected = readonly Pick<Expectation, 'labels' | 'transitions'>[]

/** What the daemon makes of it, with every threshold of the alert times `factor`. */
function observed(alert: AlertSpecification, scenario: Scenario, factor: number): Expected {
  const condition = daemonCondition(alert)
  const moved = condition === undefined ? alert : { ...alert, when: withThresholds(condition, factor) }
  return Array.from(observeScenario(scenario, [moved], DEFAULT_CONFIGURATION).values(), (one) => ({
    labels: one.labels,
    transitions: one.transitions.map(({ minute, state }) => ({
      minute,
      state: state as Expectation['transitions'][number]['state'],
    })),
  }))
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

let compared = 0
let transitions = 0
let omitted = 0

describe.skipIf(promtool.missing)(`random histories${promtool.note}`, () => {
  test.each(alerts.map((alert) => [alert.name, alert] as const))(
    'of %s: the daemon and Prometheus agree',
    async (name, alert) => {
      const file = join(root, 'packages/ops/scenarios', `${name}.alert-test.yaml`)
      const [base] = parseScenarios(readFileSync(file, 'utf8')).scenarios
      if (base === undefined) throw new Error(`${name} has no scenario`)
      const scenarios = Array.from({ length: HISTORIES }, (_, i) => randomScenario(base, i + 1)).flatMap(
        (scenario) => {
          const seen = observed(alert, scenario, 1)
          const isClear = [1 - MARGIN, 1 + MARGIN].every(
            (factor) => JSON.stringify(observed(alert, scenario, factor)) === JSON.stringify(seen),
          )
          if (!isClear) {
            omitted += 1
            return []
          }
          compared += 1
          transitions += seen.reduce((sum, one) => sum + one.transitions.length, 0)
          const expectations = seen.map((one) => ({ ...one, alert: name, toleranceMinutes: 1 }))
          return [
            {
              ...scenario,
              expectations:
                expectations.length === 0
                  ? [{ alert: name, labels: {}, transitions: [], toleranceMinutes: 1 }]
                  : expectations,
            },
          ]
        },
      )
      const folder = mkdtempSync(join(tmpdir(), 'ragmeter-differential-'))
      try {
        const needed = groupsFor(name, groups, '1m')
        writeFileSync(join(folder, 'rules.yml'), stringify({ groups: needed.groups }))
        writeFileSync(join(folder, 'test.yml'), stringify(promtoolTest(needed.rule, 'rules.yml', scenarios)))
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
  test('most histories were compared, and much happened in them', () => {
    expect(compared).toBeGreaterThan(omitted)
    expect(transitions).toBeGreaterThan(alerts.length)
  })
})
