/** What a page looks at: the range of the URL at this tick of the clock, the service, the zone. */
import { useMemo } from 'react'
import { useClock } from './clock.tsx'
import { previousRange, rangeOf } from './time-range.ts'
import type { TimeRange } from './time-range.ts'
import { useSharedState } from './url-state.ts'
import type { SharedState } from './url-state.ts'

export interface View extends Omit<SharedState, 'from' | 'to'> {
  range: TimeRange
  /** The period before; what is compared with. */
  previous: TimeRange
}

export function useView(): View {
  const { from, to, ...shared } = useSharedState()
  const { now } = useClock()
  const { from: start, to: end, step } = rangeOf(from, to, now)
  // The same range is the same object, tick after tick, until it moves on by a step.
  const range = useMemo(
    () => ({ from: start, to: end, step: { text: step.text, ms: step.ms } }),
    [start, end, step.text, step.ms],
  )
  return { ...shared, range, previous: useMemo(() => previousRange(range), [range]) }
}
