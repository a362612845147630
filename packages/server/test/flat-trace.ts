/** Batches as existing clients send them, for tests. */
import type { Committed } from '../src/threads/committed.ts'

/** One trace in the flat form of 13 fields, as their JSON has it: null where nothing is known. */
export function flatTrace(id: string, more: object = {}): Record<string, unknown> {
  return {
    id,
    query_hash: '2cf24dba5fb0a30e',
    query_length: 12,
    retrieval_latency_ms: 12.5,
    retrieval_count: 3,
    generation_latency_ms: 800,
    answer_length: 120,
    total_latency_ms: 900,
    model_version: 'gpt-4o',
    success: true,
    error_type: null,
    metadata: null,
    ...more,
  }
}

/** The 200 answer of one body of a group. @throws Error if the body was refused */
export function answerOf(committed: Committed, position = 0): Record<string, unknown> {
  const outcome = committed.outcomes[position]
  if (outcome?.outcome !== 'stored') throw new Error(`not stored: ${JSON.stringify(outcome)}`)
  return JSON.parse(outcome.response) as Record<string, unknown>
}
