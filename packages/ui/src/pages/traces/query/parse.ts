/** The text of a filter -> parameters of GET /api/v1/traces, or what to correct. Pure. */
import { FIELDS, fieldOf, METADATA_PREFIX } from './fields.ts'
import type { Field, NumberField } from './fields.ts'
import { nearest } from './nearest.ts'
import { besides, exampleOf, readNumber } from './numbers.ts'
import { termsOf } from './terms.ts'
import type { Term } from './terms.ts'
import type { TraceParameters } from '../trace-types.ts'

export interface Problem {
  /** Where it is in the text: [start, end). */
  start: number
  end: number
  /** What is wrong, and what to write instead. */
  text: string
}

export interface ParsedFilter {
  /** By parameter of the API. Not to be used when there are problems: a typo must not widen a search. */
  parameters: TraceParameters
  problems: readonly Problem[]
}

type Parameters = Map<string, string | number | readonly string[]>

/** What the API takes in one parameter. */
const VALUE_LENGTH_MAX = 512

export function parseFilter(text: string): ParsedFilter {
  const parameters: Parameters = new Map()
  const problems: Problem[] = []
  for (const term of termsOf(text)) {
    const problem = readTerm(term, parameters)
    if (problem !== undefined) problems.push({ start: term.start, end: term.end, text: problem })
  }
  return { parameters: Object.fromEntries(parameters), problems }
}

/** @returns what is wrong */
function readTerm(term: Term, parameters: Parameters): string | undefined {
  const { field: name, operator, value, isOpen, isNegated } = term
  if (operator === undefined) return aloneProblem(name === '' ? value : name, isNegated)
  if (name === '')
    return `There is no field before “${operator}”. Write field${operator}value, such as status:error.`
  const field = fieldOf(name)
  if (field === undefined) return unknownField(name)
  if (isOpen) return `The quote after ${name} is not closed. Add " at the end of the value.`
  if (value === '' && operator !== ':') return missingValue(name, field)
  if (value.length > VALUE_LENGTH_MAX)
    return `The value of ${name} has ${value.length} characters. Use at most ${VALUE_LENGTH_MAX}.`
  if (field.kind === 'number')
    return isNegated ? negatedNumber(field, term) : readBounds(field, term, parameters)
  if (operator !== ':') return `${field.name} is not a number. Write ${field.name}:${value}.`
  // Nothing behind the colon is a term that is still being written; "" asks for an empty value.
  if (value === '' && term.valueStart === term.end) return missingValue(name, field)
  if (field.kind === 'choice' && !field.values.includes(value)) {
    const near = nearest(value, field.values)
    return `${field.name} is never “${short(value)}”. Use ${near === undefined ? `one of ${field.values.join(', ')}` : near}.`
  }
  if (isNegated) return exclude(parameters, field.parameter, value)
  return put(parameters, field.parameter, value, field.name)
}

/** A bound from the other side says the same, and says what becomes of traces that do not state the number. */
function negatedNumber({ name }: NumberField, { operator, value }: Term): string {
  const [, low, high] = /^(.+?)\.\.(.+)$/.exec(value) ?? []
  const opposites = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' } as const
  if (operator !== undefined && operator !== ':')
    return `Write ${name}${opposites[operator]}${value} instead.`
  if (low !== undefined && high !== undefined)
    return `A range cannot be left out. Write ${name}<${low} or ${name}>${high}.`
  return `A number cannot be left out. Write ${name}>${value} or ${name}<${value}.`
}

function aloneProblem(word: string, isNegated: boolean): string {
  if (isNegated && word === '') return 'The minus stands alone. Write -field:value to leave a value out.'
  if (/^[\da-f]{32}$/i.test(word)) return `To find a trace by its id write trace:${word}.`
  if (/^[\da-f]{8}-[\da-f-]{27}$/i.test(word)) return `To find a request by its id write request:${word}.`
  const field = fieldOf(word)
  if (field !== undefined) return missingValue(word, field)
  return `“${short(word)}” stands alone. Texts are not searched: write field:value, such as status:error.`
}

function missingValue(name: string, field: Field): string {
  const example = field.kind === 'choice' ? field.values[0] : field.kind === 'number' ? '' : 'value'
  return field.kind === 'number'
    ? `${name} has no value. Write ${exampleOf(field.unit)}, such as ${name}>${field.unit === 'duration' ? '2s' : '1'}.`
    : `${name} has no value. Write ${name}:${example}.`
}

function unknownField(name: string): string {
  if (name.toLowerCase() === METADATA_PREFIX)
    return 'The key of the metadata is missing. Write metadata.KEY:value.'
  const near = nearest(
    name.toLowerCase(),
    FIELDS.flatMap((field) => [field.name, ...field.aliases]),
  )
  const remedy =
    near === undefined
      ? 'Use one of the fields in the list, or metadata.KEY for a key of your own.'
      : `Did you mean ${near}?`
  return `There is no field “${short(name)}”. ${remedy}`
}

function readBounds(
  field: NumberField,
  { operator, value }: Term,
  parameters: Parameters,
): string | undefined {
  const { name, unit } = field
  if (operator === ':' && value === '') return missingValue(name, field)
  const [, low = value, high = value] = (operator === ':' ? /^(.+?)\.\.(.+)$/.exec(value) : null) ?? []
  const minimum = readNumber(low, unit)
  const maximum = readNumber(high, unit)
  if (minimum === undefined || maximum === undefined)
    return `“${short(value)}” is no value of ${name}. Write ${exampleOf(unit)}, or a range such as ${unit === 'duration' ? '1s..5s' : '1..5'}.`
  if (minimum > maximum) return `The range of ${name} is the wrong way round. Write ${name}:${high}..${low}.`
  if (operator === '<' && maximum === 0) return `${name} is never below 0. Write ${name}:0.`
  const isLower = operator === ':' || operator === '>' || operator === '>='
  const isUpper = operator === ':' || operator === '<' || operator === '<='
  return (
    (isLower
      ? put(parameters, field.minimum, operator === '>' ? besides(minimum, 1, unit) : minimum, name)
      : undefined) ??
    (isUpper
      ? put(parameters, field.maximum, operator === '<' ? besides(maximum, -1, unit) : maximum, name)
      : undefined)
  )
}

/** Any number of values can be left out of a field. */
function exclude(parameters: Parameters, parameter: string, value: string): undefined {
  const before = parameters.get(`not.${parameter}`)
  const values = Array.isArray(before) ? (before as readonly string[]) : []
  parameters.set(`not.${parameter}`, [...new Set([...values, value])])
}

function put(
  parameters: Parameters,
  parameter: string | undefined,
  value: string | number,
  name: string,
): string | undefined {
  if (parameter === undefined) return `${name} cannot be searched from this side.`
  const before = parameters.get(parameter)
  if (before === value) return undefined
  if (before !== undefined) return `${name} is given twice, and a trace has one. Keep one of the two.`
  parameters.set(parameter, value)
  return undefined
}

function short(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`
}
