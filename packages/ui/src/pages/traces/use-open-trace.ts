/** Which trace is open: it is part of the path, so its address is its own. */
import { useNavigate, useParams } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { SearchText } from '../../lib/search-text.ts'
import type { TraceSummary } from './trace-types.ts'

/** The routes are made from a list, so their types do not know this one. */
export const TRACE_ROUTE: string = '/traces/{-$id}'

type OpenTrace = (trace: Pick<TraceSummary, 'id' | 'timestamp'>, isReplacing?: boolean) => void

export function useOpenTrace(): { id: string | undefined; open: OpenTrace; close: () => void } {
  const navigate = useNavigate()
  const { id } = useParams({ strict: false }) as { id?: string }
  const open: OpenTrace = useCallback(
    ({ id: next, timestamp }, isReplacing = false) => {
      const search = (before: SearchText) => ({ ...before, at: String(timestamp) })
      void navigate({
        to: TRACE_ROUTE,
        params: { id: next },
        search: search,
        replace: isReplacing,
        resetScroll: false,
      })
    },
    [navigate],
  )
  const close = useCallback(() => {
    const search = (before: SearchText) => {
      const { at: _, tab: __, ...list } = before
      return list
    }
    void navigate({
      to: TRACE_ROUTE,
      params: { id: undefined },
      search: search,
      resetScroll: false,
    })
  }, [navigate])
  return { id, open, close }
}
