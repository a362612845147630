/** The generated rules, looked at without Prometheus: what promtool does not say. */
import { findMetric } from '@ragmeter/core'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  alertLabels,
  alertsOf,
  daemonCondition,
  DEFAULT_CONFIGURATION,
  DEFAULT_SLOS,
  FILES,
  generateRuleFiles,
  labelsOf,
  LOG_ALERTS,
  RECORDINGS,
  SAMPLE_LIMIT,
  SEVERITIES,
  THRESHOLDS,
} from '../src/index.ts'
import type {
  AlertRule,
  AlertSpecification,
  Condition,
  RuleGroup,
  Signal,
  ThresholdDefinition,
} from '../src/index.ts'
import { selectorsOf } from '../../../tools/promql/syntax.ts'
import { lintExpression } from './lint-expression.ts'

const files = [...generateRuleFiles(DEFAULT_CONFIGURATION)].filter(([path]) => path !== FILES.compatRules)
const groups = files.flatMap(([, text]) => (parse(text) as { groups: RuleGroup[] }).groups)
const rules = groups.flatMap((group) => group.rules)
const alertRules = rules.filter((rule): rule is AlertRule => 'alert' in rule)
const alerts = alertsOf(DEFAULT_CONFIGURATION)

function minutesOf(duration: string | undefined): number {
  const [, count = '0', unit = 'm'] = /^(\d+)([smhd])$/.exec(duration ?? '') ?? []
  return Number(count) * { s: 1 / 60, m: 1, h: 60, d: 1440 }[unit as 's' | 'm' | 'h' | 'd']
}

test('lintExpression finds what is wrong', () => {
  const wrong = {
    'sum by (service) (rate(rag_requests_total[5m])': /not PromQL/,
    'sum by (service) (rate(rag_request_total[5m]))': /nothing serves or records rag_request_total/,
    'sum by (service) (rate(rag_requests_total{state="x"}[5m]))': /no label state/,
    'sum by (service) (rate(rag_requests_total{status="failure"}[5m]))': /never failure/,
    'sum by (service) (rate(rag_requests_total{status=~"error"}[5m]))': /no pattern/,
    'sum by (service) (rate(rag_requests_total{model=~"^gpt.*"}[5m]))': /anchored anyway/,
    'sum by (org) (rate(rag_requests_total[5m]))': /no label org to group by/,
    'sum without (org) (rate(rag_requests_total[5m]))': /no label org to drop/,
    'sum by (intent) (sum by (service) (rate(rag_requests_total[5m])))': /intent is gone/,
    'sum by (service) (rag_requests_total)': /is a counter/,
    'max by (service) (rate(rag_requests_in_flight[5m]))': /no counter/,
    'sum by (service) (rate(rag_requests_total[30s]))': /too short/,
    'rate(rag_requests_total{status="error"}[5m]) / rate(rag_requests_total[5m])': /not aggregated/,
    'sum by (service) (rag_vector_store_points)': /which replicas share/,
    'sum by (stage) (rate(ragmeter_stage_dropped_total{stage="parse"}[5m]))': /stage of .* is never parse/,
    'sum by (service) (rate(ragmeter_commits_total[5m]))': /no label service to group by/,
    'max by (instance) (ragmeter_stage_accepted_total)': /is a counter/,
    'sum by (queue) (rate(alertmanager_notifications_failed_total[5m]))': /no label queue to group by/,
  }
  for (const [expression, complaint] of Object.entries(wrong)) {
    expect(lintExpression(expression).join('\n')).toMatch(complaint)
  }
  expect(
    lintExpression('sum by (service) (rate(rag_requests_total{status=~"error|timeout"}[5m])) > 0'),
  ).toEqual([])
})

test.each(rules.map((rule) => ['alert' in rule ? rule.alert : rule.record, rule.expr] as const))(
  '%s reads what is served, in a way that is right',
  (_, expression) => {
    expect(lintExpression(expression)).toEqual([])
  },
)

describe.each(alertRules.map((rule) => [rule.alert, rule] as const))('the rule %s', (name, rule) => {
  test('is named, labelled and described', () => {
    expect(name).toMatch(/^Rag[A-Z][A-Za-z]+$/)
    expect(SEVERITIES).toContain(rule.labels['severity'])
    expect(JSON.stringify(rule.labels)).not.toContain('{{')
    const { summary = '', description = '', runbook_url = '', dashboard_url = '' } = rule.annotations
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(summary).not.toMatch(/[{}]|\d/)
    expect(description).toMatch(/\.$/)
    expect(runbook_url).toMatch(new RegExp(`^https://.*/${name}\\.md$`))
    expect(dashboard_url).toMatch(/^http:\/\/localhost:3000\/d\/ragmeter-[a-z]+/)
  })

  test('waits long enough, and if it is critical not too long', () => {
    const isWatchdog = rule.labels['severity'] === 'none'
    expect(rule.for).not.toBe('0s')
    expect(minutesOf(rule.for)).toBeGreaterThanOrEqual(isWatchdog ? 0 : 1)
    expect(minutesOf(rule.for)).toBeLessThanOrEqual(rule.labels['severity'] === 'critical' ? 5 : 30)
    expect(minutesOf(rule.for)).toBeGreaterThanOrEqual(rule.expr.includes('absent(') ? 2 : 0)
  })

  test('compares, and does not rank', () => {
    expect(rule.expr).toMatch(/[<>]|==/)
    expect(rule.expr).not.toMatch(/\b(?:topk|bottomk)\b/)
  })
})

