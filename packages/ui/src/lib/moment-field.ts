/** The text of a `datetime-local` field, which knows no zone, against moments. */
import type { Zone } from './format-time.ts'

export function fieldText(moment: number, zone: Zone): string {
  const offsetMs = zone === 'utc' ? 0 : new Date(moment).getTimezoneOffset() * 60_000
  return new Date(moment - offsetMs).toISOString().slice(0, 16)
}

/** @returns epoch milliseconds; undefined while the field is not complete */
export function momentOfField(text: string, zone: Zone): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return undefined
  const moment = Date.parse(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(moment) ? undefined : moment
}
