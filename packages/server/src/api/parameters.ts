/** Query parameters as data: what a route takes, how it is read, and what the OpenAPI document says of it. */
import { parseTimestamp } from '@ragmeter/core'
import { didYouMean } from '../lib/nearest.ts'
import { ParameterError } from '../lib/request-error.ts'

/** Values are text; this bounds what one parameter can carry, unless it has a limit of its own. */
const TEXT_LENGTH_MAX = 512

export interface ReadContext {
  /** Name of the parameter, for errors. */
  name: string
  /** Epoch milliseconds. */
  now: number
}

export interface Parameter<Value> {
  readonly doc: string
  readonly schema: Readonly<Record<string, unknown>>
  /** Whether the parameter may be given more than once; the values are then joined by commas. */
  readonly list: boolean
  readonly required: boolean
  /** @default TEXT_LENGTH_MAX */
  readonly lengthMax?: number
  /** @throws ParameterError */
  read(text: string | undefined, context: ReadContext): Value
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>
export type ValuesOf<Definitions extends Parameters> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends Parameter<infer Value> ? Value : never
}

export interface PrefixDefinition {
  readonly doc: string
  /** Placeholder in documents: `metadata.KEY`. */
  readonly example: string
  /** One name may be given more than once. @default false */
  readonly repeats?: boolean
}
/** Parameters whose names are open: `metadata.KEY=value`. By prefix, dot included. */
export type Prefixes = Readonly<Record<string, PrefixDefinition>>

export interface ReadQuery<Definitions extends Parameters> {
  values: ValuesOf<Definitions>
  /** By prefix, then by what follows it. */
  prefixed: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The same of prefixes whose names repeat: [what follows the prefix, value], in the order of the query. */
  repeated: Readonly<Record<string, readonly (readonly [string, string])[]>>
}

/**
 * Reads all parameters of a query.
 * @throws ParameterError for a wrong value, and for a name that is not known: a typo must not widen a query
 */
export function readQuery<Definitions extends Parameters>(
  query: Readonly<Record<string, unknown>>,
  definitions: Definitions,
  prefixes: Prefixes,
  now: number,
): ReadQuery<Definitions> {
  const given = new Map<string, string>()
  const prefixed = new Map<string, [string, string][]>(Object.keys(prefixes).map((prefix) => [prefix, []]))
  for (const [name, value] of Object.entries(query)) {
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined
    const prefix = Object.keys(prefixes).find((candidate) => name.startsWith(candidate))
    if (definition !== undefined) given.set(name, textOf(name, value, definition))
    else if (prefix !== undefined && name.length > prefix.length) {
      const isRepeated = prefixes[prefix]?.repeats === true && Array.isArray(value)
      for (const one of isRepeated ? (value as unknown[]) : [value])
        prefixed.get(prefix)?.push([name.slice(prefix.length), textOf(name, one, undefined)])
    } else throw unknownParameter(name, definitions, prefixes)
  }
  const values = Object.entries(definitions).map(
    ([name, definition]) => [name, definition.read(given.get(name), { name, now })] as const,
  )
  const isRepeating = ([prefix]: readonly [string, unknown]) => prefixes[prefix]?.repeats === true
  const once = [...prefixed].filter((entry) => !isRepeating(entry))
  return {
    values: Object.fromEntries(values) as ValuesOf<Definitions>,
    prefixed: Object.fromEntries(once.map(([prefix, pairs]) => [prefix, Object.fromEntries(pairs)])),
    repeated: Object.fromEntries([...prefixed].filter(isRepeating)),
  }
}

function textOf(name: string, value: unknown, definition: Parameter<unknown> | undefined): string {
  if (Array.isArray(value) && definition?.list !== true)
    throw new ParameterError(name, `${name} is given more than once`, 'Give it once.')
  const text = Array.isArray(value) ? value.join(',') : String(value)
  const lengthMax = definition?.lengthMax ?? TEXT_LENGTH_MAX
  if (text.length <= lengthMax) return text
  throw new ParameterError(name, `${name} has ${text.length} characters`, `Use at most ${lengthMax}.`)
}

function unknownParameter(name: string, definitions: Parameters, prefixes: Prefixes): ParameterError {
  const known = [...Object.keys(definitions), ...Object.values(prefixes).map(({ example }) => example)]
  const takes =
    known.length === 0 ? 'This route takes no parameters.' : `Known parameters: ${known.join(', ')}.`
  const short = name.slice(0, 64)
  return new ParameterError(
    short,
    `there is no parameter ${JSON.stringify(short)}`,
    `${takes}${didYouMean(short, known)}`,
  )
}

function parameter<Value>(
  doc: string,
  schema: Readonly<Record<string, unknown>>,
  read: (text: string | undefined, context: ReadContext) => Value,
  list = false,
): Parameter<Value> {
  return { doc, schema, list, required: false, read }
}

/** Refuses a query without the parameter. */
export function required<Value>(definition: Parameter<Value | undefined>): Parameter<Value> {
  return {
    ...definition,
    required: true,
    read: (given, context) => {
      const value = definition.read(given, context)
      if (value !== undefined) return value
      throw new ParameterError(context.name, `${context.name} is missing`, `${definition.doc}`)
    },
  }
}

