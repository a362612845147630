/**
 * Text of others, made fit to be shown. Names of services, errors and the like come from whoever may send traces;
 * a terminal obeys the control characters in them, and a line break forges a line of our own.
 */

/** In the place of a character that is not shown. */
const REPLACEMENT = '\uFFFD'
const ESCAPE = '\u001b'
const LINE_BREAKS = /[\t\n\r\p{Zl}\p{Zp}]+/gu
const CONTROLS = /[\p{Cc}\p{Bidi_Control}]/gu
const CONTROLS_AND_COLOURS = /\p{Cc}\[[\d;]*m|[\p{Cc}\p{Bidi_Control}]/gu
const UNSAFE_IN_JSON = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu

/** A copy of an answer whose texts and keys each fit on a line. Renderers show this; programs get the answer itself. */
export function printable<T>(value: T): T {
  return printableValue(value) as T
}

function printableValue(value: unknown): unknown {
  if (typeof value === 'string') return printableLine(value)
  if (Array.isArray(value)) return value.map(printableValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [printableLine(name), printableValue(member)]),
  )
}

function printableLine(text: string): string {
  return text.replace(LINE_BREAKS, ' ').replace(CONTROLS, REPLACEMENT)
}

/** A whole output, of many lines. @param coloured leaves colours in */
export function printableOutput(text: string, coloured: boolean): string {
  return text.replace(CONTROLS_AND_COLOURS, (found) => {
    if (found === '\n' || found === '\t') return found
    const isColour = found.length > 1 && found.startsWith(ESCAPE)
    return isColour && coloured ? found : REPLACEMENT + found.slice(1)
  })
}

/** JSON that says the same without a character that a terminal obeys. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE_IN_JSON,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
