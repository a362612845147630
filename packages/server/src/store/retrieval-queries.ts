/**
 * What is asked about retrieval, and what kept traces answer. Traces are a sample: each stands for the inverse of the
 * probability with which it was kept (Horvitz and Thompson 1952), and sums of those weights are called estimates here.
 */
/**
 * Signs that a question was not answered from the documents. `empty`: nothing was found; `low_score`: the best document
 * scores low; `failed`: the request ended in an error or a timeout; `negative_feedback`: thumbs down, at any time.
 */
export const GAP_REASONS = ['empty', 'low_score', 'failed', 'negative_feedback'] as const
export type GapReason = (typeof GAP_REASONS)[number]

/**
 * A best score counts as low if it is below `below`, or below the `quantile` of the best scores of its own service and
 * retriever: scores of different retrievers have no common scale.
 */
export type LowScore = { below: number } | { quantile: number }

/** Which traces are looked at; without a value all of them. */
export interface RetrievalFilter {
  /** Start, epoch milliseconds; [from, to). */
  from: number
  to: number
  service?: string
  environment?: string
  retriever?: string
}

/** How many traces an answer rests on. */
export interface Basis {
  /** Traces that were read: the newest that match. */
  traces: number
  /** Requests that they stand for. */
  estimate: number
  /** Traces that match and were counted. */
  matching: number
  /** Whether these are all. Else there are more, or there was no time to count on. */
  matching_complete: boolean
  /** Start of the part of the range that was read, epoch milliseconds. */
  since: number
}

/** Traces, and the requests that they stand for. */
export interface Estimated {
  traces: number
  estimate: number
}

export interface GapsQuery {
  filter: RetrievalFilter
  lowScore: LowScore
  /** Only requests with this sign count. */
  reason?: GapReason
  /** Key of the metadata that holds the text of queries, where an application sends it. */
  textKey: string
  /** Traces that are read, the newest first. */
  tracesMax: number
  /** Matching traces that are counted. */
  countMax: number
  /** Gaps that are named; the others are summed up. */
  limit: number
  /** Parts of the range by which a trend is counted. */
  steps: number
  /** Epoch milliseconds by which the query must end; it then returns what it has, and says so. */
  deadline: number
}

export interface Gap {
  service: string
  /** Keyed hash of the query; null if the client sent none and the text is all that is known. */
  query_hash: string | null
  text: string | null
  /** Requests of the query that show a sign. */
  bad: Estimated
  /** All requests of the query. */
  asked: Estimated
  /** Estimates; a request can have several reasons. */
  reasons: Record<GapReason, number>
  /** Of the retrievals with a score. */
  average_top_score: number | null
  /** Of the bad ones, epoch milliseconds. */
  last_seen: number
  last_trace: string
  /** Estimates of bad requests in each step. */
  trend: number[]
}

export interface LowScoreThreshold {
  service: string
  retriever: string
  /** null: too few scores to tell. */
  below: number | null
  /** Traces with a score. */
  traces: number
}

export interface GapsResult {
  based_on: Basis
  thresholds: LowScoreThreshold[]
  /** Services and retrievers beyond those named; in the rarest of them no score counts as low. */
  thresholds_omitted: number
  /** What the steps of trends divide. */
  trend: { from: number; to: number; steps: number }
  /** The most frequent first. */
  gaps: Gap[]
  others: Estimated & { queries: number }
  /** With a sign, but neither a hash nor a text of the query to group by. */
  ungrouped: Estimated
  /** All of the above. */
  total: Estimated & { reasons: Record<GapReason, number> }
}

/** `bad`: more bad outcomes than the average, surest first; `never_cited`: retrieved, and of no use. */
export const DOCUMENT_ORDERS = ['retrieved', 'never_cited', 'bad'] as const
export type DocumentOrder = (typeof DOCUMENT_ORDERS)[number]

export interface DocumentsQuery {
  filter: RetrievalFilter
  order: DocumentOrder
  /** Traces whose details are read, the newest first. */
  tracesMax: number
  countMax: number
  /** Different documents that are counted apart. */
  documentsMax: number
  limit: number
  deadline: number
}

export interface DocumentUsage {
  service: string
  id: string
  retrieved: Estimated
  /** Estimate; null if no trace states which documents were in the prompt. */
  in_prompt: number | null
  /** Estimate; null if no trace states which documents were cited. */
  cited: number | null
  /** Place in the order of the retriever, 1-based. */
  average_position: number
  /** After reranking; null if no trace states it. */
  average_rank: number | null
  average_score: number | null
  outcomes: DocumentOutcomes
  last_seen: number
  last_trace: string
  /** The last one with a bad outcome. */
  last_bad_trace: string | null
}

/** Of the requests that had the document in the prompt, or retrieved it where that is not stated. */
export interface DocumentOutcomes extends Estimated {
  /** Estimate of those that failed or were rated negative. */
  bad: number
  /** Share of the bad; null without any request. */
  bad_share: number | null
  /** Lower end of its 95 % interval: above the average of all, the difference is hardly chance. */
  bad_share_low: number | null
}

export interface DocumentsResult {
  based_on: Basis
  /** Traces that name their documents. */
  with_ids: Estimated
  /** Whether any trace states which documents were in the prompt, and which were cited. */
  states_use: boolean
  states_citations: boolean
  /** Share of bad outcomes of all requests that were read. */
  average_bad_share: number | null
  /** Different documents that were counted; `matching` are those that the order is about. */
  documents_total: number
  documents_matching: number
  documents: DocumentUsage[]
  others: { documents: number; retrieved: number }
  /** Retrievals of documents beyond `documentsMax` different ones: not in any sum by document. */
  uncounted: number
}
