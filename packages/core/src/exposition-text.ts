/** The small texts of the exposition formats: labels, numbers, bucket bounds. */
import type { LabelValues } from './measurement.ts'
import type { MetricDefinition } from './metric.ts'

/** `a="x",b="y"`; labels that are not stated are left out, which Prometheus takes as the empty value. */
export function labelText(metric: MetricDefinition, values: LabelValues): string {
  let text = ''
  for (let position = 0; position < metric.labels.length; position += 1) {
    const value = values[position]
    if (value === undefined || value === '') continue
    text += `${text === '' ? '' : ','}${metric.labels[position]?.name ?? ''}="${escapeLabel(value)}"`
  }
  return text
}

export function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value
}

export function valueText(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

/** Bounds are canonical floats (`1.0`), as Prometheus 3 and OpenMetrics write them. */
export function bucketBoundText(bound: number): string {
  if (bound === Infinity) return '+Inf'
  return Number.isInteger(bound) ? `${bound}.0` : String(bound)
}
