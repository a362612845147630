/** Changes to the text of a filter that keep what else is written in it. Pure. */
import { fieldOf } from './fields.ts'
import { termsOf, writeValue } from './terms.ts'
import type { Term } from './terms.ts'

/** The text with `field:value`, in place of what it said of that field. */
export function withTerm(text: string, field: string, value: string): string {
  const term = `${field}:${writeValue(value)}`
  const rest = withoutField(text, field)
  return rest === '' ? term : `${rest} ${term}`
}

/** The text without any term of the field. */
export function withoutField(text: string, field: string): string {
  return termsOf(text)
    .filter((term) => !isOf(term, field))
    .map(({ start, end }) => text.slice(start, end))
    .join(' ')
}

/** The value that the text asks of a field; undefined if it asks none, or a range. */
export function valueOf(text: string, field: string): string | undefined {
  return termsOf(text).find((term) => term.operator === ':' && isOf(term, field))?.value
}

function isOf({ field: written, operator }: Term, field: string): boolean {
  return operator !== undefined && fieldOf(written)?.name === fieldOf(field)?.name
}
