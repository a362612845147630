/** The wire form of a trace: what `parseTrace` reads back as the same event. Money becomes US dollars. */
import type { Generation, TraceEvent } from './event.ts'
import { usdOf } from './money.ts'

/** What a batch states once for all of its traces; a trace that says the same leaves it out. */
export interface Shared {
  service?: string | undefined
  environment?: string | undefined
  release?: string | undefined
  instance?: string | undefined
}

const NOTHING: Shared = {}

/** @returns an object for JSON.stringify, which leaves out what is undefined */
export function traceToWire(event: TraceEvent, shared: Shared = NOTHING): Record<string, unknown> {
  return {
    id: event.id,
    timestamp: event.timestamp,
    total_latency_ms: event.total_latency_ms,
    status: event.status,
    trace_id: event.trace_id,
    parent_span_id: event.parent_span_id,
    request_id: event.request_id,
    query_hash: event.query_hash,
    query_length: event.query_length,
    service: event.service === shared.service ? undefined : event.service,
    environment: event.environment === shared.environment ? undefined : event.environment,
    release: event.release === shared.release ? undefined : event.release,
    instance: event.instance === shared.instance ? undefined : event.instance,
    operation: event.operation,
    endpoint: event.endpoint,
    intent: event.intent,
    org: event.org,
    user_id: event.user_id,
    session_id: event.session_id,
    error_type: event.error_type,
    error_message: event.error_message,
    exception: event.exception,
    stages: event.stages,
    retrieval: event.retrieval,
    rerank: event.rerank,
    generations: event.generations?.map(generationToWire),
    docstore_cost_usd: wireCost(event.docstore_cost_nano_usd),
    cost_usd: wireCost(event.cost_nano_usd),
    cache: event.cache,
    quality: event.quality,
    feedback: event.feedback,
    kept: event.kept,
    metadata: event.metadata,
  }
}

function generationToWire(generation: Generation): Record<string, unknown> {
  return {
    provider: generation.provider,
    model: generation.model,
    model_raw: generation.model_raw,
    operation: generation.operation,
    latency_ms: generation.latency_ms,
    time_to_first_token_ms: generation.time_to_first_token_ms,
    input_tokens: generation.input_tokens,
    output_tokens: generation.output_tokens,
    cache_read_tokens: generation.cache_read_tokens,
    cache_write_tokens: generation.cache_write_tokens,
    reasoning_tokens: generation.reasoning_tokens,
    cost_usd: wireCost(generation.cost_nano_usd),
    cost_source: generation.cost_source,
    answer_length: generation.answer_length,
    status: generation.status,
  }
}

/** An unpriced cost stays null: it was asked for and no price is known. */
function wireCost(nano: number | null | undefined): number | null | undefined {
  return nano === undefined ? undefined : usdOf(nano)
}
