/** Timestamps on the wire: ISO 8601 with or without offset, or an epoch number of seconds, milli-, micro- or nanoseconds. */

export interface ParsedTimestamp {
  /** Epoch milliseconds, a whole number; finer digits are cut off. */
  epochMs: number
  /** The text had no offset and was taken as UTC. */
  withoutOffset: boolean
}

/** Longer texts are no timestamps; it also bounds the work of the pattern. */
const TEXT_LENGTH_MAX = 40

/** A number below this is seconds: as milliseconds it would lie before March 1973. */
const SECONDS_BELOW = 1e11
const MILLISECONDS_BELOW = 1e14
const MICROSECONDS_BELOW = 1e17
/** What `Date` can hold; all that comes later may rely on it. */
const EPOCH_MS_MAX = 8.64e15

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/
const EPOCH_TEXT = /^\d{9,19}(\.\d{1,9})?$/

/** @returns undefined if the value is no timestamp */
export function parseTimestamp(value: unknown): ParsedTimestamp | undefined {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) return undefined
  const epochMs = utcOf(value)
  if (!Number.isNaN(epochMs)) return { epochMs, withoutOffset: false }
  return fromIso(value) ?? (EPOCH_TEXT.test(value) ? fromNumber(Number(value)) : undefined)
}

/**
 * `YYYY-MM-DDTHH:MM:SS`, a fraction or none, `Z` or `+00:00`: what nearly all clients send, read by its characters
 * at a tenth of the pattern's cost. NaN for anything else, valid or not.
 */
function utcOf(text: string): number {
  const length = text.length
  const zone =
    text.charCodeAt(length - 1) === 0x5a
      ? length - 1
      : text.endsWith('+00:00')
        ? length - '+00:00'.length
        : -1
  if (zone !== 19 && (zone < 21 || zone > 29 || text.charCodeAt(19) !== 0x2e)) return Number.NaN
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d || text.charCodeAt(10) !== 0x54)
    return Number.NaN
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return Number.NaN
  let millis = 0
  for (let at = 20; at < zone; at += 1) {
    const digit = text.charCodeAt(at) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    if (at < 23) millis += digit * (at === 20 ? 100 : at === 21 ? 10 : 1)
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  return epochOf(
    year,
    twoDigits(text, 5),
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
    millis,
  )
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30
  const ones = text.charCodeAt(at + 1) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function fromIso(text: string): ParsedTimestamp | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction = '', offset] = match
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3))
  const epochMs =
    epochOf(
      Number(year),
      Number(month),
      Number(day),
      Number(hours),
      Number(minutes),
      Number(seconds),
      millis,
    ) - offsetMs(offset)
  return Number.isNaN(epochMs) ? undefined : { epochMs, withoutOffset: offset === undefined }
}

/** Epoch milliseconds of a moment in UTC; NaN if there is no such moment. 23:59:60 is a leap second and 24:00 the next day. */
function epochOf(
  year: number,
  month: number,
  day: number,
  hours: number,
  minutes: number,
  seconds: number,
  millis: number,
): number {
  const exists =
    month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && minutes <= 59 && seconds <= 60
  const inDay = hours <= 23 || (hours === 24 && minutes === 0 && seconds === 0 && millis === 0)
  if (!exists || !inDay) return Number.NaN
  return (((epochDay(year, month, day) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + millis
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0)
}

/** Days since 1970-01-01. Years begin in March here, so that the leap day is the last one; `Date.UTC` moves the years 0 to 99. */
function epochDay(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month <= 2 ? month + 9 : month - 3) + 2) / 5) + day - 1
  return (
    shifted * 365 +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    dayOfYear -
    719_468
  )
}

function fromNumber(value: number): ParsedTimestamp | undefined {
  const size = Math.abs(value)
  const epochMs =
    size < SECONDS_BELOW
      ? // Seconds with a fraction are decimal: to the microsecond first, or .789 would become .788.
        Math.floor(Math.round(value * 1e6) / 1e3)
      : Math.floor(size < MILLISECONDS_BELOW ? value : size < MICROSECONDS_BELOW ? value / 1e3 : value / 1e6)
  return Math.abs(epochMs) <= EPOCH_MS_MAX ? { epochMs: epochMs + 0, withoutOffset: false } : undefined
}

/** NaN if the offset is none: hours up to 23, minutes up to 59. */
function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z' || offset === 'z') return 0
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  const hours = Number(digits.slice(0, 2))
  const minutes = Number(digits.slice(2))
  if (hours > 23 || minutes > 59) return Number.NaN
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
