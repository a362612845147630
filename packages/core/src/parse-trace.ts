/**
 * Parses one trace of the wire into a TraceEvent. Never throws. A trace without a usable total latency or start
 * is rejected; any other field that is wrong is dropped with a warning, so that a detail never costs a request.
 */
import { CACHES, FEEDBACK_RATINGS, KEPT_REASONS, QUALITY_SOURCES, STAGES, STATUSES } from './enums.ts'
import type { ErrorType, Status } from './enums.ts'
import { errorTypeOf, isErrorType } from './error-type.ts'
import type { CacheLookup, Feedback, Kept, QualityScore, Stage, TraceEvent } from './event.ts'
import { LIMITS } from './limits.ts'
import { parseCost, parseGenerations } from './parse-generation.ts'
import { parseRerank, parseRetrieval } from './parse-retrieval.ts'
import { parseScalars } from './parse-scalars.ts'
import { isObject } from './reader.ts'
import type { JsonObject, Reader } from './reader.ts'
import { parseTimestamp } from './timestamp.ts'
import { knownPartsCost } from './unattributed-cost.ts'

export interface ParseContext {
  /** Epoch milliseconds: the start of a trace that states none, and the measure of "future". */
  now: number
  /** Traces that started before it are rejected. */
  oldest: number
  /** Used where the trace itself states none. */
  service: string
  environment?: string | undefined
  release?: string | undefined
  instance?: string | undefined
  /** Makes an id for the trace at this position of the batch. `undated`: the trace states no start either. */
  fallbackId: (index: number, undated: boolean) => string
}

/** @returns undefined if the trace is rejected; the reader then holds an issue of severity `error` */
export function parseTrace(input: unknown, reader: Reader, context: ParseContext): TraceEvent | undefined {
  if (!isObject(input)) return reader.issue('not_an_object', '', input, 'error')
  const totalLatency = parseTotalLatency(input, reader)
  const timestamp = readTimestamp(input['timestamp'], reader, context)
  if (totalLatency === undefined || timestamp === undefined) return undefined
  const status = parseStatus(input, reader)
  const error = reader.text(input['error_type'], 'error_type', LIMITS.nameLengthMax)
  const { nameLengthMax, idLengthMax, traceIdLengthMax } = LIMITS
  const event: TraceEvent = {
    id: parseId(input['id'], reader) ?? context.fallbackId(reader.index, isUndated(input)),
    timestamp,
    total_latency_ms: totalLatency,
    status,
    trace_id: reader.text(input['trace_id'], 'trace_id', traceIdLengthMax),
    parent_span_id: reader.text(input['parent_span_id'], 'parent_span_id', traceIdLengthMax),
    request_id: reader.text(input['request_id'], 'request_id', idLengthMax),
    query_hash: reader.text(input['query_hash'], 'query_hash', LIMITS.queryHashLengthMax),
    query_length: reader.count(input['query_length'], 'query_length', LIMITS.countMax),
    service: reader.text(input['service'], 'service', nameLengthMax) ?? context.service,
    environment: reader.text(input['environment'], 'environment', nameLengthMax) ?? context.environment,
    release: reader.text(input['release'], 'release', nameLengthMax) ?? context.release,
    instance: reader.text(input['instance'], 'instance', nameLengthMax) ?? context.instance,
    operation: reader.text(input['operation'], 'operation', nameLengthMax),
    endpoint: reader.text(input['endpoint'], 'endpoint', LIMITS.endpointLengthMax),
    intent: reader.text(input['intent'], 'intent', nameLengthMax),
    org: reader.text(input['org'], 'org', nameLengthMax),
    user_id: reader.text(input['user_id'], 'user_id', nameLengthMax),
    session_id: reader.text(input['session_id'], 'session_id', nameLengthMax),
    error_type: error === undefined ? defaultErrorType(status) : errorTypeOf(error),
    error_message: reader.text(input['error_message'], 'error_message', LIMITS.errorMessageLengthMax),
    // A free error name is kept apart: it is a detail for people, not a label.
    exception:
      reader.text(input['exception'], 'exception', nameLengthMax) ??
      (error === undefined || isErrorType(error) ? undefined : error),
    stages: reader.objects(input['stages'], 'stages', LIMITS.stagesPerTraceMax, parseStage),
    retrieval: parseRetrieval(input, reader),
    rerank: parseRerank(input['rerank'], reader),
    generations: parseGenerations(input, reader),
    docstore_cost_nano_usd: parseCost(input['docstore_cost_usd'], 'docstore_cost_usd', reader),
    cost_nano_usd: parseCost(input['cost_usd'], 'cost_usd', reader),
    cache: reader.objects(input['cache'], 'cache', LIMITS.cachesPerTraceMax, parseCacheLookup),
    quality: reader.objects(input['quality'], 'quality', LIMITS.qualityPerTraceMax, parseQualityScore),
    feedback: parseFeedback(input['feedback'], reader),
    kept: parseKept(input['kept'], reader),
    metadata: parseScalars(input['metadata'], 'metadata', LIMITS.metadataKeysMax, reader),
  }
  dropTotalBelowParts(event, input['cost_usd'], reader)
  return event
}

/** Whether a trace states no start; it then starts when it arrives. */
export function isUndated(input: JsonObject): boolean {
  return input['timestamp'] === undefined || input['timestamp'] === null
}

/**
 * A quality score of the wire; also an item of POST /api/v1/scores.
 * @param at where in the item the score is; '' if it is the item itself
 */
export function parseQuality(item: JsonObject, at: string, reader: Reader): QualityScore | undefined {
  reader.scope = at
  const score = parseQualityScore(item, reader)
  reader.scope = ''
  return score
}

