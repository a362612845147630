/** One request of a service of the scenario: what it did, how long that took, what it cost, how it ended. */
import type { IdGenerator, QualityScore, TraceEvent } from '@ragmeter/core'
import { addStage, clamp } from './draft.ts'
import type { Draft, Occasion } from './draft.ts'
import type { Conditions } from './incidents.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { retrieve } from './retrieval.ts'
import {
  callOf,
  CHAT,
  DOCUMENT_STORE,
  EMBEDDING,
  ENVIRONMENT,
  LARGE,
  SEARCH,
  USERS_PER_ORG,
} from './scenario.ts'
import type { Model } from './scenario.ts'

const QUESTIONS = 500
const OPERATIONS = {
  [SEARCH]: { operation: 'search', endpoint: '/search' },
  [DOCUMENT_STORE]: { operation: 'retrieve', endpoint: '/retrieve' },
  [CHAT]: { operation: 'chat', endpoint: '/chat' },
} as const
/** Even a healthy service fails now and then. */
const FAILING = 0.0015
const REJECTED = 0.003
const TIMEOUT_MS = 30_000
const INTENTS = [
  { name: 'question', weight: 7 },
  { name: 'summary', weight: 3 },
] as const
const EMBEDDING_CACHE_HITS = 0.74
const RESPONSE_CACHE_HITS = 0.56
const JUDGED = 0.25
const RATED = 0.05

export function makeRequest(occasion: Occasion, random: Random, ids: IdGenerator): TraceEvent {
  const draft = open(occasion, random, ids)
  if (random.chance(REJECTED)) reject(draft, random)
  else if (occasion.service === CHAT) chat(draft, occasion, random)
  else search(draft, occasion, random)
  return close(draft, occasion, random)
}

function open({ service, org, at, release }: Occasion, random: Random, ids: IdGenerator): Draft {
  // Some questions are asked all the time, most hardly ever.
  const question = Math.floor(QUESTIONS * random.next() ** 2.2)
  const user = random.integer(1, USERS_PER_ORG)
  const event: TraceEvent = {
    id: ids.requestId(at),
    trace_id: ids.traceId(),
    timestamp: at,
    total_latency_ms: 0,
    status: 'success',
    service,
    environment: ENVIRONMENT,
    release: release.version,
    org,
    user_id: `user-${String(user).padStart(3, '0')}@${org}`,
    ...OPERATIONS[service],
    query_hash: hashOf(question),
    query_length: 18 + (question % 97),
    kept: { reason: 'head', probability: 1 },
    metadata: { simulated: true },
  }
  return { event, stages: [], generations: [], elapsedMs: random.between(0.5, 3) }
}

const hashes: string[] = []

/** 64 hex digits that are always the same for a question. */
function hashOf(question: number): string {
  const bytes = () => createRandom(question, 7).fillBytes(new Uint8Array(32))
  return (hashes[question] ??= Array.from(bytes(), (byte) => byte.toString(16).padStart(2, '0')).join(''))
}

function reject(draft: Draft, random: Random): void {
  draft.elapsedMs += random.between(0.2, 2)
  Object.assign(draft.event, {
    status: 'rejected',
    error_type: 'validation_error',
    error_message: 'The query is longer than 4000 characters.',
  })
}

/** /search and /retrieve: documents, and no words about them. */
function search(draft: Draft, occasion: Occasion, random: Random): void {
  const { conditions, service } = occasion
  if (service === SEARCH) embed(draft, occasion, random)
  if (random.chance(FAILING + conditions.failing)) {
    failRetrieval(draft, occasion, random)
    return
  }
  retrieve(draft, occasion, random)
}

function chat(draft: Draft, occasion: Occasion, random: Random): void {
  const { conditions } = occasion
  draft.event.intent = random.weighted(INTENTS).name
  const isCached = random.chance(RESPONSE_CACHE_HITS * conditions.caching)
  const cache = [{ cache: 'response' as const, hit: isCached }]
  draft.event.cache = cache
  if (isCached) {
    draft.elapsedMs += random.logNormal(9, 0.4)
    return
  }
  embed(draft, occasion, random)
  retrieve(draft, occasion, random)
  // An agent that runs in circles does so with the model for what is hard.
  const model = conditions.prompting > 1 ? LARGE : random.weighted(occasion.release.models).model
  if (random.chance(conditions.rateLimited)) {
    failCall(
      draft,
      model,
      random.between(40, 180),
      'rate_limited',
      'The provider refuses: rate limit reached.',
    )
  } else if (random.chance(FAILING + conditions.failing)) {
    failCall(draft, model, random.logNormal(900, 0.6), 'llm_error', 'The provider answered with status 500.')
  } else answer(draft, occasion, model, random)
}