test('groups are evaluated often, and no rule is there twice', () => {
  for (const { interval } of groups) expect(minutesOf(interval)).toBeLessThanOrEqual(5)
  const texts = rules.map((rule) => JSON.stringify(rule))
  expect(new Set(texts).size).toBe(texts.length)
  expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length)
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length)
})

/** Recordings of a group that read others which are not recorded before them, in the same group. */
function readTooEarly({ name, rules: list }: RuleGroup): string[] {
  // The budget is read over weeks: half a minute of delay does not matter to it.
  if (name.endsWith('-budget')) return []
  const records = list.map((rule) => ('record' in rule ? rule.record : ''))
  return list.flatMap((rule, position) =>
    'record' in rule
      ? selectorsOf(rule.expr)
          .map(({ metric }) => metric)
          .filter((metric) => metric.includes(':') && !records.slice(0, position).includes(metric))
      : [],
  )
}

test('a recording that reads others is in their group, after them', () => {
  expect(groups.flatMap(readTooEarly)).toEqual([])
})

test.each(RECORDINGS.map(({ record, signal }) => [record, signal] as const))(
  '%s is named after the labels it keeps',
  (record, signal) => {
    expect(record).toMatch(/^[a-z_]+:rag_[a-z_]+:[a-z0-9_]+$/)
    expect(record.split(':')[0]).toBe(labelsOf(signal).join('_'))
  },
)

function comparesOf(condition: Condition): { signal: Signal; threshold: string | number }[] {
  return condition.kind === 'compare' ? [condition] : condition.of.flatMap(comparesOf)
}

const compares = alerts.flatMap((alert) => {
  const condition = daemonCondition(alert)
  return condition === undefined ? [] : comparesOf(condition).map((one) => [alert.name, one] as const)
})

test.each(compares)(
  '%s: a quantile is compared with a bound of its buckets below the highest',
  (_, compare) => {
    const { signal, threshold } = compare
    if (signal.kind !== 'quantile') return
    const definition: ThresholdDefinition | undefined =
      typeof threshold === 'number' ? undefined : THRESHOLDS[threshold as keyof typeof THRESHOLDS]
    expect(definition?.bucketOf).toBe(signal.metric)
    expect(findMetric(signal.metric)?.buckets.slice(0, -1)).toContain(definition?.default)
  },
)

test.each(DEFAULT_SLOS.map((slo) => [slo.name, slo] as const))(
  'the bound of the objective %s is a bucket',
  (_, slo) => {
    for (const events of [slo.good, slo.bad, slo.total]) {
      if (typeof events?.part !== 'object') continue
      expect(findMetric(events.metric)?.buckets.slice(0, -1)).toContain(events.part.atMost)
    }
  },
)

const placeholders = (alert: AlertSpecification) =>
  Array.from(alert.description.matchAll(/\{(\w+)\}/g), ([, name]) => name)

test.each(alerts.map((alert) => [alert.name, alert] as const))(
  '%s describes itself by labels it has',
  (_, alert) => {
    const known = ['value', ...alertLabels(alert)]
    expect(known).toEqual(expect.arrayContaining(placeholders(alert)))
    const keys = Array.from(alert.description.matchAll(/\{threshold:(\w+)\}/g), ([, key]) => key)
    expect(Object.keys(THRESHOLDS)).toEqual(expect.arrayContaining(keys))
  },
)

test('the alert on large pages fires at 80 % of the limit of a scrape', () => {
  expect(THRESHOLDS.scrapeSamples.default).toBe(0.8 * SAMPLE_LIMIT)
})

test('every threshold is used, and its default is within its bounds', () => {
  const texts = JSON.stringify([alerts, LOG_ALERTS])
  for (const [key, definition] of Object.entries<ThresholdDefinition>(THRESHOLDS)) {
    expect(texts).toContain(key)
    expect(definition.default).toBeGreaterThanOrEqual(definition.min)
    expect(definition.default).toBeLessThanOrEqual(definition.max)
  }
})
