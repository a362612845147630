/** A load whose numbers are known beforehand: requests of the last hours, spread over services, models, errors. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A number from 0 to 1 that depends on nothing but its arguments. */
export function chance(index: number, salt: number): number {
  let hash = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32
}

export function pick<Item>(items: readonly Item[], at: number): Item {
  return items[Math.min(items.length - 1, Math.floor(at * items.length))] as Item
}

const SERVICES = [
  'docs-assistant',
  'docs-assistant',
  'docs-assistant',
  'support-chat',
  'support-chat',
  'search-api',
]
const ORGS = [
  'acme',
  'acme',
  'acme',
  'globex',
  'globex',
  'initech',
  'umbrella',
  'hooli',
  'stark',
  'wayne',
  'wonka',
  'tyrell',
  'cyberdyne',
]
export const MODELS = [
  { provider: 'openai', model: 'gpt-4o' },
  { provider: 'openai', model: 'gpt-4o-mini' },
  { provider: 'openai', model: 'gpt-4o-mini' },
  { provider: 'anthropic', model: 'claude-sonnet-4-0' },
  { provider: 'self-hosted', model: 'local-llama' },
]
const INTENTS = ['factual', 'factual', 'how_to', 'comparison', 'smalltalk']
const ERRORS = ['timeout', 'rate_limit', 'llm_error', 'retrieval_error']

interface KnownTrace {
  status: string
  [field: string]: unknown
}

/** @param now end of the load @param hours how far back it begins @param perHour requests of a busy hour */
export function knownLoad(now: number, hours: number, perHour: number): KnownTrace[] {
  return Array.from({ length: hours }, (_, hour) => {
    const start = now - (hours - hour) * HOUR_MS
    // Busy by day, quiet by night.
    const share = 0.35 + 0.65 * Math.sin((Math.PI * ((hour + 6) % 24)) / 24) ** 2
    return Array.from({ length: Math.round(perHour * share) }, (__, index) =>
      traceAt(hour * perHour + index, start + (index / (perHour * share)) * HOUR_MS),
    )
  }).flat()
}

function traceAt(index: number, timestamp: number): KnownTrace {
  const service = pick(SERVICES, chance(index, 1))
  const isFailed = chance(index, 2) < 0.02
  const isEmpty = !isFailed && chance(index, 3) < 0.06
  const count = isEmpty ? 0 : 3 + Math.floor(chance(index, 4) * 6)
  const retrievalMs = 20 + chance(index, 5) ** 3 * 260
  const rerankMs = 8 + chance(index, 6) * 40
  const generationMs = 250 + chance(index, 7) ** 4 * 5200
  const scores = Array.from({ length: count }, (_, rank) =>
    Math.max(0.05, 0.97 - chance(index, 8) ** 2 * 0.5 - rank * 0.06),
  )
  const status = isFailed ? (chance(index, 9) < 0.3 ? 'timeout' : 'error') : 'success'
  return {
    id: `known-${index}`,
    timestamp: Math.round(timestamp),
    service,
    environment: chance(index, 10) < 0.85 ? 'production' : 'staging',
    release: '1.4.0',
    operation: service === 'search-api' ? 'search' : 'ask',
    intent: pick(INTENTS, chance(index, 11)),
    org: pick(ORGS, chance(index, 12)),
    total_latency_ms: Math.round(retrievalMs + rerankMs + generationMs + 15),
    status,
    ...(isFailed ? { error_type: status === 'timeout' ? 'timeout' : pick(ERRORS, chance(index, 13)) } : {}),
    stages: [
      { stage: 'query_rewrite', start_ms: 0, duration_ms: 12 },
      { stage: 'retrieval', start_ms: 12, duration_ms: Math.round(retrievalMs) },
      { stage: 'rerank', start_ms: 12 + retrievalMs, duration_ms: Math.round(rerankMs) },
      { stage: 'generation', start_ms: 12 + retrievalMs + rerankMs, duration_ms: Math.round(generationMs) },
    ],
    retrieval: {
      retriever: service === 'search-api' ? 'bm25' : 'hybrid',
      latency_ms: Math.round(retrievalMs),
      count,
      scores,
    },
    generations: [
      {
        ...pick(MODELS, chance(index, 14)),
        latency_ms: Math.round(generationMs),
        time_to_first_token_ms: Math.round(generationMs * 0.3),
        input_tokens: 400 + Math.floor(chance(index, 15) * 2400),
        output_tokens: 60 + Math.floor(chance(index, 16) * 400),
      },
    ],
    cache: [{ cache: 'embedding', hit: chance(index, 17) < 0.62 }],
    quality: [{ metric: 'relevance', score: 0.55 + chance(index, 18) * 0.4 }],
  }
}

const BATCH = 500

/** @throws Error if the daemon did not take all of it */
export async function send(url: string, traces: readonly object[]): Promise<void> {
  for (let start = 0; start < traces.length; start += BATCH) {
    const batch = traces.slice(start, start + BATCH)
    const response = await fetch(`${url}/ingest`, { method: 'POST', body: JSON.stringify({ traces: batch }) })
    const answer = (await response.json()) as { accepted?: number; rejected?: unknown }
    if (answer.accepted !== batch.length)
      throw new Error(`not all was accepted: ${JSON.stringify(answer).slice(0, 400)}`)
  }
}
