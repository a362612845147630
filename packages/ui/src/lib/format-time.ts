/** Moments for people, in the zone the page shows: UTC, or the browser's. */

export type Zone = 'utc' | 'local'

const LOCALE = 'en-GB'

/** The name that stands beside every moment, such as `UTC` or `Europe/Berlin`. */
export function zoneName(zone: Zone): string {
  return zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** How far it is from UTC, where there is no room for its name: `GMT-3`. */
export function zoneOffset(zone: Zone, moment: number): string {
  if (zoneName(zone) === 'UTC') return 'UTC'
  const parts = formatter(zone, { timeZoneName: 'shortOffset' }).formatToParts(moment)
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? zoneName(zone)
  return text === 'GMT+0' ? 'GMT' : text
}

/** Whether the times of the browser are those of UTC, in summer and in winter. */
export function isLocalUtc(year: number): boolean {
  return [0, 6].every((month) => /^(?:GMT|UTC)$/.test(zoneOffset('local', Date.UTC(year, month, 1))))
}

/** `21 Nov 2026, 14:05 – 15:05 GMT+1`; the second day where it is another. */
export function formatRange(from: number, to: number, zone: Zone): string {
  const [start, end] = [formatMoment(from, zone), formatMoment(to, zone)]
  const [day, time] = end.split(', ')
  const last = start.startsWith(`${day}, `) ? time : end
  return `${start} – ${last} ${zoneOffset(zone, from)}`
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

/** `14:05`. */
export function formatTime(moment: number, zone: Zone): string {
  return formatter(zone, { hour: '2-digit', minute: '2-digit' }).format(moment)
}

/** What a step covers: `21 Nov 2026, 14:05 – 14:10 (5 min)`, `13 Nov 2026, 19:00 – 14 Nov 2026, 19:00 (1 day)`. */
export function formatStep(at: number, stepMs: number, zone: Zone): string {
  const [from, to] = [formatMoment(at, zone), formatMoment(at + stepMs, zone)]
  const isSameDay = from.split(',')[0] === to.split(',')[0]
  const end = isSameDay ? formatTime(at + stepMs, zone) : to
  return `${from} – ${end} (${lengthText(stepMs)})`
}

function lengthText(lengthMs: number): string {
  const minutes = Math.round(lengthMs / 60_000)
  if (minutes % 1440 === 0) return minutes === 1440 ? '1 day' : `${minutes / 1440} days`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}

/** About how long: `24 min`, `30 h`, `12 days`. */
export function formatLength(lengthMs: number): string {
  const hours = lengthMs / 3_600_000
  if (hours < 2) return `${Math.max(1, Math.round(hours * 60))} min`
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`
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
