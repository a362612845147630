/** Traces as rows: the facts of a request in columns, what a list never shows as one compressed document. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { answeringModel, requestCost, usdOf } from '@ragmeter/core'
import type { Generation, Scalar, Status, TraceEvent } from '@ragmeter/core'
import type { Database, SqlRow, SqlValue, Statement } from '../../lib/sqlite.ts'
import type { TraceSummary } from '../store.ts'
import { idOf, storedId } from './trace-id.ts'

/** What every client sends. Traces that have no more take the short statement: binding a NULL costs as much as a value. */
const FLAT_COLUMNS = [
  'timestamp',
  'id',
  'total_latency_ms',
  'status',
  'service',
  'error_type',
  'query_hash',
  'query_length',
  'retrieval_latency_ms',
  'retrieval_count',
  'generation_latency_ms',
  'answer_length',
  'model',
  'metadata',
] as const

const OTHER_COLUMNS = [
  'environment',
  'release',
  'instance',
  'operation',
  'endpoint',
  'intent',
  'org',
  'user_id',
  'session_id',
  'trace_id',
  'request_id',
  'retriever',
  'top_score',
  'provider',
  'model_raw',
  'input_tokens',
  'output_tokens',
  'cost_nano_usd',
  'feedback',
  'kept_reason',
  'kept_probability',
] as const

/** Below this, compression costs more than it saves. */
const DEFLATE_ABOVE_BYTES = 512
/** Details are mostly of a kilobyte or two. Node would make 16 kB of room for each: a third of the time of inflating them. */
const INFLATE_CHUNK_BYTES = 4096

export class TraceTable {
  readonly #insertFlat: Statement
  readonly #insert: Statement
  readonly #insertDetails: Statement

  constructor(database: Database) {
    this.#insertFlat = prepareInsert(database, FLAT_COLUMNS)
    this.#insert = prepareInsert(database, [...FLAT_COLUMNS, ...OTHER_COLUMNS])
    this.#insertDetails = database.prepare(
      'INSERT OR IGNORE INTO trace_details (timestamp, id, body) VALUES (?, ?, ?)',
    )
  }

  /** @returns false if a trace with this start and id is already there */
  insert(event: TraceEvent): boolean {
    const id = storedId(event.id)
    const { changes } = isFlat(event) ? this.#runFlat(event, id) : this.#run(event, id)
    if (Number(changes) === 0) return false
    const details = detailsOf(event)
    if (details !== undefined) this.#insertDetails.run(event.timestamp, id, packDetails(details))
    return true
  }

  #runFlat(event: TraceEvent, id: SqlValue): { changes: number | bigint } {
    const { retrieval, generations } = event
    return this.#insertFlat.run(
      event.timestamp,
      id,
      event.total_latency_ms,
      event.status,
      event.service,
      event.error_type ?? null,
      hexBytes(event.query_hash),
      event.query_length ?? null,
      retrieval?.latency_ms ?? null,
      retrieval?.count ?? null,
      total(generations, 'latency_ms'),
      generations?.at(-1)?.answer_length ?? null,
      answeringModel(generations) || null,
      event.metadata === undefined ? null : JSON.stringify(event.metadata),
    )
  }

  #run(event: TraceEvent, id: SqlValue): { changes: number | bigint } {
    const { retrieval, generations, kept } = event
    return this.#insert.run(
      event.timestamp,
      id,
      event.total_latency_ms,
      event.status,
      event.service,
      event.error_type ?? null,
      hexBytes(event.query_hash),
      event.query_length ?? null,
      retrieval?.latency_ms ?? null,
      retrieval?.count ?? null,
      total(generations, 'latency_ms'),
      generations?.at(-1)?.answer_length ?? null,
      answeringModel(generations) || null,
      event.metadata === undefined ? null : JSON.stringify(event.metadata),
      event.environment ?? null,
      event.release ?? null,
      event.instance ?? null,
      event.operation ?? null,
      event.endpoint ?? null,
      event.intent ?? null,
      event.org ?? null,
      event.user_id ?? null,
      event.session_id ?? null,
      event.trace_id ?? null,
      event.request_id ?? null,
      retrieval?.retriever ?? null,
      topScore(retrieval?.scores),
      generations?.at(-1)?.provider ?? null,
      generations?.at(-1)?.model_raw ?? null,
      total(generations, 'input_tokens'),
      total(generations, 'output_tokens'),
      requestCost(event) ?? null,
      event.feedback?.rating ?? null,
      kept?.reason ?? null,
      kept?.probability ?? null,
    )
  }
}

function prepareInsert(database: Database, columns: readonly string[]): Statement {
  const places = columns.map(() => '?').join(', ')
  return database.prepare(`INSERT OR IGNORE INTO traces (${columns.join(', ')}) VALUES (${places})`)
}

