/** Parses the body of POST /ingest. Never throws: good items are kept beside bad ones, each bad one has an issue. */
import type { ClientInfo, ParsedBatch, Resource } from './batch.ts'
import { findMetric } from './catalogue.ts'
import { BUCKET_INDEX_MAX, BUCKET_INDEX_MIN } from './exponential-histogram.ts'
import { GENERATION_SUMS, REQUEST_SUMS } from './ledger.ts'
import type { LedgerRow } from './ledger.ts'
import { LIMITS } from './limits.ts'
import { minuteOf } from './measurement.ts'
import type { Exemplar, Measurement } from './measurement.ts'
import type { MetricDefinition } from './metric.ts'
import { isUndated, parseTrace } from './parse-trace.ts'
import type { ParseContext } from './parse-trace.ts'
import { isObject, Reader } from './reader.ts'
import type { JsonObject } from './reader.ts'

/** The service of traces that state none. */
export const UNKNOWN_SERVICE = 'unknown'

/** @returns undefined if the body is no object: then nothing in it can be kept */
export function parseBatch(body: unknown, context: ParseContext): ParsedBatch | undefined {
  if (!isObject(body)) return undefined
  const reader = new Reader()
  const resource = parseResource(body['resource'], reader)
  const client = parseClient(body['client'], reader)
  const traceContext: ParseContext = {
    ...context,
    service: resource.service ?? context.service,
    environment: resource.environment ?? context.environment,
    release: resource.release ?? context.release,
    instance: client?.instance ?? context.instance,
  }
  const list = reader.items(body['traces'], 'traces', LIMITS.tracesPerBatchMax) ?? []
  const traces: ParsedBatch['traces'] = []
  for (let index = 0; index < list.length; index += 1) {
    reader.index = index
    const event = parseTrace(list[index], reader, traceContext)
    if (event !== undefined) traces.push({ index, event, undated: isUndated(list[index] as JsonObject) })
  }
  return {
    client,
    sequence: reader.count(body['sequence'], 'sequence', Number.MAX_SAFE_INTEGER),
    closed: body['closed'] === true,
    resource,
    traces,
    traceCount: list.length,
    measurements: parseMeasurements(body['measurements'], reader, context),
    ledger: parseLedger(body['ledger'], reader),
    dropped: parseDropped(body['dropped']),
    issues: reader.issues,
  }
}

function parseResource(value: unknown, reader: Reader): Resource {
  const resource = reader.object(value, 'resource') ?? {}
  const text = (field: string) => reader.text(resource[field], `resource.${field}`, LIMITS.nameLengthMax)
  return { service: text('service'), environment: text('environment'), release: text('release') }
}

function parseClient(value: unknown, reader: Reader): ClientInfo | undefined {
  const client = reader.object(value, 'client')
  if (client === undefined) return undefined
  const text = (field: string) => reader.text(client[field], `client.${field}`, LIMITS.nameLengthMax)
  const instance = text('instance')
  return instance === undefined ? undefined : { name: text('name'), version: text('version'), instance }
}

/** @returns undefined if the client sends no measurements: the daemon then measures its traces */
function parseMeasurements(value: unknown, reader: Reader, context: ParseContext): Measurement[] | undefined {
  if (!Array.isArray(value)) return undefined
  reader.list = 'measurements'
  const items = reader.items(value, '', LIMITS.measurementsPerBatchMax) ?? []
  const measurements: Measurement[] = []
  items.forEach((item, index) => {
    reader.index = index
    const measurement = parseMeasurement(item, reader, context)
    if (measurement !== undefined) measurements.push(measurement)
  })
  return measurements
}

