/** A trace that was asked for by its W3C trace id, or by its request id, goes on under the address of its own. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { SearchText } from '../../../lib/search-text.ts'
import { HOUR_MS } from '../../../lib/time-range.ts'
import { withTerm } from '../query/edit.ts'
import { traceKey } from '../trace-queries.ts'
import type { Trace } from '../trace-types.ts'
import { TRACE_ROUTE } from '../use-open-trace.ts'

/** @param id as the address says it */
export function useOwnAddress(id: string, trace: Trace | undefined): void {
  const navigate = useNavigate()
  const queries = useQueryClient()
  useEffect(() => {
    if (trace === undefined || trace.id === id) return
    queries.setQueryData(traceKey(trace.id), trace)
    const search = (before: SearchText) => ({
      ...requestsOf(id, trace),
      ...before,
      at: String(trace.timestamp),
    })
    void navigate({ to: TRACE_ROUTE, params: { id: trace.id }, search, replace: true, resetScroll: false })
  }, [id, navigate, queries, trace])
}

/** Several requests can be part of one W3C trace: the list beside this one shows them, whenever they were. */
function requestsOf(id: string, { trace_id, timestamp }: Trace): SearchText {
  if (trace_id !== id) return {}
  return {
    q: withTerm('', 'trace', id),
    from: moment(timestamp - HOUR_MS),
    to: moment(timestamp + HOUR_MS),
  }
}

function moment(ms: number): string {
  return new Date(ms).toISOString()
}
