/** Stage 1 of 5. Bytes of a request -> a whole, decompressed body in the hands of the store -> its answer. */
import { LIMITS, RagmeterError } from '@ragmeter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { StageReport } from '../lib/stage-report.ts'
import type { BodyKind, IngestBody, IngestOutcome } from '../store/store.ts'
import type { Admission } from './admission.ts'
import { decompressorFor } from './content-encoding.ts'
import { drain } from './drain.ts'
import type { DrainLimits } from './drain.ts'
import { readBody } from './read-body.ts'
import { INGEST_SCHEMAS } from './schemas.ts'

export { Admission } from './admission.ts'

export interface IngestOptions {
  store: { ingest(body: IngestBody): Promise<IngestOutcome> }
  admission: Admission
  report: StageReport
  drainLimits: DrainLimits
  /** Epoch milliseconds. */
  now: () => number
  /** @default LIMITS.bodyBytesMax */
  wireBytesMax?: number
  /** @default LIMITS.decompressedBytesMax */
  decompressedBytesMax?: number
}

const ROUTES: readonly { url: string; kind: BodyKind }[] = [
  { url: '/ingest', kind: 'batch' },
  { url: '/api/v1/feedback', kind: 'feedback' },
  { url: '/api/v1/scores', kind: 'scores' },
]

/** Adds the routes that take data in. */
export function registerIngest(app: FastifyInstance, options: IngestOptions): void {
  for (const { url, kind } of ROUTES) {
    app.post(url, { schema: INGEST_SCHEMAS[kind], onRequest: forgetContentType }, (request, reply) => {
      void reply.type('application/json; charset=utf-8')
      return take(kind, request, options)
    })
  }
}

/** Clients of this contract send whatever type they like, malformed ones too; it has never meant anything. */
function forgetContentType(request: FastifyRequest, _: FastifyReply, done: () => void): void {
  // Not deleted: that would turn the headers into a slow object.
  Object.assign(request.raw.headers, { 'content-type': undefined })
  done()
}

/** @returns the JSON text of the answer */
async function take(kind: BodyKind, request: FastifyRequest, options: IngestOptions): Promise<string> {
  const { report, now } = options
  const receivedAt = now()
  const began = performance.now()
  try {
    const outcome = await receive(kind, receivedAt, request, options)
    if (outcome.outcome === 'refused') {
      throw new RagmeterError(
        outcome.code,
        outcome.message,
        outcome.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: outcome.retryAfterSeconds },
      )
    }
    report.accepted(1)
    return outcome.response
  } catch (error) {
    report.dropped(error instanceof RagmeterError ? error.code : 'internal', 1)
    drain(request.raw, options.drainLimits)
    throw error
  } finally {
    report.took(performance.now() - began)
  }
}

async function receive(
  kind: BodyKind,
  receivedAt: number,
  request: FastifyRequest,
  options: IngestOptions,
): Promise<IngestOutcome> {
  const ticket = options.admission.enter()
  try {
    const bytes = await readBody(request.raw, {
      contentLength: contentLengthOf(request),
      decompressor: decompressorFor(request.headers['content-encoding']),
      wireBytesMax: options.wireBytesMax ?? LIMITS.bodyBytesMax,
      decompressedBytesMax: options.decompressedBytesMax ?? LIMITS.decompressedBytesMax,
      ticket,
    })
    return await options.store.ingest({ kind, bytes, receivedAt })
  } finally {
    ticket.release()
  }
}

function contentLengthOf(request: FastifyRequest): number | undefined {
  const header = request.headers['content-length']
  return header === undefined ? undefined : Number(header)
}
