import MiniSearch from 'minisearch'

import type { Chunk } from './markdown-chunks.ts'
import type { QueryConcept } from './query-rewrite.ts'
import { termsOf } from './words.ts'

/** BM25+ as its authors (Lv and Zhai, 2011) and MiniSearch suggest it, written out because the score's bound uses it. */
const bm25 = { k: 1.2, b: 0.7, d: 0.5 }
const hitsMax = 10
/** A passage with less matches by accident: a question about something else finds nothing. */
const scoreMin = 0.1
/** A synonym is a guess, and counts as one. */
export const synonymWeight = 0.5

export interface SearchHit {
  readonly id: string
  /** 0 to 1, comparable between queries; see `createSearchIndex`. */
  readonly score: number
  readonly chunk: Chunk
}

export interface WeighedConcept extends QueryConcept {
  /** What the term tells: its inverse document frequency. Highest for a term that no chunk contains. */
  readonly weight: number
}

export interface SearchResult {
  /** The query, as this corpus weighs it. */
  readonly concepts: readonly WeighedConcept[]
  /** The best chunks, best first, those under the score floor left out: they are not evidence. */
  readonly hits: readonly SearchHit[]
}

/** Finds chunks in this process, or asks the service that does; see `index-service.ts`. */
export interface SearchIndex {
  /** @throws IndexUnreachableError if the index is a service that does not answer */
  readonly search: (query: readonly QueryConcept[]) => Promise<SearchResult>
  /** Whether it would answer now. */
  readonly isUp: () => Promise<boolean>
}

/**
 * A BM25+ index over chunks.
 *
 * BM25 scores have no upper end of their own, which makes them useless on a dashboard. The score returned is
 * `bm25 / bound`, where `bound` is what a text would reach that repeats every word of the question for ever:
 * the sum over the question's words of `idf(word) * (k + 1 + d)`. Words the corpus does not know stay in the bound,
 * so a question about something else scores low however well its other words match. Headings score beside the text and
 * can double it, so what is above one half is bent towards 1 (`saturated`); good matches lie between 0.4 and 0.9.
 */
export function createSearchIndex(chunks: readonly Chunk[]): SearchIndex {
  const chunkById = new Map(chunks.map((chunk) => [chunk.id, chunk]))
  const chunkCountByTerm = countChunks(chunks)
  const engine = new MiniSearch<{ id: string; heading: string; text: string }>({
    fields: ['heading', 'text'],
    tokenize: termsOf,
    processTerm: (term) => term,
    // Queries come as finished terms; stemming a stem again would change it.
    searchOptions: { bm25, tokenize: (term) => [term] },
  })
  engine.addAll(chunks.map(({ id, headings, text }) => ({ id, heading: headings.join(' '), text })))

  const weightOf = (term: string) => {
    const count = chunkCountByTerm.get(term) ?? 0
    return Math.log(1 + (chunks.length - count + 0.5) / (count + 0.5))
  }

  return {
    isUp: async () => true,
    search: async (query) => {
      const concepts = query.map((concept) => ({ ...concept, weight: weightOf(concept.term) }))
      const bound = concepts.reduce((sum, { weight }) => sum + weight * (bm25.k + 1 + bm25.d), 0)
      if (bound === 0) return { concepts, hits: [] }
      const own = query.map(({ term }) => term)
      const guessed = query.flatMap(({ synonyms }) => synonyms).filter((term) => !own.includes(term))
      const results = engine.search({
        combineWith: 'OR',
        queries: [
          { queries: own, combineWith: 'OR' },
          { queries: guessed, combineWith: 'OR', boostTerm: () => synonymWeight },
        ],
      })
      const hits = results.flatMap((result) => {
        const chunk = chunkById.get(String(result.id))
        // MiniSearch multiplies BM25 by the number of matched query terms; that preference is the rerank step's here.
        const score = saturated(result.score / Math.max(1, result.queryTerms.length) / bound)
        return chunk === undefined || score < scoreMin ? [] : [{ id: chunk.id, score, chunk }]
      })
      const best = hits.toSorted((one, other) => other.score - one.score).slice(0, hitsMax)
      return { concepts, hits: best }
    },
  }
}

/** Stays as it is up to one half and nears 1 from there, without a step or a bend in between: the order is kept. */
function saturated(share: number): number {
  return share <= 0.5 ? share : 1 - 0.5 * Math.exp(1 - 2 * share)
}

function countChunks(chunks: readonly Chunk[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { headings, text } of chunks) {
    for (const term of new Set(termsOf(`${headings.join(' ')} ${text}`)))
      counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  return counts
}
