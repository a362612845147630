/** Questions of the page of costs to the ledger. */
import { queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { operations } from '../../api/schema.gen.ts'
import type { DayRange } from './cost-period.ts'
import type { CostRow } from './cost-rows.ts'
import { monthsOf } from './cost-rows.ts'
import type { CostFilters } from './cost-state.ts'

type LedgerParameters = NonNullable<operations['queryLedger']['parameters']['query']>
export type LedgerAnswer = operations['queryLedger']['responses'][200]['content']['application/json']

/** Rows of the table; what is beyond is summed up. */
export const ROWS_MAX = 500
/** Rows of an export: all that the API gives. */
export const EXPORT_ROWS_MAX = 10_000

export interface LedgerQuestion {
  days: DayRange
  /** A group of the ledger, `month`, or undefined for one sum. */
  group?: string
  filters: CostFilters
  limit?: number
}

/** What the ledger is asked: it knows days, not months. */
export function parametersOf({ days, group, filters, limit }: LedgerQuestion): LedgerParameters {
  return {
    ...days,
    ...(group === undefined ? {} : { group: group === 'month' ? 'day' : group }),
    ...(limit === undefined ? {} : { limit }),
    ...filters,
  }
}

// oxlint-disable-next-line typescript/explicit-module-boundary-types -- the options carry their types in a way that has no short name
export function ledgerQuery(question: LedgerQuestion) {
  const query = parametersOf(question)
  return queryOptions({
    queryKey: ['ledger', query],
    queryFn: ({ signal }): Promise<LedgerAnswer> =>
      dataOf(api.GET('/api/v1/ledger', { params: { query }, signal })),
  })
}

/** The groups there are: the declared dimensions come from the daemon. */
export const groupsQuery = queryOptions({
  queryKey: ['ledger-groups'],
  queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/ledger/groups', { signal }))).groups,
  // They change with a restart of the daemon only.
  staleTime: 10 * 60_000,
})

/** The rows of an answer, months added up. */
export function rowsOf(answer: LedgerAnswer, group: string): CostRow[] {
  const key = group === 'month' ? 'day' : group
  const rows = answer.rows.map((row) => ({ value: row.key[key] ?? '', sums: row }))
  return group === 'month' ? monthsOf(rows) : rows
}
