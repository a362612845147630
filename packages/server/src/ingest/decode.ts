/** Stage 1, second half. Bytes -> ParsedBatch, on the writer's thread: the loop that answers HTTP never parses a body. */
import { hash } from 'node:crypto'
import { isObject, parseBatch, UNKNOWN_SERVICE } from '@ragmeter/core'
import type { JsonObject, ParsedBatch } from '@ragmeter/core'
import { decodeJson } from './decode-json.ts'
import type { Decoded } from './decode-json.ts'

export interface DecodeContext {
  /** Epoch milliseconds at which the body arrived. */
  receivedAt: number
  /** Traces that started before it are rejected. */
  oldest: number
}

/** Tells apart bodies that arrive in the same millisecond. */
let sequence = 0

/** A batch of traces, measurements and ledger rows. Bad items are in its issues; only a body that is no object is refused. */
export function decodeBatch(bytes: Uint8Array, context: DecodeContext): Decoded<ParsedBatch> {
  const body = decodeJson(bytes)
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
  const body = decodeJson(bytes)
  if ('code' in body) return body
  return isObject(body.value)
    ? { value: body.value }
    : { code: 'invalid_request', message: notAnObject(body.value) }
}

function notAnObject(value: unknown): string {
  return `The body is ${Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`}, not an object.`
}
