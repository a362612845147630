/** Runs scenarios of alerts: the same evaluation and the same states as in the daemon, over minutes that are made up. */
import { findMetric, MINUTE_MS } from '@ragmeter/core'
import type { Measurement, MetricDefinition } from '@ragmeter/core'
import { alertsOf, daemonCondition, describeAlert, minuteValues, scenarioMinutes } from '@ragmeter/ops'
import type {
  AlertSpecification,
  Expectation,
  MinuteValue,
  OpsConfiguration,
  Scenario,
  ScenarioSeries,
} from '@ragmeter/ops'
import { Rounds } from './rounds.ts'
import { planSources, signalsOf } from './sources.ts'
import { Windows } from './windows.ts'

const SECONDS_PER_MINUTE = 60
const FAILURES_SHOWN = 20

export interface ScenarioResult {
  readonly name: string
  /** What differs from what is expected, in sentences; empty if nothing does. */
  readonly failures: readonly string[]
  /** Alerts that are named, but that only Prometheus evaluates, each with the reason. */
  readonly skipped: readonly { readonly alert: string; readonly reason: string }[]
}

/** What happened to one alert with one set of labels. */
export interface ObservedAlert {
  readonly alert: string
  readonly labels: Readonly<Record<string, string>>
  readonly transitions: { minute: number; state: string }[]
  description: string | undefined
}

/** Runs one scenario with the thresholds and objectives of a configuration. */
export function runScenario(scenario: Scenario, configuration: OpsConfiguration): ScenarioResult {
  const all = new Map(alertsOf(configuration).map((alert) => [alert.name, alert]))
  const names = [...new Set(scenario.expectations.map(({ alert }) => alert))]
  const unknown = names.filter((name) => !all.has(name))
  const alerts = names.flatMap((name) => all.get(name) ?? [])
  const skipped = alerts.flatMap(({ name, when }) =>
    when.kind === 'promql' ? [{ alert: name, reason: when.reason }] : [],
  )
  const evaluated = alerts.filter((alert) => daemonCondition(alert) !== undefined)
  const observed = observeScenario(scenario, evaluated, configuration)
  const judged = new Set(evaluated.map(({ name }) => name))
  const failures = [
    ...unknown.map((name) => `There is no alert ${name}.`),
    ...differences(
      scenario.expectations.filter(({ alert }) => judged.has(alert)),
      observed,
      scenarioMinutes(scenario),
    ),
  ]
  return { name: scenario.name, failures: failures.slice(0, FAILURES_SHOWN), skipped }
}

/** What becomes of some alerts in a scenario, by alert and labels. @throws Error if one cannot be evaluated */
export function observeScenario(
  scenario: Scenario,
  alerts: readonly AlertSpecification[],
  configuration: OpsConfiguration,
): ReadonlyMap<string, ObservedAlert> {
  const conditions = alerts.flatMap((alert) => daemonCondition(alert) ?? [])
  const windows = new Windows(planSources(conditions.flatMap(signalsOf)))
  const rounds = new Rounds(alerts, configuration.thresholds, windows)
  const byName = new Map(alerts.map((alert) => [alert.name, alert]))
  const players = scenario.series.map((series) => playerOf(series, windows))
  const observed = new Map<string, ObservedAlert>()
  for (let minute = 0; minute <= scenarioMinutes(scenario); minute += 1) {
    for (const { name, labels, to, value } of Array.from(rounds.run(minute * MINUTE_MS)).flat()) {
      const key = keyOf(name, labels)
      const one = observed.get(key) ?? { alert: name, labels, transitions: [], description: undefined }
      observed.set(key, one)
      one.transitions.push({ minute, state: to === 'resolved' ? 'inactive' : to })
      const alert = byName.get(name)
      if (to === 'firing' && one.description === undefined && alert !== undefined) {
        one.description = describeAlert(alert, configuration.thresholds, labels, value)
      }
    }
    for (const error of rounds.errors) throw new Error(`${error.name}: ${error.message}`)
    // What happens in a minute is seen by the evaluation after it.
    for (const play of players) play(minute)
  }
  return observed
}

