/** Series and their values: of one minute (deltas on their way) or of a lifetime (what `/metrics` shows). */
import type { CardinalityGuard } from './cardinality-guard.ts'
import { ExponentialHistogram } from './exponential-histogram.ts'
import { LabelTree } from './label-tree.ts'
import { saturated } from './measurement.ts'
import type { Exemplar, HistogramMeasurement, LabelValues, Measurement } from './measurement.ts'
import type { MetricDefinition } from './metric.ts'

export class CounterSeries {
  readonly labels: LabelValues
  /** Integer of 1/perUnit of the metric's unit. */
  value = 0
  constructor(labels: LabelValues) {
    this.labels = labels
  }
}

export class GaugeSeries {
  readonly labels: LabelValues
  /** In the metric's unit; undefined until it is set. */
  value: number | undefined = undefined
  constructor(labels: LabelValues) {
    this.labels = labels
  }
}

export class HistogramSeries {
  readonly labels: LabelValues
  count = 0
  /** Integer of 1/perUnit of the metric's unit. */
  sum = 0
  /** Counts of the classic buckets, not cumulative; the last one is +Inf. */
  readonly classic: number[]
  /** Absent where only the classic buckets are shown. */
  readonly exponential: ExponentialHistogram | undefined
  /** The latest exemplar of each classic bucket. */
  exemplars: (Exemplar | undefined)[] | undefined = undefined

  constructor(labels: LabelValues, buckets: number, exponential: boolean) {
    this.labels = labels
    this.classic = new Array<number>(buckets + 1).fill(0)
    this.exponential = exponential ? new ExponentialHistogram() : undefined
  }
}

export type Series = CounterSeries | GaugeSeries | HistogramSeries

export class Family<Kind extends Series = Series> {
  readonly metric: MetricDefinition
  readonly tree: LabelTree<Kind>
  /** In the order of their first observation. */
  readonly series: Kind[] = []
  /** Changes whenever a series comes or goes. */
  version = 0
  /** The series observed last: requests of one kind come in runs. */
  recent: Kind | undefined = undefined
  /** The one before: a request alternates between pairs, such as input and output tokens. */
  previous: Kind | undefined = undefined

  constructor(metric: MetricDefinition) {
    this.metric = metric
    this.tree = new LabelTree(metric.labels.length)
  }
}

export interface RegistryOptions {
  guard: CardinalityGuard
  /** Whether histograms keep exponential buckets beside the classic ones. @default true */
  exponential?: boolean
}

export class Registry {
  readonly #guard: CardinalityGuard
  readonly #exponential: boolean
  readonly #families: (Family | undefined)[] = []

  constructor(options: RegistryOptions) {
    this.#guard = options.guard
    this.#exponential = options.exponential ?? true
  }

