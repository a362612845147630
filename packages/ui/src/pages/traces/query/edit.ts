/** Changes to the text of a filter that keep what else is written in it. Pure. */
import { writeValue } from '../../../lib/filter-value.ts'
import { fieldOf } from './fields.ts'
import { termsOf } from './terms.ts'
import type { Term } from './terms.ts'

/** The text with `field:value`, in place of what it said of that field. */
export function withTerm(text: string, field: string, value: string): string {
  const term = `${field}:${writeValue(value)}`
  const rest = withoutField(text, field)
  return rest === '' ? term : `${rest} ${term}`
}

/** The text with `-field:value`; what it leaves out of the field stays left out. */
export function withExclusion(text: string, field: string, value: string): string {
  const rest = keep(text, (term) => !isOf(term, field) || (term.isNegated && term.value !== value))
  const term = `-${field}:${writeValue(value)}`
  return rest === '' ? term : `${rest} ${term}`
}

/** The text without `-field:value`. */
export function withoutExclusion(text: string, field: string, value: string): string {
  return keep(text, (term) => !isOf(term, field) || !term.isNegated || term.value !== value)
}

/** The text without any term of the field. */
export function withoutField(text: string, field: string): string {
  return keep(text, (term) => !isOf(term, field))
}

function keep(text: string, isKept: (term: Term) => boolean): string {
  return termsOf(text)
    .filter(isKept)
    .map(({ start, end }) => text.slice(start, end))
    .join(' ')
}

/** The value that the text asks of a field; undefined if it asks none, or a range. */
export function valueOf(text: string, field: string): string | undefined {
  return termsOf(text).find((term) => term.operator === ':' && !term.isNegated && isOf(term, field))?.value
}

/** The values of a field that the text leaves out. */
export function exclusionsOf(text: string, field: string): readonly string[] {
  const negated = termsOf(text).filter((term) => term.isNegated && isOf(term, field))
  return [...new Set(negated.map(({ value }) => value))]
}

function isOf({ field: written, operator }: Term, field: string): boolean {
  return operator !== undefined && fieldOf(written)?.name === fieldOf(field)?.name
}
