/** Numbers for people. What is not known is a dash, never 0. */

export const UNKNOWN = '–'

export type Unit =
  | 'count'
  | 'per-second'
  | 'rate'
  | 'ratio'
  | 'seconds'
  | 'usd'
  | 'tokens'
  | 'score'
  | 'documents'
  | 'ranks'
  | 'state'
  | 'times'
  | 'number'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** In full where it is short, else with three digits that mean something. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN
  switch (unit) {
    case 'count':
    case 'tokens':
      return Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value)
    case 'per-second':
      return `${significant(value, 3)}/s`
    case 'rate':
      return formatRate(value)
    case 'ratio':
      return formatRatio(value)
    case 'seconds':
      return formatSeconds(value)
    case 'usd':
      return formatUsd(value)
    case 'score':
      return value.toFixed(2)
    case 'state':
      return value >= 1 ? 'up' : value <= 0 ? 'down' : 'partly up'
    case 'times':
      return `×${significant(value, 3)}`
    case 'documents':
    case 'ranks':
    case 'number':
      return significant(value, 3)
    default:
      return unit satisfies never
  }
}

/** What stands beside an axis. */
export const UNIT_NAMES: Readonly<Record<Unit, string>> = {
  count: 'count',
  'per-second': 'per second',
  rate: 'per second, minute or hour',
  ratio: 'percent',
  seconds: 'seconds',
  usd: 'US dollars',
  tokens: 'tokens',
  score: 'score, 0 to 1',
  documents: 'documents',
  ranks: 'ranks',
  state: 'up or down',
  times: 'times',
  number: 'number',
}

/** Per second; per minute or hour where that would be all zeros. @param value per second */
function formatRate(value: number): string {
  if (value === 0 || value >= 0.1) return `${significant(value, 3)}/s`
  return value * 60 >= 0.1 ? `${significant(value * 60, 3)}/min` : `${significant(value * 3600, 3)}/h`
}

/** What is small but not zero does not read as zero, and what is nearly all does not read as all. */
function formatRatio(value: number): string {
  if (value < 0) return `-${formatRatio(-value)}`
  const percent = value * 100
  if (percent >= 101) return `${whole.format(percent)}%`
  if (percent > 0 && percent < 0.01) return '<0.01%'
  if (percent < 100 && percent > 99.99) return '>99.99%'
  return `${percent.toFixed(percent >= 10 && percent <= 99 ? 1 : percent === 0 || percent === 100 ? 0 : 2)}%`
}

function formatSeconds(value: number): string {
  if (value === 0) return '0 s'
  if (value < 0.001) return `${significant(value * 1e6, 3)} µs`
  if (value < 1) return `${significant(value * 1000, 3)} ms`
  if (value < 120) return `${significant(value, 3)} s`
  return value < 7200 ? `${significant(value / 60, 3)} min` : `${significant(value / 3600, 3)} h`
}

function formatUsd(value: number): string {
  if (value === 0) return '$0'
  // As many digits as a tick of an axis needs, and cents at least.
  if (Math.abs(value) < 0.1) return `$${centsAtLeast(significant(value, 3))}`
  if (Math.abs(value) < 1) return `$${centsAtLeast(significant(value, 2))}`
  if (Math.abs(value) < 10_000) return `$${value.toFixed(2).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',')}`
  return `$${compact.format(value)}`
}

function centsAtLeast(text: string): string {
  return /\.\d$/.test(text) ? `${text}0` : text
}

function significant(value: number, digits: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 1e6) return compact.format(value)
  if (Math.abs(value) >= 10 ** digits) return whole.format(value)
  return String(Number(value.toPrecision(digits)))
}

/** The change against another value, in percent; undefined where there is no such thing. */
export function changeOf(
  value: number | null | undefined,
  before: number | null | undefined,
): number | undefined {
  if (value === null || value === undefined || before === null || before === undefined || before === 0)
    return undefined
  return (value - before) / Math.abs(before)
}
