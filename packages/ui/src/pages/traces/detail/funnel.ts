/**
 * What became of the documents of a request, as far as its trace says: found, reranked, in the prompt, cited. Pure.
 * What the trace does not say stays unknown: a document without `used` was neither used nor left out.
 */
import type { Trace } from '../trace-types.ts'

export interface FunnelStep {
  name: string
  /** undefined: the trace does not say. */
  count: number | undefined
  detail: string
}

/** `kept`: in the prompt; `lost`: left out, with a reason; `unknown`: the trace does not say. */
export type Fate = 'cited' | 'kept' | 'lost' | 'unknown'

export interface FunnelDocument {
  /** 1-based, as the retriever returned it. */
  position: number
  id: string | undefined
  score: number | undefined
  /** 1-based, after reranking. */
  rank: number | undefined
  rerankScore: number | undefined
  /** How many ranks it went up; below 0: down. undefined without a rank. */
  movement: number | undefined
  fate: Fate
  reason: string
}

export interface Funnel {
  steps: readonly FunnelStep[]
  documents: readonly FunnelDocument[]
  /** Documents that were found and are not in the trace. */
  omitted: number
}

interface Parts {
  retrieval?: Trace['retrieval'] | undefined
  rerank?: Trace['rerank'] | undefined
}

/** @returns undefined if the request retrieved nothing and the trace knows of no attempt */
export function funnelOf({ retrieval, rerank }: Parts): Funnel | undefined {
  if (retrieval === undefined && rerank === undefined) return undefined
  const sent = documentsOf(retrieval)
  const hasRanks = sent.some(({ rank }) => rank !== undefined)
  const isReranked = rerank !== undefined || hasRanks
  const documents = sent.map((document, index): FunnelDocument => {
    const { id, score, rank, used, cited } = document
    const position = index + 1
    const common = { position, id, score, rank, rerankScore: rerankScoreOf(rerank, rank) }
    return {
      ...common,
      movement: rank === undefined ? undefined : position - rank,
      ...fateOf({ used, cited, rank }, { hasRanks, isReranked, kept: rerank?.out_count }),
    }
  })
  const found = retrieval?.count ?? (documents.length === 0 ? undefined : documents.length)
  return {
    steps: stepsOf({ retrieval, rerank }, found, sent, documents),
    documents,
    omitted: Math.max(0, (found ?? 0) - documents.length),
  }
}

type SentDocument = NonNullable<NonNullable<Trace['retrieval']>['documents']>[number]

/** The documents, or bare scores where no more was sent. */
function documentsOf(retrieval: Trace['retrieval']): SentDocument[] {
  const scores = retrieval?.scores ?? []
  const documents = retrieval?.documents
  if (documents === undefined) return scores.map((score) => ({ score }))
  // Scores belong to documents by their place, so only a list of the same length can be read that way.
  if (scores.length !== documents.length) return documents
  return documents.map((document, index) => {
    const score = document.score ?? scores[index]
    return score === undefined ? document : { ...document, score }
  })
}

function rerankScoreOf(rerank: Trace['rerank'], rank: number | undefined): number | undefined {
  return rank === undefined ? undefined : rerank?.scores?.[rank - 1]
}

interface Circumstances {
  hasRanks: boolean
  isReranked: boolean
  /** Documents that the reranker let through. */
  kept: number | undefined
}

function fateOf(
  {
    used,
    cited,
    rank,
  }: {
    used: boolean | undefined
    cited: boolean | undefined
    rank: number | undefined
  },
  { hasRanks, isReranked, kept }: Circumstances,
): { fate: Fate; reason: string } {
  if (cited === true) return { fate: 'cited', reason: 'Cited in the answer' }
  if (used === true)
    return { fate: 'kept', reason: cited === false ? 'In the prompt, not cited' : 'In the prompt' }
  if (isReranked && hasRanks && rank === undefined)
    return { fate: 'lost', reason: 'Dropped by the reranker: it has no rank' }
  if (rank !== undefined && kept !== undefined && rank > kept)
    return { fate: 'lost', reason: `Dropped by the reranker: rank ${rank}, and it kept ${kept}` }
  if (used === false)
    return {
      fate: 'lost',
      reason: isReranked ? 'Kept by the reranker, not put into the prompt' : 'Found, not put into the prompt',
    }
  return {
    fate: 'unknown',
    reason:
      cited === false
        ? 'Not cited; not stated whether it was in the prompt'
        : 'Not stated whether it was in the prompt',
  }
}

function stepsOf(
  { retrieval, rerank }: Parts,
  found: number | undefined,
  sent: readonly SentDocument[],
  documents: readonly FunnelDocument[],
): FunnelStep[] {
  const steps: FunnelStep[] = []
  if (retrieval !== undefined)
    steps.push({ name: 'Candidates', count: found, detail: retrieval.retriever ?? 'retrieval' })
  if (rerank !== undefined) {
    const { in_count: given, out_count: kept } = rerank
    steps.push({
      name: 'Reranked',
      count: kept,
      detail: given === undefined ? 'kept by the reranker' : `of ${given} given to the reranker`,
    })
  }
  const isUseStated = sent.some(({ used, cited }) => used !== undefined || cited === true)
  const isCitedStated = sent.some(({ cited }) => cited !== undefined)
  const isEmpty = found === 0
  steps.push(
    {
      name: 'In the prompt',
      count: isUseStated ? countOf(documents, ['kept', 'cited']) : isEmpty ? 0 : undefined,
      detail: isUseStated || isEmpty ? 'documents the model saw' : 'no document states whether it was used',
    },
    {
      name: 'Cited',
      count: isCitedStated ? countOf(documents, ['cited']) : isEmpty ? 0 : undefined,
      detail:
        isCitedStated || isEmpty ? 'documents the answer names' : 'no document states whether it was cited',
    },
  )
  return steps
}

function countOf(documents: readonly FunnelDocument[], fates: readonly Fate[]): number {
  return documents.filter(({ fate }) => fates.includes(fate)).length
}
