/** Reads fields of untrusted JSON. Never throws: what is wrong becomes an issue, and the value becomes undefined. */
import { ISSUES } from './errors.ts'
import type { IssueCode } from './errors.ts'
import type { ParseIssue } from './issue.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const GOT_LENGTH_MAX = 40
const NUMERIC = /^-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Where in the batch the reader is: the path is built only when there is an issue to report. */
export class Reader {
  readonly issues: ParseIssue[] = []
  list = 'traces'
  index = 0

  issue(
    code: IssueCode,
    field: string,
    got: unknown,
    severity: 'error' | 'warning',
    hint?: string,
  ): undefined {
    const path = field === '' ? `${this.list}[${this.index}]` : `${this.list}[${this.index}].${field}`
    this.issues.push({
      code,
      severity,
      index: this.index,
      path,
      got: describe(got),
      hint: hint ?? ISSUES[code],
    })
    return undefined
  }

  /** A string, cut to `lengthMax`. Numbers and booleans become text: ids are often numbers. */
  text(value: unknown, field: string, lengthMax: number): string | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') {
      if (typeof value === 'number' || typeof value === 'boolean') return String(value)
      return this.issue('wrong_type', field, value, 'warning', 'Send a string.')
    }
    if (value === '') return undefined
    if (value.length <= lengthMax) return value
    this.issue('too_long', field, `${value.length} characters`, 'warning', `Cut to ${lengthMax} characters.`)
    return wellFormed(value.slice(0, lengthMax))
  }

  /** A finite number in min..max; numeric strings are taken. */
  number(
    value: unknown,
    field: string,
    min: number,
    max: number,
    severity: 'error' | 'warning' = 'warning',
  ): number | undefined {
    if (value === undefined || value === null) return undefined
    const number = typeof value === 'string' ? numberOf(value) : value
    if (typeof number !== 'number') return this.issue('wrong_type', field, value, severity, 'Send a number.')
    if (!Number.isFinite(number)) return this.issue('not_finite', field, number, severity)
    if (number < min || number > max) {
      return this.issue(
        'out_of_range',
        field,
        number,
        severity,
        `Must be from ${min} to ${max}. ${ISSUES.out_of_range}`,
      )
    }
    return number
  }

  /** A whole number in 0..max. */
  count(value: unknown, field: string, max: number): number | undefined {
    const number = this.number(value, field, 0, max)
    if (number === undefined || Number.isInteger(number)) return number
    return this.issue('wrong_type', field, number, 'warning', 'Send a whole number.')
  }

  oneOf<Value extends string>(value: unknown, field: string, values: readonly Value[]): Value | undefined {
    if (value === undefined || value === null) return undefined
    if ((values as readonly unknown[]).includes(value)) return value as Value
    return this.issue('not_in_enum', field, value, 'warning', `Use one of: ${values.join(', ')}.`)
  }

  flag(value: unknown, field: string): boolean | undefined {
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined
    if (value === 1 || value === 'true') return true
    if (value === 0 || value === 'false') return false
    return this.issue('wrong_type', field, value, 'warning', 'Send true or false.')
  }

  object(value: unknown, field: string): JsonObject | undefined {
    if (value === undefined || value === null) return undefined
    if (isObject(value)) return value
    return this.issue('wrong_type', field, value, 'warning', 'Send an object.')
  }

  /** The items of a list, at most `lengthMax`. */
  items(value: unknown, field: string, lengthMax: number): readonly unknown[] | undefined {
    if (value === undefined || value === null) return undefined
    if (!Array.isArray(value)) return this.issue('wrong_type', field, value, 'warning', 'Send a list.')
    const list = value as readonly unknown[]
    if (list.length <= lengthMax) return list
    this.issue('too_many', field, `${list.length} items`, 'warning', `Only the first ${lengthMax} are kept.`)
    return list.slice(0, lengthMax)
  }

  /** The objects of a list, parsed; what is not an object is left out. */
  objects<Value>(
    value: unknown,
    field: string,
    lengthMax: number,
    parse: (item: JsonObject, field: string) => Value | undefined,
  ): Value[] | undefined {
    const items = this.items(value, field, lengthMax)
    if (items === undefined || items.length === 0) return undefined
    const parsed: Value[] = []
    items.forEach((item, position) => {
      const at = `${field}[${position}]`
      const object = this.object(item ?? 'null', at)
      const result = object === undefined ? undefined : parse(object, at)
      if (result !== undefined) parsed.push(result)
    })
    return parsed.length === 0 ? undefined : parsed
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Half a surrogate pair is no character: databases and encoders would each replace it in their own way. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd')
}

function numberOf(text: string): number | string {
  if (NUMERIC.test(text)) return Number(text)
  // The daemon turns the bare words NaN and Infinity of some JSON writers into these strings.
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text)
  return text
}

/** Says what was there without repeating long or private content. */
function describe(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= GOT_LENGTH_MAX
      ? JSON.stringify(value)
      : `${JSON.stringify(value.slice(0, GOT_LENGTH_MAX))}...`
  }
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
