/** Every metric that Prometheus can have here, with its labels: what is served, what is recorded, and what others serve. */
import type { MetricDefinition } from '@ragmeter/core'
import { DEFAULT_CONFIGURATION, FILES, generateRuleFiles } from '@ragmeter/ops'
import { parse } from 'yaml'
import { resultLabels } from './result-labels.ts'
import type { LabelsOfMetric } from './result-labels.ts'

const SCRAPE_LABELS = ['job', 'instance']

/** Metrics of other programs. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  up: SCRAPE_LABELS,
  scrape_samples_post_metric_relabeling: SCRAPE_LABELS,
  push_time_seconds: SCRAPE_LABELS,
  ALERTS: ['alertname', 'alertstate', 'alert_family', 'severity', 'service', ...SCRAPE_LABELS],
}

export interface KnownMetric {
  readonly labels: ReadonlySet<string>
  readonly type: MetricDefinition['type'] | 'recorded' | 'other'
  /** How instances are put together; of gauges only. */
  readonly aggregation: MetricDefinition['aggregation'] | undefined
}

function served(metric: MetricDefinition): readonly (readonly [string, KnownMetric])[] {
  const labels = [...metric.labels.map(({ name }) => name), ...SCRAPE_LABELS]
  const known = { labels: new Set(labels), type: metric.type, aggregation: metric.aggregation }
  if (metric.type !== 'histogram') return [[metric.name, known]]
  return [
    [`${metric.name}_bucket`, { ...known, labels: new Set([...labels, 'le']) }],
    [`${metric.name}_sum`, known],
    [`${metric.name}_count`, known],
  ]
}

interface RuleFile {
  groups: { rules: { record?: string; expr: string; labels?: Record<string, string> }[] }[]
}

export type KnownMetrics = ReadonlyMap<string, KnownMetric>

/** @throws Error if there is no such metric */
export function labelsIn(known: KnownMetrics): LabelsOfMetric {
  return (metric) => {
    const found = known.get(metric)
    if (found === undefined) throw new Error(`no metric is called ${metric}`)
    return found.labels
  }
}

/** @param definitions of the metrics that are served */
export function knownMetrics(definitions: readonly MetricDefinition[]): KnownMetrics {
  const known = new Map(definitions.flatMap(served))
  for (const [name, labels] of Object.entries(OTHERS)) {
    if (known.has(name)) throw new Error(`${name} is served: take it from the list of others`)
    known.set(name, { labels: new Set(labels), type: 'other', aggregation: undefined })
  }
  // Names of other systems are for their dashboards, not for ours.
  const files = [...generateRuleFiles(DEFAULT_CONFIGURATION)]
    .filter(([path]) => path !== FILES.compatRules)
    .map(([, text]) => parse(text) as RuleFile)
  const rules = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules))
  // A rule reads only what is recorded before it, so one pass in order finds all labels.
  for (const { record, expr, labels = {} } of rules) {
    if (record === undefined) continue
    const result = new Set([...resultLabels(expr, labelsIn(known)), ...Object.keys(labels)])
    known.set(record, { labels: result, type: 'recorded', aggregation: undefined })
  }
  return known
}
