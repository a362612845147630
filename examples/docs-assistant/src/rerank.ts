import type { SearchHit, WeighedConcept } from './search-index.ts'
import { synonymWeight } from './search-index.ts'
import { termsOf } from './words.ts'

/** Passages that reach the prompt; the answer model reads the best few, not everything that matched. */
const usedMax = 4
/** A passage that scores below this share of the best one would only distract. */
const usedShareMin = 0.5

/** What each signal counts; together 1, so the score stays between 0 and 1. */
const signalWeights = { coverage: 0.55, proximity: 0.2, heading: 0.15, retrieval: 0.1 }

export interface RankedHit extends SearchHit {
  /** 0 to 1: the rerank score, in place of the retrieval score. */
  readonly score: number
  /** Whether the passage goes into the prompt. */
  readonly used: boolean
  /** 0 to 1: how much of the question's information the passage speaks of. */
  readonly coverage: number
}

/**
 * Orders retrieved chunks by how much of the whole question they speak of, which BM25 alone does not: it is content
 * with one rare word often repeated. Four signals, each 0 to 1, no randomness:
 *
 * - coverage: the share of the question's words found, each counting by its weight;
 * - proximity: found words over the length of the shortest stretch that holds them all;
 * - heading: coverage by the headings alone;
 * - retrieval: the BM25 score.
 */
export function rerank(query: readonly WeighedConcept[], hits: readonly SearchHit[]): RankedHit[] {
  const scored = hits.map((hit) => {
    const headings = termsOf(hit.chunk.headings.join(' '))
    const terms = [...headings, ...termsOf(hit.chunk.text)]
    const coverage = coverageOf(query, terms)
    const score =
      signalWeights.coverage * coverage +
      signalWeights.proximity * proximityOf(query, terms) +
      signalWeights.heading * coverageOf(query, headings) +
      signalWeights.retrieval * hit.score
    return { ...hit, score, coverage }
  })
  const ordered = scored.toSorted((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
  const best = ordered[0]?.score ?? 0
  return ordered.map((hit, rank) => ({ ...hit, used: rank < usedMax && hit.score >= best * usedShareMin }))
}

/** The share of the question's information found among `terms`, 0 to 1; a synonym counts half. */
export function coverageOf(query: readonly WeighedConcept[], terms: readonly string[]): number {
  const present = new Set(terms)
  let found = 0
  let asked = 0
  for (const { term, synonyms, weight } of query) {
    asked += weight
    if (present.has(term)) found += weight
    else if (synonyms.some((synonym) => present.has(synonym))) found += weight * synonymWeight
  }
  return asked === 0 ? 0 : found / asked
}

/** Distinct question words found, over the length in terms of the shortest stretch of text with all of them. */
function proximityOf(query: readonly WeighedConcept[], terms: readonly string[]): number {
  const asked = new Set(query.map(({ term }) => term))
  const wanted = new Set(terms.filter((term) => asked.has(term))).size
  if (wanted < 2) return 0

  const countInWindow = new Map<string, number>()
  let shortest = terms.length
  let start = 0
  for (const [end, term] of terms.entries()) {
    if (!asked.has(term)) continue
    countInWindow.set(term, (countInWindow.get(term) ?? 0) + 1)
    while (countInWindow.size === wanted) {
      shortest = Math.min(shortest, end - start + 1)
      const first = terms[start] ?? ''
      const count = countInWindow.get(first)
      if (count === 1) countInWindow.delete(first)
      else if (count !== undefined) countInWindow.set(first, count - 1)
      start += 1
    }
  }
  return wanted / shortest
}
