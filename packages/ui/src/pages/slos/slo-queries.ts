/** What the page of objectives asks. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { operations } from '../../api/schema.gen.ts'
import { HOUR_MS } from '../../lib/time-range.ts'

export type Slo = operations['listSlos']['responses'][200]['content']['application/json']['slos'][number]
export type SloHistory = operations['listSloHistory']['responses'][200]['content']['application/json']

export const HISTORY_DAYS = 30

export const slosQuery = queryOptions({
  queryKey: ['slos'],
  queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/slos', { signal }))).slos,
})

/** Reads two months of hours: asked once an hour, not with every tick of the page. */
export function useSloHistory(now: number): UseQueryResult<SloHistory> {
  return useQuery({
    queryKey: ['slo-history', Math.floor(now / HOUR_MS)],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/slos/history', { params: { query: { days: HISTORY_DAYS } }, signal })),
    staleTime: 'static',
  })
}
