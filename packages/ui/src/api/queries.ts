/** Questions to the daemon as hooks. What was last answered stays on the page while the next answer is on its way. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { DAY_MS } from '../lib/time-range.ts'
import type { TimeRange } from '../lib/time-range.ts'
import { api, dataOf } from './client.ts'
import type { operations } from './schema.gen.ts'

type Answer<Operation extends keyof operations> = operations[Operation] extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

export type SeriesAnswer = Answer<'querySeries'>
export type StatsAnswer = Answer<'getStats'>
export type LedgerAnswer = Answer<'queryLedger'>
export type HealthAnswer = Answer<'getHealth'>

export interface SeriesQuestion {
  metric: string
  /** Labels to keep; the others are summed over. */
  by?: readonly string[]
  /** 0..1 each. Histograms only. */
  quantiles?: readonly number[]
  /** Counts of the classic buckets. Histograms only. */
  hasBuckets?: boolean
  labels?: Readonly<Record<string, string>>
  /** Series of one answer; the answer counts those it left out. @default 50 */
  limit?: number
}

/** Exact numbers over a range. */
export function useStats(
  range: Pick<TimeRange, 'from' | 'to'>,
  service: string | undefined,
  isEnabled = true,
): UseQueryResult<StatsAnswer> {
  const query = {
    from: String(range.from),
    to: String(range.to),
    ...(service === undefined ? {} : { service }),
  }
  return useQuery({
    queryKey: ['stats', query],
    queryFn: ({ signal }) => dataOf(api.GET('/stats', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  })
}

/** A metric over time. @param service undefined is all of them */
export function useSeries(
  range: TimeRange,
  service: string | undefined,
  question: SeriesQuestion,
  isEnabled = true,
): UseQueryResult<SeriesAnswer> {
  const { metric, by = [], quantiles = [], hasBuckets = false, labels = {}, limit } = question
  const filters = { ...labels, ...(service === undefined ? {} : { service }) }
  const query = {
    metric,
    from: String(range.from),
    to: String(range.to),
    step: range.step.text,
    ...(by.length === 0 ? {} : { by: by.join(',') }),
    ...(quantiles.length === 0 ? {} : { quantiles: quantiles.join(',') }),
    ...(hasBuckets ? { buckets: 'true' as const } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...Object.fromEntries(Object.entries(filters).map(([name, value]) => [`label.${name}`, value])),
  }
  return useQuery({
    queryKey: ['series', query],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/series', { params: { query }, signal })),
    // Another metric or another service is another chart: only the same one an instant ago may stand in for it.
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  })
}

export type LedgerGroup =
  | 'day'
  | 'org'
  | 'service'
  | 'environment'
  | 'operation'
  | 'endpoint'
  | 'provider'
  | 'model'

export interface LedgerQuestion {
  group: readonly LedgerGroup[]
  service?: string | undefined
  environment?: string | undefined
  /** Rows; the answer sums up the others. */
  limit?: number
}

/** Requests, tokens and money by UTC day: every day that the range touches, as a whole. */
export function useLedger(
  range: Pick<TimeRange, 'from' | 'to'>,
  question: LedgerQuestion,
): UseQueryResult<LedgerAnswer> {
  const { group, service, environment, limit } = question
  const query = {
    from: dayOf(range.from),
    to: dayOf(range.to - 1),
    ...(group.length === 0 ? {} : { group: group.join(',') }),
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
    ...(limit === undefined ? {} : { limit }),
  }
  return useQuery({
    queryKey: ['ledger', query],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/ledger', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  })
}

function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10)
}

const NAMES_MAX = 200
const NAMES_DAYS = 30

/** Names of services, or environments, of the last 30 days, the most expensive first. */
export function useNames(group: 'service' | 'environment', now: number): readonly string[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS
  const { data } = useLedger(
    { from: today - NAMES_DAYS * DAY_MS, to: today + DAY_MS },
    { group: [group], limit: NAMES_MAX },
  )
  return data?.rows.map(({ key }) => key[group] ?? '').filter((name) => name !== '') ?? []
}

/** Health, asked apart from the clock of the page: it says when the daemon is back. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }): Promise<HealthAnswer | { status: 'unhealthy'; reason: string }> => {
    const { data, error, response } = await api.GET('/health', { signal })
    if (data !== undefined) return data
    if (response.status === 503 && 'reason' in error) return { status: 'unhealthy', reason: error.reason }
    return dataOf(Promise.resolve({ error, response }))
  },
  refetchInterval: ({ state }) => (state.error === null ? 15_000 : 3000),
  retry: false,
})
