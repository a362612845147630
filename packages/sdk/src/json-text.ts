/**
 * JSON, written for the few shapes a trace has: half the time of JSON.stringify. Everything is ASCII, so that the
 * length of a text is its size in bytes and bytes are copied instead of encoded.
 */
import { memoise } from '@ragmeter/core'

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
// oxlint-disable-next-line no-control-regex -- what is not ASCII is what is looked for
const NOT_ASCII = /[^\x00-\x7f]/g

/** A string in its quotes. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : asciiJson(text)
}

/** The same for labels, of which there are few and which come again and again. */
export const quoteLabel = memoise(quote, 1000)

/** Any value as JSON.stringify writes it, in ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    NOT_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const THREE_DIGITS = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'))

/** Numbers above this are written by the engine: their parts are no small integers any more. */
const PARTS_BELOW = 2 ** 51

/** A number >= 0 with three decimals: milliseconds to the microsecond. Shortest form takes twice as long to find. */
export function fixed3(value: number): string {
  const thousandths = Math.round(value * 1000)
  if (!(thousandths < PARTS_BELOW)) return String(value)
  const whole = Math.floor(thousandths / 1000)
  return `${whole}.${THREE_DIGITS[thousandths - whole * 1000]}`
}

/** A number with six decimals, as scores are measured; what is not 0..1 is written as it is. */
export function fixed6(value: number): string {
  if (!(value >= 0 && value <= 1)) return String(value)
  const millionths = Math.round(value * 1e6)
  if (millionths === 1e6) return '1'
  const upper = Math.floor(millionths / 1000)
  return `0.${THREE_DIGITS[upper]}${THREE_DIGITS[millionths - upper * 1000]}`
}

/** An integer number of billionths, exactly. */
export function billionths(value: number): string {
  if (!(value < PARTS_BELOW)) return String(value / 1e9)
  const whole = Math.floor(value / 1e9)
  const rest = value - whole * 1e9
  const upper = Math.floor(rest / 1e6)
  const middle = Math.floor((rest - upper * 1e6) / 1000)
  const lower = rest - upper * 1e6 - middle * 1000
  return `${whole}.${THREE_DIGITS[upper]}${THREE_DIGITS[middle]}${THREE_DIGITS[lower]}`
}

/** A whole number >= 0 that may be too large for the engine's fast path, such as epoch milliseconds. */
export function wholeNumber(value: number): string {
  if (!(value >= 1e6 && value < PARTS_BELOW) || !Number.isInteger(value)) return String(value)
  const millions = Math.floor(value / 1e6)
  const rest = value - millions * 1e6
  const upper = Math.floor(rest / 1000)
  return `${millions}${THREE_DIGITS[upper]}${THREE_DIGITS[rest - upper * 1000]}`
}