function parseMeasurement(item: unknown, reader: Reader, context: ParseContext): Measurement | undefined {
  if (!isObject(item)) return reader.issue('not_an_object', '', item, 'error')
  const metric = typeof item['metric'] === 'string' ? findMetric(item['metric']) : undefined
  if (metric === undefined) return reader.issue('unknown_metric', 'metric', item['metric'], 'error')
  const labels = parseLabels(item['labels'], metric, reader)
  const minute = parseMinute(item['minute'], reader, context)
  if (labels === undefined || minute === undefined) return undefined
  const base = { metric: metric.name, labels, minute }
  if (metric.type === 'counter') {
    const delta = wholeNumber(item['delta'], 'delta', reader)
    return delta === undefined ? undefined : { ...base, type: 'counter', delta }
  }
  if (metric.type === 'gauge') {
    const value = reader.number(item['value'], 'value', -Number.MAX_VALUE, Number.MAX_VALUE, 'error')
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
  const count = wholeNumber(item['count'], 'count', reader)
  const sum = wholeNumber(item['sum'], 'sum', reader)
  const zero = wholeNumber(item['zero'], 'zero', reader)
  const classic = countList(item['classic'], 'classic', metric.buckets.length + 1, reader)
  const exponential = countList(
    item['exponential'],
    'exponential',
    BUCKET_INDEX_MAX - BUCKET_INDEX_MIN + 1,
    reader,
  )
  const offset = reader.number(item['offset'], 'offset', BUCKET_INDEX_MIN, BUCKET_INDEX_MAX, 'error')
  if (count === undefined || sum === undefined || zero === undefined) return undefined
  if (classic === undefined || exponential === undefined || offset === undefined) return undefined
  const total = (counts: readonly number[]) => counts.reduce((left, right) => left + right, 0)
  if (
    classic.length !== metric.buckets.length + 1 ||
    total(classic) !== count ||
    zero + total(exponential) !== count
  ) {
    const hint = `classic needs ${metric.buckets.length + 1} counts; classic, and zero + exponential, must add up to count.`
    return reader.issue('out_of_range', 'classic', count, 'error', hint)
  }
  const exemplars = parseExemplars(item['exemplars'], reader)
  return {
    ...base,
    type: 'histogram',
    count,
    sum,
    classic,
    zero,
    offset: Math.trunc(offset),
    exponential,
    ...(exemplars === undefined ? {} : { exemplars }),
  }
}

function parseExemplars(value: unknown, reader: Reader): Exemplar[] | undefined {
  return reader.objects(value, 'exemplars', 64, (item, at) => {
    const traceId = reader.text(item['trace_id'], `${at}.trace_id`, LIMITS.traceIdLengthMax)
    const observed = reader.number(item['value'], `${at}.value`, 0, Number.MAX_VALUE)
    const timestamp = reader.number(item['timestamp'], `${at}.timestamp`, 0, Number.MAX_SAFE_INTEGER)
    if (traceId === undefined || observed === undefined || timestamp === undefined) return undefined
    return { trace_id: traceId, value: observed, timestamp }
  })
}

function parseLabels(
  value: unknown,
  metric: MetricDefinition,
  reader: Reader,
): Record<string, string> | undefined {
  if (!isObject(value))
    return reader.issue('wrong_type', 'labels', value, 'error', 'Send an object of strings.')
  const labels: Record<string, string> = {}
  for (const name of Object.keys(value)) {
    if (!metric.labels.some((label) => label.name === name)) {
      const hint = `${metric.name} has the labels ${metric.labels.map((label) => label.name).join(', ')}.`
      return reader.issue('unknown_label', `labels.${name}`, value[name], 'error', hint)
    }
    const text = reader.text(value[name], `labels.${name}`, LIMITS.nameLengthMax)
    if (text !== undefined) labels[name] = text
  }
  labels['service'] ??= UNKNOWN_SERVICE
  return labels
}

function parseMinute(value: unknown, reader: Reader, context: ParseContext): number | undefined {
  const minute = reader.number(value, 'minute', 0, Number.MAX_SAFE_INTEGER, 'error')
  if (minute === undefined) {
    return value === undefined || value === null
      ? reader.issue('missing', 'minute', value, 'error')
      : undefined
  }
  if (minute > context.now + LIMITS.futureSkewMaxMs)
    return reader.issue('timestamp_future', 'minute', value, 'error')
  if (minute < context.oldest) return reader.issue('timestamp_too_old', 'minute', value, 'error')
  return minuteOf(minute)
}

function wholeNumber(value: unknown, field: string, reader: Reader): number | undefined {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  return reader.issue('wrong_type', field, value, 'error', 'Send a whole number >= 0.')
}

function countList(value: unknown, field: string, lengthMax: number, reader: Reader): number[] | undefined {
  const valid =
    Array.isArray(value) &&
    value.length <= lengthMax &&
    value.every((count) => Number.isSafeInteger(count) && (count as number) >= 0)
  if (valid) return value as number[]
  return reader.issue(
    'wrong_type',
    field,
    value,
    'error',
    `Send a list of at most ${lengthMax} whole numbers >= 0.`,
  )
}

function parseLedger(value: unknown, reader: Reader): LedgerRow[] {
  reader.list = 'ledger'
  reader.index = 0
  const items = reader.items(value, '', LIMITS.ledgerRowsPerBatchMax) ?? []
  const rows: LedgerRow[] = []
  items.forEach((item, index) => {
    reader.index = index
    const row = isObject(item)
      ? parseLedgerRow(item, reader)
      : reader.issue('not_an_object', '', item, 'error')
    if (row !== undefined) rows.push(row)
  })
  return rows
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

function parseLedgerRow(item: JsonObject, reader: Reader): LedgerRow | undefined {
  const day = item['day']
  if (typeof day !== 'string' || !DAY.test(day)) {
    return reader.issue('wrong_type', 'day', day, 'error', 'Send a UTC day as YYYY-MM-DD.')
  }
  const text = (field: string) => reader.text(item[field], field, LIMITS.endpointLengthMax) ?? ''
  const shared = { day, org: text('org'), service: text('service') || UNKNOWN_SERVICE }
  if (item['kind'] === 'requests') {
    const sums = parseSums(item, REQUEST_SUMS, reader)
    if (sums === undefined) return undefined
    const key = { environment: text('environment'), operation: text('operation'), endpoint: text('endpoint') }
    return {
      kind: 'requests',
      ...shared,
      ...key,
      dimensions: parseDimensions(item['dimensions'], reader),
      ...sums,
    }
  }
  if (item['kind'] === 'generations') {
    const sums = parseSums(item, GENERATION_SUMS, reader)
    if (sums === undefined) return undefined
    return {
      kind: 'generations',
      ...shared,
      provider: text('provider'),
      model: text('model'),
      ...sums,
    }
  }
  return reader.issue('not_in_enum', 'kind', item['kind'], 'error', 'Use one of: requests, generations.')
}

function parseSums<Name extends string>(
  item: JsonObject,
  names: readonly Name[],
  reader: Reader,
): Record<Name, number> | undefined {
  const sums: Partial<Record<Name, number>> = {}
  for (const name of names) {
    const value = wholeNumber(item[name] ?? 0, name, reader)
    if (value === undefined) return undefined
    sums[name] = value
  }
  return sums as Record<Name, number>
}

function parseDimensions(value: unknown, reader: Reader): Record<string, string> {
  const object = reader.object(value, 'dimensions') ?? {}
  const dimensions: Record<string, string> = {}
  for (const name of Object.keys(object).slice(0, LIMITS.dimensionsMax)) {
    if (name === '__proto__') continue
    dimensions[name] = reader.text(object[name], `dimensions.${name}`, LIMITS.metadataValueBytesMax) ?? ''
  }
  return dimensions
}

function parseDropped(value: unknown): Record<string, number> {
  const dropped: Record<string, number> = {}
  if (!isObject(value)) return dropped
  for (const reason of Object.keys(value).slice(0, 32)) {
    const count = value[reason]
    if (reason !== '__proto__' && Number.isSafeInteger(count) && (count as number) > 0)
      dropped[reason] = count as number
  }
  return dropped
}
