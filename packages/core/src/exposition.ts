/** Prometheus text format 0.0.4 and OpenMetrics 1.0 of a registry. */
import { bucketBoundText, escapeLabel, labelText, valueText } from './exposition-text.ts'
import type { LabelValues } from './measurement.ts'
import type { MetricDefinition } from './metric.ts'
import { CounterSeries, GaugeSeries } from './registry.ts'
import type { Family, HistogramSeries, Registry, Series } from './registry.ts'
import { seriesAtZero } from './series-at-zero.ts'

export type ExpositionFormat = 'text' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** The format a scraper prefers. OpenMetrics only where it is asked for by name. */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  if (accept === undefined) return 'text'
  let best: ExpositionFormat = 'text'
  let bestQuality = 0
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const format =
      type === 'application/openmetrics-text' ? 'openmetrics' : type === 'text/plain' ? 'text' : undefined
    if (format === undefined) continue
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    if (quality > bestQuality) {
      best = format
      bestQuality = quality
    }
  }
  return best
}

/** Series after which a renderer hands back control: about half a millisecond. */
const SERIES_PER_CHUNK = 250

/**
 * The page in chunks, so that a caller on an event loop can breathe between them.
 * @param includeEnd whether the page ends here (OpenMetrics ends with `# EOF`)
 * @param totalAtRest of a series that left the registry: it is not shown at zero, since it goes on from there
 */
export function* renderRegistry(
  registry: Registry,
  format: ExpositionFormat,
  includeEnd = true,
  totalAtRest: (metric: MetricDefinition, labels: LabelValues) => number = () => 0,
): IterableIterator<string> {
  let chunk = ''
  let rendered = 0
  for (const family of registry.families()) {
    chunk += header(family.metric, format)
    for (const series of family.series) {
      chunk += renderSeries(family, series, format)
      rendered += 1
      if (rendered % SERIES_PER_CHUNK === 0) {
        yield chunk
        chunk = ''
      }
    }
    for (const series of seriesAtZero(family)) {
      const total = totalAtRest(family.metric, series.labels)
      chunk += `${nameOf(family.metric, series)} ${valueText(total / family.metric.perUnit)}\n`
      rendered += 1
      if (rendered % SERIES_PER_CHUNK === 0) {
        yield chunk
        chunk = ''
      }
    }
  }
  yield format === 'openmetrics' && includeEnd ? `${chunk}# EOF\n` : chunk
}

/** `# HELP` and the like. */
export function header(metric: MetricDefinition, format: ExpositionFormat): string {
  const openMetrics = format === 'openmetrics'
  const name = openMetrics && metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name
  const escaped = metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  const help = openMetrics ? escaped.replaceAll('"', '\\"') : escaped
  // OpenMetrics wants the unit as the last part of the name, or none stated.
  const unit =
    openMetrics && metric.unit !== '' && name.endsWith(`_${metric.unit}`)
      ? `# UNIT ${name} ${metric.unit}\n`
      : ''
  return `# HELP ${name} ${help}\n# TYPE ${name} ${metric.type}\n${unit}`
}

function renderSeries(family: Family, series: Series, format: ExpositionFormat): string {
  const { metric } = family
  if (series instanceof CounterSeries) {
    return `${nameOf(metric, series)} ${valueText(series.value / metric.perUnit)}\n`
  }
  if (series instanceof GaugeSeries) {
    return series.value === undefined ? '' : `${nameOf(metric, series)} ${valueText(series.value)}\n`
  }
  return renderHistogram(metric, series, format)
}

/** Names with labels never change, so each is made once. */
const names = new WeakMap<Series, string>()

function nameOf(metric: MetricDefinition, series: Series): string {
  let name = names.get(series)
  if (name === undefined) {
    const labels = labelText(metric, series.labels)
    name = labels === '' ? metric.name : `${metric.name}{${labels}}`
    names.set(series, name)
  }
  return name
}

const bucketNames = new WeakMap<Series, readonly string[]>()

/** Everything of a histogram's lines but the numbers: the buckets, then sum and count. */
function histogramNames(metric: MetricDefinition, series: HistogramSeries): readonly string[] {
  let lines = bucketNames.get(series)
  if (lines === undefined) {
    const labels = labelText(metric, series.labels)
    const separator = labels === '' ? '' : ','
    const braces = labels === '' ? '' : `{${labels}}`
    lines = [
      ...[...metric.buckets, Infinity].map(
        (bound) => `${metric.name}_bucket{${labels}${separator}le="${bucketBoundText(bound)}"} `,
      ),
      `${metric.name}_sum${braces} `,
      `${metric.name}_count${braces} `,
    ]
    bucketNames.set(series, lines)
  }
  return lines
}

function renderHistogram(
  metric: MetricDefinition,
  series: HistogramSeries,
  format: ExpositionFormat,
): string {
  const lines = histogramNames(metric, series)
  const buckets = series.classic.length
  let text = ''
  let cumulative = 0
  for (let position = 0; position < buckets; position += 1) {
    cumulative += series.classic[position] as number
    text += `${lines[position]}${cumulative}`
    const exemplar = format === 'openmetrics' ? series.exemplars?.[position] : undefined
    if (exemplar !== undefined) {
      text += ` # {trace_id="${escapeLabel(exemplar.trace_id)}"} ${valueText(exemplar.value)} ${exemplar.timestamp / 1000}`
    }
    text += '\n'
  }
  const sum = valueText(series.sum / metric.perUnit)
  return `${text}${lines[buckets]}${sum}\n${lines[buckets + 1]}${series.count}\n`
}
