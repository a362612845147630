/** Parses the body of POST /ingest. Never throws: good items are kept beside bad ones, each bad one has an issue. */
import type { ClientInfo, ParsedBatch, Resource } from './batch.ts'
import { LIMITS } from './limits.ts'
import { parseLedger } from './parse-ledger.ts'
import { parseMeasurements } from './parse-measurement.ts'
import { scalarName } from './parse-scalars.ts'
import { isUndated, parseTrace } from './parse-trace.ts'
import type { ParseContext } from './parse-trace.ts'
import { isObject, Reader } from './reader.ts'
import type { JsonObject } from './reader.ts'

/** The service of what states none. */
export const UNKNOWN_SERVICE = 'unknown'

/** Reasons in one `dropped`: the catalogue has a dozen, a newer client may know a few more. */
const DROP_REASONS_MAX = 32

/** A body that states none of them is not what its sender meant. */
const CONTENTS = ['traces', 'measurements', 'ledger', 'dropped', 'closed'] as const

/** @returns undefined if the body is no object: then nothing in it can be kept */
export function parseBatch(body: unknown, context: ParseContext): ParsedBatch | undefined {
  if (!isObject(body)) return undefined
  const reader = new Reader()
  reader.list = ''
  requireContents(body, reader)
  const resource = parseResource(body['resource'], reader)
  const client = parseClient(body['client'], reader)
  const sequence = reader.count(body['sequence'], 'sequence', Number.MAX_SAFE_INTEGER, 1)
  const closed = reader.flag(body['closed'], 'closed') ?? false
  const dropped = parseDropped(body['dropped'], reader)
  // What is over these limits is lost, not a detail of something that is kept.
  const items = (field: string, lengthMax: number) => reader.items(body[field], field, lengthMax, 'error')
  const list = items('traces', LIMITS.tracesPerBatchMax) ?? []
  const measured = items('measurements', LIMITS.measurementsPerBatchMax)
  const booked = items('ledger', LIMITS.ledgerRowsPerBatchMax) ?? []
  const batchContext: ParseContext = {
    ...context,
    service: resource.service ?? context.service,
    environment: resource.environment ?? context.environment,
    release: resource.release ?? context.release,
    instance: client?.instance ?? context.instance,
  }
  return {
    client,
    sequence,
    closed,
    resource,
    traces: parseTraces(list, reader, batchContext),
    traceCount: lengthOf(body['traces']),
    measurements: measured && parseMeasurements(measured, reader, batchContext),
    measurementCount: lengthOf(body['measurements']),
    ledger: parseLedger(booked, reader, batchContext),
    ledgerRowCount: lengthOf(body['ledger']),
    dropped,
    issues: reader.issues,
    issueCounts: reader.issueCounts,
    issuesOmitted: reader.issuesOmitted,
  }
}

/** Without a word, a client whose envelope is wrong would take 200 for "stored". */
function requireContents(body: JsonObject, reader: Reader): void {
  const isStated = (field: string) => body[field] !== undefined && body[field] !== null
  if (CONTENTS.some(isStated)) return
  const nothing = 'Nothing was stored.'
  const misspelt = Object.keys(body).find(isNearTraces)
  const hint =
    misspelt !== undefined
      ? `${nothing} Did you mean \`traces\` by \`${misspelt}\`? It is a list of traces.`
      : isStated('total_latency_ms')
        ? `${nothing} Put the trace into a list: {"traces": [...]}.`
        : `${nothing} State one of: ${CONTENTS.join(', ')}.`
  reader.issue('missing', 'traces', body['traces'], 'warning', hint)
}

/** Whether a word begins and ends like `traces`, but for two letters. */
function isNearTraces(key: string): boolean {
  const wanted = 'traces'
  const word = key.toLowerCase()
  if (key === wanted || Math.abs(word.length - wanted.length) > 1) return false
  for (let first = 0; first <= wanted.length - 2; first += 1) {
    if (word.startsWith(wanted.slice(0, first)) && word.endsWith(wanted.slice(first + 2))) return true
  }
  return false
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0
}

function parseTraces(list: readonly unknown[], reader: Reader, context: ParseContext): ParsedBatch['traces'] {
  const traces: ParsedBatch['traces'] = []
  reader.list = 'traces'
  for (let index = 0; index < list.length; index += 1) {
    reader.index = index
    const event = parseTrace(list[index], reader, context)
    if (event !== undefined) traces.push({ index, event, undated: isUndated(list[index] as JsonObject) })
  }
  return traces
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
  if (instance === undefined) return reader.issue('missing', 'client.instance', instance, 'warning')
  return { name: text('name'), version: text('version'), instance }
}

function parseDropped(value: unknown, reader: Reader): Record<string, number> {
  const dropped: Record<string, number> = {}
  const stated = reader.object(value, 'dropped')
  if (stated === undefined) return dropped
  const reasons = Object.keys(stated)
  if (reasons.length > DROP_REASONS_MAX) {
    const hint = `Only the first ${DROP_REASONS_MAX} are kept.`
    reader.issue('too_many', 'dropped', `${reasons.length} keys`, 'warning', hint)
  }
  for (const reason of reasons.slice(0, DROP_REASONS_MAX)) {
    const name = scalarName(reason, 'dropped', reader)
    if (name === undefined) continue
    const count = reader.count(stated[reason], `dropped.${name}`, LIMITS.countMax)
    if (count !== undefined && count > 0) dropped[name] = count
  }
  return dropped
}
