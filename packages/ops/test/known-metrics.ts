/** Every metric that rules and documents may name, with its labels. */
import { readFileSync } from 'node:fs'
import { METRIC_LIST } from '@ragmeter/core'
import { DEFAULT_SLOS, labelsOf, RECORDINGS } from '../src/index.ts'
import { sloGroups } from '../src/slo/slo-rules.ts'

export interface KnownMetric {
  readonly kind: 'counter' | 'gauge' | 'recorded' | 'foreign'
  /** undefined: not known here. */
  readonly labels: ReadonlyMap<string, readonly string[] | undefined> | undefined
  /** Replicas report the same value: adding them up would count it several times. */
  readonly isShared?: boolean
}

const TARGET_LABELS = ['job', 'instance'].map((name) => [name, undefined] as const)

/** Of Prometheus, Loki, Alertmanager and the Pushgateway. */
const FOREIGN = [
  'up',
  'ALERTS',
  'scrape_samples_post_metric_relabeling',
  'prometheus_rule_evaluation_failures_total',
  'loki_prometheus_rule_evaluation_failures_total',
  'prometheus_notifications_alertmanagers_discovered',
  'prometheus_notifications_errors_total',
  'alertmanager_notifications_failed_total',
  'push_time_seconds',
]

function daemonMetrics(): readonly string[] {
  const source = new URL('../../server/src/metrics/self-catalogue.ts', import.meta.url)
  return Array.from(
    readFileSync(source, 'utf8').matchAll(/'((?:ragmeter|process)_[a-z_]+)'/g),
    ([, name = '']) => name,
  )
}

function catalogueMetrics(): [string, KnownMetric][] {
  return METRIC_LIST.flatMap((metric): [string, KnownMetric][] => {
    const labels = metric.labels.map(
      (label) => [label.name, 'values' in label ? label.values : undefined] as const,
    )
    const known = (kind: 'counter' | 'gauge', more: readonly string[] = []): KnownMetric => ({
      kind,
      labels: new Map([...TARGET_LABELS, ...labels, ...more.map((name) => [name, undefined] as const)]),
      isShared: kind === 'gauge' && metric.aggregation === 'max',
    })
    if (metric.type !== 'histogram') return [[metric.name, known(metric.type)]]
    return [
      [`${metric.name}_bucket`, known('counter', ['le'])],
      [`${metric.name}_sum`, known('counter')],
      [`${metric.name}_count`, known('counter')],
    ]
  })
}

function labelled(names: readonly string[]): KnownMetric {
  return { kind: 'recorded', labels: new Map(names.map((name) => [name, undefined] as const)) }
}

function recordedMetrics(): [string, KnownMetric][] {
  const slo = DEFAULT_SLOS.flatMap(sloGroups).flatMap(({ rules }) => rules)
  return [
    ...RECORDINGS.map(({ record, signal }): [string, KnownMetric] => [record, labelled(labelsOf(signal))]),
    ...slo.flatMap((rule): [string, KnownMetric][] =>
      'record' in rule ? [[rule.record, labelled(['service', 'slo'])]] : [],
    ),
  ]
}

export const KNOWN_METRICS: ReadonlyMap<string, KnownMetric> = new Map<string, KnownMetric>([
  ...catalogueMetrics(),
  ...recordedMetrics(),
  ...[...FOREIGN, ...daemonMetrics()].map((name): [string, KnownMetric] => [
    name,
    { kind: 'foreign', labels: undefined },
  ]),
])
