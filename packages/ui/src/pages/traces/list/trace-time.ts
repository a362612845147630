/** Starts of traces: short for a list, whole for one trace. */
import { zoneName } from '../../../lib/format-time.ts'
import type { Zone } from '../../../lib/format-time.ts'

const formats = new Map<
  Zone,
  { time: Intl.DateTimeFormat; day: Intl.DateTimeFormat; whole: Intl.DateTimeFormat }
>()

/** Making a formatter costs more than a row of the list. */
function formatsOf(zone: Zone) {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const of = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, hour12: false, timeZone: zoneName(zone) })
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  const made = {
    time: of(time),
    day: of({ day: '2-digit', month: 'short' }),
    whole: of({ day: '2-digit', month: 'short', year: 'numeric', ...time, fractionalSecondDigits: 3 }),
  }
  formats.set(zone, made)
  return made
}

export function formatStart(timestamp: number, zone: Zone): { day: string; time: string } {
  const { time, day } = formatsOf(zone)
  return { day: day.format(timestamp), time: time.format(timestamp) }
}

/** With date, milliseconds and the zone. */
export function formatWhole(timestamp: number, zone: Zone): string {
  return `${formatsOf(zone).whole.format(timestamp)} ${zoneName(zone)}`
}
