/**
 * Parses one trace of the wire into a TraceEvent. Never throws. A trace without a usable total latency or start
 * is rejected; any other field that is wrong is dropped with a warning, so that a detail never costs a request.
 */
import {
  CACHES,
  COST_SOURCES,
  ERROR_TYPES,
  FEEDBACK_RATINGS,
  KEPT_REASONS,
  LLM_OPERATIONS,
  QUALITY_SOURCES,
  STAGES,
  STATUSES,
} from './enums.ts'
import type { ErrorType, Status } from './enums.ts'
import type {
  Feedback,
  Generation,
  Kept,
  RetrievedDocument,
  Rerank,
  Retrieval,
  Scalar,
  Stage,
  TraceEvent,
} from './event.ts'
import { LIMITS } from './limits.ts'
import { memoise } from './memoise.ts'
import { normaliseModel, normaliseProvider } from './model-name.ts'
import { nanoUsd } from './money.ts'
import { isObject, wellFormed } from './reader.ts'
import type { JsonObject, Reader } from './reader.ts'
import { parseTimestamp } from './timestamp.ts'

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
  const name = (field: string) => reader.text(input[field], field, LIMITS.nameLengthMax)
  const generations = parseGenerations(input, reader)
  return {
    id: reader.text(input['id'], 'id', LIMITS.idLengthMax) ?? context.fallbackId(reader.index, isUndated(input)),
    timestamp,
    total_latency_ms: totalLatency,
    status,
    trace_id: reader.text(input['trace_id'], 'trace_id', LIMITS.traceIdLengthMax),
    parent_span_id: reader.text(input['parent_span_id'], 'parent_span_id', LIMITS.traceIdLengthMax),
    request_id: reader.text(input['request_id'], 'request_id', LIMITS.idLengthMax),
    query_hash: reader.text(input['query_hash'], 'query_hash', LIMITS.queryHashLengthMax),
    query_length: reader.count(input['query_length'], 'query_length', LIMITS.countMax),
    service: name('service') ?? context.service,
    environment: name('environment') ?? context.environment,
    release: name('release') ?? context.release,
    instance: name('instance') ?? context.instance,
    operation: name('operation'),
    endpoint: reader.text(input['endpoint'], 'endpoint', LIMITS.endpointLengthMax),
    intent: name('intent'),
    org: name('org'),
    user_id: name('user_id'),
    session_id: name('session_id'),
    error_type: parseErrorType(input['error_type'], status),
    error_message: reader.text(input['error_message'], 'error_message', LIMITS.errorMessageLengthMax),
    exception: name('exception') ?? exceptionName(input['error_type'], reader),
    stages: reader.objects(input['stages'], 'stages', LIMITS.stagesPerTraceMax, (item, at) =>
      parseStage(item, at, reader),
    ),
    retrieval: parseRetrieval(input, reader),
    rerank: parseRerank(input['rerank'], reader),
    generations,
    docstore_cost_nano_usd: parseCost(input['docstore_cost_usd'], 'docstore_cost_usd', reader),
    cost_nano_usd: parseCost(input['cost_usd'], 'cost_usd', reader),
    cache: reader.objects(input['cache'], 'cache', LIMITS.cachesPerTraceMax, (item, at) => {
      const cache = reader.oneOf(item['cache'], `${at}.cache`, CACHES)
      const hit = reader.flag(item['hit'], `${at}.hit`)
      return cache === undefined || hit === undefined ? undefined : { cache, hit }
    }),
    quality: reader.objects(input['quality'], 'quality', LIMITS.qualityPerTraceMax, (item, at) =>
      parseQuality(item, at, reader),
    ),
    feedback: parseFeedback(input['feedback'], reader),
    kept: parseKept(input['kept'], reader),
    metadata: parseMetadata(input['metadata'], reader),
  }
}

/** Whether a trace states no start; it then starts when it arrives. */
export function isUndated(input: JsonObject): boolean {
  return input['timestamp'] === undefined || input['timestamp'] === null
}