/** Any text; an empty one asks for what is not stated. */
export function text(doc: string, lengthMax = TEXT_LENGTH_MAX): Parameter<string | undefined> {
  return { ...parameter(doc, { type: 'string', maxLength: lengthMax }, (given) => given), lengthMax }
}

export function choice<Value extends string>(
  doc: string,
  values: readonly Value[],
  fallback: Value,
): Parameter<Value>
export function choice<Value extends string>(
  doc: string,
  values: readonly Value[],
): Parameter<Value | undefined>
export function choice<Value extends string>(
  doc: string,
  values: readonly Value[],
  fallback?: Value,
): Parameter<Value | undefined> {
  const schema = { type: 'string', enum: values, ...(fallback === undefined ? {} : { default: fallback }) }
  return parameter(doc, schema, (given, { name }) => {
    if (given === undefined) return fallback
    const found = values.find((value) => value === given)
    if (found !== undefined) return found
    throw new ParameterError(
      name,
      `${name} is ${shown(given)}`,
      `Use one of: ${values.join(', ')}.${didYouMean(given, values)}`,
    )
  })
}

interface Bounds {
  minimum: number
  maximum: number
}

/** A number; undefined if it is not given. */
export function number(doc: string, bounds: Bounds): Parameter<number | undefined> {
  return parameter(doc, { type: 'number', ...bounds }, (given, context) =>
    given === undefined ? undefined : readNumber(given, bounds, context, false),
  )
}

export function integer(doc: string, bounds: Bounds & { default: number }): Parameter<number> {
  return parameter(doc, { type: 'integer', ...bounds }, (given, context) =>
    given === undefined ? bounds.default : readNumber(given, bounds, context, true),
  )
}

function readNumber(given: string, bounds: Bounds, { name }: ReadContext, whole: boolean): number {
  const value = given.trim() === '' ? Number.NaN : Number(given)
  const { minimum, maximum } = bounds
  if (value >= minimum && value <= maximum && (!whole || Number.isInteger(value))) return value
  const kind = whole ? 'a whole number' : 'a number'
  throw new ParameterError(name, `${name} is ${shown(given)}`, `Use ${kind} from ${minimum} to ${maximum}.`)
}

/** Comma-separated words. */
export function list(doc: string): Parameter<readonly string[]> {
  const schema = { type: 'string', description: 'Comma-separated.' }
  return parameter(
    doc,
    schema,
    (given) => [
      ...new Set(
        (given ?? '')
          .split(',')
          .map((word) => word.trim())
          .filter((word) => word !== ''),
      ),
    ],
    true,
  )
}

const TIME_HINT =
  'Use ISO 8601, epoch seconds or milliseconds, or a time relative to now such as now-1h or -24h.'

/** A moment in epoch milliseconds. */
export function time(doc: string, fallback: string): Parameter<number> {
  return parameter(doc, { type: 'string', default: fallback, description: TIME_HINT }, (given, context) => {
    const value = readTime(given ?? fallback, context.now)
    if (value !== undefined) return value
    throw new ParameterError(context.name, `${context.name} is ${shown(given ?? '')}`, TIME_HINT)
  })
}

/** A moment in epoch milliseconds; undefined if it is not given. */
export function optionalTime(doc: string): Parameter<number | undefined> {
  const always = time(doc, 'now')
  const schema = { type: 'string', description: TIME_HINT }
  return parameter(doc, schema, (given, context) =>
    given === undefined ? undefined : always.read(given, context),
  )
}

/** @returns undefined if the text is no time */
export function readTime(given: string, now: number): number | undefined {
  const relative = /^(?:now)?([+-]?)(?:(\d{1,6})([smhdw]))?$/.exec(given)
  if (relative !== null && given !== '') {
    const [, sign = '', count, unit = ''] = relative
    if (count === undefined) return sign === '' ? now : undefined
    if (sign === '') return undefined
    return now + (sign === '-' ? -1 : 1) * Number(count) * unitMs(unit)
  }
  return parseTimestamp(given)?.epochMs
}

/** A length of time such as `5m`, in milliseconds. */
export function duration(doc: string): Parameter<number | undefined> {
  return parameter(doc, { type: 'string', examples: ['60s', '5m', '1h', '1d'] }, (given, { name }) => {
    if (given === undefined) return undefined
    const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(given) ?? []
    if (count !== undefined && Number(count) > 0) return Number(count) * unitMs(unit)
    throw new ParameterError(
      name,
      `${name} is ${shown(given)}`,
      'Use a length of time such as 60s, 5m, 1h or 1d.',
    )
  })
}

function unitMs(unit: string): number {
  switch (unit) {
    case 's':
      return 1000
    case 'm':
      return 60_000
    case 'h':
      return 3_600_000
    case 'd':
      return 86_400_000
    default:
      return 7 * 86_400_000
  }
}

function shown(value: string): string {
  return JSON.stringify(value.slice(0, 64))
}
