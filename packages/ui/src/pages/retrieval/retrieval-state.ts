/** What the page of retrieval shows, as the URL says it. */
import { useMemo } from 'react'
import { useSearchText } from '../../lib/url-state.ts'
import type { SearchText } from '../../lib/search-text.ts'

export const REASONS = ['empty', 'low_score', 'failed', 'negative_feedback'] as const
export type Reason = (typeof REASONS)[number]

export const REASON_NAMES: Readonly<Record<Reason, string>> = {
  empty: 'empty',
  low_score: 'low score',
  failed: 'failed',
  negative_feedback: 'thumbs down',
}

export const ORDERS = ['retrieved', 'never_cited', 'bad'] as const
export type Order = (typeof ORDERS)[number]

/** A score counts as low below a share of the scores of its own retriever, or below a fixed one. */
export type LowScore = { quantile: number } | { below: number }

const QUANTILE_DEFAULT = 0.1
const QUANTILE_MAX = 0.5
const SCORE_MAX = 1e9

export interface RetrievalState {
  retriever: string | undefined
  reason: Reason | undefined
  low: LowScore
  order: Order
}

export function readState(search: Readonly<SearchText>): RetrievalState {
  const { retriever, reason, low, order } = search as Partial<Record<string, string>>
  return {
    retriever,
    reason: REASONS.find((name) => name === reason),
    low: readLow(low),
    order: ORDERS.find((name) => name === order) ?? 'retrieved',
  }
}

export function useRetrievalState(): RetrievalState {
  const search = useSearchText()
  return useMemo(() => readState(search), [search])
}

/** `5%` is a share, `0.3` a score; anything else is the default. */
function readLow(text: string | undefined): LowScore {
  const [, number = '', percent] = /^(-?\d+(?:\.\d+)?)(%?)$/.exec(text ?? '') ?? []
  const value = Number(number)
  if (number === '') return { quantile: QUANTILE_DEFAULT }
  if (percent === '') return { below: Math.max(-SCORE_MAX, Math.min(SCORE_MAX, value)) }
  return { quantile: Math.max(0, Math.min(QUANTILE_MAX, value / 100)) }
}

/** undefined for the default, which does not stand in the URL. */
export function writeLow(low: LowScore): string | undefined {
  if ('below' in low) return String(low.below)
  return low.quantile === QUANTILE_DEFAULT ? undefined : `${Number((low.quantile * 100).toPrecision(6))}%`
}
