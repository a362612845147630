/** The body of a request that changes something: small, and JSON. */
import { RagmeterError } from '@ragmeter/core'
import type { FastifyRequest } from 'fastify'

const BODY_BYTES_MAX = 64 * 1024

/** @throws RagmeterError `body_too_large`, `invalid_request` */
export async function readJson({ raw }: FastifyRequest): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX)
      throw new RagmeterError('body_too_large', `the body is over ${BODY_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new RagmeterError('invalid_request', 'the body is not JSON', { hint: 'Send JSON.', cause: error })
  }
}