/** The vector of the question: from the cache, or from a model. */
function embed(draft: Draft, { conditions }: Occasion, random: Random): void {
  const hit = random.chance(EMBEDDING_CACHE_HITS * conditions.caching)
  draft.event.cache = [...(draft.event.cache ?? []), { cache: 'embedding', hit }]
  if (hit) {
    draft.elapsedMs += random.between(0.3, 1.5)
    return
  }
  const latency = random.logNormal(EMBEDDING.firstTokenMs, 0.35) * Math.sqrt(conditions.slowness)
  addStage(draft, 'embedding', latency)
  const tokens = { input_tokens: random.integer(6, 40), output_tokens: 0 }
  draft.generations.push(callOf(EMBEDDING, { operation: 'embeddings', latency_ms: latency, ...tokens }))
}

function answer(draft: Draft, occasion: Occasion, model: Model, random: Random): void {
  const { conditions, release } = occasion
  const documents = draft.event.retrieval?.count ?? 0
  const input = Math.round((220 + documents * random.logNormal(190, 0.25)) * conditions.prompting)
  const output = Math.round(random.logNormal(documents === 0 ? 60 : 90, 0.5))
  const slowness = conditions.slowness * release.slowness * (1 + input / 40_000)
  const first = random.logNormal(model.firstTokenMs, 0.3) * slowness
  const whole = first + ((output * 1000) / model.tokensPerSecond) * slowness
  const latency = Math.min(whole, TIMEOUT_MS)
  const isLate = whole > TIMEOUT_MS
  addStage(draft, 'generation', latency, isLate ? 'timeout' : 'success')
  draft.generations.push(
    callOf(model, {
      operation: 'chat',
      latency_ms: latency,
      time_to_first_token_ms: Math.min(first, TIMEOUT_MS),
      input_tokens: input,
      output_tokens: output,
      answer_length: output * 4,
      status: isLate ? 'timeout' : 'success',
    }),
  )
  if (isLate) Object.assign(draft.event, { status: 'timeout', error_type: 'timeout' })
  else judge(draft.event, conditions, documents, random)
}

/** Scores of a sample, and what users say. */
function judge(event: TraceEvent, { worse }: Conditions, documents: number, random: Random): void {
  const base = (documents === 0 ? 0.45 : 0.86) - worse
  const score = (metric: string, mean: number): QualityScore => ({
    metric,
    score: clamp(mean + random.between(-0.13, 0.13)),
    source: 'judge',
  })
  if (random.chance(JUDGED)) {
    event.quality = [
      score('relevance', base),
      score('faithfulness', base + 0.04),
      score('context_precision', base - 0.08),
    ]
  }
  if (random.chance(RATED)) {
    event.feedback = { rating: random.chance(clamp(base - 0.04)) ? 'positive' : 'negative' }
  }
}

function failRetrieval(draft: Draft, { conditions }: Occasion, random: Random): void {
  const latency = random.logNormal(240, 0.7) * conditions.slowness
  addStage(draft, 'retrieval', latency, 'error')
  draft.event.retrieval = { retriever: 'hybrid', latency_ms: latency, status: 'error' }
  const why = { error_type: 'retrieval_error', error_message: 'The index did not answer.' }
  Object.assign(draft.event, { status: 'error', ...why })
}

/** A call that ends without an answer: no tokens, and nothing to pay. */
function failCall(
  draft: Draft,
  { provider, model }: Model,
  latencyMs: number,
  errorType: 'rate_limited' | 'llm_error',
  message: string,
): void {
  addStage(draft, 'generation', latencyMs, 'error')
  const tokens = { input_tokens: 0, output_tokens: 0, cost_nano_usd: 0, cost_source: 'given' as const }
  draft.generations.push({
    provider,
    model,
    operation: 'chat',
    latency_ms: latencyMs,
    status: 'error',
    ...tokens,
  })
  Object.assign(draft.event, { status: 'error', error_type: errorType, error_message: message })
}

function close(draft: Draft, { service }: Occasion, random: Random): TraceEvent {
  const { event, stages, generations } = draft
  event.total_latency_ms = draft.elapsedMs + random.logNormal(service === CHAT ? 6 : 2, 0.5)
  if (stages.length > 0) event.stages = stages
  if (generations.length > 0) event.generations = generations
  return event
}
