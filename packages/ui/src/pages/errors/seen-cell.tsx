/** A moment as precise as it is known: ago, an hour, a day. */
import { Text } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatAgo } from '../../lib/format-ago.ts'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import type { Zone } from '../../lib/format-time.ts'
import { DAY_MS, HOUR_MS } from '../../lib/time-range.ts'
import type { Seen } from './error-rows.ts'

export interface SeenCellProps {
  seen: Seen | undefined
  now: number
  zone: Zone
}

export function SeenCell({ seen, now, zone }: SeenCellProps): ReactElement {
  if (seen === undefined)
    return (
      <Text span size="sm" c="dimmed">
        –
      </Text>
    )
  const { at, precisionMs } = seen
  const end = Math.min(now, at + precisionMs)
  if (precisionMs >= DAY_MS) {
    // Days of rollups are days of UTC, whatever the page shows.
    return <span title="Known to the day (UTC)">{formatMoment(at, 'utc').split(',')[0]}</span>
  }
  const between = `between ${formatMoment(at, zone)} and ${formatMoment(end, zone)} ${zoneName(zone)}`
  return <span title={between}>{precisionMs >= HOUR_MS ? formatMoment(at, zone) : formatAgo(end, now)}</span>
}
