/** Numbers for people. Unknown is "no data", never 0 and never 100 %. */

export const NO_DATA = 'no data'

type MaybeNumber = number | null | undefined

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

function isNumber(value: MaybeNumber): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** 1234567 -> 1,234,567 */
export function formatCount(value: MaybeNumber): string {
  return isNumber(value) ? whole.format(value) : NO_DATA
}

/** One decimal, for averages: 4.62 -> 4.6 */
export function formatAverage(value: MaybeNumber): string {
  return isNumber(value) ? value.toFixed(1) : NO_DATA
}

/** A score of 0..1 with two decimals. */
export function formatScore(value: MaybeNumber): string {
  return isNumber(value) ? value.toFixed(2) : NO_DATA
}

/**
 * 0.98765 -> 98.76 %. Cut, not rounded, and never up to 100 % or down to 0 % while that is not the truth: one failure
 * in a million requests has to show.
 */
export function formatShare(value: MaybeNumber): string {
  if (!isNumber(value)) return NO_DATA
  if (value === 0 || value === 1) return `${value * 100} %`
  // A tiny bit is added since 0.29 * 100 is 28.999…
  const percent = Math.floor(value * 10_000 + 1e-6) / 100
  return percent === 0 ? '< 0.01 %' : `${percent.toFixed(2)} %`
}

/** Seconds with three digits that matter: 0.0000421 -> 42.1 µs, 0.84 -> 840 ms, 3.2 -> 3.20 s. */
export function formatSeconds(value: MaybeNumber): string {
  if (!isNumber(value)) return NO_DATA
  if (value === 0) return '0 s'
  if (value < 0.0009995) return `${threeDigits(value * 1e6)} µs`
  if (value < 0.9995) return `${threeDigits(value * 1e3)} ms`
  return `${threeDigits(value)} s`
}

function threeDigits(value: number): string {
  if (value >= 99.95) return whole.format(value)
  return value.toFixed(value >= 9.995 ? 1 : 2)
}

/** US dollars: cents where they say enough, more digits for small sums. */
export function formatUsd(value: MaybeNumber): string {
  if (!isNumber(value)) return NO_DATA
  if (value === 0) return '$0.00'
  if (value < 0.01) return `$${twoDigits(value)}`
  const fractionDigits = value < 1 ? 4 : 2
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  })
  return `$${format.format(value)}`
}

/** Two significant digits without an exponent: 0.0000034 */
function twoDigits(value: number): string {
  const digits = Math.min(9, 1 - Math.floor(Math.log10(value)))
  return value.toFixed(digits)
}

/** 93784 -> 1 d 2 h; the two largest units. */
export function formatSpan(seconds: MaybeNumber): string {
  if (!isNumber(seconds)) return NO_DATA
  const total = Math.max(0, Math.floor(seconds))
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'],
    [total % 60, 's'],
  ]
  const first = parts.findIndex(([amount]) => amount > 0)
  if (first === -1) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}

const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** 1536 -> 1.5 KiB */
export function formatBytes(value: MaybeNumber): string {
  if (!isNumber(value)) return NO_DATA
  let amount = value
  let unit = 0
  while (amount >= 1024 && unit < BYTE_UNITS.length - 1) {
    amount /= 1024
    unit += 1
  }
  return `${unit === 0 ? whole.format(amount) : amount.toFixed(1)} ${BYTE_UNITS[unit]}`
}

/** "1 request", "2 requests" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`
}
