/** Scenarios of alerts as unit tests of promtool. */
import { findMetric, GAUGE_TIME_TO_LIVE_MS, MINUTE_MS } from '@ragmeter/core'
import { minuteValues, scenarioMinutes } from '@ragmeter/ops'
import type {
  AlertRule,
  Expectation,
  MinuteValue,
  Observations,
  RuleGroup,
  Scenario,
  ScenarioSeries,
} from '@ragmeter/ops'

const SECONDS_PER_MINUTE = 60
const HELD_MINUTES = GAUGE_TIME_TO_LIVE_MS / MINUTE_MS

interface InputSeries {
  series: string
  values: string
}

function seriesName(metric: string, labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return `${metric}{${texts.join(',')}}`
}

/**
 * The samples of a gauge, in the middle of its minutes: a window of whole minutes then holds the same ones whether it
 * includes its edges, as in Prometheus 2, or not, as in Prometheus 3.
 * @param heldMinutes how long the page goes on showing a value that is not stated any more
 */
function gaugeSamples(values: readonly MinuteValue[], heldMinutes: number): string[] {
  const samples: string[] = []
  for (const [minute, value] of values.entries()) {
    if (value.kind === 'number') samples.push(String(value.number))
    else if (value.kind === 'now') samples.push(String((minute + 1) * SECONDS_PER_MINUTE))
    else samples.push(value.kind === 'keep' ? (samples.at(-1) ?? '_') : '_')
  }
  const shown = Array.from(
    { length: samples.length + heldMinutes },
    (_, minute) =>
      samples.slice(Math.max(0, minute - heldMinutes), minute + 1).findLast((sample) => sample !== '_') ??
      '_',
  )
  return shown.flatMap((sample) => ['_', sample])
}

/** The page of the daemon shows the gauges of clients for a while; moments stay as they are here. */
function heldMinutesOf(metric: string): number {
  return findMetric(metric) === undefined || metric.endsWith('_timestamp_seconds') ? 0 : HELD_MINUTES
}

/** Running totals at the end of each minute, from a zero before the first value on: a counter that begins with a value has no increase. */
function runningTotal(values: readonly MinuteValue[], added: (value: MinuteValue) => number): string[] {
  const first = values.findIndex(({ kind }) => kind !== 'missing')
  const samples = Array.from({ length: first }, () => '_').concat('0')
  let total = 0
  for (const value of values.slice(first)) {
    total += added(value)
    samples.push(value.kind === 'missing' ? '_' : String(total))
  }
  return samples.flatMap((sample) => [sample, '_'])
}

function observations(value: MinuteValue): readonly Observations[] {
  return value.kind === 'observations' ? value.observations : []
}

function timesUpTo(bound: number): (value: MinuteValue) => number {
  return (value) => observations(value).reduce((sum, one) => sum + (one.value <= bound ? one.times : 0), 0)
}

function histogramSeries({ metric, labels }: ScenarioSeries, values: readonly MinuteValue[]): InputSeries[] {
  const line = (suffix: string, more: Record<string, string>, added: (value: MinuteValue) => number) => ({
    series: seriesName(metric + suffix, { ...labels, ...more }),
    values: runningTotal(values, added).join(' '),
  })
  return [
    ...(findMetric(metric)?.buckets ?? []).map((bound) =>
      line('_bucket', { le: String(bound) }, timesUpTo(bound)),
    ),
    line('_bucket', { le: '+Inf' }, timesUpTo(Infinity)),
    line('_count', {}, timesUpTo(Infinity)),
    line('_sum', {}, (value) => observations(value).reduce((sum, one) => sum + one.times * one.value, 0)),
  ]
}

export function inputSeries(series: ScenarioSeries): InputSeries[] {
  const values = minuteValues(series)
  if (series.type === 'histogram') return histogramSeries(series, values)
  const samples =
    series.type === 'gauge'
      ? gaugeSamples(values, heldMinutesOf(series.metric))
      : runningTotal(values, (value) => (value.kind === 'number' ? value.number : 0))
  return [{ series: seriesName(series.metric, series.labels), values: samples.join(' ') }]
}

/** The state at a minute, or undefined within the tolerance of a transition. */
function stateAt({ transitions, toleranceMinutes }: Expectation, minute: number): string | undefined {
  const isUncertain = transitions.some(
    (transition) =>
      toleranceMinutes > 0 &&
      minute >= transition.minute - toleranceMinutes &&
      minute < transition.minute + toleranceMinutes,
  )
  if (isUncertain) return undefined
  return transitions.findLast((transition) => transition.minute <= minute)?.state ?? 'inactive'
}

/** Minutes at which a state is looked at: around each transition, and at the end. */
function checkedMinutes(expectations: readonly Expectation[], length: number): number[] {
  const minutes = expectations.flatMap(({ transitions, toleranceMinutes }) =>
    transitions.flatMap(({ minute }) => [minute - toleranceMinutes - 1, minute + toleranceMinutes]),
  )
  // Where nothing should happen, look often enough to see it if it does.
  const regular = Array.from({ length: 12 }, (_, position) => Math.round((length * (position + 1)) / 12))
  return [...new Set([...minutes, ...regular, length])]
    .filter((minute) => minute >= 0 && minute <= length)
    .sort((left, right) => left - right)
}

