/** GET /api/v1/series: any metric of the catalogue over time. */
import { DAY_MS, findMetric, HOUR_MS, METRIC_LIST, MINUTE_MS, RagmeterError } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { didYouMean } from '../lib/nearest.ts'
import { ParameterError } from '../lib/request-error.ts'
import type { SeriesQuery, SeriesResult } from '../store/store.ts'
import { choice, duration, integer, list, required, text, time } from './parameters.ts'
import { route } from './route.ts'
import { array, decimal, epochMs, map, object, oneOf, optional, string, whole } from '../lib/json-schema.ts'
import { emptyRange } from './trace-filter.ts'

const POINTS_DEFAULT_MAX = 500
const POINTS_MAX = 1000
const QUANTILES_MAX = 10

/** Steps to choose from when none is asked for: those people read easily on an axis. */
const STEPS_MS = [1, 2, 5, 10, 15, 30]
  .map((minutes) => minutes * MINUTE_MS)
  .concat([1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS))
  .concat([1, 2, 7, 14, 28].map((days) => days * DAY_MS))

const RESOLUTIONS_MS = { '1m': MINUTE_MS, '1h': HOUR_MS, '1d': DAY_MS } as const

const LABEL = 'label.'

const SERIES_SCHEMA = object({
  metric: string(),
  type: oneOf(['counter', 'gauge', 'histogram']),
  unit: string('Unit of `value`, `sum` and `quantiles`; empty for a plain count.'),
  from: epochMs('Start of the first step.'),
  to: epochMs('End of the last step.'),
  step_seconds: whole('The step of the points: longer than the one asked for where the data is coarser.'),
  resolution: oneOf(['1m', '1h', '1d'], 'Resolution of the data behind it.'),
  omitted: whole('Series left out over `limit`.'),
  bucket_bounds: optional(
    array(
      decimal(),
      'With `buckets`: upper bounds, inclusive, ascending; the last bucket of a point has none.',
    ),
  ),
  series: array(
    object({
      labels: map(string(), 'The labels of `by`; empty where not stated.'),
      points: array(
        object({
          at: epochMs('Start of the step.'),
          value: optional(decimal('Counter: increase in the step. Gauge: highest value in the step.')),
          count: optional(whole('Histogram: observations in the step.')),
          sum: optional(decimal('Histogram: sum of the observations.')),
          buckets: optional(array(whole(), 'With `buckets`: observations of each bucket, not cumulative.')),
          quantiles: optional(map(decimal(), 'Histogram: by quantile, within 1.1 % of the exact value.')),
        }),
        'Steps without data have no point: a gap is not zero.',
      ),
    }),
  ),
})

export const seriesRoute = route({
  url: '/api/v1/series',
  operationId: 'querySeries',
  tag: 'queries',
  summary: 'A metric over time',
  description: 'Exact over all requests, sampled or not. Labels that are not in `by` are summed over.',
  parameters: {
    metric: required(text('Name of a metric of docs/reference/metrics.md.')),
    from: time('Start of the range; rounded down to a step.', 'now-24h'),
    to: time('End of the range; rounded up to a step.', 'now'),
    step: duration(
      `A step that divides an hour or a day, or whole days; without it, such that there are at most ${POINTS_DEFAULT_MAX} points.`,
    ),
    by: list('Labels to keep.'),
    buckets: choice(
      'Whether the points of a histogram state how many observations fell between the bounds of `bucket_bounds`.',
      ['true', 'false'],
      'false',
    ),
    quantiles: list('Quantiles of a histogram, each 0..1, such as 0.5,0.95,0.99.'),
    limit: integer('Series of one answer.', { minimum: 1, maximum: 500, default: 50 }),
  },
  prefixes: { [LABEL]: { doc: 'Exact value of a label.', example: 'label.NAME' } },
  responses: { 200: { description: 'The series.', schema: SERIES_SCHEMA } },
  answer: ({ values, prefixed }, { store }) => {
    const metric = metricOf(values.metric)
    const filters = prefixed[LABEL] ?? {}
    for (const label of values.by) checkLabel(metric, label, 'by')
    for (const label of Object.keys(filters)) checkLabel(metric, label, `${LABEL}${label}`)
    const hasBuckets = values.buckets === 'true'
    if (hasBuckets) checkHistogram(metric, 'buckets')
    const { from, to, stepMs } = rangeOf(values.from, values.to, values.step)
    return store.query('series', {
      metric: metric.name,
      from,
      to,
      stepMs,
      by: values.by,
      filters,
      quantiles: quantilesOf(metric, values.quantiles),
      ...(hasBuckets ? { buckets: true } : {}),
      seriesMax: values.limit,
    })
  },
})

