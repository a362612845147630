/** From code, environment and defaults to checked options. A wrong value is reported, and its default is used. */
import { LIMITS } from '@ragmeter/core'
import type { PriceOverride } from '@ragmeter/core'
import type { DiagnosticListener } from './diagnostics.ts'
import { OPTIONS } from './options.ts'
import type { MonitorOptions, OptionDefinition, OptionKind, ResolvedOptions } from './options.ts'

type Value = boolean | number | string | null | readonly unknown[] | undefined

/** Names, keys, tokens, paths. */
const TEXT_LENGTH_MAX = 4096

/**
 * Code goes before environment, environment before defaults. Never throws: monitoring that is configured wrongly
 * must not keep an application from starting.
 */
export function resolveOptions(
  stated: MonitorOptions,
  environment: Readonly<Record<string, string | undefined>>,
  report: DiagnosticListener,
): ResolvedOptions {
  const options = readable(stated, report)
  const values: Record<string, Value> = {}
  for (const definition of OPTIONS)
    values[definition.name] = resolveOne(definition, options, environment, report)
  const known = new Set<string>(OPTIONS.map(({ name }) => name))
  for (const name of Object.keys(options)) {
    if (known.has(name)) continue
    report({
      code: 'option_invalid',
      message: `There is no option ${name}.`,
      hint: `Options: ${[...known].join(', ')}.`,
    })
  }
  const input = values['costPer1kInputUsd'] as number | undefined
  const output = values['costPer1kOutputUsd'] as number | undefined
  if ((input === undefined) !== (output === undefined)) {
    report({
      code: 'option_invalid',
      message: 'Only one of costPer1kInputUsd and costPer1kOutputUsd is set: it is not used.',
      hint: 'Set both, or neither.',
    })
  }
  return {
    ...(values as unknown as ResolvedOptions),
    prices: (values['prices'] as readonly PriceOverride[] | undefined) ?? [],
    costPer1kTokens:
      input === undefined || output === undefined ? undefined : { inputUsd: input, outputUsd: output },
  }
}

/** A copy without getters, which could throw or change their mind. */
function readable(options: MonitorOptions | null | undefined, report: DiagnosticListener): MonitorOptions {
  try {
    if (typeof options === 'object') return { ...options }
    if (options === undefined) return {}
  } catch {
    // Told below.
  }
  report({
    code: 'option_invalid',
    message: 'The options cannot be read: environment and defaults are used.',
    hint: 'Pass an object: new MonitorClient({ service }).',
  })
  return {}
}

function resolveOne(
  definition: OptionDefinition,
  options: MonitorOptions,
  environment: Readonly<Record<string, string | undefined>>,
  report: DiagnosticListener,
): Value {
  const stated = options[definition.name] as unknown
  const variable = textOf(environment, definition.env)
  const fromCode = stated !== undefined
  if (!fromCode && (variable === undefined || variable === '')) return definition.default
  const value = fromCode ? stated : READERS[definition.kind](variable as string)
  if (isValid(value, definition)) return value as Value
  const got = typeof value === 'number' ? `is ${value}, but ` : ''
  report({
    code: 'option_invalid',
    message: `${fromCode ? `Option ${definition.name}` : definition.env} ${got}must be ${requirementOf(definition)}; its default is used (${String(definition.default ?? 'none')}).`,
    hint: definition.doc,
  })
  return definition.default
}

function textOf(environment: Readonly<Record<string, unknown>>, name: string): string | undefined {
  try {
    const text = environment[name]
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

function isValid(value: unknown, definition: OptionDefinition): boolean {
  try {
    return CHECKS[definition.kind](value, definition)
  } catch {
    // A getter in a list of prices, for one.
    return false
  }
}

type Read = (text: string) => unknown

/** From the text of a variable to a value; what cannot be read stays text and is then refused. */
const READERS: Readonly<Record<OptionKind, Read>> = {
  boolean: (text) =>
    /^(1|true|yes|on)$/i.test(text) ? true : /^(0|false|no|off)$/i.test(text) ? false : text,
  number: Number,
  url: (text) => (text === 'none' ? null : text),
  list: (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  json: readJson,
  string: (text) => text,
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

type Check = (value: unknown, definition: OptionDefinition) => boolean

const CHECKS: Readonly<Record<OptionKind, Check>> = {
  boolean: (value) => typeof value === 'boolean',
  number: (value, { min = -Infinity, max = Infinity }) =>
    typeof value === 'number' && value >= min && value <= max,
  string: (value) => typeof value === 'string' && value !== '' && value.length <= TEXT_LENGTH_MAX,
  url: (value) => value === null || isHttpUrl(value),
  list: (value) => isTextList(value) && value.length <= LIMITS.dimensionsMax,
  json: isPriceList,
}

/** What a value must be. The value itself is only repeated where it cannot be a secret. */
function requirementOf({ kind, min = -Infinity, max = Infinity }: OptionDefinition): string {
  const texts: Readonly<Record<OptionKind, string>> = {
    boolean: 'true or false',
    number: `a number from ${min} to ${max}`,
    string: `a text of at most ${TEXT_LENGTH_MAX} characters`,
    url: 'an http or https URL',
    list: `a list of at most ${LIMITS.dimensionsMax} texts`,
    json: 'a list of prices',
  }
  return texts[kind]
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  return /^https?:$/.test(new URL(value).protocol)
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}

function isPriceList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isPrice(item))
}

/** Each price is a finite number of at least 0, or the price book would refuse all of them. */
function isPrice(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false
  const price = item as Partial<Record<keyof PriceOverride, unknown>>
  return (
    typeof price.model === 'string' &&
    (price.provider === undefined || typeof price.provider === 'string') &&
    isAmount(price.inputUsdPerMillion) &&
    isAmount(price.outputUsdPerMillion) &&
    isOptional(price.cacheReadUsdPerMillion) &&
    isOptional(price.cacheWriteUsdPerMillion) &&
    isOptional(price.requestUsd)
  )
}

function isAmount(amount: unknown): boolean {
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0
}

function isOptional(amount: unknown): boolean {
  return amount === undefined || isAmount(amount)
}
