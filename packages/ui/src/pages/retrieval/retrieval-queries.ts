/** Questions about gaps and documents: estimates from kept traces. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { operations } from '../../api/schema.gen.ts'
import type { View } from '../../lib/view.ts'
import type { RetrievalState } from './retrieval-state.ts'

type Parameters<Operation extends 'listRetrievalGaps' | 'listRetrievedDocuments'> = NonNullable<
  operations[Operation]['parameters']['query']
>

export type GapsAnswer = operations['listRetrievalGaps']['responses'][200]['content']['application/json']
export type Gap = GapsAnswer['gaps'][number]
export type DocumentsAnswer =
  operations['listRetrievedDocuments']['responses'][200]['content']['application/json']
export type DocumentUsage = DocumentsAnswer['documents'][number]
export type Basis = GapsAnswer['based_on']

/** Rows of a table; a file has more. */
const ROWS_MAX = 50
export const EXPORT_ROWS_MAX = 1000
const TREND_STEPS = 24

interface RetrievalFilter {
  from: string
  to: string
  service?: string
  environment?: string
  retriever?: string
}

function filterOf({ range, service, environment }: View, { retriever }: RetrievalState): RetrievalFilter {
  return {
    from: String(range.from),
    to: String(range.to),
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
    ...(retriever === undefined ? {} : { retriever }),
  }
}

/** @param limit rows @throws ApiError, UnreachableError */
export async function askGaps(
  view: View,
  state: RetrievalState,
  limit: number,
  signal?: AbortSignal,
): Promise<GapsAnswer> {
  const { reason, low } = state
  const query: Parameters<'listRetrievalGaps'> = {
    ...filterOf(view, state),
    ...(reason === undefined ? {} : { reason }),
    ...('below' in low ? { low_score: low.below } : { low_score_quantile: low.quantile }),
    limit,
    steps: TREND_STEPS,
  }
  return dataOf(
    api.GET('/api/v1/retrieval/gaps', { params: { query }, ...(signal === undefined ? {} : { signal }) }),
  )
}

/** @param limit rows @throws ApiError, UnreachableError */
export async function askDocuments(
  view: View,
  state: RetrievalState,
  limit: number,
  signal?: AbortSignal,
): Promise<DocumentsAnswer> {
  const query: Parameters<'listRetrievedDocuments'> = {
    ...filterOf(view, state),
    order: state.order,
    limit,
  }
  return dataOf(
    api.GET('/api/v1/retrieval/documents', {
      params: { query },
      ...(signal === undefined ? {} : { signal }),
    }),
  )
}

export function useGaps(view: View, state: RetrievalState): UseQueryResult<GapsAnswer> {
  const { reason, low } = state
  return useQuery({
    queryKey: ['gaps', filterOf(view, state), reason, low],
    queryFn: ({ signal }) => askGaps(view, state, ROWS_MAX, signal),
    placeholderData: keepPreviousData,
  })
}

export function useDocuments(view: View, state: RetrievalState): UseQueryResult<DocumentsAnswer> {
  return useQuery({
    queryKey: ['documents', filterOf(view, state), state.order],
    queryFn: ({ signal }) => askDocuments(view, state, ROWS_MAX, signal),
    placeholderData: keepPreviousData,
  })
}
