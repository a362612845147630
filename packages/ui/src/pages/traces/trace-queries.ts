/** Questions about traces. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, dataOf } from '../../api/client.ts'
import type { paths } from '../../api/schema.gen.ts'
import type { Facets, Trace, TraceList, TraceParameters, TraceSummary } from './trace-types.ts'

type ListQuery = NonNullable<paths['/api/v1/traces']['get']['parameters']['query']>

const FIRST_PAGE = 100
const NEXT_PAGE = 500
/** More rows help nobody: a filter does. */
export const TRACES_MAX = 10_000
const LIVE_MS = 2000

function ask(
  parameters: TraceParameters,
  limit: number,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<TraceList> {
  // The parameters of metadata have open names, which the types of the client cannot know.
  const query = { ...parameters, limit, ...(cursor === undefined ? {} : { cursor }) } as ListQuery
  return dataOf(api.GET('/api/v1/traces', { params: { query }, ...(signal === undefined ? {} : { signal }) }))
}

export interface Traces {
  rows: readonly TraceSummary[]
  error: unknown
  isPending: boolean
  /** Answers to another filter, shown until this one's arrive. */
  isStale: boolean
  isFetchingMore: boolean
  hasMore: boolean
  /** The search ran out of time before it found enough; going on is up to the reader. */
  isTruncated: boolean
  /** There are more than a list may hold. */
  isFull: boolean
  fetchMore: () => void
  retry: () => void
  /** Asks for the newest again. */
  refresh: () => void
}

/**
 * The traces of a filter, newest first. The first page follows time until the window is pinned; the others continue
 * from the first page as it then is, so no row moves under the reader.
 */
export function useTraces(
  parameters: TraceParameters,
  options: { isEnabled: boolean; isPinned: boolean; isLive: boolean },
): Traces {
  const { isEnabled, isPinned, isLive } = options
  const first = useQuery({
    queryKey: ['traces', parameters],
    queryFn: ({ signal }) => ask(parameters, FIRST_PAGE, undefined, signal),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
    staleTime: isPinned ? 'static' : isLive ? 0 : 5000,
    refetchInterval: isLive && !isPinned ? LIVE_MS : false,
  })
  const cursor = first.isPlaceholderData ? null : (first.data?.next_cursor ?? null)
  const rest = useInfiniteQuery({
    queryKey: ['traces', parameters, cursor],
    queryFn: ({ pageParam, signal }) => ask(parameters, NEXT_PAGE, pageParam, signal),
    initialPageParam: cursor ?? '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    enabled: false,
    staleTime: 'static',
  })
  const rows = useMemo(
    () => [...(first.data?.traces ?? []), ...(rest.data?.pages.flatMap(({ traces }) => traces) ?? [])],
    [first.data, rest.data],
  )
  const hasMore = cursor !== null && (rest.data === undefined || rest.hasNextPage)
  const isFull = hasMore && rows.length >= TRACES_MAX
  return {
    rows,
    error: first.error ?? rest.error,
    isPending: first.isPending && isEnabled,
    isStale: first.isPlaceholderData,
    isFetchingMore: rest.isFetching,
    hasMore: hasMore && !isFull,
    isTruncated: (rest.data?.pages.at(-1) ?? first.data)?.truncated === true,
    isFull,
    fetchMore: () => {
      if (!rest.isFetching && hasMore && !isFull)
        void (rest.data === undefined ? rest.refetch() : rest.fetchNextPage())
    },
    refresh: () => void first.refetch(),
    retry: () => void (first.error === null ? rest.refetch() : first.refetch()),
  }
}

const NEW_MAX = 100

/** How many traces came since the newest one of a pinned list; `NEW_MAX` means that many or more. */
export function useNewCount(
  parameters: TraceParameters,
  since: number | undefined,
  isLive: boolean,
): { count: number; isMore: boolean } {
  const { data } = useQuery({
    queryKey: ['traces-new', parameters, since],
    queryFn: ({ signal }) =>
      ask({ ...parameters, from: String((since ?? 0) + 1) }, NEW_MAX, undefined, signal),
    enabled: since !== undefined && parameters['to'] === 'now',
    refetchInterval: isLive ? LIVE_MS : 10_000,
    // The moment after the newest trace may still lie in the future of a daemon whose clock is behind.
    retry: false,
  })
  return { count: data?.traces.length ?? 0, isMore: data !== undefined && data.next_cursor !== null }
}

export function useFacets(
  parameters: TraceParameters,
  fields: readonly string[],
  isEnabled: boolean,
): UseQueryResult<Facets> {
  const query = {
    ...parameters,
    ...(fields.length === 0 ? {} : { fields: fields.join(',') }),
  } as NonNullable<paths['/api/v1/traces/facets']['get']['parameters']['query']>
  return useQuery({
    queryKey: ['facets', query],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/traces/facets', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
    staleTime: 10_000,
  })
}

export function traceKey(id: string): readonly string[] {
  return ['trace', id]
}

/** @param timestamp start of the request, if it is known: the daemon then need not search */
export function useTrace(id: string, timestamp: string | undefined): UseQueryResult<Trace> {
  return useQuery({
    queryKey: traceKey(id),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/traces/{id}', {
          params: { path: { id }, query: timestamp === undefined ? {} : { timestamp } },
          signal,
        }),
      ),
    staleTime: 5000,
  })
}

const EXPORT_PAGE = 1000

/** Every trace of a filter up to `TRACES_MAX`, for a file. */
export async function fetchAll(
  parameters: TraceParameters,
): Promise<{ rows: TraceSummary[]; isWhole: boolean }> {
  const rows: TraceSummary[] = []
  let cursor: string | undefined
  do {
    // Each page continues where the one before ended.
    const page = await ask(parameters, EXPORT_PAGE, cursor)
    rows.push(...page.traces)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined && rows.length < TRACES_MAX)
  return { rows, isWhole: cursor === undefined }
}
