/** A request while it runs. All fields exist from the start, so that every event has one shape for the engine. */
import type { TraceEvent } from '@ragmeter/core'

export type OpenEvent = { -readonly [Field in keyof TraceEvent]-?: TraceEvent[Field] }

/** What is the same for all requests of a client. */
export interface EventDefaults {
  readonly service: string
  readonly environment: string | undefined
  readonly release: string | undefined
  readonly instance: string
}

export function openEvent(timestamp: number, defaults: EventDefaults): OpenEvent {
  return {
    id: '',
    timestamp,
    total_latency_ms: 0,
    status: 'success',
    trace_id: undefined,
    parent_span_id: undefined,
    request_id: undefined,
    query_hash: undefined,
    query_length: undefined,
    service: defaults.service,
    environment: defaults.environment,
    release: defaults.release,
    instance: defaults.instance,
    operation: undefined,
    endpoint: undefined,
    intent: undefined,
    org: undefined,
    user_id: undefined,
    session_id: undefined,
    error_type: undefined,
    error_message: undefined,
    exception: undefined,
    stages: undefined,
    retrieval: undefined,
    rerank: undefined,
    generations: undefined,
    docstore_cost_nano_usd: undefined,
    cost_nano_usd: undefined,
    cache: undefined,
    quality: undefined,
    feedback: undefined,
    kept: undefined,
    metadata: undefined,
  }
}
