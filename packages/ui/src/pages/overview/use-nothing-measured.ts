/** Whether there is nothing to show at all, whatever the range. */
import { useQuery } from '@tanstack/react-query'
import { healthQuery, useStats } from '../../api/queries.ts'
import { useClock } from '../../lib/clock.tsx'
import { DAY_MS } from '../../lib/time-range.ts'

/** As long as anything is held. */
const HELD_DAYS = 730

export function useNothingMeasured(): boolean {
  const { now } = useClock()
  const { data: health } = useQuery(healthQuery)
  const isUncounted = health !== undefined && 'traces_collected' in health && health.traces_collected === 0
  // Lifetime counters know nothing of history that was written into the database: it may be there all the same.
  const tomorrow = Math.ceil(now / DAY_MS) * DAY_MS
  const { data: stats } = useStats(
    { from: tomorrow - HELD_DAYS * DAY_MS, to: tomorrow },
    undefined,
    isUncounted,
  )
  return isUncounted && stats?.requests === 0
}
