/** Answers of a store, for the scenarios of the API. */
import type {
  FacetsResult,
  LedgerResult,
  LedgerSums,
  SeriesResult,
  StatsResult,
  StoredTrace,
  TracesResult,
} from '../src/store/store.ts'

const AT = Date.UTC(2026, 10, 21, 11)

export const STATS: StatsResult = {
  from: AT,
  to: AT + 1,
  measured_since: AT,
  requests: 40,
  errors: 2,
  statuses: { success: 38, error: 2 },
  success_rate: 0.95,
  latency: { p50: 0.2, p95: 0.9, p99: null, average: 0.3 },
  retrieval: {
    retrievals: 40,
    failed: 1,
    empty: 1,
    empty_rate: 0.025,
    p95_seconds: 0.1,
    average_documents: 5,
    average_top_score: 0.8,
  },
  generation: { calls: 40, p95_seconds: 0.7 },
  tokens: { input: 4000, output: 400 },
  cost: { usd: 0.25, llm_usd: 0.2, docstore_usd: 0.05, unpriced_calls: 3 },
  errors_by_type: { timeout: 2 },
  traces_stored: 4,
  requests_total: 1234,
}

export const TRACES: TracesResult = {
  traces: [
    {
      id: 'a',
      timestamp: AT,
      total_latency_ms: 120,
      status: 'success',
      service: 'docs',
      retrieval_latency_ms: 20,
      retrieval_count: 5,
      top_score: null,
      generation_latency_ms: 90,
      provider: 'openai',
      model: 'gpt-4o',
      input_tokens: 100,
      output_tokens: 10,
      cost_usd: 0.002,
    },
  ],
  next: null,
  truncated: false,
}

export const STORED_TRACE: StoredTrace = {
  id: 'a/b',
  timestamp: AT,
  total_latency_ms: 120,
  status: 'success',
  service: 'docs',
  cost_nano_usd: 2_000_000,
  docstore_cost_nano_usd: 500_000,
  generations: [
    { model: 'gpt-4o', cost_nano_usd: 1_500_000, cost_source: 'genai-prices' },
    { model: 'local', cost_nano_usd: null, cost_source: 'unpriced' },
  ],
  feedback_events: [{ event_id: 'f', rating: 'positive', comment: null, at: AT + 5 }],
  scores: [{ event_id: 's', metric: 'faithfulness', score: 0.9, source: 'judge', at: AT + 6 }],
}

export const SERIES: SeriesResult = {
  series: [{ labels: {}, points: [{ at: AT, value: 3 }] }],
  omitted: 0,
  resolution: '1m',
}

const SUMS: LedgerSums = {
  requests: 10,
  errors: 1,
  total_ms: 1200,
  retrieval_ms: 200,
  retrievals: 10,
  llm_ms: 900,
  documents: 50,
  docstore_cost_usd: 0.001,
  calls: 12,
  input_tokens: 1000,
  output_tokens: 100,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  llm_cost_usd: 0.5,
  unpriced: 2,
  uncounted: 0,
}

export const LEDGER: LedgerResult = {
  first_day: '2026-11-02',
  rows: [{ key: {}, ...SUMS }],
  others: null,
  total: SUMS,
}

export const FACETS: FacetsResult = {
  facets: [
    {
      field: 'status',
      values: [{ value: 'error', count: 3 }],
      others: { values: 0, count: 0 },
      missing: 0,
    },
  ],
  counted: 3,
  complete: true,
  since: 0,
}
