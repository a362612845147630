/** Moments for people, in the zone the page shows: UTC, or the browser's. */

export type Zone = 'utc' | 'local'

const LOCALE = 'en-GB'

/** The name that stands beside every moment, such as `UTC` or `Europe/Berlin`. */
export function zoneName(zone: Zone): string {
  return zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
}

function formatter(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(LOCALE, { ...options, hour12: false, timeZone: zoneName(zone) })
}

/** `21 Nov 2026, 14:05`. */
export function formatMoment(moment: number, zone: Zone): string {
  return formatter(zone, {
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(moment)
}

/** `21 Nov 2026`: a day of UTC, as sums by day have it. */
export function formatDay(moment: number): string {
  return formatter('utc', { day: '2-digit', month: 'short', year: 'numeric' }).format(moment)
}

/** For an axis over a range of that length: hours within two days, dates beyond. */
export function axisFormatter(rangeMs: number, zone: Zone): (moment: number) => string {
  const time = formatter(zone, { hour: '2-digit', minute: '2-digit' })
  const day = formatter(zone, { day: 'numeric', month: 'short' })
  if (rangeMs > 4 * 86_400_000) return (moment) => day.format(moment)
  return (moment) => {
    const text = time.format(moment)
    return text === '00:00' && rangeMs > 3_600_000 ? day.format(moment) : text
  }
}
