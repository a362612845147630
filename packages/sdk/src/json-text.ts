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

/**
 * A field with its comma, such as `,"model":"gpt-4o"`, for values of which there are few and which come again and
 * again: made once, it is one piece of text instead of four.
 */
export function labelField(name: string): (value: string) => string {
  return memoise((value) => `,"${name}":${quote(value)}`, 1000)
}

/** Any value as JSON.stringify writes it, in ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    NOT_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const THREE_DIGITS = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'))
const THREE_DECIMALS = THREE_DIGITS.map((digits) => `.${digits}`)

/** Numbers above this are written by the engine: their parts are no small integers any more. */
const PARTS_BELOW = 2 ** 51

/** A number >= 0 with three decimals: milliseconds to the microsecond. Shortest form takes twice as long to find. */
export function fixed3(value: number): string {
  const thousandths = Math.round(value * 1000)
  if (!(thousandths < PARTS_BELOW)) return String(value)
  const whole = Math.floor(thousandths / 1000)
  return whole + (THREE_DECIMALS[thousandths - whole * 1000] as string)
}

/** Texts of 0 to 1 in steps of 1/10000, made when they are first needed. */
const SHARES: (string | undefined)[] = new Array<string | undefined>(10_001).fill(undefined)

/** A score with four decimals, which is finer than any retriever; what is not 0..1 is written as it is. */
export function share4(value: number): string {
  if (!(value >= 0 && value <= 1)) return String(value)
  const position = Math.round(value * 10_000)
  return (SHARES[position] ??= String(position / 10_000))
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