  /** The families that have series, in the order of the catalogue. */
  *families(): IterableIterator<Family> {
    for (const family of this.#families) if (family !== undefined && family.series.length > 0) yield family
  }

  family(metric: MetricDefinition): Family {
    let family = this.#families[metric.index]
    if (family === undefined) {
      while (this.#families.length <= metric.index) this.#families.push(undefined)
      this.#families[metric.index] = family = new Family(metric)
    }
    return family
  }

  /** Adds to a counter. @param amount integer of 1/perUnit of the unit, >= 0 */
  count(metric: MetricDefinition, amount: number, a: string, b = '', c = '', d = '', e = ''): void {
    const series = this.#find(metric, a, b, c, d, e) as CounterSeries
    series.value += amount
  }

  /** Sets a gauge, in the metric's unit. */
  set(metric: MetricDefinition, value: number, a: string, b = '', c = '', d = '', e = ''): void {
    const series = this.#find(metric, a, b, c, d, e) as GaugeSeries
    series.value = value
  }

  /** Raises a gauge to a value, if it is below: independent of the order of observations. */
  raise(metric: MetricDefinition, value: number, a: string, b = ''): void {
    const series = this.#find(metric, a, b, '', '', '') as GaugeSeries
    if (series.value === undefined || series.value < value) series.value = value
  }

  /**
   * Counts a value in a histogram.
   * @param value in the metric's unit, finite and >= 0
   * @param weight requests it stands for, an integer >= 1
   */
  observe(
    metric: MetricDefinition,
    value: number,
    weight: number,
    a: string,
    b = '',
    c = '',
    d = '',
    e = '',
  ): HistogramSeries {
    const series = this.#find(metric, a, b, c, d, e) as HistogramSeries
    addValue(series, metric, value, weight)
    return series
  }

  /** The histogram of these labels, to add several values to it with one look-up. */
  histogram(metric: MetricDefinition, a: string, b = '', c = '', d = '', e = ''): HistogramSeries {
    return this.#find(metric, a, b, c, d, e) as HistogramSeries
  }

  /**
   * Adds a measurement of this metric. Addition is exact, so the order of measurements does not matter; of gauges,
   * those that follow from requests only rise, those that the application sets have the value set last.
   */
  merge(metric: MetricDefinition, labels: LabelValues, measurement: Measurement): void {
    const series = this.series(metric, labels)
    if (measurement.type === 'counter' && series instanceof CounterSeries) {
      series.value = saturated(series.value + measurement.delta)
    } else if (measurement.type === 'gauge' && series instanceof GaugeSeries) {
      const present = metric.scope === 'request' ? series.value : undefined
      series.value = present === undefined ? measurement.value : Math.max(present, measurement.value)
    } else if (measurement.type === 'histogram' && series instanceof HistogramSeries) {
      mergeHistogram(metric, series, measurement)
    }
  }

  /** The series of these labels, made if it is new; labels the guard does not admit are folded. */
  series(metric: MetricDefinition, labels: LabelValues): Series {
    const family = this.family(metric)
    return family.tree.get(labels) ?? this.#admit(family, labels)
  }

  /** Removes a series that is idle. */
  remove(metric: MetricDefinition, labels: LabelValues): void {
    const family = this.family(metric)
    const series = family.tree.get(labels)
    if (series === undefined) return
    family.tree.delete(labels)
    family.series.splice(family.series.indexOf(series), 1)
    family.version += 1
    if (family.recent === series) family.recent = undefined
    if (family.previous === series) family.previous = undefined
    this.#guard.release(metric, labels)
  }

  #find(metric: MetricDefinition, a: string, b: string, c: string, d: string, e: string): Series {
    const family = this.#families[metric.index] ?? this.family(metric)
    const { recent, previous } = family
    if (recent !== undefined && matches(recent.labels, a, b, c, d, e)) return recent
    family.previous = recent
    if (previous !== undefined && matches(previous.labels, a, b, c, d, e)) return (family.recent = previous)
    return (family.recent =
      family.tree.find(a, b, c, d, e) ?? this.#admit(family, [a, b, c, d, e].slice(0, metric.labels.length)))
  }

  #admit(family: Family, labels: LabelValues): Series {
    const admitted = this.#guard.admit(family.metric, labels)
    const known = family.tree.get(admitted)
    if (known !== undefined) return known
    const { type, buckets } = family.metric
    const series =
      type === 'counter'
        ? new CounterSeries(admitted)
        : type === 'gauge'
          ? new GaugeSeries(admitted)
          : new HistogramSeries(admitted, buckets.length, this.#exponential)
    family.tree.set(admitted, series)
    family.series.push(series)
    family.version += 1
    return series
  }
}

/**
 * Counts a value in a histogram.
 * @param value in the metric's unit, finite and >= 0
 * @param weight requests it stands for, an integer >= 1
 */
export function addValue(
  series: HistogramSeries,
  metric: MetricDefinition,
  value: number,
  weight: number,
): void {
  series.count += weight
  series.sum += Math.round(value * metric.perUnit) * weight
  const position = classicBucket(metric.buckets, value)
  series.classic[position] = (series.classic[position] as number) + weight
  series.exponential?.add(value, weight)
}

/** Position of the classic bucket of a value; upper bounds are inclusive. */
export function classicBucket(buckets: readonly number[], value: number): number {
  let position = 0
  while (position < buckets.length && value > (buckets[position] as number)) position += 1
  return position
}

/** Keeps an exemplar for the classic bucket its value falls into; the latest wins. */
export function keepExemplar(series: HistogramSeries, metric: MetricDefinition, exemplar: Exemplar): void {
  series.exemplars ??= new Array<Exemplar | undefined>(series.classic.length).fill(undefined)
  const position = classicBucket(metric.buckets, exemplar.value)
  const present = series.exemplars[position]
  if (present === undefined || present.timestamp <= exemplar.timestamp) series.exemplars[position] = exemplar
}

function mergeHistogram(
  metric: MetricDefinition,
  series: HistogramSeries,
  measurement: HistogramMeasurement,
): void {
  series.count += measurement.count
  series.sum = saturated(series.sum + measurement.sum)
  for (let i = 0; i < series.classic.length; i += 1) {
    series.classic[i] = (series.classic[i] as number) + (measurement.classic[i] ?? 0)
  }
  if (series.exponential !== undefined) {
    series.exponential.zeroCount += measurement.zero
    series.exponential.addBuckets(measurement.offset, measurement.exponential)
  }
  if (measurement.exemplars === undefined) return
  for (const exemplar of measurement.exemplars) keepExemplar(series, metric, exemplar)
}

function matches(labels: LabelValues, a: string, b: string, c: string, d: string, e: string): boolean {
  switch (labels.length) {
    case 1:
      return labels[0] === a
    case 2:
      return labels[1] === b && labels[0] === a
    case 3:
      return labels[2] === c && labels[1] === b && labels[0] === a
    case 4:
      return labels[3] === d && labels[2] === c && labels[1] === b && labels[0] === a
    default:
      return labels[4] === e && labels[3] === d && labels[2] === c && labels[1] === b && labels[0] === a
  }
}