/** In which states an alert must be at a minute, by labels. */
export interface StateCheck {
  readonly minute: number
  readonly states: readonly { readonly labels: Readonly<Record<string, string>>; readonly state: string }[]
}

/** The states that a scenario expects of an alert, where they are certain. */
function checksOf({ alert }: AlertRule, scenario: Scenario): readonly StateCheck[] {
  const expectations = scenario.expectations.filter(
    (one) => one.alert === alert && one.transitions.length > 0,
  )
  return checkedMinutes(expectations, scenarioMinutes(scenario)).flatMap((minute) => {
    const states = expectations.flatMap((one) => {
      const state = stateAt(one, minute)
      return state === undefined ? [] : [{ labels: one.labels, state }]
    })
    return states.length < expectations.length ? [] : [{ minute, states }]
  })
}

function stateTest({ alert, labels: own }: AlertRule, { minute, states }: StateCheck) {
  return {
    expr: `ALERTS{alertname="${alert}"}`,
    eval_time: `${minute}m`,
    exp_samples: states
      .filter(({ state }) => state !== 'inactive')
      .map(({ labels, state }) => ({
        labels: seriesName('ALERTS', {
          alertname: alert,
          alertstate: state,
          ...own,
          ...nonEmpty(labels),
        }),
        value: 1,
      })),
  }
}

/** A label without a value is no label to Prometheus. */
function nonEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))
}

function textTests(alert: string, rule: AlertRule, expectations: readonly Expectation[]) {
  return expectations.flatMap(({ labels, transitions, description, toleranceMinutes }) => {
    const firing = transitions.find(({ state }) => state === 'firing')
    if (firing === undefined || description === undefined || toleranceMinutes > 0) return []
    const annotations: Readonly<Record<string, string>> = { ...rule.annotations, description }
    const dashboard_url = (annotations['dashboard_url'] ?? '').replace(
      'var-service={{ $labels.service | urlquery }}',
      new URLSearchParams({ 'var-service': labels['service'] ?? '' }).toString(),
    )
    return [
      {
        eval_time: `${firing.minute}m`,
        alertname: alert,
        exp_alerts: [
          {
            exp_labels: { ...rule.labels, ...nonEmpty(labels) },
            exp_annotations: { ...annotations, dashboard_url },
          },
        ],
      },
    ]
  })
}

/** The groups that are needed to evaluate an alert: the recordings that it reads, in their order, and itself. */
export function groupsFor(
  alert: string,
  groups: readonly RuleGroup[],
): { rule: AlertRule; groups: RuleGroup[] } {
  const all = groups.flatMap(({ rules }) => rules)
  const rule = all.find((one): one is AlertRule => 'alert' in one && one.alert === alert)
  if (rule === undefined) throw new Error(`there is no rule ${alert}`)
  const ofOtherSlo = (labels?: Readonly<Record<string, string>>) => labels?.['slo'] !== rule.labels['slo']
  const records = all
    .flatMap((one) => ('record' in one ? [one] : []))
    .filter((one) => !ofOtherSlo(one.labels))
  const needed = new Set<string>()
  const need = (expression: string): void => {
    for (const one of records) {
      const key = JSON.stringify(one)
      if (needed.has(key) || !expression.includes(one.record)) continue
      needed.add(key)
      need(one.expr)
    }
  }
  need(rule.expr)
  const recordings = records.filter((one) => needed.has(JSON.stringify(one)))
  // promtool evaluates every group as often as the test file says; theirs must only be there.
  const interval = '1m'
  return {
    rule,
    groups: [
      ...(recordings.length === 0 ? [] : [{ name: 'recordings', interval, rules: recordings }]),
      { name: 'alert', interval, rules: [rule] },
    ],
  }
}

export interface PromtoolTest {
  readonly rule: AlertRule
  /** Path of its rules, relative to the test file. */
  readonly ruleFile: string
  readonly evaluationMinutes: number
}

/**
 * A test file for the scenarios of one alert.
 * @param checks states that are to be looked at; without them, those that the scenario expects
 */
export function promtoolTest(
  { rule, ruleFile, evaluationMinutes }: PromtoolTest,
  scenarios: readonly { readonly scenario: Scenario; readonly checks?: readonly StateCheck[] }[],
): object {
  return {
    rule_files: [ruleFile],
    evaluation_interval: `${evaluationMinutes}m`,
    group_eval_order: ['recordings', 'alert'],
    tests: scenarios.map(({ scenario, checks = checksOf(rule, scenario) }) => ({
      name: scenario.name,
      interval: '30s',
      input_series: scenario.series.flatMap(inputSeries),
      promql_expr_test: checks.map((check) => stateTest(rule, check)),
      alert_rule_test: textTests(
        rule.alert,
        rule,
        scenario.expectations.filter(({ alert }) => alert === rule.alert),
      ),
    })),
  }
}
