/**
 * The values of a registry over time, as OpenMetrics 1.0 with timestamps: what `promtool tsdb create-blocks-from
 * openmetrics` makes blocks of. The format wants all samples of a series together, so they are held until the end.
 */
import { header } from './exposition.ts'
import { bucketBoundText, escapeLabel, labelText, valueText } from './exposition-text.ts'
import type { MetricDefinition } from './metric.ts'
import { CounterSeries, GaugeSeries } from './registry.ts'
import type { HistogramSeries, Registry, Series } from './registry.ts'

const MS_PER_SECOND = 1000

/** Samples of one series: a row of values for each moment from the first one on. */
interface Track {
  /** Names of the lines, one for each value of a row. */
  readonly lines: readonly string[]
  readonly first: number
  /** NaN where there is no sample. */
  readonly values: number[]
}

export class ExpositionHistory {
  readonly #labels: string
  /** Epoch milliseconds. */
  readonly #moments: number[] = []
  readonly #metrics = new Map<MetricDefinition, Map<Series, Track>>()

  /** @param labels added to every sample, to say where it comes from */
  constructor(labels: Readonly<Record<string, string>>) {
    this.#labels = Object.entries(labels)
      .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
      .join(',')
  }

  /**
   * Notes down every series of a registry, cumulative as it is. A counter or histogram that is new gets a zero at the
   * moment before: its first increase would be lost to `increase()`. A gauge holds for the one moment it was set for.
   * @param at epoch milliseconds, later than the moment before
   */
  sample(registry: Registry, at: number): void {
    const position = this.#moments.length
    this.#moments.push(at)
    for (const { metric, series } of registry.families()) {
      let tracks = this.#metrics.get(metric)
      if (tracks === undefined) this.#metrics.set(metric, (tracks = new Map<Series, Track>()))
      for (const one of series) {
        let track = tracks.get(one)
        if (track === undefined) tracks.set(one, (track = this.#begin(metric, one, position)))
        fill(track, position)
        push(track.values, metric, one)
        if (one instanceof GaugeSeries) one.value = undefined
      }
    }
  }

  /** The page in chunks, one for each series. */
  *render(): IterableIterator<string> {
    const metrics = Array.from(this.#metrics).sort(([left], [right]) => left.index - right.index)
    for (const [metric, tracks] of metrics) {
      yield header(metric, 'openmetrics')
      for (const track of tracks.values()) yield this.#renderTrack(track)
    }
    yield '# EOF\n'
  }

  #begin(metric: MetricDefinition, series: Series, position: number): Track {
    const labels = [labelText(metric, series.labels), this.#labels].filter((text) => text !== '').join(',')
    const lines = linesOf(metric, series, labels)
    if (series instanceof GaugeSeries || position === 0) return { lines, first: position, values: [] }
    return { lines, first: position - 1, values: lines.map(() => 0) }
  }

  #renderTrack({ lines, first, values }: Track): string {
    let text = ''
    const rows = values.length / lines.length
    for (const [line, name] of lines.entries()) {
      for (let row = 0; row < rows; row += 1) {
        const value = values[row * lines.length + line] as number
        if (Number.isNaN(value)) continue
        text += `${name} ${valueText(value)} ${(this.#moments[first + row] as number) / MS_PER_SECOND}\n`
      }
    }
    return text
  }
}

/** A series that was not there at some moments, since its gauge was not set, has no samples of them. */
function fill({ lines, first, values }: Track, position: number): void {
  while (values.length < (position - first) * lines.length) values.push(Number.NaN)
}

function linesOf(metric: MetricDefinition, series: Series, labels: string): string[] {
  const braces = labels === '' ? '' : `{${labels}}`
  if (series instanceof CounterSeries || series instanceof GaugeSeries) return [`${metric.name}${braces}`]
  const separator = labels === '' ? '' : ','
  const bounds = [...metric.buckets, Infinity].map(
    (bound) => `${metric.name}_bucket{${labels}${separator}le="${bucketBoundText(bound)}"}`,
  )
  return [...bounds, `${metric.name}_sum${braces}`, `${metric.name}_count${braces}`]
}

function push(values: number[], metric: MetricDefinition, series: Series): void {
  if (series instanceof CounterSeries) values.push(series.value / metric.perUnit)
  else if (series instanceof GaugeSeries) values.push(series.value ?? Number.NaN)
  else pushHistogram(values, metric, series)
}

function pushHistogram(values: number[], metric: MetricDefinition, series: HistogramSeries): void {
  let cumulative = 0
  for (const count of series.classic) values.push((cumulative += count))
  values.push(series.sum / metric.perUnit, series.count)
}
