/** Splits the text of a filter into terms: `field`, an operator, a value that may stand in quotes; `-` in front negates. */

export type Operator = ':' | '>' | '>=' | '<' | '<='

export interface Term {
  /** Where it stands in the text: [start, end). */
  start: number
  end: number
  /** `-` in front: what must not be. */
  isNegated: boolean
  /** Where the field begins in the text. */
  fieldStart: number
  /** As it was written. */
  field: string
  /** undefined for a word that stands alone. */
  operator: Operator | undefined
  /** Without quotes. */
  value: string
  /** Where the value begins in the text. */
  valueStart: number
  /** A quote that was opened and not closed. */
  isOpen: boolean
}

const HEAD = /^([^\s":<>=]*)(:?(?:>=|<=|>|<|=)|:)?/

export function termsOf(text: string): Term[] {
  const terms: Term[] = []
  let position = 0
  while (position < text.length) {
    if (/\s/.test(text.charAt(position))) position += 1
    else {
      const term = readTerm(text, position)
      terms.push(term)
      position = term.end
    }
  }
  return terms
}

function readTerm(text: string, start: number): Term {
  const isNegated = text.charAt(start) === '-'
  const fieldStart = isNegated ? start + 1 : start
  const [head = '', field = '', sign] = HEAD.exec(text.slice(fieldStart)) ?? []
  const operator = operatorOf(sign)
  const valueStart = fieldStart + head.length
  const common = { start, isNegated, fieldStart, operator }
  // A word that stands alone has no value of its own; a quote in front of it still opens one.
  if (operator === undefined && text.charAt(valueStart) !== '"') {
    const end = endOfWord(text, Math.max(valueStart, start + 1))
    return { ...common, end, field: text.slice(fieldStart, end), value: '', valueStart: end, isOpen: false }
  }
  const { value, end, isOpen } = readValue(text, valueStart)
  return { ...common, end, field, value, valueStart, isOpen }
}

function operatorOf(sign: string | undefined): Operator | undefined {
  switch (sign) {
    case undefined:
      return undefined
    case ':>':
    case '>':
      return '>'
    case ':>=':
    case '>=':
      return '>='
    case ':<':
    case '<':
      return '<'
    case ':<=':
    case '<=':
      return '<='
    default:
      return ':'
  }
}

function readValue(text: string, start: number): { value: string; end: number; isOpen: boolean } {
  if (text.charAt(start) !== '"') {
    const end = endOfWord(text, start)
    return { value: text.slice(start, end), end, isOpen: false }
  }
  let value = ''
  for (let index = start + 1; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '"') return { value, end: index + 1, isOpen: false }
    if (character === '\\' && index + 1 < text.length) {
      index += 1
      value += text.charAt(index)
    } else value += character
  }
  return { value, end: text.length, isOpen: true }
}

function endOfWord(text: string, start: number): number {
  let end = start
  while (end < text.length && !/\s/.test(text.charAt(end))) end += 1
  return end
}
