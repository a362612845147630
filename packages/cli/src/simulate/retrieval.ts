/** The retrieval of a simulated request: documents, their scores, and what rerank makes of them. */
import type { RetrievedDocument } from '@ragmeter/core'
import type { Random } from './random.ts'
import { addStage, clamp } from './draft.ts'
import type { Draft, Occasion } from './draft.ts'
import { CHAT, DOCUMENT_STORE, SEARCH } from './scenario.ts'

const PROFILES = {
  [SEARCH]: { retriever: 'vector', latencyMs: 34, documents: 10, costNanoUsd: 18_000 },
  [DOCUMENT_STORE]: { retriever: 'hybrid', latencyMs: 58, documents: 20, costNanoUsd: 35_000 },
  [CHAT]: { retriever: 'hybrid', latencyMs: 46, documents: 8, costNanoUsd: 24_000 },
} as const
const EMPTY = 0.025
const DOCUMENTS = 12_000
const USED = 4
const CITED = 0.6

export function retrieve(draft: Draft, occasion: Occasion, random: Random): void {
  const { conditions, release, service } = occasion
  const { retriever, latencyMs, documents, costNanoUsd } = PROFILES[service]
  const latency = random.logNormal(latencyMs, 0.4) * release.slowness * Math.sqrt(conditions.slowness)
  addStage(draft, 'retrieval', latency)
  const isEmpty = random.chance(EMPTY + conditions.empty)
  const count = isEmpty ? 0 : random.integer(Math.ceil(documents / 2), documents)
  const found = findDocuments(count, conditions.worse, random)
  draft.event.retrieval = {
    retriever,
    latency_ms: latency,
    count,
    ...(isEmpty ? {} : { scores: found.map(({ score }) => score) }),
    ...(isEmpty ? {} : { documents: service === CHAT ? rerank(draft, found, random) : found }),
  }
  draft.event.docstore_cost_nano_usd = costNanoUsd + count * 500
}

function findDocuments(count: number, worse: number, random: Random) {
  let score = clamp(random.between(0.72, 0.97) - worse / 2)
  return Array.from({ length: count }, (_, position) => {
    const document = { id: `document-${random.integer(1, DOCUMENTS)}`, score, rank: position + 1 }
    score = clamp(score * random.between(0.9, 0.995))
    return document
  })
}

/** Swaps neighbours, and leaves the first ones for the prompt. */
function rerank(draft: Draft, found: readonly RetrievedDocument[], random: Random): RetrievedDocument[] {
  const latency = random.logNormal(62, 0.3)
  addStage(draft, 'rerank', latency)
  const outCount = Math.min(USED, found.length)
  draft.event.rerank = {
    latency_ms: latency,
    in_count: found.length,
    out_count: outCount,
    displacement: Math.round(random.between(0, 2.4) * 10) / 10,
  }
  return found.map((document, position) => {
    const used = position < outCount
    return { ...document, used, cited: used && random.chance(CITED) }
  })
}
