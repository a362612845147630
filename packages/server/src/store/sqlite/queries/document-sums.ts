/** Sums by document over traces, in memory. Pure. */
import type { RetrievedDocument } from '@ragmeter/core'
import type { DocumentOrder, DocumentsResult, DocumentUsage, Estimated } from '../../retrieval-queries.ts'
import { shareLowerBound } from './share-bound.ts'

/** What a trace says about its documents. */
export interface DocumentsOfTrace {
  service: string
  id: string
  timestamp: number
  /** Requests that it stands for. */
  weight: number
  /** Whether it failed or was rated negative. */
  isBad: boolean
  documents: readonly RetrievedDocument[]
}

/** Sums of weights, but for `traces`. */
interface Sums {
  service: string
  id: string
  retrieved: Estimated
  useStated: number
  used: number
  citationsStated: number
  cited: number
  positions: number
  ranks: number
  ranked: number
  scores: number
  scored: number
  /** Of the traces that used it. */
  outcomes: Estimated & { bad: number; squares: number }
  lastSeen: number
  lastTrace: string
  lastBadTrace: string | null
}

export class DocumentSums {
  readonly all = { traces: 0, estimate: 0, bad: 0 }
  readonly #documents = new Map<string, Sums>()
  readonly #documentsMax: number
  readonly #withIds: Estimated = { traces: 0, estimate: 0 }
  #statesUse = false
  #statesCitations = false
  #uncounted = 0

  /** @param documentsMax different documents that are counted apart */
  constructor(documentsMax: number) {
    this.#documentsMax = documentsMax
  }

  /** Traces come the newest first. */
  add(trace: DocumentsOfTrace): void {
    const { documents, weight, isBad } = trace
    this.all.traces += 1
    this.all.estimate += weight
    if (isBad) this.all.bad += weight
    const found = appearancesOf(documents)
    if (found.size === 0) return
    this.#withIds.traces += 1
    this.#withIds.estimate += weight
    // A list that states it of some says of the others that it is not so.
    const isUseStated = documents.some(({ used }) => used !== undefined)
    const isCitationStated = documents.some(({ cited }) => cited !== undefined)
    this.#statesUse ||= isUseStated
    this.#statesCitations ||= isCitationStated
    for (const [id, appearance] of found) {
      const sums = this.#sumsOf(trace, id)
      if (sums === undefined) this.#uncounted += weight
      else addAppearance(sums, trace, appearance, { isUseStated, isCitationStated })
    }
  }

