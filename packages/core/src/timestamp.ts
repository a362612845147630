/** Timestamps on the wire: ISO 8601 with or without offset, or an epoch number of seconds, milli-, micro- or nanoseconds. */

export interface ParsedTimestamp {
  /** Epoch milliseconds. */
  epochMs: number
  /** The text had no offset and was taken as UTC. */
  withoutOffset: boolean
}

/** A number below this is seconds: as milliseconds it would lie before March 1973. */
const SECONDS_BELOW = 1e11
const MILLISECONDS_BELOW = 1e14
const MICROSECONDS_BELOW = 1e17

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/

/** @returns undefined if the value is no timestamp */
export function parseTimestamp(value: unknown): ParsedTimestamp | undefined {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string' || value.length > 40) return undefined
  const match = ISO.exec(value)
  if (match === null) {
    return /^\d{9,19}(\.\d+)?$/.test(value) ? fromNumber(Number(value)) : undefined
  }
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction = '', offset] = match
  const millis = fraction === '' ? 0 : Math.trunc(Number(fraction.padEnd(3, '0').slice(0, 3)))
  if (Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) > 60) return undefined
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day))
  if (new Date(date).getUTCDate() !== Number(day) || Number(month) > 12) return undefined
  const clock = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + millis
  return { epochMs: date + clock - offsetMs(offset), withoutOffset: offset === undefined }
}

function fromNumber(value: number): ParsedTimestamp | undefined {
  if (!Number.isFinite(value)) return undefined
  const size = Math.abs(value)
  const perMs =
    size < SECONDS_BELOW ? 1e-3 : size < MILLISECONDS_BELOW ? 1 : size < MICROSECONDS_BELOW ? 1e3 : 1e6
  return { epochMs: Math.floor(perMs < 1 ? value * 1000 : value / perMs), withoutOffset: false }
}

function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z' || offset === 'z') return 0
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}
