/** From code, environment and defaults to checked options. A wrong value is reported, and its default is used. */
import { LIMITS } from '@ragmeter/core'
import type { PriceOverride } from '@ragmeter/core'
import type { DiagnosticListener } from './diagnostics.ts'
import { OPTIONS } from './options.ts'
import type { MonitorOptions, OptionDefinition, ResolvedOptions } from './options.ts'

type Value = boolean | number | string | null | readonly unknown[] | undefined

/**
 * Code goes before environment, environment before defaults. Never throws: monitoring that is configured wrongly
 * must not keep an application from starting.
 */
export function resolveOptions(
  options: MonitorOptions,
  environment: Readonly<Record<string, string | undefined>>,
  report: DiagnosticListener,
): ResolvedOptions {
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

function resolveOne(
  definition: OptionDefinition,
  options: MonitorOptions,
  environment: Readonly<Record<string, string | undefined>>,
  report: DiagnosticListener,
): Value {
  const stated = options[definition.name] as unknown
  const variable = environment[definition.env]
  const fromCode = stated !== undefined
  if (!fromCode && (variable === undefined || variable === '')) return definition.default
  const value = fromCode ? stated : fromText(definition, variable as string)
  const problem = problemWith(definition, value)
  if (problem === undefined) return value as Value
  report({
    code: 'option_invalid',
    message: `${fromCode ? `Option ${definition.name}` : definition.env} ${problem}; its default is used (${String(definition.default ?? 'none')}).`,
    hint: definition.doc,
  })
  return definition.default
}

function fromText(definition: OptionDefinition, text: string): unknown {
  switch (definition.kind) {
    case 'boolean':
      return /^(1|true|yes|on)$/i.test(text) ? true : /^(0|false|no|off)$/i.test(text) ? false : text
    case 'number':
      return Number(text)
    case 'url':
      return text === 'none' ? null : text
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    case 'json':
      try {
        return JSON.parse(text) as unknown
      } catch {
        return text
      }
    case 'string':
      return text
  }
}

/** @returns what is wrong with a value, without repeating it: it may be a secret */
function problemWith(definition: OptionDefinition, value: unknown): string | undefined {
  switch (definition.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'number': {
      const { min = -Infinity, max = Infinity } = definition
      const valid = typeof value === 'number' && value >= min && value <= max
      return valid ? undefined : `is ${String(value)}, but must be a number from ${min} to ${max}`
    }
    case 'string':
      return typeof value === 'string' && value !== '' && value.length <= LIMITS.endpointLengthMax
        ? undefined
        : `must be a text of at most ${LIMITS.endpointLengthMax} characters`
    case 'url':
      return value === null || isHttpUrl(value) ? undefined : 'must be an http or https URL'
    case 'list':
      return isTextList(value) && value.length <= LIMITS.dimensionsMax
        ? undefined
        : `must be a list of at most ${LIMITS.dimensionsMax} texts`
    case 'json':
      return isPriceList(value) ? undefined : 'must be a list of prices'
  }
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
  const isAmount = (amount: unknown) => typeof amount === 'number' && Number.isFinite(amount) && amount >= 0
  const isOptional = (amount: unknown) => amount === undefined || isAmount(amount)
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
