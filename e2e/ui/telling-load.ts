/**
 * Forty days of requests in which something happens, so that no panel is empty: a release that loses documents and is
 * mended, an outage of a provider, questions that nothing is known about, a model without a price.
 */
import { chance, MODELS, pick } from './known-load.ts'

const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
const DAYS = 40
/** Before these hours little is sent: it is there for months and weeks. */
const DENSE_HOURS = 30
const DENSE_PER_HOUR = 220
const SPARSE_PER_HOUR = 12
/** They are a sample: each stands for as many requests as this says, so that days are alike. */
const DENSE_PROBABILITY = 1 / 16
const SPARSE_PROBABILITY = 1 / 256

/** Hours before now. */
export const RELEASES = [
  { release: '1.4.2', fromHours: 24 * DAYS },
  { release: '1.5.0', fromHours: 11 },
  { release: '1.5.1', fromHours: 7.5 },
] as const
const OUTAGE = { fromHours: 4, toHours: 3.4 }

export const TELLING_SERVICES = ['docs-assistant', 'support-chat', 'search-api'] as const
const SERVICES = [
  ...Array.from({ length: 5 }, () => 'docs-assistant'),
  ...Array.from({ length: 3 }, () => 'support-chat'),
  ...Array.from({ length: 2 }, () => 'search-api'),
]
const ORGS =
  'acme acme acme acme globex globex globex initech initech umbrella hooli stark wayne wonka'.split(' ')
const INTENTS = ['factual', 'factual', 'factual', 'how_to', 'how_to', 'comparison', 'smalltalk']
const DOCUMENTS = Array.from(
  { length: 60 },
  (_, index) =>
    `${pick(['handbook', 'api', 'guides', 'faq', 'releases'], chance(index, 90))}/${
      pick(
        ['retention', 'billing', 'sso', 'limits', 'webhooks', 'export', 'roles', 'backup'],
        chance(index, 91),
      ) + (index % 4 === 0 ? '' : `-${index}`)
    }.md`,
)
const QUESTIONS = 140
/** The first of the questions are about what no document says. */
const UNKNOWN_QUESTIONS = 9
const GIVEN_UP = [undefined, undefined, 'The link was broken.', 'It answered another question.']

export function tellingLoad(now: number): Record<string, unknown>[] {
  const hours = Array.from({ length: DAYS * 24 }, (_, ago) => ago).toReversed()
  return hours.flatMap((ago) => {
    const start = now - (ago + 1) * HOUR_MS
    const hourOfDay = Math.floor(start / HOUR_MS) % 24
    const share = 0.3 + 0.7 * Math.sin((Math.PI * hourOfDay) / 24) ** 2
    const count = Math.round(share * (ago < DENSE_HOURS ? DENSE_PER_HOUR : SPARSE_PER_HOUR))
    return Array.from({ length: count }, (_, index) =>
      traceAt(ago * DENSE_PER_HOUR + index, Math.round(start + ((index + 0.5) / count) * HOUR_MS), now),
    )
  })
}

/** What happens to one request: all that the fields below depend on. */
interface Case {
  seed: number
  service: string
  release: string
  model: (typeof MODELS)[number]
  question: number
  status: string
  count: number
  /** How much worse than usual its documents are, 0..1. */
  loss: number
  retrievalMs: number
  rerankMs: number
  generationMs: number
  isOld: boolean
}

function caseOf(seed: number, timestamp: number, now: number): Case {
  const hoursAgo = (now - timestamp) / HOUR_MS
  const service = pick(SERVICES, chance(seed, 1))
  const known = RELEASES.findLast(({ fromHours }) => hoursAgo <= fromHours)?.release ?? '1.4.2'
  const release = service === 'docs-assistant' ? known : '2.0.3'
  const isBadRelease = release === '1.5.0'
  const model = pick(MODELS, chance(seed, 2))
  const question = Math.floor(chance(seed, 3) ** 1.6 * QUESTIONS)
  const isOut = model.provider === 'openai' && hoursAgo <= OUTAGE.fromHours && hoursAgo > OUTAGE.toHours
  const isFailed = chance(seed, 4) < (isOut ? 0.45 : 0.012)
  const isUnknown = question < UNKNOWN_QUESTIONS && chance(seed, 5) < 0.4
  const isEmpty = chance(seed, 6) < (isBadRelease ? 0.16 : 0.02) || isUnknown
  return {
    seed,
    service,
    release,
    model,
    question,
    status: isFailed ? pick(['error', 'error', 'timeout'], chance(seed, 7)) : statusOf(seed),
    count: isEmpty ? 0 : 3 + Math.floor(chance(seed, 8) * 6),
    loss: isBadRelease ? 0.22 : question < UNKNOWN_QUESTIONS ? 0.35 : 0,
    retrievalMs: 22 + chance(seed, 9) ** 3 * (isBadRelease ? 700 : 220),
    rerankMs: 9 + chance(seed, 10) * 45,
    generationMs: 260 + chance(seed, 11) ** 4 * 4200 + (isOut ? 1800 : 0),
    isOld: hoursAgo > DENSE_HOURS,
  }
}

function statusOf(seed: number): string {
  const at = chance(seed, 12)
  return at < 0.004 ? 'rejected' : at < 0.012 ? 'cancelled' : 'success'
}