/** Quality scores of the wire; also the body of POST /api/v1/scores. */
export function parseQuality(item: JsonObject, at: string, reader: Reader) {
  const metric = reader.text(item['metric'], `${at}.metric`, LIMITS.nameLengthMax)
  const score = reader.number(item['score'], `${at}.score`, 0, 1)
  const source = reader.oneOf(item['source'], `${at}.source`, QUALITY_SOURCES) ?? 'application'
  if (metric === undefined) reader.issue('missing', `${at}.metric`, item['metric'], 'warning')
  return metric === undefined || score === undefined ? undefined : { metric, score, source }
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
  const value = input['total_latency_ms']
  if (value === undefined || value === null)
    return reader.issue('missing', 'total_latency_ms', value, 'error')
  return reader.number(value, 'total_latency_ms', 0, LIMITS.latencyMsMax, 'error')
}

function parseStatus(input: JsonObject, reader: Reader): Status {
  const status = reader.oneOf(input['status'], 'status', STATUSES)
  if (status !== undefined) return status
  const success = reader.flag(input['success'], 'success')
  if (success !== undefined) return success ? 'success' : 'error'
  return typeof input['error_type'] === 'string' && input['error_type'] !== '' ? 'error' : 'success'
}

const KNOWN_ERROR_TYPES: ReadonlySet<unknown> = new Set(ERROR_TYPES)

/** Exception names of clients that state no closed error type. First match wins. */
const ERROR_TYPE_PATTERNS: readonly (readonly [RegExp, ErrorType])[] = [
  [/time.?d?.?out|deadline/i, 'timeout'],
  [/rate.?limit|too.?many|429|quota|throttl/i, 'rate_limited'],
  [/guard|moderation|content.?(filter|policy)/i, 'guardrail_blocked'],
  [/embed/i, 'embedding_error'],
  [/retriev|vector|index|search/i, 'retrieval_error'],
  [/cache|redis/i, 'cache_error'],
  [/sql|database|postgres|mongo|\bdb\b/i, 'database_error'],
  [/llm|openai|anthropic|model|generation|completion|api.?error/i, 'llm_error'],
  [/valid|schema|value.?error|type.?error|bad.?request/i, 'validation_error'],
]

/** The closed error type of a free error name: by table, never the name itself. */
export function errorTypeOf(name: string): ErrorType {
  if (KNOWN_ERROR_TYPES.has(name)) return name as ErrorType
  for (const [pattern, type] of ERROR_TYPE_PATTERNS) if (pattern.test(name)) return type
  return 'other'
}

function parseErrorType(value: unknown, status: Status): ErrorType | undefined {
  if (typeof value === 'string' && value !== '') return errorTypeOf(value.slice(0, LIMITS.nameLengthMax))
  if (status === 'timeout') return 'timeout'
  return status === 'error' ? 'other' : undefined
}

/** A free error name is kept apart: it is a detail for people, not a label. */
function exceptionName(value: unknown, reader: Reader): string | undefined {
  return typeof value === 'string' && !KNOWN_ERROR_TYPES.has(value)
    ? reader.text(value, 'error_type', LIMITS.nameLengthMax)
    : undefined
}

function parseStage(item: JsonObject, at: string, reader: Reader): Stage | undefined {
  const stage = reader.oneOf(item['stage'], `${at}.stage`, STAGES)
  const duration = reader.number(item['duration_ms'], `${at}.duration_ms`, 0, LIMITS.latencyMsMax)
  if (stage === undefined || duration === undefined) return undefined
  return {
    id: reader.text(item['id'], `${at}.id`, LIMITS.traceIdLengthMax),
    parent: reader.text(item['parent'], `${at}.parent`, LIMITS.traceIdLengthMax),
    stage,
    name: reader.text(item['name'], `${at}.name`, LIMITS.nameLengthMax),
    start_ms: reader.number(item['start_ms'], `${at}.start_ms`, 0, LIMITS.latencyMsMax),
    duration_ms: duration,
    status: reader.oneOf(item['status'], `${at}.status`, STATUSES),
    attributes: parseScalars(item['attributes'], `${at}.attributes`, LIMITS.stageAttributesMax, reader),
  }
}

