/** W3C Trace Context: taken from the caller, handed on to the callee. */

import type { TraceOptions } from './trace.ts'

/** Headers of Node, Express, Fastify or the Fetch API. Names are looked up in lower case. */
export type HeaderSource =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null | undefined }

export interface TraceParent {
  /** 32 hex digits, not all zero. */
  readonly traceId: string
  /** 16 hex digits, not all zero: the span of the caller. */
  readonly spanId: string
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/
const ZEROS = /^0+$/

/** A longer list of vendor entries may be dropped (W3C: at least 512 characters should pass). */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/
/** A request id that is safe in headers and logs. */
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/

/** @returns undefined if the header breaks the format; the trace then starts here */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  const match = typeof header !== 'string' ? null : TRACEPARENT.exec(header.trim())
  if (match === null) return undefined
  const [, version = '', traceId = '', spanId = '', rest] = match
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  return ZEROS.test(traceId) || ZEROS.test(spanId) ? undefined : { traceId, spanId }
}

export function formatTraceparent(traceId: string, spanId: string, sampled: boolean): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}

/**
 * What the headers of an incoming request say about its trace.
 * @example monitor.trace(question, { operation: 'ask', ...traceContextOf(request.headers) }, answer)
 */
export function traceContextOf(
  headers: HeaderSource,
): Pick<TraceOptions, 'traceparent' | 'tracestate' | 'requestId'> {
  const traceparent = readHeader(headers, 'traceparent')
  const tracestate = readHeader(headers, 'tracestate')
  const requestId = readHeader(headers, 'x-request-id')
  return {
    ...(parseTraceparent(traceparent) === undefined ? {} : { traceparent: traceparent as string }),
    ...(checkedTracestate(tracestate) === undefined ? {} : { tracestate: tracestate as string }),
    ...(requestId !== undefined && REQUEST_ID.test(requestId) ? { requestId } : {}),
  }
}

/** @returns the state, if it is small enough and safe to hand on as a header */
export function checkedTracestate(state: string | undefined): string | undefined {
  return typeof state === 'string' && TRACESTATE.test(state) ? state : undefined
}

/** Never throws: a request whose headers cannot be read starts a trace of its own. */
function readHeader(headers: HeaderSource | null | undefined, name: string): string | undefined {
  try {
    const value =
      typeof headers?.get === 'function'
        ? headers.get(name)
        : (headers as Readonly<Record<string, string | readonly string[] | undefined>> | undefined)?.[name]
    if (typeof value === 'string') return value
    return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined
  } catch {
    return undefined
  }
}

/**
 * The share 0..1 that a trace id stands for: its last 56 bits, which W3C and OpenTelemetry take as random. Services
 * that sample by it with one rate keep the same traces.
 */
export function randomnessOf(traceId: string): number {
  return Number.parseInt(traceId.slice(18), 16) / 2 ** 56
}
