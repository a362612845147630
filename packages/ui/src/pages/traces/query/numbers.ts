/** Numbers as people write them in a filter: `2s`, `250ms`, `0.4`. */
import type { NumberUnit } from './fields.ts'

const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/** @returns milliseconds for a duration, else the number; undefined if it is none */
export function readNumber(text: string, unit: NumberUnit): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d*)?|\.\d+)([a-z]*)$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  const number = Number(digits)
  if (!Number.isFinite(number)) return undefined
  if (unit !== 'duration') {
    return suffix !== '' || (unit === 'count' && !Number.isInteger(number)) ? undefined : number
  }
  const factor = suffix === '' ? 1 : DURATIONS[suffix.toLowerCase()]
  return factor === undefined ? undefined : number * factor
}

/** How such a number is written, for errors. */
export function exampleOf(unit: NumberUnit): string {
  if (unit === 'duration') return '250ms, 2s or 1.5m'
  return unit === 'count' ? 'a whole number such as 3' : 'a number such as 0.4'
}

/** The next number above or below, so that "more than" can be asked of an API that knows "at least". */
export function besides(value: number, direction: 1 | -1, unit: NumberUnit): number {
  if (unit === 'count') return value + direction
  if (value === 0) return direction * Number.MIN_VALUE
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(direction * Math.sign(value)))
  return view.getFloat64(0)
}