/** A start: epoch milliseconds, within the retention and not in the future. */
export function readTimestamp(value: unknown, reader: Reader, context: ParseContext): number | undefined {
  if (value === undefined || value === null) return context.now
  const parsed = parseTimestamp(value)
  if (parsed === undefined) return reader.issue('timestamp_invalid', 'timestamp', value, 'error')
  if (parsed.withoutOffset) reader.issue('timestamp_without_offset', 'timestamp', value, 'warning')
  if (parsed.epochMs > context.now + LIMITS.futureSkewMaxMs) {
    return reader.issue('timestamp_future', 'timestamp', value, 'error')
  }
  if (parsed.epochMs < context.oldest) return reader.issue('timestamp_too_old', 'timestamp', value, 'error')
  return parsed.epochMs
}

function parseTotalLatency(input: JsonObject, reader: Reader): number | undefined {
  const value = reader.required(input['total_latency_ms'], 'total_latency_ms', 'error')
  return reader.number(value, 'total_latency_ms', 0, LIMITS.latencyMsMax, 'error')
}

/** A total that its own parts exceed is a mistake: then they count. */
function dropTotalBelowParts(event: TraceEvent, value: unknown, reader: Reader): void {
  const total = event.cost_nano_usd
  if (typeof total !== 'number') return
  // Each of the parts, and the total, may be half a nano-dollar from what it was before it became a whole number.
  const rounding = 2 + (event.generations?.length ?? 0)
  if (total + rounding > knownPartsCost(event)) return
  event.cost_nano_usd = undefined
  reader.issue('out_of_range', 'cost_usd', value, 'warning', 'Less than its parts: their sum counts.')
}

/** An id is never cut: two requests with one id would count as one. */
function parseId(value: unknown, reader: Reader): string | undefined {
  if (typeof value !== 'string' || value.length <= LIMITS.idLengthMax) {
    return reader.text(value, 'id', LIMITS.idLengthMax)
  }
  const hint = `Replaced by an id made here: ids have at most ${LIMITS.idLengthMax} characters.`
  return reader.issue('too_long', 'id', `${value.length} characters`, 'warning', hint)
}

function parseStatus(input: JsonObject, reader: Reader): Status {
  const status = reader.oneOf(input['status'], 'status', STATUSES)
  if (status !== undefined) return status
  const success = reader.flag(input['success'], 'success')
  if (success !== undefined) return success ? 'success' : 'error'
  return typeof input['error_type'] === 'string' && input['error_type'] !== '' ? 'error' : 'success'
}

function defaultErrorType(status: Status): ErrorType | undefined {
  if (status === 'timeout') return 'timeout'
  return status === 'error' ? 'other' : undefined
}

function parseStage(item: JsonObject, reader: Reader): Stage | undefined {
  const stage = reader.oneOf(reader.required(item['stage'], 'stage'), 'stage', STAGES)
  const stated = reader.required(item['duration_ms'], 'duration_ms')
  const duration = reader.number(stated, 'duration_ms', 0, LIMITS.latencyMsMax)
  if (stage === undefined || duration === undefined) return undefined
  return {
    id: reader.text(item['id'], 'id', LIMITS.traceIdLengthMax),
    parent: reader.text(item['parent'], 'parent', LIMITS.traceIdLengthMax),
    stage,
    name: reader.text(item['name'], 'name', LIMITS.nameLengthMax),
    start_ms: reader.number(item['start_ms'], 'start_ms', 0, LIMITS.latencyMsMax),
    duration_ms: duration,
    status: reader.oneOf(item['status'], 'status', STATUSES),
    attributes: parseScalars(item['attributes'], 'attributes', LIMITS.stageAttributesMax, reader),
  }
}

function parseCacheLookup(item: JsonObject, reader: Reader): CacheLookup | undefined {
  const cache = reader.oneOf(reader.required(item['cache'], 'cache'), 'cache', CACHES)
  const hit = reader.flag(reader.required(item['hit'], 'hit'), 'hit')
  return cache === undefined || hit === undefined ? undefined : { cache, hit }
}

function parseQualityScore(item: JsonObject, reader: Reader): QualityScore | undefined {
  const metric = reader.text(reader.required(item['metric'], 'metric'), 'metric', LIMITS.nameLengthMax)
  const score = reader.number(reader.required(item['score'], 'score'), 'score', 0, 1)
  const source = reader.oneOf(item['source'], 'source', QUALITY_SOURCES) ?? 'application'
  return metric === undefined || score === undefined ? undefined : { metric, score, source }
}

function parseFeedback(value: unknown, reader: Reader): Feedback | undefined {
  const feedback = reader.object(value, 'feedback')
  if (feedback === undefined) return undefined
  reader.scope = 'feedback'
  const rating = reader.oneOf(reader.required(feedback['rating'], 'rating'), 'rating', FEEDBACK_RATINGS)
  const comment = reader.text(feedback['comment'], 'comment', LIMITS.commentLengthMax)
  reader.scope = ''
  return rating === undefined ? undefined : { rating, comment }
}

/** Rarer than one in a million is not sampling: a mistaken probability would weigh one trace as the whole traffic. */
const PROBABILITY_MIN = 1e-6

function parseKept(value: unknown, reader: Reader): Kept | undefined {
  const kept = reader.object(value, 'kept')
  if (kept === undefined) return undefined
  reader.scope = 'kept'
  const reason = reader.oneOf(reader.required(kept['reason'], 'reason'), 'reason', KEPT_REASONS)
  const stated = reader.required(kept['probability'], 'probability')
  const probability = reader.number(stated, 'probability', PROBABILITY_MIN, 1)
  reader.scope = ''
  return reason === undefined || probability === undefined ? undefined : { reason, probability }
}
