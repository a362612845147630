/** One metric over time, summed over the labels that are not asked for. */
import { ExponentialHistogram, RagmeterError } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import type { Database } from '../../../lib/sqlite.ts'
import type { HistogramValue } from '../../../rollup/pack-histogram.ts'
import { aggregated } from '../../../rollup/rollup.ts'
import { bucketOf, resolutionFor } from '../../../rollup/resolution.ts'
import type { SeriesPoint, SeriesQuery, SeriesResult } from '../../store.ts'
import { having, metricOf, RollupScan } from './rollup-scan.ts'

/** Of all series together, before the largest are chosen. */
const POINTS_MAX = 100_000

interface Step {
  value: number
  count: number
  sum: number
  exponential: ExponentialHistogram | undefined
  buckets: number[] | undefined
  /** Gauges: the series that are added up in this step, each by its highest value. */
  gauges: Map<string, number> | undefined
}

interface Group {
  labels: Record<string, string>
  steps: Map<number, Step>
  weight: number
}

export function querySeries(database: Database, query: SeriesQuery, now: number): SeriesResult {
  const metric = metricOf(query.metric)
  checkLabels(metric, [...query.by, ...Object.keys(query.filters)])
  const resolution = resolutionFor(query.from, query.stepMs, now)
  // Whole buckets make whole steps: none is cut in two.
  const stepMs = Math.ceil(query.stepMs / resolution.bucketMs) * resolution.bucketMs
  const from = bucketOf(query.from, stepMs)
  const to = bucketOf(query.to + stepMs - 1, stepMs)
  const groups = new Map<string, Group>()
  let points = 0
  new RollupScan(database).visit(
    metric,
    having(query.filters),
    [{ resolution, from, to }],
    (labels, bucket, value) => {
      const group = groupOf(groups, query.by, labels)
      const at = bucketOf(bucket, stepMs)
      let step = group.steps.get(at)
      if (step === undefined) {
        points += 1
        checkPoints(points)
        group.steps.set(at, (step = newStep(metric, query)))
      }
      addTo(step, metric, labels, value)
      group.weight += typeof value === 'number' ? value : value.count
    },
  )
  const largest = Array.from(groups.values()).sort((left, right) => right.weight - left.weight)
  return {
    series: largest.slice(0, query.seriesMax).map(({ labels, steps }) => ({
      labels,
      points: Array.from(steps)
        .sort(([left], [right]) => left - right)
        .map(([at, step]) => pointOf(metric, at, step, query.quantiles)),
    })),
    omitted: Math.max(0, largest.length - query.seriesMax),
    resolution: resolution.name,
  }
}

function groupOf(groups: Map<string, Group>, by: readonly string[], labels: Record<string, string>): Group {
  const key = by.length === 0 ? '' : JSON.stringify(by.map((name) => labels[name] ?? ''))
  let group = groups.get(key)
  if (group === undefined) {
    group = {
      labels: Object.fromEntries(by.map((name) => [name, labels[name] ?? ''])),
      steps: new Map(),
      weight: 0,
    }
    groups.set(key, group)
  }
  return group
}

function newStep(metric: MetricDefinition, query: SeriesQuery): Step {
  const isHistogram = metric.type === 'histogram'
  return {
    value: 0,
    count: 0,
    sum: 0,
    exponential: isHistogram && query.quantiles.length > 0 ? new ExponentialHistogram() : undefined,
    buckets:
      isHistogram && query.buckets === true
        ? Array.from({ length: metric.buckets.length + 1 }, () => 0)
        : undefined,
    gauges: metric.type === 'gauge' ? new Map() : undefined,
  }
}

function addTo(
  step: Step,
  metric: MetricDefinition,
  labels: Record<string, string>,
  value: number | HistogramValue,
): void {
  if (typeof value !== 'number') {
    step.count += value.count
    step.sum += value.sum
    for (const [index, count] of value.classic.entries()) {
      if (step.buckets !== undefined) step.buckets[index] = (step.buckets[index] ?? 0) + count
    }
    if (step.exponential === undefined) return
    step.exponential.zeroCount += value.zero
    step.exponential.addBuckets(value.offset, value.exponential)
  } else if (step.gauges === undefined) {
    step.value += value
  } else {
    const key = metric.labels.map(({ name }) => labels[name] ?? '').join('\u0000')
    step.gauges.set(key, Math.max(step.gauges.get(key) ?? -Infinity, value))
  }
}

function pointOf(
  metric: MetricDefinition,
  at: number,
  step: Step,
  quantiles: readonly number[],
): SeriesPoint {
  if (step.gauges !== undefined) {
    return { at, value: aggregated(metric, Array.from(step.gauges.values())) }
  }
  if (metric.type === 'counter') return { at, value: step.value / metric.perUnit }
  const entries = quantiles.flatMap((q) => {
    const value = step.exponential?.quantile(q)
    return value === undefined ? [] : [[String(q), value] as const]
  })
  return {
    at,
    count: step.count,
    sum: step.sum / metric.perUnit,
    quantiles: Object.fromEntries(entries),
    ...(step.buckets === undefined ? {} : { buckets: step.buckets }),
  }
}

/** Each point of a histogram holds its buckets while the query runs. */
function checkPoints(points: number): void {
  if (points <= POINTS_MAX) return
  throw new RagmeterError('query_too_expensive', `The query has more than ${POINTS_MAX} points.`)
}

function checkLabels(metric: MetricDefinition, names: readonly string[]): void {
  for (const name of names) {
    if (metric.labels.some((label) => label.name === name)) continue
    throw new RagmeterError('invalid_request', `${metric.name} has no label ${JSON.stringify(name)}.`, {
      hint: `Its labels are ${metric.labels.map((label) => label.name).join(', ')}.`,
    })
  }
}
