/** What is asked of what was spent. */

/** Each stated value must match. With a provider the document store is not counted: it has none. */
export type SpendingFilters = Readonly<Partial<Record<'service' | 'provider' | 'org', string>>>

export interface SpendingQuery {
  /** Start of an hour, epoch milliseconds; at most 40 days ago, unless it is midnight UTC. */
  since: number
  /** A moment of the last day that counts, which counts as a whole. */
  until: number
  filters: SpendingFilters
  /** Epoch milliseconds by which the query must end. */
  deadline: number
}

export interface SpendingResult {
  usd: number
}