  result(order: DocumentOrder, limit: number): Omit<DocumentsResult, 'based_on'> {
    const { all } = this
    const matching = Array.from(this.#documents.values(), usageOf)
      .filter((document) => isWanted(document, order))
      .sort((left, right) => compare(left, right, order))
    const others = matching.slice(limit)
    return {
      with_ids: this.#withIds,
      states_use: this.#statesUse,
      states_citations: this.#statesCitations,
      average_bad_share: all.traces === 0 ? null : all.bad / all.estimate,
      documents_total: this.#documents.size,
      documents_matching: matching.length,
      documents: matching.slice(0, limit),
      others: {
        documents: others.length,
        retrieved: others.reduce((sum, { retrieved }) => sum + retrieved.estimate, 0),
      },
      uncounted: this.#uncounted,
    }
  }

  #sumsOf({ service, id: trace, timestamp }: DocumentsOfTrace, id: string): Sums | undefined {
    const key = `${service}\u0000${id}`
    const known = this.#documents.get(key)
    if (known !== undefined || this.#documents.size >= this.#documentsMax) return known
    const sums: Sums = {
      service,
      id,
      retrieved: { traces: 0, estimate: 0 },
      useStated: 0,
      used: 0,
      citationsStated: 0,
      cited: 0,
      positions: 0,
      ranks: 0,
      ranked: 0,
      scores: 0,
      scored: 0,
      outcomes: { traces: 0, estimate: 0, bad: 0, squares: 0 },
      lastSeen: timestamp,
      lastTrace: trace,
      lastBadTrace: null,
    }
    this.#documents.set(key, sums)
    return sums
  }
}

/** One document of a trace; of a document that was found twice the better place, and whatever was true of either. */
interface Appearance {
  position: number
  rank: number | undefined
  score: number | undefined
  isUsed: boolean
  isCited: boolean
}

function appearancesOf(documents: readonly RetrievedDocument[]): Map<string, Appearance> {
  const found = new Map<string, Appearance>()
  documents.forEach(({ id, rank, score, used, cited }, index) => {
    if (id === undefined) return
    const first = found.get(id)
    found.set(id, {
      position: first?.position ?? index + 1,
      rank: smaller(first?.rank, rank),
      score: first?.score ?? score,
      isUsed: first?.isUsed === true || used === true,
      isCited: first?.isCited === true || cited === true,
    })
  })
  return found
}

function smaller(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.min(left, right)
}

function addAppearance(
  sums: Sums,
  { weight, isBad, id }: DocumentsOfTrace,
  { position, rank, score, isUsed, isCited }: Appearance,
  { isUseStated, isCitationStated }: { isUseStated: boolean; isCitationStated: boolean },
): void {
  sums.retrieved.traces += 1
  sums.retrieved.estimate += weight
  sums.positions += weight * position
  if (rank !== undefined) {
    sums.ranked += weight
    sums.ranks += weight * rank
  }
  if (score !== undefined) {
    sums.scored += weight
    sums.scores += weight * score
  }
  if (isUseStated) sums.useStated += weight
  if (isUsed) sums.used += weight
  if (isCitationStated) sums.citationsStated += weight
  if (isCited) sums.cited += weight
  // What was not in the prompt has no part in the answer.
  if (isUseStated && !isUsed) return
  const { outcomes } = sums
  outcomes.traces += 1
  outcomes.estimate += weight
  outcomes.squares += weight * weight
  if (!isBad) return
  outcomes.bad += weight
  sums.lastBadTrace ??= id
}

function usageOf(sums: Sums): DocumentUsage {
  const { retrieved, outcomes } = sums
  const { traces, estimate, bad, squares } = outcomes
  const share = traces === 0 ? null : bad / estimate
  return {
    service: sums.service,
    id: sums.id,
    retrieved,
    in_prompt: sums.useStated === 0 ? null : sums.used,
    cited: sums.citationsStated === 0 ? null : sums.cited,
    average_position: sums.positions / retrieved.estimate,
    average_rank: sums.ranked === 0 ? null : sums.ranks / sums.ranked,
    average_score: sums.scored === 0 ? null : sums.scores / sums.scored,
    outcomes: {
      traces,
      estimate,
      bad,
      bad_share: share,
      // Unequal weights say less than as many equal ones: Kish's effective sample size.
      bad_share_low: share === null ? null : shareLowerBound(share, (estimate * estimate) / squares),
    },
    last_seen: sums.lastSeen,
    last_trace: sums.lastTrace,
    last_bad_trace: sums.lastBadTrace,
  }
}

/** Never cited; where citations are not stated, never in the prompt; where neither is, it cannot be said. */
function isWanted({ cited, in_prompt: used, outcomes }: DocumentUsage, order: DocumentOrder): boolean {
  if (order === 'never_cited') return (cited ?? used) === 0
  return order === 'retrieved' || outcomes.bad > 0
}

function compare(left: DocumentUsage, right: DocumentUsage, order: DocumentOrder): number {
  const surest =
    order === 'bad' ? (right.outcomes.bad_share_low ?? 0) - (left.outcomes.bad_share_low ?? 0) : 0
  return (
    surest ||
    right.retrieved.estimate - left.retrieved.estimate ||
    (left.id < right.id ? -1 : left.id > right.id ? 1 : left.service < right.service ? -1 : 1)
  )
}
