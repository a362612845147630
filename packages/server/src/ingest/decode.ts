/** Stage 1, second half. Bytes -> ParsedBatch, on the writer's thread: the loop that answers HTTP never parses a body. */
import { hash } from 'node:crypto'
import { isObject, parseBatch, UNKNOWN_SERVICE, wellFormed } from '@ragmeter/core'
import type { JsonObject, ParsedBatch } from '@ragmeter/core'

export interface DecodeContext {
  /** Epoch milliseconds at which the body arrived. */
  receivedAt: number
  /** Traces that started before it are rejected. */
  oldest: number
}

export type Decoded<Value> = { value: Value } | { code: 'invalid_json' | 'invalid_request'; message: string }

/** Tells apart bodies that arrive in the same millisecond. */
let sequence = 0

/** A batch of traces, measurements and ledger rows. Bad items are in its issues; only a body that is no object is refused. */
export function decodeBatch(bytes: Uint8Array, context: DecodeContext): Decoded<ParsedBatch> {
  const body = parseJson(bytes)
  if ('code' in body) return body
  let digest: string | undefined
  const batch = parseBatch(body.value, {
    now: context.receivedAt,
    oldest: context.oldest,
    service: UNKNOWN_SERVICE,
    // The same body gives the same ids, so a retry of traces without ids is recognised by (timestamp, id). With
    // neither id nor start, two equal bodies are two requests: nothing could tell them from a retry.
    fallbackId: (index, undated) => {
      digest ??= hash('sha256', bytes).slice(0, 32)
      return undated ? `${digest}-${index}-${context.receivedAt}-${(sequence += 1)}` : `${digest}-${index}`
    },
  })
  return batch === undefined
    ? { code: 'invalid_request', message: notAnObject(body.value) }
    : { value: batch }
}

/** A JSON object of one of the smaller routes. */
export function decodeObject(bytes: Uint8Array): Decoded<JsonObject> {
  const body = parseJson(bytes)
  if ('code' in body) return body
  return isObject(body.value)
    ? { value: body.value }
    : { code: 'invalid_request', message: notAnObject(body.value) }
}

function notAnObject(value: unknown): string {
  return `The body is ${Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`}, not an object.`
}

/** Strings are skipped whole; bare NaN and Infinity, which some JSON writers emit, are what remains to be found. */
const BARE_NON_FINITE = /"(?:[^"\\]|\\.)*"|-?Infinity\b|\bNaN\b/g

function parseJson(bytes: Uint8Array): Decoded<unknown> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  try {
    return { value: parseText(text) }
  } catch (error) {
    const repaired = text.replaceAll(BARE_NON_FINITE, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    )
    if (repaired === text) return { code: 'invalid_json', message: syntaxMessage(error, text) }
    try {
      return { value: parseText(repaired) }
    } catch {
      return { code: 'invalid_json', message: syntaxMessage(error, text) }
    }
  }
}

function parseText(text: string): unknown {
  // Only an escape can smuggle half a surrogate pair through UTF-8; bodies without one take the fast path.
  if (!text.includes('\\ud') && !text.includes('\\uD')) return JSON.parse(text)
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? wellFormed(value) : value))
}

/** The parser's own message quotes the body, which may hold text of a query: only the position is passed on. */
function syntaxMessage(error: unknown, text: string): string {
  if (text.trim() === '') return 'The body is empty.'
  const position = /position (\d+)/.exec(String(error))?.[1]
  return position === undefined
    ? 'The body is not JSON.'
    : `The body is not JSON: unexpected character at position ${position}.`
}
