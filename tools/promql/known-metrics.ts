/**
 * Every metric that Prometheus can have here, with its labels: what is served, what is recorded, and what others serve. Rules,
 * documents and dashboards may name no other.
 */
import { METRIC_LIST } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { DEFAULT_CONFIGURATION, FILES, generateRuleFiles } from '@ragmeter/ops'
import { parse } from 'yaml'
import { SELF_METRICS } from '../../packages/server/src/metrics/self-catalogue.ts'
import { resultLabels } from './result-labels.ts'

const SCRAPE_LABELS = ['job', 'instance']

/** Metrics of other programs: Prometheus, Loki, Alertmanager and the Pushgateway. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  up: [],
  scrape_samples_post_metric_relabeling: [],
  push_time_seconds: [],
  ALERTS: ['alertname', 'alertstate', 'alert_family', 'severity', 'service'],
  prometheus_rule_evaluation_failures_total: ['rule_group'],
  loki_prometheus_rule_evaluation_failures_total: ['rule_group', 'user'],
  prometheus_notifications_alertmanagers_discovered: [],
  prometheus_notifications_errors_total: ['alertmanager'],
  alertmanager_notifications_failed_total: ['integration', 'reason'],
}

export interface KnownMetric {
  /** By name: the values of those that have no others. */
  readonly labels: ReadonlyMap<string, readonly string[] | undefined>
  readonly type: MetricDefinition['type'] | 'recorded' | 'other'
  /** How instances are put together; of gauges only. */
  readonly aggregation: MetricDefinition['aggregation'] | undefined
}

interface RuleFile {
  groups: { rules: { record?: string; expr: string; labels?: Record<string, string> }[] }[]
}

function open(names: Iterable<string>): [string, undefined][] {
  return Array.from(names, (name) => [name, undefined])
}

function served(metric: MetricDefinition): readonly (readonly [string, KnownMetric])[] {
  const own = metric.labels.map(
    (label) => [label.name, 'values' in label ? label.values : undefined] as const,
  )
  const known = (more: readonly string[] = []): KnownMetric => ({
    labels: new Map([...open(SCRAPE_LABELS), ...own, ...open(more)]),
    type: metric.type,
    aggregation: metric.aggregation,
  })
  if (metric.type !== 'histogram') return [[metric.name, known()]]
  return [
    [`${metric.name}_bucket`, known(['le'])],
    [`${metric.name}_sum`, known()],
    [`${metric.name}_count`, known()],
  ]
}

function recordingRules(): RuleFile['groups'][number]['rules'] {
  // Names of other systems are for their dashboards, not for ours.
  return [...generateRuleFiles(DEFAULT_CONFIGURATION)]
    .filter(([path]) => path !== FILES.compatRules)
    .flatMap(([, text]) => (parse(text) as RuleFile).groups)
    .flatMap(({ rules }) => rules)
}

/** @throws Error if one of others has the name of one that is served, or a rule reads what there is not */
function knownMetrics(): ReadonlyMap<string, KnownMetric> {
  const known = new Map([...METRIC_LIST, ...Object.values(SELF_METRICS)].flatMap(served))
  for (const [name, labels] of Object.entries(OTHERS)) {
    if (known.has(name)) throw new Error(`${name} is served: take it from the list of others`)
    known.set(name, {
      labels: new Map(open([...labels, ...SCRAPE_LABELS])),
      type: 'other',
      aggregation: undefined,
    })
  }
  // A rule reads only what is recorded before it, so one pass in order finds all labels.
  for (const { record, expr, labels = {} } of recordingRules()) {
    if (record === undefined) continue
    const names = [...resultLabels(expr, (metric) => labelsIn(known, metric)), ...Object.keys(labels)]
    known.set(record, { labels: new Map(open(names)), type: 'recorded', aggregation: undefined })
  }
  return known
}

function labelsIn(known: ReadonlyMap<string, KnownMetric>, metric: string): ReadonlySet<string> {
  const found = known.get(metric)
  if (found === undefined) throw new Error(`no metric is called ${metric}`)
  return new Set(found.labels.keys())
}

export const KNOWN_METRICS = knownMetrics()

/** Labels of a metric as Prometheus stores it. @throws Error if there is no such metric */
export function labelsOfMetric(metric: string): ReadonlySet<string> {
  return labelsIn(KNOWN_METRICS, metric)
}
