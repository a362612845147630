/** The value of an alert as text: the same from Prometheus' templates and from the daemon. */
import type { ValueFormat } from './specification.ts'

const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']
const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
const SIGNIFICANT_DIGITS = 4
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** `humanize` alone would say 10m of 0.01, which reads as ten minutes or ten million. */
const PLAIN = '{{ if lt $value 1.0 }}{{ $value | printf "%.4g" }}{{ else }}{{ $value | humanize }}{{ end }}'

/** Templates of Prometheus that do the same. `humanize...` are its own functions, which the functions below follow. */
export const VALUE_TEMPLATES: Readonly<Record<ValueFormat, string>> = {
  percent: '{{ $value | humanizePercentage }}',
  duration: '{{ $value | humanizeDuration }}',
  usd: '${{ $value | printf "%.2f" }}',
  rate: PLAIN,
  times: PLAIN,
  count: PLAIN,
  state: '{{ if ge $value 1.0 }}up{{ else }}down{{ end }}',
  number: PLAIN,
}

/** As `%.4g` of Go and C. */
function general(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const exponent = value === 0 ? 0 : Number(value.toExponential(SIGNIFICANT_DIGITS - 1).split('e')[1])
  if (exponent >= -4 && exponent < SIGNIFICANT_DIGITS) {
    return String(Number(value.toPrecision(SIGNIFICANT_DIGITS)))
  }
  const [mantissa = '', power = ''] = value.toExponential(SIGNIFICANT_DIGITS - 1).split('e')
  const sign = power.startsWith('-') ? '-' : '+'
  return `${Number(mantissa)}e${sign}${power.replace(/^[-+]/, '').padStart(2, '0')}`
}

function scaled(value: number, prefixes: readonly string[], step: number, isDone: (v: number) => boolean) {
  let prefix = ''
  let rest = value
  for (const next of prefixes) {
    if (isDone(rest)) break
    prefix = next
    rest *= step
  }
  return { prefix, rest }
}

function number(value: number): string {
  if (value < 1 || !Number.isFinite(value)) return general(value)
  const { prefix, rest } = scaled(value, LARGE, 1 / 1000, (v) => v < 1000)
  return general(rest) + prefix
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return general(seconds)
  if (seconds === 0) return '0s'
  if (Math.abs(seconds) < 1) {
    const { prefix, rest } = scaled(seconds, SMALL, 1000, (v) => Math.abs(v) >= 1)
    return `${general(rest)}${prefix}s`
  }
  const sign = seconds < 0 ? '-' : ''
  const length = Math.abs(seconds)
  if (length < MINUTE) return `${sign}${general(length)}s`
  const whole = Math.trunc(length)
  const parts = [
    [Math.floor(whole / DAY), 'd'],
    [Math.floor(whole / HOUR) % 24, 'h'],
    [Math.floor(whole / MINUTE) % 60, 'm'],
    [whole % MINUTE, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return (
    sign +
    parts
      .slice(first)
      .map(([count, unit]) => count + unit)
      .join(' ')
  )
}

/** The text of a value, as Prometheus' template of that format writes it. */
export function formatValue(value: number, format: ValueFormat): string {
  switch (format) {
    case 'percent':
      return `${general(value * 100)}%`
    case 'duration':
      return duration(value)
    case 'usd':
      return `$${value.toFixed(2)}`
    case 'state':
      return value >= 1 ? 'up' : 'down'
    case 'rate':
    case 'times':
    case 'count':
    case 'number':
      return number(value)
    default:
      return format satisfies never
  }
}
