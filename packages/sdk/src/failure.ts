/** What an exception means: the status of the request and the closed type of the error. */
import { errorTypeOf, LIMITS } from '@ragmeter/core'
import type { ErrorType, StageName, Status } from '@ragmeter/core'

export interface Failure {
  readonly status: Extract<Status, 'error' | 'timeout' | 'cancelled'>
  /** Absent when the request was cancelled: nothing failed. */
  readonly errorType: ErrorType | undefined
  /** Name of the exception: an identifier, but it may be the query if that is one word. */
  readonly exception: string
  /** As thrown: not yet redacted. */
  readonly message: string
}

interface ErrorLike {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly type?: unknown
  readonly cause?: unknown
  readonly response?: { readonly status?: unknown } | null
}

/** Anything else is no name but a text that was thrown, and may hold the query. */
const IDENTIFIER = /^[\w.$-]{1,64}$/
const ABORTED = /^(AbortError|APIUserAbortError|CanceledError|CancelledError|ABORT_ERR|ERR_CANCELED)$/
const TIMED_OUT =
  /^(TimeoutError|APIConnectionTimeoutError|ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/

const BY_HTTP_STATUS: ReadonlyMap<number, ErrorType> = new Map([
  [400, 'validation_error'],
  [408, 'timeout'],
  [413, 'validation_error'],
  [422, 'validation_error'],
  [429, 'rate_limited'],
  [504, 'timeout'],
  [529, 'rate_limited'],
])

/** Where nothing else tells, the step that failed does. */
const BY_STAGE: Partial<Record<StageName, ErrorType>> = {
  embedding: 'embedding_error',
  retrieval: 'retrieval_error',
  graph_retrieval: 'retrieval_error',
  memory_retrieval: 'retrieval_error',
  generation: 'llm_error',
  guardrail: 'guardrail_blocked',
}

/** @param stage the step in which it was thrown, if known */
export function failureOf(error: unknown, stage?: StageName): Failure {
  const { name, message, codes, httpStatus } = describe(error)
  const exception = IDENTIFIER.test(name) ? name : 'Error'
  if (ABORTED.test(name) || codes.some((code) => ABORTED.test(code))) {
    return { status: 'cancelled', errorType: undefined, exception, message }
  }
  const errorType = typeOf(name, codes, httpStatus, stage)
  return { status: errorType === 'timeout' ? 'timeout' : 'error', errorType, exception, message }
}

function typeOf(
  name: string,
  codes: readonly string[],
  httpStatus: number | undefined,
  stage: StageName | undefined,
): ErrorType {
  if (TIMED_OUT.test(name) || codes.some((code) => TIMED_OUT.test(code))) return 'timeout'
  const byStatus = httpStatus === undefined ? undefined : BY_HTTP_STATUS.get(httpStatus)
  if (byStatus !== undefined) return byStatus
  for (const text of [name.slice(0, LIMITS.nameLengthMax), ...codes]) {
    // `Error`, `TypeError` and their like say nothing about where it failed.
    const type = /^(Error|TypeError|RangeError|SyntaxError|ReferenceError)$/.test(text)
      ? 'other'
      : errorTypeOf(text)
    if (type !== 'other') return type
  }
  return (stage === undefined ? undefined : BY_STAGE[stage]) ?? 'other'
}

interface Description {
  readonly name: string
  readonly message: string
  readonly codes: readonly string[]
  readonly httpStatus: number | undefined
}

/** Errors are read with care: a getter of a foreign error may throw too. */
function describe(error: unknown): Description {
  if (typeof error === 'string') {
    return { name: error, message: error, codes: [], httpStatus: undefined }
  }
  try {
    if (typeof error !== 'object' || error === null) {
      return { name: 'Error', message: String(error), codes: [], httpStatus: undefined }
    }
    const { name, message, code, status, statusCode, type, cause, response } = error as ErrorLike
    const causeCode = (cause as ErrorLike | null | undefined)?.code
    const codes = [code, type, causeCode].filter((value) => typeof value === 'string')
    const httpStatus = [status, statusCode, response?.status].find((value) => typeof value === 'number')
    return {
      name: nameOf(error, name),
      message: typeof message === 'string' ? message : '',
      codes,
      httpStatus,
    }
  } catch {
    return { name: 'Error', message: '', codes: [], httpStatus: undefined }
  }
}

/** Many libraries leave `name` at "Error" and tell their errors apart by class. */
function nameOf(error: object, name: unknown): string {
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name
  const { constructor } = error
  if (typeof constructor !== 'function' || constructor === Object) return 'Error'
  // A class may have a static member of that name.
  const own: unknown = constructor.name
  return typeof own === 'string' ? own : 'Error'
}