/** What a series does in each minute, added to the windows. */
function playerOf(series: ScenarioSeries, windows: Windows): (minute: number) => void {
  const metric = findMetric(series.metric)
  // A metric that is not ours is no reason to fail: Prometheus alone looks at it.
  if (metric === undefined) return () => undefined
  const values = minuteValues(series)
  let last: number | undefined
  return (minute) => {
    const value = values[minute]
    const gauge = gaugeValue(value, minute, last)
    last = gauge
    const measurement = value === undefined ? undefined : measurementOf(metric, series, value, minute, gauge)
    if (measurement === undefined) return
    windows.exists(metric.name, series.labels, minute * MINUTE_MS)
    windows.add(measurement, '', minute * MINUTE_MS)
  }
}

function gaugeValue(
  value: MinuteValue | undefined,
  minute: number,
  last: number | undefined,
): number | undefined {
  if (value?.kind === 'number') return value.number
  if (value?.kind === 'now') return (minute + 1) * SECONDS_PER_MINUTE
  return value?.kind === 'keep' ? last : undefined
}

function measurementOf(
  metric: MetricDefinition,
  { labels, type }: ScenarioSeries,
  value: MinuteValue,
  minute: number,
  gauge: number | undefined,
): Measurement | undefined {
  const base = { metric: metric.name, labels, minute: minute * MINUTE_MS }
  if (type === 'gauge') return gauge === undefined ? undefined : { ...base, type, value: gauge }
  if (type === 'counter') {
    return value.kind === 'number' ? { ...base, type, delta: value.number * metric.perUnit } : undefined
  }
  if (value.kind !== 'observations') return undefined
  const classic = Array.from({ length: metric.buckets.length + 1 }, () => 0)
  let count = 0
  let sum = 0
  for (const { times, value: observed } of value.observations) {
    const found = metric.buckets.findIndex((bound) => observed <= bound)
    const position = found === -1 ? metric.buckets.length : found
    classic[position] = (classic[position] ?? 0) + times
    count += times
    sum += times * Math.round(observed * metric.perUnit)
  }
  return { ...base, type, count, sum, classic, zero: 0, offset: 0, exponential: [] }
}

/** What differs. A label set that nobody expects anything of stays inactive. */
function differences(
  expectations: readonly Expectation[],
  observed: ReadonlyMap<string, ObservedAlert>,
  length: number,
): string[] {
  const expected = new Map(expectations.map((one) => [keyOf(one.alert, one.labels), one]))
  const unexpected = Array.from(observed)
    .filter(([key]) => !expected.has(key))
    .map(
      ([, { alert, labels, transitions }]) =>
        `${nameOf(alert, labels)}: ${told(transitions)}; expected nothing.`,
    )
  const different = Array.from(expected).flatMap(([key, expectation]) => {
    const seen = observed.get(key)
    const { alert, labels, transitions, toleranceMinutes, description } = expectation
    const name = nameOf(alert, labels)
    const wrong = Array.from({ length: length + 1 }, (_, minute) => minute).find((minute) => {
      const isUncertain = transitions.some(
        (one) => toleranceMinutes > 0 && Math.abs(minute - one.minute) <= toleranceMinutes,
      )
      return !isUncertain && stateAt(transitions, minute) !== stateAt(seen?.transitions ?? [], minute)
    })
    return [
      ...(wrong === undefined
        ? []
        : [
            `${name} is ${stateAt(seen?.transitions ?? [], wrong)} at minute ${wrong}, not ${stateAt(transitions, wrong)}: ` +
              `${told(seen?.transitions ?? [])}; expected ${told(transitions)}.`,
          ]),
      ...(description === undefined || toleranceMinutes > 0 || seen?.description === description
        ? []
        : [`${name} says ${JSON.stringify(seen?.description ?? null)}, not ${JSON.stringify(description)}.`]),
    ]
  })
  return [...unexpected, ...different]
}

function stateAt(transitions: readonly { minute: number; state: string }[], minute: number): string {
  return transitions.findLast((one) => one.minute <= minute)?.state ?? 'inactive'
}

function told(transitions: readonly { minute: number; state: string }[]): string {
  if (transitions.length === 0) return 'nothing'
  return transitions.map(({ minute, state }) => `${state} at ${minute}`).join(', ')
}

function keyOf(alert: string, labels: Readonly<Record<string, string>>): string {
  const stated = Object.entries(labels).filter(([, value]) => value !== '')
  return JSON.stringify([alert, stated.sort(([left], [right]) => (left < right ? -1 : 1))])
}

function nameOf(alert: string, labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return `${alert}{${texts.join(',')}}`
}