function traceAt(seed: number, timestamp: number, now: number): Record<string, unknown> {
  const facts = caseOf(seed, timestamp, now)
  const { service, release, status, model, question } = facts
  const isFailed = status === 'error' || status === 'timeout'
  const rating = chance(seed, 13) < (facts.count === 0 ? 0.25 : 0.05) ? ratingOf(facts) : undefined
  return {
    id: `telling-${seed}`,
    timestamp,
    service,
    release,
    environment: chance(seed, 14) < 0.9 ? 'production' : 'staging',
    operation: service === 'search-api' ? 'search' : 'ask',
    endpoint: service === 'search-api' ? '/search' : pick(['/ask', '/ask', '/chat'], chance(seed, 15)),
    intent: pick(INTENTS, chance(seed, 16)),
    ...(chance(seed, 17) < 0.03 ? {} : { org: pick(ORGS, chance(seed, 18)) }),
    session_id: `session-${Math.floor(seed / 5)}`,
    query_hash: `question-${question}`,
    query_length: 20 + question,
    total_latency_ms: Math.round(facts.retrievalMs + facts.rerankMs + facts.generationMs + 34),
    status,
    ...(isFailed ? failureOf(facts) : {}),
    stages: stagesOf(facts),
    retrieval: retrievalOf(facts),
    ...(facts.count === 0 ? {} : { rerank: rerankOf(facts) }),
    generations: [generationOf(facts, isFailed)],
    docstore_cost_usd: 0.0004,
    cache: [
      { cache: 'embedding', hit: chance(seed, 19) < 0.71 },
      { cache: 'semantic', hit: chance(seed, 20) < 0.24 },
    ],
    quality: qualityOf(facts),
    ...(rating === undefined ? {} : { feedback: rating }),
    kept: {
      reason: isFailed ? 'error' : facts.generationMs > 3500 ? 'slow' : 'head',
      probability: facts.isOld ? SPARSE_PROBABILITY : DENSE_PROBABILITY,
    },
    metadata: { team: pick(['search', 'support', 'platform'], chance(seed, 21)), model_tier: model.provider },
  }
}

function failureOf({ status, seed }: Case): object {
  if (status === 'timeout') return { error_type: 'timeout', exception: 'ReadTimeout' }
  const types = ['llm_error', 'llm_error', 'rate_limited', 'retrieval_error', 'validation_error']
  const type = pick(types, chance(seed, 22))
  return {
    error_type: type,
    exception: type === 'rate_limited' ? 'RateLimitError' : 'APIError',
    error_message: 'upstream answered 529',
  }
}

function stagesOf({ retrievalMs, rerankMs, generationMs }: Case): object[] {
  const lengths = [
    ['intent_classification', 8],
    ['query_rewrite', 14],
    ['embedding', 12],
    ['retrieval', retrievalMs],
    ['rerank', rerankMs],
    ['generation', generationMs],
  ] as const
  let start = 0
  return lengths.map(([stage, duration]) => {
    const made = { stage, start_ms: Math.round(start), duration_ms: Math.round(duration) }
    start += duration
    return made
  })
}

function retrievalOf({ service, seed, count, loss, question, retrievalMs }: Case): object {
  const documents = Array.from({ length: count }, (_, rank) => {
    const at = (question * 7 + rank * 3 + Math.floor(chance(seed, 30 + rank) * 4)) % DOCUMENTS.length
    const score = Math.max(0.04, 0.96 - loss - chance(seed, 40) ** 2 * 0.35 - rank * 0.055)
    return {
      id: DOCUMENTS[at],
      score: Number(score.toFixed(3)),
      rank: 1 + ((rank * 2 + (seed % 3)) % Math.max(1, count)),
      // The last of the list are never what an answer is made of.
      used: rank < 3 && at % 11 !== 0,
      cited: rank < 2 && at % 11 !== 0 && at % 7 !== 0,
    }
  })
  return {
    retriever: service === 'search-api' ? 'bm25' : service === 'support-chat' ? 'vector' : 'hybrid',
    latency_ms: Math.round(retrievalMs),
    count,
    scores: documents.map(({ score }) => score),
    documents,
  }
}

function rerankOf({ seed, count, rerankMs, loss }: Case): object {
  return {
    latency_ms: Math.round(rerankMs),
    in_count: count,
    out_count: Math.min(count, 4),
    displacement: 0.4 + chance(seed, 23) * 2 + loss * 3,
  }
}

function generationOf({ model, seed, generationMs }: Case, isFailed: boolean): object {
  return {
    ...model,
    latency_ms: Math.round(generationMs),
    time_to_first_token_ms: Math.round(120 + generationMs * 0.25),
    input_tokens: 500 + Math.floor(chance(seed, 24) * 2300),
    output_tokens: isFailed ? 0 : 80 + Math.floor(chance(seed, 25) * 420),
    answer_length: 900,
    status: isFailed ? 'error' : 'success',
  }
}

function qualityOf({ seed, loss, count }: Case): object[] {
  if (count === 0) return []
  return [
    {
      metric: 'relevance',
      score: Number((0.62 + chance(seed, 26) * 0.36 - loss * 0.6).toFixed(3)),
      source: 'sdk',
    },
    {
      metric: 'faithfulness',
      score: Number((0.7 + chance(seed, 27) * 0.28 - loss * 0.4).toFixed(3)),
      source: 'judge',
    },
  ]
}

function ratingOf({ seed, count }: Case): object {
  const isBad = count === 0 || chance(seed, 28) < 0.3
  const comment = isBad ? pick(GIVEN_UP, chance(seed, 29)) : undefined
  return { rating: isBad ? 'negative' : 'positive', ...(comment === undefined ? {} : { comment }) }
}
