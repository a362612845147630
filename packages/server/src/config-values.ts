/** Reads the values of options: from text (flags, variables) and from what YAML made of them alike. */
import { isObject, LIMITS } from '@ragmeter/core'
import type { PriceOverride } from '@ragmeter/core'
import { didYouMean } from './lib/nearest.ts'

export const TOKEN_LENGTH_MIN = 8

export function text(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new Error('is not a text')
}

/** Printable ASCII without spaces: what an Authorization header carries as it is. */
export function token(value: unknown): string {
  const given = text(value)
  if (given.length < TOKEN_LENGTH_MIN) throw new Error(`is shorter than ${TOKEN_LENGTH_MIN} characters`)
  if (/^[!-~]{1,512}$/.test(given)) return given
  throw new Error('has spaces or characters outside ASCII, or is longer than 512')
}

export function decimal(value: unknown, minimum: number, maximum: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && number >= minimum && number <= maximum) return number
  throw new Error(`is not a number from ${minimum} to ${maximum}`)
}

export function wholeNumber(value: unknown, minimum: number, maximum: number): number {
  const number = decimal(value, minimum, maximum)
  if (Number.isInteger(number)) return number
  throw new Error('is not a whole number')
}

export function oneOf<Value extends string>(value: unknown, values: readonly Value[]): Value {
  const found = values.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw new Error(`is not known.${typeof value === 'string' ? didYouMean(value, values) : ''}`)
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
}
/** An empty database with its log takes some of it; less would delete every trace at once. */
const SIZE_MIN = 1024 * 1024

/** @returns bytes; null for `none` */
export function size(value: unknown): number | null {
  if (value === 'none') return null
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value).trim()) ?? []
  const factor = FACTORS[unit.toUpperCase()]
  if (number === undefined || factor === undefined) throw new Error('is not a size')
  const bytes = Math.round(Number(number) * factor)
  if (bytes >= SIZE_MIN && bytes <= Number.MAX_SAFE_INTEGER) return bytes
  throw new Error('is less than 1MiB, or too large')
}

export function dimensions(value: unknown): readonly string[] {
  const names: unknown[] =
    typeof value === 'string' ? value.split(',').map((name) => name.trim()) : list(value)
  const stated = names.filter((name) => name !== '')
  if (stated.length > LIMITS.dimensionsMax)
    throw new Error(`names more than ${LIMITS.dimensionsMax} dimensions`)
  if (new Set(stated).size < stated.length) throw new Error('names a dimension twice')
  return stated.map((name) => {
    if (typeof name === 'string' && name.length <= LIMITS.metadataKeyBytesMax && !/[\s,]/.test(name))
      return name
    throw new Error('holds something that is not the name of a metadata key')
  })
}

const PRICE_NUMBERS = [
  'inputUsdPerMillion',
  'outputUsdPerMillion',
  'cacheReadUsdPerMillion',
  'cacheWriteUsdPerMillion',
  'requestUsd',
] as const
const PRICE_KEYS: readonly string[] = ['provider', 'model', ...PRICE_NUMBERS]
const PRICES_MAX = 1000

export function prices(value: unknown): readonly PriceOverride[] {
  const items = list(typeof value === 'string' ? parseJson(value) : value)
  if (items.length > PRICES_MAX) throw new Error(`holds more than ${PRICES_MAX} prices`)
  return items.map((item, index) => {
    try {
      return price(item)
    } catch (error) {
      throw new Error(`has a wrong price (number ${index + 1}): ${(error as Error).message}`, {
        cause: error,
      })
    }
  })
}

function price(item: unknown): PriceOverride {
  if (!isObject(item)) throw new Error('it is not an object')
  for (const key of Object.keys(item)) {
    if (!PRICE_KEYS.includes(key)) throw new Error(`there is no key "${key}".${didYouMean(key, PRICE_KEYS)}`)
  }
  const { model, provider } = item
  if (typeof model !== 'string' || model === '') throw new Error('`model` is missing')
  if (provider !== undefined && typeof provider !== 'string') throw new Error('`provider` is not a text')
  const given = PRICE_NUMBERS.filter((key) => item[key] !== undefined)
  for (const key of ['inputUsdPerMillion', 'outputUsdPerMillion'] as const) {
    if (!given.includes(key)) throw new Error(`\`${key}\` is missing`)
  }
  const numbers = given.map((key) => [key, amount(item[key], key)] as const)
  return {
    model,
    ...(provider === undefined ? {} : { provider }),
    ...(Object.fromEntries(numbers) as Pick<PriceOverride, 'inputUsdPerMillion' | 'outputUsdPerMillion'>),
  }
}

function amount(value: unknown, key: string): number {
  if (typeof value === 'number' && value >= 0 && value <= LIMITS.costUsdMax) return value
  throw new Error(`\`${key}\` is not a number >= 0`)
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (error) {
    throw new Error('is not valid JSON', { cause: error })
  }
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  throw new Error('is not a list')
}
