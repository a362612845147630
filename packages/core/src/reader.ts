/// <reference lib="es2024.string" />
/** Reads fields of untrusted JSON. Never throws: what is wrong becomes an issue, and the value becomes undefined. */
import { ISSUES } from './errors.ts'
import type { IssueCode } from './errors.ts'
import type { ParseIssue } from './issue.ts'
import { LIMITS } from './limits.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const GOT_LENGTH_MAX = 40
const NUMERIC = /^-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/

/** Knows where in the batch it is; the path is put together only when there is an issue to report. */
export class Reader {
  /** At most LIMITS.issuesReportedMax of each severity: a hostile batch has millions, and each costs memory. */
  readonly issues: ParseIssue[] = []
  /** All issues by code, those that are not in `issues` too. */
  readonly issueCounts: Partial<Record<IssueCode, number>> = {}
  /** Issues that are counted but not in `issues`. */
  issuesOmitted = 0
  /** The list of the batch whose items are read; '' while fields of the batch itself are. */
  list = 'traces'
  /** Position of the item in the list. */
  index = 0
  /** What is read within the item, e.g. `retrieval`; '' for the item itself. */
  scope = ''
  /** Position in the list that `scope` names; -1 if it names an object. */
  #position = -1
  readonly #kept = { error: 0, warning: 0 }

  issue(
    code: IssueCode,
    field: string,
    got: unknown,
    severity: 'error' | 'warning',
    hint: string = ISSUES[code],
  ): undefined {
    this.issueCounts[code] = (this.issueCounts[code] ?? 0) + 1
    if (this.#kept[severity] >= LIMITS.issuesReportedMax) {
      this.issuesOmitted += 1
      return undefined
    }
    this.#kept[severity] += 1
    const path = this.#pathOf(field)
    this.issues.push({ code, severity, index: this.index, path, got: describe(got), hint })
    return undefined
  }

  /** The value, with an issue if it is absent. */
  required(value: unknown, field: string, severity: 'error' | 'warning' = 'warning'): unknown {
    return value === undefined || value === null ? this.issue('missing', field, value, severity) : value
  }

  /** A string, cut to `lengthMax`. Numbers and booleans become text: ids are often numbers. */
  text(value: unknown, field: string, lengthMax: number): string | undefined {
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value !== 'string') {
      if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
        return String(value)
      return this.issue('wrong_type', field, value, 'warning', 'Send a string.')
    }
    if (value.length <= lengthMax) return value.toWellFormed()
    this.issue('too_long', field, `${value.length} characters`, 'warning', `Cut to ${lengthMax} characters.`)
    return value.slice(0, lengthMax).toWellFormed()
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
    // Adding 0 makes 0 of -0, which JSON cannot carry.
    if (number >= min && number <= max) return number + 0
    if (!Number.isFinite(number)) return this.issue('not_finite', field, number, severity)
    const hint = `Must be from ${min} to ${max}. ${ISSUES.out_of_range}`
    return this.issue('out_of_range', field, number, severity, hint)
  }

  /** A whole number in min..max. */
  count(
    value: unknown,
    field: string,
    max: number,
    min = 0,
    severity: 'error' | 'warning' = 'warning',
  ): number | undefined {
    const number = this.number(value, field, min, max, severity)
    if (number === undefined || Number.isInteger(number)) return number
    return this.issue('wrong_type', field, number, severity, 'Send a whole number.')
  }

  /** A sum of the wire. Sums must be exact: they are taken as they are or not at all. */
  sum(value: unknown, field: string): number | undefined {
    // Adding 0 makes 0 of -0.
    if (Number.isSafeInteger(value) && (value as number) >= 0) return (value as number) + 0
    return this.issue('wrong_type', field, value, 'error', 'Send a whole number >= 0.')
  }

  oneOf<Value extends string>(value: unknown, field: string, values: readonly Value[]): Value | undefined {
    if (value === undefined || value === null) return undefined
    if ((values as readonly unknown[]).includes(value)) return value as Value
    return this.issue('not_in_enum', field, value, 'warning', `Use one of: ${values.join(', ')}.`)
  }

  flag(value: unknown, field: string): boolean | undefined {
    if (value === undefined || value === null) return undefined
    if (value === true || value === 1 || value === 'true') return true
    if (value === false || value === 0 || value === 'false') return false
    return this.issue('wrong_type', field, value, 'warning', 'Send true or false.')
  }

  object(value: unknown, field: string): JsonObject | undefined {
    if (value === undefined || value === null) return undefined
    if (isObject(value)) return value
    return this.issue('wrong_type', field, value, 'warning', 'Send an object.')
  }

  /**
   * The items of a list, at most `lengthMax`.
   * @param severity of the issue that there are more
   */
  items(
    value: unknown,
    field: string,
    lengthMax: number,
    severity: 'error' | 'warning' = 'warning',
  ): readonly unknown[] | undefined {
    if (value === undefined || value === null) return undefined
    if (!Array.isArray(value)) return this.issue('wrong_type', field, value, 'warning', 'Send a list.')
    const list = value as readonly unknown[]
    if (list.length <= lengthMax) return list
    this.issue('too_many', field, `${list.length} items`, severity, `Only the first ${lengthMax} are kept.`)
    return list.slice(0, lengthMax)
  }

  /**
   * The objects of a list, parsed; what is no object is left out.
   * @param parse names its fields within the item
   * @returns undefined if nothing is left
   */
  objects<Value>(
    value: unknown,
    field: string,
    lengthMax: number,
    parse: (item: JsonObject, reader: this) => Value | undefined,
  ): Value[] | undefined {
    const items = this.items(value, field, lengthMax)
    if (items === undefined || items.length === 0) return undefined
    const { scope } = this
    const position = this.#position
    const parsed: Value[] = []
    this.scope = this.#within(field)
    for (this.#position = 0; this.#position < items.length; this.#position += 1) {
      const item = items[this.#position]
      const result = isObject(item)
        ? parse(item, this)
        : this.issue('wrong_type', '', item, 'warning', 'Send an object.')
      if (result !== undefined) parsed.push(result)
    }
    this.scope = scope
    this.#position = position
    return parsed.length === 0 ? undefined : parsed
  }

  #pathOf(field: string): string {
    const item = this.list === '' ? '' : `${this.list}[${this.index}]`
    const within = this.#within(field)
    return item === '' || within === '' ? item + within : `${item}.${within}`
  }

  #within(field: string): string {
    if (this.scope === '') return field
    const place = this.#position === -1 ? this.scope : `${this.scope}[${this.#position}]`
    return field === '' ? place : `${place}.${field}`
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Half a surrogate pair is no character: databases and encoders would each replace it in their own way. */
export function wellFormed(text: string): string {
  return text.toWellFormed()
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
