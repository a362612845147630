/** Parses ledger rows of the wire. */
import { dayOf, GENERATION_SUMS, REQUEST_SUMS } from './ledger.ts'
import type { GenerationRow, LedgerRow, RequestRow } from './ledger.ts'
import { LIMITS } from './limits.ts'
import { TOO_OLD_HINT } from './parse-measurement.ts'
import { scalarName } from './parse-scalars.ts'
import type { ParseContext } from './parse-trace.ts'
import { isObject } from './reader.ts'
import type { JsonObject, Reader } from './reader.ts'
import { parseTimestamp } from './timestamp.ts'

const HOUR_MAX = 23

type Period = Pick<LedgerRow, 'day' | 'hour'>

export function parseLedger(items: readonly unknown[], reader: Reader, context: ParseContext): LedgerRow[] {
  const rows: LedgerRow[] = []
  reader.list = 'ledger'
  for (let index = 0; index < items.length; index += 1) {
    reader.index = index
    const row = parseRow(items[index], reader, context)
    if (row !== undefined) rows.push(row)
  }
  return rows
}

function parseRow(item: unknown, reader: Reader, context: ParseContext): LedgerRow | undefined {
  if (!isObject(item)) return reader.issue('not_an_object', '', item, 'error')
  const day = parseDay(item['day'], reader, context)
  if (day === undefined) return undefined
  const hour = reader.count(item['hour'], 'hour', HOUR_MAX)
  const period = hour === undefined ? { day } : { day, hour }
  if (item['kind'] === 'requests') return parseRequestRow(item, period, reader, context)
  if (item['kind'] === 'generations') return parseGenerationRow(item, period, reader, context)
  return reader.issue('not_in_enum', 'kind', item['kind'], 'error', 'Use one of: requests, generations.')
}

function parseRequestRow(
  item: JsonObject,
  period: Period,
  reader: Reader,
  context: ParseContext,
): RequestRow | undefined {
  const sums = parseSums(item, REQUEST_SUMS, reader)
  if (sums === undefined) return undefined
  return {
    kind: 'requests',
    ...period,
    org: nameOf(item['org'], 'org', reader),
    service: nameOf(item['service'], 'service', reader) || context.service,
    environment: nameOf(item['environment'], 'environment', reader),
    operation: nameOf(item['operation'], 'operation', reader),
    endpoint: reader.text(item['endpoint'], 'endpoint', LIMITS.endpointLengthMax) ?? '',
    dimensions: parseDimensions(item['dimensions'], reader),
    ...sums,
  }
}

function parseGenerationRow(
  item: JsonObject,
  period: Period,
  reader: Reader,
  context: ParseContext,
): GenerationRow | undefined {
  const sums = parseSums(item, GENERATION_SUMS, reader)
  if (sums === undefined) return undefined
  return {
    kind: 'generations',
    ...period,
    org: nameOf(item['org'], 'org', reader),
    service: nameOf(item['service'], 'service', reader) || context.service,
    provider: nameOf(item['provider'], 'provider', reader),
    model: nameOf(item['model'], 'model', reader),
    ...sums,
  }
}

function nameOf(value: unknown, field: string, reader: Reader): string {
  return reader.text(value, field, LIMITS.nameLengthMax) ?? ''
}

/** A UTC day that has begun and that is still kept. */
function parseDay(value: unknown, reader: Reader, context: ParseContext): string | undefined {
  const start = typeof value === 'string' && value.length === 10 ? parseTimestamp(value)?.epochMs : undefined
  if (start === undefined) {
    return reader.issue('timestamp_invalid', 'day', value, 'error', 'Send a UTC day as YYYY-MM-DD.')
  }
  if (start > context.now + LIMITS.futureSkewMaxMs) {
    return reader.issue('timestamp_future', 'day', value, 'error')
  }
  if (start < context.now - LIMITS.measurementAgeMaxMs) {
    return reader.issue('timestamp_too_old', 'day', value, 'error', TOO_OLD_HINT)
  }
  return dayOf(start)
}

function parseSums<Name extends string>(
  item: JsonObject,
  names: readonly Name[],
  reader: Reader,
): Record<Name, number> | undefined {
  const sums: Partial<Record<Name, number>> = {}
  for (const name of names) {
    // A sum that an older client does not know is 0: nothing of the kind was counted.
    const value = reader.sum(item[name] ?? 0, name)
    if (value === undefined) return undefined
    sums[name] = value
  }
  return sums as Record<Name, number>
}

function parseDimensions(value: unknown, reader: Reader): Record<string, string> {
  const dimensions: Record<string, string> = {}
  const stated = reader.object(value, 'dimensions')
  if (stated === undefined) return dimensions
  const names = Object.keys(stated)
  if (names.length > LIMITS.dimensionsMax) {
    const hint = `Only the first ${LIMITS.dimensionsMax} are kept.`
    reader.issue('too_many', 'dimensions', `${names.length} keys`, 'warning', hint)
  }
  for (const key of names.slice(0, LIMITS.dimensionsMax)) {
    const name = scalarName(key, 'dimensions', reader)
    if (name === undefined) continue
    dimensions[name] = reader.text(stated[key], `dimensions.${name}`, LIMITS.metadataValueBytesMax) ?? ''
  }
  return dimensions
}