/** Whether every field of the event that has a column has one of FLAT_COLUMNS. */
function isFlat(event: TraceEvent): boolean {
  const { retrieval, generations } = event
  return (
    event.org === undefined &&
    event.operation === undefined &&
    event.environment === undefined &&
    event.release === undefined &&
    event.instance === undefined &&
    event.endpoint === undefined &&
    event.intent === undefined &&
    event.user_id === undefined &&
    event.session_id === undefined &&
    event.trace_id === undefined &&
    event.request_id === undefined &&
    event.feedback === undefined &&
    event.kept === undefined &&
    (retrieval === undefined || (retrieval.retriever === undefined && retrieval.scores === undefined)) &&
    (generations === undefined || (generations.length === 1 && isFlatGeneration(generations[0]))) &&
    requestCost(event) === undefined
  )
}

function isFlatGeneration(generation: Generation | undefined): boolean {
  return (
    generation?.provider === undefined &&
    generation?.model_raw === undefined &&
    generation?.input_tokens === undefined &&
    generation?.output_tokens === undefined
  )
}

/** What has no column: only this is kept in the details. */
type Details = Pick<
  TraceEvent,
  | 'stages'
  | 'retrieval'
  | 'rerank'
  | 'generations'
  | 'cache'
  | 'quality'
  | 'feedback'
  | 'error_message'
  | 'exception'
  | 'parent_span_id'
  | 'docstore_cost_nano_usd'
  | 'cost_nano_usd'
>

/** @returns undefined if the columns alone give the trace back */
function detailsOf(event: TraceEvent): Details | undefined {
  const { retrieval, generations } = event
  const fullRetrieval =
    retrieval !== undefined &&
    (retrieval.scores !== undefined || retrieval.documents !== undefined || retrieval.status !== undefined)
  const fullGenerations = generations !== undefined && (generations.length > 1 || !isPlain(generations[0]))
  const needed =
    fullRetrieval ||
    fullGenerations ||
    event.stages !== undefined ||
    event.rerank !== undefined ||
    event.cache !== undefined ||
    event.quality !== undefined ||
    event.error_message !== undefined ||
    event.exception !== undefined ||
    event.parent_span_id !== undefined ||
    event.feedback?.comment !== undefined ||
    event.docstore_cost_nano_usd !== undefined
  if (!needed) return undefined
  const details: Details = {
    stages: event.stages,
    retrieval: fullRetrieval ? retrieval : undefined,
    rerank: event.rerank,
    generations: fullGenerations ? generations : undefined,
    cache: event.cache,
    quality: event.quality,
    feedback: event.feedback?.comment === undefined ? undefined : event.feedback,
    error_message: event.error_message,
    exception: event.exception,
    parent_span_id: event.parent_span_id,
    docstore_cost_nano_usd: event.docstore_cost_nano_usd,
  }
  if (hasCostParts(details)) details.cost_nano_usd = event.cost_nano_usd
  return details
}

/** A generation whose every field has a column, one of which says that there was a generation at all. */
function isPlain(generation: Generation | undefined): boolean {
  if (generation === undefined) return true
  const { provider, model, latency_ms, input_tokens, output_tokens, answer_length } = generation
  return (
    generation.operation === undefined &&
    generation.time_to_first_token_ms === undefined &&
    generation.cache_read_tokens === undefined &&
    generation.cache_write_tokens === undefined &&
    generation.reasoning_tokens === undefined &&
    generation.status === undefined &&
    generation.cost_source === 'unpriced' &&
    (model ?? latency_ms ?? answer_length ?? provider ?? input_tokens ?? output_tokens) !== undefined
  )
}

function packDetails(details: Details): Uint8Array {
  const json = Buffer.from(JSON.stringify(details))
  // The first byte tells them apart: JSON starts with a brace.
  return json.length <= DEFLATE_ABOVE_BYTES
    ? json
    : Buffer.concat([Buffer.of(0), deflateRawSync(json, { level: 1 })])
}

/** A stored trace, whole: its columns, and its details if it has any. */
export function traceOf(row: SqlRow, packed: SqlValue | undefined): TraceEvent {
  const columns = eventOfColumns(row)
  const details = detailsIn(packed)
  if (details === undefined) return columns
  if (hasCostParts(details)) delete columns.cost_nano_usd
  return { ...columns, ...details }
}

/** @param packed body of `trace_details` @returns undefined if there are no details */
export function detailsIn(packed: SqlValue | undefined): Details | undefined {
  if (!(packed instanceof Uint8Array)) return undefined
  const json =
    packed[0] === 0
      ? inflateRawSync(packed.subarray(1), { chunkSize: INFLATE_CHUNK_BYTES })
      : Buffer.from(packed)
  return JSON.parse(json.toString('utf8')) as Details
}

