/** An error as it stands in a log line: its name, message and stack, without what could be content or a secret. */
import { failureOf } from './failure.ts'
import { redact } from './redact.ts'

export interface ErrorFields {
  type: string
  message: string
  stack?: string
  code?: string | number
  status?: number
}

/** Frames beyond it are cut. */
const STACK_LENGTH_MAX = 4096
const CODE = /^[\w.-]{1,64}$/

/**
 * Other properties of an error are left out: those of HTTP clients hold the request, with its headers and prompt.
 * @param query the text of the request that failed; '' if there is none
 */
export function errorFields(error: unknown, query: string): ErrorFields {
  const { exception, message } = failureOf(error)
  const type = redact(exception, query)
  const fields: ErrorFields = { type, message: redact(message, query) }
  if (typeof error !== 'object' || error === null) return fields
  try {
    const { stack, code, status } = error as { stack?: unknown; code?: unknown; status?: unknown }
    if (typeof stack === 'string') fields.stack = redact(stack, query, STACK_LENGTH_MAX)
    if (typeof code === 'number' || (typeof code === 'string' && CODE.test(code))) fields.code = code
    if (typeof status === 'number') fields.status = status
  } catch {
    // A getter of a foreign error threw: the line does without.
  }
  return fields
}
