/** Parses measurements of the wire: each names a metric of the catalogue, and its labels and numbers fit that metric. */
import { findMetric, METRICS } from './catalogue.ts'
import { BUCKET_INDEX_MAX, BUCKET_INDEX_MIN } from './exponential-histogram.ts'
import { LIMITS } from './limits.ts'
import { minuteOf } from './measurement.ts'
import type { Exemplar, Measurement } from './measurement.ts'
import type { MetricDefinition } from './metric.ts'
import type { ParseContext } from './parse-trace.ts'
import { isObject } from './reader.ts'
import type { JsonObject, Reader } from './reader.ts'

/** Sums are kept longer than traces, so that an outage longer than the retention of traces costs no counts and no money. */
export const TOO_OLD_HINT = 'Older than any rollup is kept.'

export function parseMeasurements(
  items: readonly unknown[],
  reader: Reader,
  context: ParseContext,
): Measurement[] {
  const measurements: Measurement[] = []
  reader.list = 'measurements'
  for (let index = 0; index < items.length; index += 1) {
    reader.index = index
    const measurement = parseMeasurement(items[index], reader, context)
    if (measurement !== undefined) measurements.push(measurement)
  }
  return measurements
}

function parseMeasurement(item: unknown, reader: Reader, context: ParseContext): Measurement | undefined {
  if (!isObject(item)) return reader.issue('not_an_object', '', item, 'error')
  const metric = typeof item['metric'] === 'string' ? findMetric(item['metric']) : undefined
  if (metric === undefined) return reader.issue('unknown_metric', 'metric', item['metric'], 'error')
  if (item['type'] !== metric.type) {
    return reader.issue('not_in_enum', 'type', item['type'], 'error', `${metric.name} is a ${metric.type}.`)
  }
  const labels = parseLabels(item['labels'], metric, reader, context)
  const minute = parseMinute(item['minute'], metric, reader, context)
  if (labels === undefined || minute === undefined) return undefined
  const base = { metric: metric.name, labels, minute }
  if (metric.type === 'counter') {
    const delta = reader.sum(item['delta'], 'delta')
    return delta === undefined ? undefined : { ...base, type: 'counter', delta }
  }
  if (metric.type === 'gauge') {
    const stated = reader.required(item['value'], 'value', 'error')
    const value = reader.number(stated, 'value', -Number.MAX_VALUE, Number.MAX_VALUE, 'error')
    return value === undefined ? undefined : { ...base, type: 'gauge', value }
  }
  return parseHistogram(item, base, metric, reader)
}

function parseHistogram(
  item: JsonObject,
  base: { metric: string; labels: Record<string, string>; minute: number },
  metric: MetricDefinition,
  reader: Reader,
): Measurement | undefined {
  const count = reader.sum(item['count'], 'count')
  const sum = reader.sum(item['sum'], 'sum')
  const zero = reader.sum(item['zero'], 'zero')
  const stated = reader.required(item['offset'], 'offset', 'error')
  const offset = reader.count(stated, 'offset', BUCKET_INDEX_MAX, BUCKET_INDEX_MIN, 'error')
  const classic = countList(item['classic'], 'classic', metric.buckets.length + 1, reader)
  const exponentialMax = BUCKET_INDEX_MAX - (offset ?? 0) + 1
  const exponential = countList(item['exponential'], 'exponential', exponentialMax, reader)
  if (count === undefined || sum === undefined || zero === undefined) return undefined
  if (classic === undefined || exponential === undefined || offset === undefined) return undefined
  const adds = classic.length === metric.buckets.length + 1 && total(classic) === count
  if (!adds || zero + total(exponential) !== count) {
    const hint = `classic needs ${metric.buckets.length + 1} counts; classic, and zero + exponential, must add up to count.`
    return reader.issue('out_of_range', 'classic', count, 'error', hint)
  }
  const exemplars = reader.objects(item['exemplars'], 'exemplars', classic.length, parseExemplar)
  const histogram = { ...base, type: 'histogram', count, sum, classic, zero, offset, exponential } as const
  return exemplars === undefined ? histogram : { ...histogram, exemplars }
}

function total(counts: readonly number[]): number {
  return counts.reduce((left, right) => left + right, 0)
}

function parseExemplar(item: JsonObject, reader: Reader): Exemplar | undefined {
  const stated = reader.required(item['trace_id'], 'trace_id')
  const traceId = reader.text(stated, 'trace_id', LIMITS.traceIdLengthMax)
  const value = reader.number(reader.required(item['value'], 'value'), 'value', 0, Number.MAX_VALUE)
  const at = reader.required(item['timestamp'], 'timestamp')
  const timestamp = reader.number(at, 'timestamp', 0, Number.MAX_SAFE_INTEGER)
  if (traceId === undefined || value === undefined || timestamp === undefined) return undefined
  return { trace_id: traceId, value, timestamp }
}

function parseLabels(
  value: unknown,
  metric: MetricDefinition,
  reader: Reader,
  context: ParseContext,
): Record<string, string> | undefined {
  if (!isObject(value)) {
    return reader.issue('wrong_type', 'labels', value, 'error', 'Send an object of strings.')
  }
  const labels: Record<string, string> = {}
  for (const name of Object.keys(value)) {
    if (!metric.labels.some((label) => label.name === name)) {
      const hint = `${metric.name} has the labels ${metric.labels.map((label) => label.name).join(', ')}.`
      return reader.issue('unknown_label', 'labels', name, 'error', hint)
    }
    const text = reader.text(value[name], `labels.${name}`, LIMITS.nameLengthMax)
    if (text !== undefined) labels[name] = text
  }
  labels['service'] ??= context.service
  return labels
}

/**
 * What a client lost is counted when it arrives, if it states no minute: a wrong clock, for which its measurements are
 * refused, must not cost the count of those, too.
 */
function parseMinute(
  value: unknown,
  metric: MetricDefinition,
  reader: Reader,
  context: ParseContext,
): number | undefined {
  if (value === undefined && metric === METRICS.telemetryDropped) return minuteOf(context.now)
  const stated = reader.required(value, 'minute', 'error')
  const minute = reader.number(stated, 'minute', 0, Number.MAX_SAFE_INTEGER, 'error')
  if (minute === undefined) return undefined
  if (minute > context.now + LIMITS.futureSkewMaxMs) {
    return reader.issue('timestamp_future', 'minute', value, 'error')
  }
  if (minute < context.now - LIMITS.measurementAgeMaxMs) {
    return reader.issue('timestamp_too_old', 'minute', value, 'error', TOO_OLD_HINT)
  }
  return minuteOf(minute)
}

function countList(value: unknown, field: string, lengthMax: number, reader: Reader): number[] | undefined {
  const valid =
    Array.isArray(value) &&
    value.length <= lengthMax &&
    value.every((count) => Number.isSafeInteger(count) && (count as number) >= 0)
  if (valid) return value as number[]
  const hint = `Send a list of at most ${lengthMax} whole numbers >= 0.`
  return reader.issue('wrong_type', field, value, 'error', hint)
}
