/** Traces of which every field is known, for the page that lists them. */

const MINUTE_MS = 60_000

/** What a careless or hostile client can put into a field: it must be shown as text, and break nothing. */
export const HOSTILE = [
  '<script>window.hacked=1</script>',
  '"><img src=x onerror="window.hacked=1">',
  '\u202Egnp.exe\u202C',
  '👩‍👩‍👧‍👦🔥'.repeat(8),
  'w'.repeat(10_000),
  '{{constructor.constructor("window.hacked=1")()}}',
] as const

export const RICH_ID = '019aa000-0000-7000-8000-00000000c0de'

/** One request with everything that a trace can hold. */
export function richTrace(now: number): Record<string, unknown> {
  return {
    id: RICH_ID,
    timestamp: now - 2 * MINUTE_MS,
    total_latency_ms: 2400,
    status: 'success',
    service: 'docs-assistant',
    environment: 'production',
    release: '1.4.0',
    operation: 'ask',
    endpoint: '/api/ask',
    intent: 'factual',
    org: 'acme',
    session_id: 'session-7',
    request_id: 'request-7',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    query_hash: 'what-is-retention',
    query_length: 41,
    stages: [
      { stage: 'query_rewrite', start_ms: 4, duration_ms: 96 },
      {
        stage: 'retrieval',
        id: 'r',
        start_ms: 100,
        duration_ms: 300,
        attributes: { top_k: 6, index: 'docs-v3' },
      },
      { stage: 'embedding', parent: 'r', start_ms: 105, duration_ms: 60 },
      { stage: 'graph_retrieval', parent: 'r', name: 'neighbours', start_ms: 170, duration_ms: 200 },
      { stage: 'rerank', name: 'cross-encoder', start_ms: 410, duration_ms: 140 },
      { stage: 'generation', start_ms: 560, duration_ms: 1700 },
      { stage: 'guardrail', start_ms: 2270, duration_ms: 80 },
    ],
    retrieval: {
      retriever: 'hybrid',
      latency_ms: 300,
      count: 6,
      scores: [0.91, 0.84, 0.8, 0.71, 0.6, 0.55],
      documents: [
        { id: 'docs/storage.md#retention', score: 0.91, rank: 3, used: false },
        { id: 'docs/deploy.md#backup', score: 0.84, rank: 1, used: true, cited: true },
        { id: 'docs/metrics.md#labels', score: 0.8 },
        { id: 'docs/storage.md#size', score: 0.71, rank: 2, used: true, cited: false },
        { id: 'docs/sdk.md#sampling', score: 0.6, rank: 4, used: false },
        { id: 'docs/privacy.md', score: 0.55 },
      ],
    },
    rerank: { latency_ms: 140, in_count: 6, out_count: 3, scores: [0.97, 0.88, 0.41], displacement: 1.75 },
    generations: [
      {
        provider: 'self-hosted',
        model: 'local-llama',
        operation: 'rewrite',
        latency_ms: 90,
        input_tokens: 60,
        output_tokens: 14,
      },
      {
        provider: 'openai',
        model: 'gpt-4o',
        operation: 'chat',
        latency_ms: 1700,
        time_to_first_token_ms: 320,
        input_tokens: 1830,
        output_tokens: 412,
        cache_read_tokens: 1024,
        cost_usd: 0.0123,
        answer_length: 1650,
      },
    ],
    docstore_cost_usd: 0.0002,
    cache: [
      { cache: 'embedding', hit: true },
      { cache: 'semantic', hit: false },
    ],
    quality: [
      { metric: 'faithfulness', score: 0.92, source: 'judge' },
      { metric: 'context_utilisation', score: 0.35, source: 'sdk' },
    ],
    feedback: { rating: 'negative', comment: 'It missed the part about backups.' },
    kept: { reason: 'slow', probability: 1 },
    metadata: { team: 'search', tier: 'gold', attempt: 2, beta: true },
  }
}

/** The same question again, which failed. */
export function failedTrace(now: number): Record<string, unknown> {
  return {
    id: '019aa000-0000-7000-8000-00000000dead',
    timestamp: now - 3 * MINUTE_MS,
    total_latency_ms: 9100,
    status: 'error',
    error_type: 'llm_error',
    exception: 'APIConnectionError',
    error_message: 'connection reset by peer',
    service: 'docs-assistant',
    environment: 'production',
    operation: 'ask',
    org: 'globex',
    query_hash: 'what-is-retention',
    stages: [
      { stage: 'retrieval', start_ms: 0, duration_ms: 100 },
      { stage: 'generation', start_ms: 100, duration_ms: 9000, status: 'error' },
    ],
    retrieval: { retriever: 'bm25', count: 0 },
    generations: [{ provider: 'openai', model: 'gpt-4o', latency_ms: 9000, status: 'error' }],
  }
}

/** Each hostile text in every field that takes a text. */
export function hostileTraces(now: number): Record<string, unknown>[] {
  return HOSTILE.map((text, index) => ({
    id: `hostile-${index} ${text.slice(0, 60)}`,
    timestamp: now - (10 + index) * MINUTE_MS,
    total_latency_ms: 100 + index,
    status: 'error',
    error_type: 'other',
    error_message: text,
    exception: text,
    service: text,
    environment: text,
    release: text,
    operation: text,
    endpoint: text,
    intent: text,
    org: text,
    session_id: text,
    request_id: text,
    query_hash: text,
    stages: [
      { stage: 'tool', name: text, start_ms: 0, duration_ms: 50, attributes: { [text.slice(0, 40)]: text } },
    ],
    retrieval: { retriever: text, documents: [{ id: text, score: 0.5, used: true }] },
    generations: [{ provider: text, model: text, latency_ms: 10 }],
    quality: [{ metric: text, score: 0.5, source: 'sdk' }],
    feedback: { rating: 'negative', comment: text },
    metadata: { [text.slice(0, 40)]: text },
  }))
}

/** `count` plain requests, a second apart, before the others. */
export function manyTraces(now: number, count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `many-${index}`,
    timestamp: now - 30 * MINUTE_MS - index * 1000,
    total_latency_ms: 200 + ((index * 37) % 900),
    status: 'success',
    service: 'search-api',
    operation: 'search',
    org: `org-${index % 30}`,
    retrieval: { count: index % 10, scores: index % 10 === 0 ? [] : [0.9 - (index % 10) / 20] },
    generations: [{ provider: 'openai', model: 'gpt-4o-mini', input_tokens: 900, output_tokens: 120 }],
  }))
}

/** Posts traces in batches that the daemon takes at once. @throws Error if it refuses any of them */
export async function postTraces(url: string, traces: readonly Record<string, unknown>[]): Promise<void> {
  for (let from = 0; from < traces.length; from += 1000) {
    const batch = traces.slice(from, from + 1000)
    const response = await fetch(`${url}/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ traces: batch }),
    })
    const answer = (await response.json()) as { accepted?: number }
    if (answer.accepted !== batch.length) throw new Error(`refused: ${JSON.stringify(answer).slice(0, 500)}`)
  }
}