/** Nested `retrieval`, or the flat fields of clients that know only those. */
function parseRetrieval(input: JsonObject, reader: Reader): Retrieval | undefined {
  const nested = reader.object(input['retrieval'], 'retrieval')
  if (nested === undefined) {
    const latency = reader.number(
      input['retrieval_latency_ms'],
      'retrieval_latency_ms',
      0,
      LIMITS.latencyMsMax,
    )
    const count = reader.count(input['retrieval_count'], 'retrieval_count', LIMITS.countMax)
    return latency === undefined && count === undefined ? undefined : { latency_ms: latency, count }
  }
  const documents = reader.objects(
    nested['documents'],
    'retrieval.documents',
    LIMITS.documentsPerTraceMax,
    (item, at) => parseDocument(item, at, reader),
  )
  const scores = parseScores(nested['scores'], 'retrieval.scores', reader)
  return {
    retriever: reader.text(nested['retriever'], 'retrieval.retriever', LIMITS.nameLengthMax),
    latency_ms: reader.number(nested['latency_ms'], 'retrieval.latency_ms', 0, LIMITS.latencyMsMax),
    count: reader.count(nested['count'], 'retrieval.count', LIMITS.countMax) ?? documents?.length,
    scores: scores ?? documentScores(documents),
    documents,
    status: reader.oneOf(nested['status'], 'retrieval.status', STATUSES),
  }
}

function parseDocument(item: JsonObject, at: string, reader: Reader): RetrievedDocument {
  return {
    id: reader.text(item['id'], `${at}.id`, LIMITS.documentIdLengthMax),
    score: reader.number(item['score'], `${at}.score`, -Number.MAX_VALUE, Number.MAX_VALUE),
    rank: reader.count(item['rank'], `${at}.rank`, LIMITS.countMax),
    used: reader.flag(item['used'], `${at}.used`),
  }
}

function documentScores(documents: readonly RetrievedDocument[] | undefined): number[] | undefined {
  const scores = documents?.map(({ score }) => score).filter((score) => score !== undefined)
  return scores === undefined || scores.length === 0 ? undefined : scores
}

function parseScores(value: unknown, field: string, reader: Reader): number[] | undefined {
  const items = reader.items(value, field, LIMITS.scoresPerRetrievalMax)
  if (items === undefined) return undefined
  const scores: number[] = []
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i]
    if (typeof item === 'number' && Number.isFinite(item)) scores.push(item)
    else reader.issue('wrong_type', `${field}[${i}]`, item, 'warning', 'Send a finite number.')
  }
  return scores
}

function parseRerank(value: unknown, reader: Reader): Rerank | undefined {
  const rerank = reader.object(value, 'rerank')
  if (rerank === undefined) return undefined
  return {
    latency_ms: reader.number(rerank['latency_ms'], 'rerank.latency_ms', 0, LIMITS.latencyMsMax),
    in_count: reader.count(rerank['in_count'], 'rerank.in_count', LIMITS.countMax),
    out_count: reader.count(rerank['out_count'], 'rerank.out_count', LIMITS.countMax),
    scores: parseScores(rerank['scores'], 'rerank.scores', reader),
    displacement: reader.number(rerank['displacement'], 'rerank.displacement', 0, LIMITS.countMax),
  }
}

/** Nested `generations`, or the flat fields of clients that know only those. */
function parseGenerations(input: JsonObject, reader: Reader): Generation[] | undefined {
  const nested = reader.objects(
    input['generations'],
    'generations',
    LIMITS.generationsPerTraceMax,
    (item, at) => parseGeneration(item, at, reader),
  )
  if (nested !== undefined) return nested
  const latency = reader.number(
    input['generation_latency_ms'],
    'generation_latency_ms',
    0,
    LIMITS.latencyMsMax,
  )
  const answerLength = reader.count(input['answer_length'], 'answer_length', LIMITS.countMax)
  const model = reader.text(input['model_version'], 'model_version', LIMITS.nameLengthMax)
  if (latency === undefined && answerLength === undefined && model === undefined) return undefined
  return [{ ...modelNames(model), latency_ms: latency, answer_length: answerLength }]
}

function parseGeneration(item: JsonObject, at: string, reader: Reader): Generation {
  const text = (field: string) => reader.text(item[field], `${at}.${field}`, LIMITS.nameLengthMax)
  const count = (field: string) => reader.count(item[field], `${at}.${field}`, LIMITS.countMax)
  const latency = (field: string) => reader.number(item[field], `${at}.${field}`, 0, LIMITS.latencyMsMax)
  const provider = text('provider')
  const model = text('model')
  const raw = text('model_raw')
  const cost = parseCost(item['cost_usd'], `${at}.cost_usd`, reader)
  return {
    provider: provider === undefined ? undefined : providerName(provider),
    ...modelNames(raw ?? model),
    operation: reader.oneOf(item['operation'], `${at}.operation`, LLM_OPERATIONS),
    latency_ms: latency('latency_ms'),
    time_to_first_token_ms: latency('time_to_first_token_ms'),
    input_tokens: count('input_tokens'),
    output_tokens: count('output_tokens'),
    cache_read_tokens: count('cache_read_tokens'),
    cache_write_tokens: count('cache_write_tokens'),
    reasoning_tokens: count('reasoning_tokens'),
    cost_nano_usd: cost,
    cost_source:
      cost === undefined
        ? undefined
        : (reader.oneOf(item['cost_source'], `${at}.cost_source`, COST_SOURCES) ?? 'given'),
    answer_length: count('answer_length'),
    status: reader.oneOf(item['status'], `${at}.status`, STATUSES),
  }
}

