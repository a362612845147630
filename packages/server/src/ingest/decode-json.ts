/**
 * Bytes -> JSON value. Lenient where common writers of JSON are wrong: bare NaN and Infinity become strings, which the
 * parser of batches refuses item by item; a byte order mark is skipped. What is no UTF-8 becomes U+FFFD.
 */
import { LIMITS } from '@ragmeter/core'

export type Decoded<Value> =
  | { value: Value }
  | { code: 'invalid_json' | 'invalid_request' | 'body_too_large'; message: string }

/** A body with more bare NaN and Infinity than this is not a batch with some bad values in it. */
const REPAIRS_MAX = 1_000_000

const QUOTE = 0x22
const COMMA = 0x2c
const BRACKET = 0x5b
const BACKSLASH = 0x5c
const BRACE = 0x7b
const BYTE_ORDER_MARK = 0xfeff

export function decodeJson(bytes: Uint8Array): Decoded<unknown> {
  if (hasTooManyValues(bytes, LIMITS.jsonValuesMax)) {
    return {
      code: 'body_too_large',
      message: `The body has more than ${LIMITS.jsonValuesMax} values of JSON.`,
    }
  }
  const decoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const text = decoded.charCodeAt(0) === BYTE_ORDER_MARK ? decoded.slice(1) : decoded
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    const repaired = quoteNonFinite(text)
    if (repaired === undefined) return { code: 'invalid_json', message: syntaxMessage(error, text) }
    try {
      return { value: JSON.parse(repaired) as unknown }
    } catch {
      return { code: 'invalid_json', message: syntaxMessage(error, text) }
    }
  }
}

/**
 * Whether parsing would make more values than that: each has a comma or an opening bracket before it. A value takes two
 * bytes at least, so that all but huge bodies are not looked at.
 */
function hasTooManyValues(bytes: Uint8Array, valuesMax: number): boolean {
  if (bytes.length <= 2 * valuesMax) return false
  let values = 0
  let isInString = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (isInString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) isInString = false
    } else if (byte === QUOTE) isInString = true
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) values += 1
  }
  return values > valuesMax
}

/**
 * Puts bare NaN and Infinity in quotes. One pass, whatever the text: a pattern that matches strings as well would
 * start again at every quote of a string that does not end.
 * @returns undefined if there is nothing to repair, or too much
 */
function quoteNonFinite(text: string): string | undefined {
  const interesting = /"|-?Infinity\b|\bNaN\b/g
  const parts: string[] = []
  let copied = 0
  for (let match = interesting.exec(text); match !== null; match = interesting.exec(text)) {
    const [token] = match
    if (token === '"') {
      interesting.lastIndex = endOfString(text, interesting.lastIndex)
      continue
    }
    if (parts.length === REPAIRS_MAX) return undefined
    parts.push(`${text.slice(copied, match.index)}"${token}"`)
    copied = interesting.lastIndex
  }
  return parts.length === 0 ? undefined : parts.join('') + text.slice(copied)
}

/** Position after the closing quote, or the end of the text. @param from position after the opening quote */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at += 1
    else if (code === QUOTE) return at + 1
  }
  return text.length
}

/** The parser's own message quotes the body, which may hold text of a query: only the position is passed on. */
function syntaxMessage(error: unknown, text: string): string {
  if (text.trim() === '') return 'The body is empty.'
  const position = / in JSON at position (\d+)/.exec(String(error))?.[1]
  return position === undefined
    ? 'The body is not JSON.'
    : `The body is not JSON: unexpected character at position ${position}.`
}