export function seriesView(result: SeriesResult, query: SeriesQuery): object {
  const metric = metricOf(query.metric)
  // Old data is coarser than the step that was asked for.
  const answeredStepMs = Math.max(query.stepMs, RESOLUTIONS_MS[result.resolution])
  return {
    metric: metric.name,
    type: metric.type,
    unit: metric.unit,
    ...wholeSteps(query.from, query.to, answeredStepMs),
    step_seconds: answeredStepMs / 1000,
    resolution: result.resolution,
    omitted: result.omitted,
    ...(query.buckets === true ? { bucket_bounds: metric.buckets } : {}),
    series: result.series,
  }
}

function metricOf(name: string): MetricDefinition {
  const metric = findMetric(name)
  if (metric !== undefined) return metric
  const names = METRIC_LIST.map((candidate) => candidate.name)
  throw new ParameterError(
    'metric',
    `there is no metric ${JSON.stringify(name.slice(0, 64))}`,
    `Name a metric of docs/reference/metrics.md.${didYouMean(name, names)}`,
  )
}

function checkLabel(metric: MetricDefinition, label: string, path: string): void {
  const names = metric.labels.map(({ name }) => name)
  if (names.includes(label)) return
  throw new ParameterError(
    path,
    `${metric.name} has no label ${JSON.stringify(label.slice(0, 64))}`,
    `Its labels: ${names.join(', ')}.${didYouMean(label, names)}`,
  )
}

function quantilesOf(metric: MetricDefinition, given: readonly string[]): number[] {
  if (given.length > 0) checkHistogram(metric, 'quantiles')
  const quantiles = given.map(Number)
  const valid = quantiles.every((quantile) => quantile >= 0 && quantile <= 1) && given.length <= QUANTILES_MAX
  if (valid) return quantiles
  throw new ParameterError(
    'quantiles',
    `quantiles is ${JSON.stringify(given.join(',').slice(0, 64))}`,
    `Use at most ${QUANTILES_MAX} numbers from 0 to 1, separated by commas.`,
  )
}

function checkHistogram(metric: MetricDefinition, parameter: string): void {
  if (metric.type === 'histogram') return
  throw new ParameterError(
    parameter,
    `${metric.name} is a ${metric.type}`,
    `Only histograms have ${parameter}.`,
  )
}

/** The range in whole steps, so that a chart that is asked again shows the same steps. */
function rangeOf(
  from: number,
  to: number,
  step: number | undefined,
): { from: number; to: number; stepMs: number } {
  if (from >= to) throw emptyRange()
  const stepMs = step ?? STEPS_MS.find((candidate) => (to - from) / candidate <= POINTS_DEFAULT_MAX)
  if (stepMs === undefined || (to - from) / stepMs > POINTS_MAX) {
    const steps = stepMs === undefined ? 'too many' : Math.ceil((to - from) / stepMs)
    throw new RagmeterError('query_too_expensive', `the range has ${steps} steps; the limit is ${POINTS_MAX}`)
  }
  if (!isEven(stepMs)) {
    throw new ParameterError(
      'step',
      `a step of ${stepMs / 1000} s does not divide an hour or a day`,
      'Use 1m, 2m, 5m, 10m, 15m, 30m, 1h, 2h, 3h, 6h, 12h, 1d or whole days.',
    )
  }
  return { ...wholeSteps(from, to, stepMs), stepMs }
}

function wholeSteps(from: number, to: number, stepMs: number): { from: number; to: number } {
  return { from: Math.floor(from / stepMs) * stepMs, to: Math.ceil(to / stepMs) * stepMs }
}

/** Whether steps begin where minutes, hours and days do, so that none of them is cut in two. */
function isEven(stepMs: number): boolean {
  if (stepMs % DAY_MS === 0) return true
  if (stepMs % HOUR_MS === 0) return DAY_MS % stepMs === 0
  return stepMs % MINUTE_MS === 0 && HOUR_MS % stepMs === 0
}
