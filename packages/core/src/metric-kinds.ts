/** The kinds of metrics in the catalogue: what a counter, a gauge, a duration ... has in common with the others of its kind. */
import { SERVICE_LABEL } from './metric.ts'
import type { GaugeAggregation, LabelDefinition, MetricDefinition } from './metric.ts'

const SECONDS_PER_UNIT = 1e6
const RATIO_PER_UNIT = 1e6

const REQUEST_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60]
const RATIO_BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

type Definition = Omit<MetricDefinition, 'index'>
type Scope = MetricDefinition['scope']
const withService = (labels: readonly LabelDefinition[]) => [SERVICE_LABEL, ...labels]

export function counter(
  scope: Scope,
  name: string,
  labels: readonly LabelDefinition[],
  help: string,
  unit = '',
  perUnit = 1,
): Definition {
  return {
    name,
    type: 'counter',
    unit,
    help,
    labels: withService(labels),
    perUnit,
    buckets: [],
    aggregation: 'sum',
    scope,
  }
}

export function gauge(
  scope: Scope,
  name: string,
  labels: readonly LabelDefinition[],
  help: string,
  unit = '',
  aggregation: GaugeAggregation = 'max',
): Definition {
  return {
    name,
    type: 'gauge',
    unit,
    help,
    labels: withService(labels),
    perUnit: 1,
    buckets: [],
    aggregation,
    scope,
  }
}

export function histogram(
  scope: Scope,
  name: string,
  labels: readonly LabelDefinition[],
  help: string,
  unit: string,
  perUnit: number,
  buckets: readonly number[],
): Definition {
  return {
    name,
    type: 'histogram',
    unit,
    help,
    labels: withService(labels),
    perUnit,
    buckets,
    aggregation: 'sum',
    scope,
  }
}

export function duration(
  scope: Scope,
  name: string,
  labels: readonly LabelDefinition[],
  help: string,
  buckets: readonly number[] = REQUEST_BUCKETS,
): Definition {
  return histogram(scope, name, labels, help, 'seconds', SECONDS_PER_UNIT, buckets)
}

export function ratio(
  scope: Scope,
  name: string,
  labels: readonly LabelDefinition[],
  help: string,
): Definition {
  return histogram(scope, name, labels, help, 'ratio', RATIO_PER_UNIT, RATIO_BUCKETS)
}
