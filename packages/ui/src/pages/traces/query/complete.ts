/** What could stand where the cursor is: fields, then values of the field. Pure. */
import { writeValue } from '../../../lib/filter-value.ts'
import { FIELDS, fieldOf, METADATA_PREFIX } from './fields.ts'
import { termsOf } from './terms.ts'

export interface Suggestion {
  /** What is written in place of [start, end). */
  insert: string
  start: number
  end: number
  label: string
  detail: string
  /** Whether the term is whole once it is inserted. */
  isWhole: boolean
}

/** Values seen in the traces, with how many traces have them, by parameter of the API. */
export type KnownValues = Readonly<Record<string, readonly { value: string; count: number }[]>>

const SUGGESTIONS_MAX = 12
const DURATIONS = ['500ms', '1s', '2s', '5s', '10s']

export function complete(text: string, cursor: number, known: KnownValues): Suggestion[] {
  const term = termsOf(text).find(({ start, end }) => start < cursor && cursor <= end)
  if (term === undefined) return fieldSuggestions('', cursor, cursor)
  if (term.operator === undefined || cursor < term.valueStart) {
    const nameEnd = term.operator === undefined ? term.end : term.valueStart
    const found = fieldSuggestions(text.slice(term.fieldStart, cursor), term.fieldStart, nameEnd)
    // A number is bounded from the other side instead of left out.
    return term.isNegated ? found.filter(({ label }) => fieldOf(label)?.kind !== 'number') : found
  }
  const field = fieldOf(term.field)
  if (field === undefined) return []
  const written = text.slice(term.valueStart, cursor).replace(/^"/, '').toLowerCase()
  const place = { start: term.valueStart, end: term.end, isWhole: true }
  if (field.kind === 'number') {
    const values = field.unit === 'duration' ? DURATIONS : field.unit === 'count' ? ['0', '1', '5'] : ['0.5']
    return written === ''
      ? values.map((value) => ({ ...place, insert: value, label: value, detail: '' }))
      : []
  }
  const seen = known[field.parameter] ?? []
  const listed =
    field.kind === 'choice' ? field.values.filter((value) => !seen.some((one) => one.value === value)) : []
  const values = [...seen, ...listed.map((value) => ({ value, count: undefined }))]
  return values
    .filter(({ value }) => value.toLowerCase().includes(written) && value.toLowerCase() !== written)
    .toSorted(
      (left, right) =>
        Number(right.value.toLowerCase().startsWith(written)) -
        Number(left.value.toLowerCase().startsWith(written)),
    )
    .slice(0, SUGGESTIONS_MAX)
    .map(({ value, count }) => ({
      ...place,
      insert: writeValue(value),
      label: value,
      detail: count === undefined ? '' : count.toLocaleString('en'),
    }))
}

function fieldSuggestions(written: string, start: number, end: number): Suggestion[] {
  const lower = written.toLowerCase()
  const fields = FIELDS.filter(({ name, aliases }) =>
    [name, ...aliases].some((spelling) => spelling.includes(lower) && spelling !== `${lower}:`),
  ).toSorted((left, right) => Number(right.name.startsWith(lower)) - Number(left.name.startsWith(lower)))
  const found = fields.map((field) => ({
    insert:
      field.kind === 'number'
        ? field.minimum === undefined
          ? `${field.name}<`
          : `${field.name}>`
        : `${field.name}:`,
    start,
    end,
    label: field.name,
    detail: field.doc,
    isWhole: false,
  }))
  if (
    METADATA_PREFIX.startsWith(lower.slice(0, METADATA_PREFIX.length)) &&
    lower.length <= METADATA_PREFIX.length
  )
    found.push({
      insert: METADATA_PREFIX,
      start,
      end,
      label: 'metadata.KEY',
      detail: 'A key of your own',
      isWhole: false,
    })
  return found.slice(0, lower === '' ? found.length : SUGGESTIONS_MAX)
}
