/**
 * The clock of the page: it ticks as often as the URL says, and whenever something else is looked at; it stands still while
 * the page is hidden.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useSharedState } from './url-state.ts'

interface Clock {
  /** Epoch milliseconds of the last tick. */
  now: number
  /** Looks again at once. */
  tick: () => void
}

const ClockContext = createContext<Clock | undefined>(undefined)

export function ClockProvider({ children }: { children: ReactNode }): ReactElement {
  const { refreshSeconds, from, to, service } = useSharedState()
  const page = useLocation({ select: ({ pathname }) => pathname })
  const [now, setNow] = useState(() => Date.now())
  // "Last hour" is chosen as of now, whether or not the page looks again by itself.
  const subject = [page, from, to, service].join('\n')
  const [lookedAt, setLookedAt] = useState(subject)
  if (subject !== lookedAt) {
    setLookedAt(subject)
    setNow(() => Date.now())
  }
  const queries = useQueryClient()
  const tick = useCallback(() => {
    setNow(Date.now())
    // A range that has not moved on by a step has the same key: its last step still grows.
    void queries.invalidateQueries({ refetchType: 'active' })
  }, [queries])
  useEffect(() => {
    if (refreshSeconds === 0) return undefined
    let timer: ReturnType<typeof setInterval> | undefined
    const stop = () => clearInterval(timer)
    const start = () => {
      stop()
      timer = setInterval(tick, refreshSeconds * 1000)
    }
    const onVisibility = () => {
      if (document.visibilityState === 'hidden') stop()
      else {
        tick()
        start()
      }
    }
    if (document.visibilityState === 'visible') start()
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      stop()
      document.removeEventListener('visibilitychange', onVisibility)
    }
  }, [refreshSeconds, tick])
  const clock = useMemo(() => ({ now, tick }), [now, tick])
  return <ClockContext value={clock}>{children}</ClockContext>
}

/** @throws Error outside of ClockProvider */
export function useClock(): Clock {
  const clock = use(ClockContext)
  if (clock === undefined) throw new Error('useClock needs a ClockProvider around it')
  return clock
}