// Every trace names one of a few models: the rules of normalisation need not run for each.
const providerName = memoise(normaliseProvider)
const modelName = memoise(normaliseModel)

function modelNames(raw: string | undefined): Pick<Generation, 'model' | 'model_raw'> {
  const model = raw === undefined ? undefined : modelName(raw)
  return { model, model_raw: model === raw ? undefined : raw }
}

function parseCost(value: unknown, field: string, reader: Reader): number | undefined {
  const cost = reader.number(value, field, 0, LIMITS.costUsdMax)
  return cost === undefined ? undefined : nanoUsd(cost)
}

function parseFeedback(value: unknown, reader: Reader): Feedback | undefined {
  const feedback = reader.object(value, 'feedback')
  if (feedback === undefined) return undefined
  const rating = reader.oneOf(feedback['rating'], 'feedback.rating', FEEDBACK_RATINGS)
  if (rating === undefined) return undefined
  return { rating, comment: reader.text(feedback['comment'], 'feedback.comment', LIMITS.commentLengthMax) }
}

function parseKept(value: unknown, reader: Reader): Kept | undefined {
  const kept = reader.object(value, 'kept')
  if (kept === undefined) return undefined
  const reason = reader.oneOf(kept['reason'], 'kept.reason', KEPT_REASONS)
  const probability = reader.number(kept['probability'], 'kept.probability', 1e-6, 1)
  return reason === undefined || probability === undefined ? undefined : { reason, probability }
}

function parseMetadata(value: unknown, reader: Reader): Record<string, Scalar> | undefined {
  return parseScalars(value, 'metadata', LIMITS.metadataKeysMax, reader)
}

/** A flat object of scalars; nested values become their JSON text, cut to the limit. */
function parseScalars(
  value: unknown,
  field: string,
  keysMax: number,
  reader: Reader,
): Record<string, Scalar> | undefined {
  const object = reader.object(value, field)
  if (object === undefined) return undefined
  const keys = Object.keys(object)
  if (keys.length === 0) return undefined
  if (keys.length > keysMax) {
    reader.issue(
      'too_many',
      field,
      `${keys.length} keys`,
      'warning',
      `Only the first ${keysMax} keys are kept.`,
    )
  }
  const scalars: Record<string, Scalar> = {}
  for (const key of keys.slice(0, keysMax)) {
    // Ordinary assignment of this key would set the prototype instead of a property.
    if (key === '__proto__') continue
    if (utf8Bytes(key) > LIMITS.metadataKeyBytesMax) {
      reader.issue(
        'too_long',
        `${field} key`,
        key,
        'warning',
        `Keys are at most ${LIMITS.metadataKeyBytesMax} bytes.`,
      )
      continue
    }
    scalars[key] = scalarOf(object[key], `${field}.${key}`, reader)
  }
  return scalars
}

function scalarOf(value: unknown, field: string, reader: Reader): Scalar {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (utf8Bytes(text) <= LIMITS.metadataValueBytesMax) return text
  reader.issue(
    'too_long',
    field,
    `${text.length} characters`,
    'warning',
    `Cut to ${LIMITS.metadataValueBytesMax} bytes.`,
  )
  return cutBytes(text, LIMITS.metadataValueBytesMax)
}

function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) bytes += code > 0x7ff ? (code >= 0xd800 && code < 0xe000 ? 1 : 2) : 1
  }
  return bytes
}

function cutBytes(text: string, bytesMax: number): string {
  let cut = text.slice(0, bytesMax)
  while (utf8Bytes(cut) > bytesMax) cut = cut.slice(0, -1)
  return wellFormed(cut)
}