/** The column holds the total; with the parts at hand, only a total that was given is a field of its own. */
function hasCostParts(details: Details): boolean {
  return details.generations !== undefined || details.docstore_cost_nano_usd !== undefined
}

function eventOfColumns(row: SqlRow): TraceEvent {
  const summary = summaryOf(row)
  const {
    retrieval_latency_ms,
    retrieval_count,
    top_score: _,
    generation_latency_ms,
    provider,
    model,
    ...facts
  } = summary
  const { input_tokens, output_tokens, cost_usd: __, ...rest } = facts
  const answerLength = row['answer_length'] ?? null
  const hasGeneration =
    (model ?? generation_latency_ms ?? answerLength ?? provider ?? input_tokens ?? output_tokens) !== null
  const generation: Generation = {
    ...(provider === null ? {} : { provider }),
    ...(model === null ? {} : { model }),
    ...(row['model_raw'] === null ? {} : { model_raw: String(row['model_raw']) }),
    ...(generation_latency_ms === null ? {} : { latency_ms: generation_latency_ms }),
    ...(input_tokens === null ? {} : { input_tokens }),
    ...(output_tokens === null ? {} : { output_tokens }),
    ...(answerLength === null ? {} : { answer_length: Number(answerLength) }),
    cost_nano_usd: null,
    cost_source: 'unpriced',
  }
  return {
    ...rest,
    ...((retrieval_latency_ms ?? retrieval_count ?? row['retriever']) === null
      ? {}
      : {
          retrieval: {
            ...(row['retriever'] === null ? {} : { retriever: String(row['retriever']) }),
            ...(retrieval_latency_ms === null ? {} : { latency_ms: retrieval_latency_ms }),
            ...(retrieval_count === null ? {} : { count: retrieval_count }),
          },
        }),
    ...(hasGeneration ? { generations: [generation] } : {}),
    ...(row['cost_nano_usd'] === null ? {} : { cost_nano_usd: Number(row['cost_nano_usd']) }),
  }
}

export function summaryOf(row: SqlRow): TraceSummary {
  const text = (column: string) =>
    row[column] === null || row[column] === undefined ? undefined : String(row[column])
  const number = (column: string) =>
    row[column] === null || row[column] === undefined ? null : Number(row[column])
  const kept = text('kept_reason')
  const feedback = text('feedback')
  const metadata = text('metadata')
  const queryHash = row['query_hash']
  const queryLength = number('query_length')
  return {
    id: idOf(row['id']),
    timestamp: Number(row['timestamp']),
    total_latency_ms: Number(row['total_latency_ms']),
    status: String(row['status']) as Status,
    service: String(row['service']),
    environment: text('environment'),
    release: text('release'),
    instance: text('instance'),
    operation: text('operation'),
    endpoint: text('endpoint'),
    intent: text('intent'),
    org: text('org'),
    user_id: text('user_id'),
    session_id: text('session_id'),
    error_type: text('error_type') as TraceEvent['error_type'],
    trace_id: text('trace_id'),
    request_id: text('request_id'),
    query_hash: queryHash instanceof Uint8Array ? Buffer.from(queryHash).toString('hex') : undefined,
    query_length: queryLength ?? undefined,
    feedback: feedback === undefined ? undefined : { rating: feedback as 'positive' },
    kept:
      kept === undefined
        ? undefined
        : { reason: kept as 'head', probability: number('kept_probability') ?? 1 },
    metadata: metadata === undefined ? undefined : (JSON.parse(metadata) as Record<string, Scalar>),
    retrieval_latency_ms: number('retrieval_latency_ms'),
    retrieval_count: number('retrieval_count'),
    top_score: number('top_score'),
    generation_latency_ms: number('generation_latency_ms'),
    provider: text('provider') ?? null,
    model: text('model') ?? null,
    input_tokens: number('input_tokens'),
    output_tokens: number('output_tokens'),
    cost_usd: usdOf(number('cost_nano_usd')),
  }
}

function hexBytes(hex: string | undefined): Uint8Array | null {
  return hex === undefined ? null : Buffer.from(hex, 'hex')
}

function topScore(scores: readonly number[] | undefined): number | null {
  if (scores === undefined || scores.length === 0) return null
  let top = -Infinity
  for (const score of scores) if (score > top) top = score
  return top
}

/** @returns null if no generation states the field: unknown is not zero */
function total(
  generations: readonly Generation[] | undefined,
  field: 'latency_ms' | 'input_tokens' | 'output_tokens',
): number | null {
  if (generations === undefined) return null
  let sum: number | null = null
  for (const generation of generations) {
    const value = generation[field]
    if (value !== undefined) sum = (sum ?? 0) + value
  }
  return sum
}
