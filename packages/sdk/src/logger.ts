/** Log lines that carry the ids of the request they belong to. */
import { createRequire } from 'node:module'
import type * as Pino from 'pino'
import { errorFields } from './error-fields.ts'
import type { Trace } from './trace.ts'

type PinoModule = typeof Pino.pino

export interface LoggerOptions {
  /** The function of the package `pino`, where it cannot be loaded by its name (bundles). */
  pino?: PinoModule
  /** Options of pino itself. Its `mixin` and `serializers` are added to those of ragmeter; a serializer `err` replaces it. */
  options?: Pino.LoggerOptions
  /** Where lines go. @default stdout */
  destination?: Pino.DestinationStream
}

export interface RequestFields {
  /** Only its length is logged. */
  query?: string
  operation?: string
  [field: string]: unknown
}

export interface ResponseFields {
  durationMs?: number
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
  [field: string]: unknown
}

/** The ids of the current request, as fields of a log line. */
export interface TraceFields {
  request_id?: string
  trace_id?: string
  org?: string
}

export interface RequestLogger {
  /** The pino logger itself, for everything else. */
  readonly pino: Pino.Logger
  /** A request begins. */
  request(fields?: RequestFields): void
  /** A request was answered. */
  response(fields?: ResponseFields): void
  /** A request failed. Of the error, name, message and stack are logged, without query, credentials and the like. */
  error(error: unknown, fields?: Readonly<Record<string, unknown>>): void
}

export function traceFields(trace: Trace | undefined): TraceFields {
  try {
    const { requestId, traceId, org } = trace ?? {}
    if (requestId === undefined || traceId === undefined) return {}
    return { request_id: requestId, trace_id: traceId, ...(org === undefined ? {} : { org }) }
  } catch {
    // No trace of this client: a log line must not fail because of its ids.
    return {}
  }
}

/**
 * @param current the request the calling code runs in
 * @param currentQuery the text of that request, to be taken out of errors; '' outside of requests
 * @throws {Error} if the optional package `pino` is not installed
 */
export function createLogger(
  current: () => Trace | undefined,
  currentQuery: () => string,
  defaults: { readonly service: string; readonly environment: string | undefined },
  settings: LoggerOptions,
): RequestLogger {
  const makeLogger = settings.pino ?? loadPino()
  const { mixin, ...options } = settings.options ?? {}
  const complete: Pino.LoggerOptions = {
    base: {
      service: defaults.service,
      ...(defaults.environment === undefined ? {} : { environment: defaults.environment }),
    },
    ...options,
    serializers: { err: (error: unknown) => errorFields(error, currentQuery()), ...options.serializers },
    mixin: (merged, level, logger) => ({ ...traceFields(current()), ...mixin?.(merged, level, logger) }),
  }
  const { destination } = settings
  const pino = destination === undefined ? makeLogger(complete) : makeLogger(complete, destination)
  return {
    pino,
    request(stated) {
      const { query, operation, ...fields } = readable(stated)
      const length = typeof query === 'string' ? { query_length: query.length } : {}
      pino.info({ event_type: 'request', operation, ...length, ...fields }, 'request')
    },
    response(stated) {
      const { durationMs, inputTokens, outputTokens, costUsd, ...fields } = readable(stated)
      const measured = {
        duration_ms: durationMs,
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        cost_usd: costUsd,
      }
      pino.info({ event_type: 'response', ...measured, ...fields }, 'response')
    },
    error(error, fields) {
      pino.error({ event_type: 'error', err: error, ...readable(fields) }, 'error')
    },
  }
}

/** A copy without getters: one that throws costs the fields, not the line. */
function readable<Fields extends object>(fields: Fields | null | undefined): Partial<Fields> {
  try {
    return { ...fields }
  } catch {
    return {}
  }
}

function loadPino(): PinoModule {
  try {
    return createRequire(import.meta.url)('pino') as PinoModule
  } catch (error) {
    throw new Error(
      'monitor.logger() needs pino. Install it: npm install pino. In a bundle, pass it: { pino }.',
      {
        cause: error,
      },
    )
  }
}
