/** The scenario files: there is one for each alert, they prove what they should, and they say what the algebra says. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import {
  alertsOf,
  daemonCondition,
  DEFAULT_CONFIGURATION,
  describeAlert,
  parseScenarios,
  scenarioMinutes,
  thresholdValue,
} from '../src/index.ts'
import type { AlertSpecification, Compare, Condition, Scenario } from '../src/index.ts'
import { evaluateAlert, ReferenceEvaluator } from './reference-evaluator.ts'

const folder = join(import.meta.dirname, '../scenarios')
const alerts = alertsOf(DEFAULT_CONFIGURATION)
const { thresholds } = DEFAULT_CONFIGURATION

function textOf({ name }: AlertSpecification): string {
  return readFileSync(join(folder, `${name}.alert-test.yaml`), 'utf8')
}

/** What the algebra makes of an alert in a scenario, in the form of a scenario file; undefined if only Prometheus can say. */
function evaluated(
  alert: AlertSpecification,
  scenario: Scenario,
  toleranceMinutes: number,
): object[] | undefined {
  const condition = daemonCondition(alert)
  if (condition === undefined) return undefined
  return evaluateAlert(alert, condition, scenario, thresholds).map(({ labels, transitions, value }) => ({
    alert: alert.name,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    transitions,
    ...(toleranceMinutes === 0 ? {} : { toleranceMinutes }),
    ...(value === undefined ? {} : { description: describeAlert(alert, thresholds, labels, value) }),
  }))
}

function updateGolden(alert: AlertSpecification): void {
  const document = parseDocument(textOf(alert))
  for (const [position, scenario] of parseScenarios(textOf(alert)).scenarios.entries()) {
    const tolerance = alert.family === 'slo' ? 6 : 0
    const expected = evaluated(alert, scenario, tolerance)
    const value = expected?.length === 0 ? [{ alert: alert.name }] : expected
    if (value !== undefined) document.setIn(['scenarios', position, 'alerts'], document.createNode(value))
  }
  for (const transitions of findTransitions(document)) transitions.flow = true
  writeFileSync(join(folder, `${alert.name}.alert-test.yaml`), document.toString({ lineWidth: 0 }))
}

function* findTransitions(document: ReturnType<typeof parseDocument>): Generator<{ flow?: boolean }> {
  const scenarios = document.get('scenarios') as { items: { get: (key: string) => unknown }[] }
  for (const scenario of scenarios.items) {
    const list = scenario.get('alerts') as { items: { get: (key: string) => unknown }[] } | undefined
    for (const alert of list?.items ?? []) {
      const labels = alert.get('labels') as { flow?: boolean } | undefined
      if (labels !== undefined) yield labels
      const transitions = alert.get('transitions') as { items: { flow?: boolean }[] } | undefined
      yield* transitions?.items ?? []
    }
  }
}

if (process.env['UPDATE_GOLDEN'] !== undefined) alerts.forEach(updateGolden)

test('every alert has a file of scenarios, and every file an alert', () => {
  const files = readdirSync(folder).map((name) => name.replace('.alert-test.yaml', ''))
  expect(files.toSorted()).toEqual(alerts.map(({ name }) => name).toSorted())
})

/** The comparisons one of which must hold, without their guards. */
function alternatives(condition: Condition | undefined): Compare[] {
  if (condition === undefined) return []
  if (condition.kind === 'compare') return [condition]
  return condition.kind === 'all' ? alternatives(condition.of[0]) : condition.of.flatMap(alternatives)
}

function minutesOf(scenario: Scenario): number[] {
  return Array.from({ length: scenarioMinutes(scenario) + 1 }, (_, minute) => minute)
}

function states({ expectations }: Scenario): string[] {
  return expectations.flatMap(({ transitions }) => transitions.map(({ state }) => state))
}

describe.each(alerts.map((alert) => [alert.name, alert] as const))('%s', (name, alert) => {
  const { scenarios, issues } = parseScenarios(textOf(alert))
  test('has scenarios about itself without mistakes', () => {
    expect(issues).toEqual([])
    expect(new Set(scenarios.flatMap(({ expectations }) => expectations.map((one) => one.alert)))).toEqual(
      new Set([name]),
    )
  })

  test('fires, and resolves when the cause is gone', () => {
    const cause = scenarios.find((scenario) => scenario.name === 'fires and resolves')
    const expected = alert.forMinutes > 0 ? ['pending', 'firing', 'inactive'] : ['firing']
    expect(cause === undefined ? undefined : [...new Set(states(cause))]).toEqual(expected)
  })

  const quiet = ['healthy', 'at the threshold', 'low traffic', 'other labels'] as const
  test.each(quiet)('is quiet when %s', (title) => {
    const scenario = scenarios.find((one) => one.name === title)
    expect(scenario === undefined ? [] : states(scenario)).toEqual([])
  })

  test('has the scenarios that its condition calls for', () => {
    const titles = new Set(scenarios.map((scenario) => scenario.name))
    const condition = daemonCondition(alert)
    const hasGuard = condition?.kind === 'all'
    const proofs = ['fires and resolves', 'healthy']
    if (condition !== undefined) proofs.push('at the threshold', 'not for long enough')
    const called = alert.name === 'RagWatchdog' ? [] : proofs
    expect([...titles]).toEqual(expect.arrayContaining([...called, ...(hasGuard ? ['low traffic'] : [])]))
    const short = scenarios.find((scenario) => scenario.name === 'not for long enough')
    expect(short === undefined ? [] : states(short)).not.toContain('firing')
  })

  const condition = daemonCondition(alert)
  const named = (title: string) => scenarios.filter((scenario) => scenario.name === title)

  test.each(condition === undefined ? [] : named('at the threshold'))(
    'comes close to a threshold when $name',
    (scenario) => {
      const evaluator = new ReferenceEvaluator(scenario, thresholds)
      const distances = alternatives(condition).flatMap(({ signal, threshold }) => {
        const limit = thresholdValue(threshold, thresholds)
        const values = minutesOf(scenario).flatMap((at) => [...evaluator.signal(signal, at).values()])
        // What is 0 or 1 has no value beside its threshold.
        return values.map((value) => (limit === 0 ? 0 : Math.abs(value - limit) / limit))
      })
      expect(Math.min(...distances)).toBeLessThan(0.05)
    },
  )

  test.each(named('low traffic'))('is kept quiet by its guard alone when $name', (scenario) => {
    const evaluator = new ReferenceEvaluator(scenario, thresholds)
    const main = condition?.kind === 'all' ? condition.of[0] : undefined
    const held = minutesOf(scenario).filter(
      (at) => main !== undefined && evaluator.condition(main, at).size > 0,
    )
    expect(held.length).toBeGreaterThan(alert.forMinutes)
  })

  test.each(named('not for long enough'))('is pending when $name', (scenario) => {
    expect(states(scenario)).toContain('pending')
  })

  test('transitions are those of the algebra; after a change: UPDATE_GOLDEN=1 npx vitest run packages/ops', () => {
    for (const scenario of scenarios) {
      const tolerance = scenario.expectations[0]?.toleranceMinutes ?? 0
      const expected = evaluated(alert, scenario, tolerance)
      if (expected === undefined) continue
      const stated = scenario.expectations
        .filter(({ transitions }) => transitions.length > 0)
        .map(({ labels, toleranceMinutes, ...rest }) => ({
          ...rest,
          ...(Object.keys(labels).length === 0 ? {} : { labels }),
          ...(toleranceMinutes === 0 ? {} : { toleranceMinutes }),
        }))
      expect(stated).toEqual(expected)
    }
  })
})
