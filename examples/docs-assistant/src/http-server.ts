import { traceContextOf } from '@ragmeter/sdk'
import Fastify from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { replayedOutputTokensHeader } from './ask.ts'
import type { Assistant } from './assistant.ts'
import { ChatEndpointError } from './chat-answer.ts'
import { IndexUnreachableError } from './index-service.ts'

const bodyBytesMax = 16 * 1024

const usage = `docs-assistant answers questions about ragmeter from ragmeter's own documentation.

  curl -s URL/ask -H 'content-type: application/json' -d '{"question": "Which port does the daemon listen on?"}'

POST /ask     {"question": "...", "org": "..."} -> {"answer", "citations", "found", "request_id"}
GET  /health  200 while it answers
`

const askBody = {
  type: 'object',
  required: ['question'],
  properties: {
    question: { type: 'string', minLength: 1, maxLength: 1000, pattern: '\\S' },
    org: { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' },
  },
} as const

interface AskBody {
  question: string
  org?: string
}

export interface HttpServerOptions {
  readonly assistant: Assistant
  /** For requests that bring no usable `x-request-id`. */
  readonly newRequestId: () => string
  /** Gets what askers are not told. */
  readonly reportError: (error: Error) => void
}

/** The assistant over HTTP. The caller listens and closes. */
export function createHttpServer({
  assistant,
  newRequestId,
  reportError,
}: HttpServerOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: bodyBytesMax,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    genReqId: ({ headers }) => traceContextOf(headers).requestId ?? newRequestId(),
  })

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.get('/', async (request, reply) => {
    return reply.type('text/plain; charset=utf-8').send(usage.replace('URL', `http://${request.host}`))
  })
  app.get('/health', async () => ({ status: 'healthy' }))
  app.post<{ Body: AskBody }>('/ask', { schema: { body: askBody } }, async (request, reply) => {
    const { question, org } = request.body
    const caller = {
      ...traceContextOf(request.headers),
      requestId: request.id,
      ...(org === undefined ? {} : { org }),
    }
    const answer = await assistant(question, caller, {
      signal: goneSignal(reply),
      ...replayedTokens(request),
    })
    return { answer: answer.text, citations: answer.citations, found: answer.found, request_id: request.id }
  })

  app.setNotFoundHandler(async (request, reply) => {
    const message = `There is no ${request.method} ${request.url}.`
    return sendError(reply, 404, 'not_found', message, 'GET / tells what there is.')
  })
  app.setErrorHandler<FastifyError>(async (error, _request, reply) => {
    // Nobody reads what is sent to an asker who is gone, and that the work was broken off is as wanted.
    if (reply.raw.closed) return reply
    if (error.statusCode === undefined || error.statusCode >= 500) reportError(error)
    if (error instanceof ChatEndpointError) {
      const hint = 'Try again later; the log of the service has the reason.'
      return sendError(reply, 502, 'answer_model_failed', 'The language model did not answer.', hint)
    }
    if (error instanceof IndexUnreachableError) {
      const hint = 'Try again later; the log of the service has the reason.'
      return sendError(reply, 503, 'index_unreachable', 'The search index did not answer.', hint)
    }
    if (error.name === 'TimeoutError') {
      return sendError(reply, 504, 'answer_timeout', 'The language model took too long.', 'Try again later.')
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      const hint = `Send at most ${bodyBytesMax} bytes of JSON: {"question": "1 to 1000 characters", "org": "acme"}.`
      return sendError(reply, error.statusCode, 'bad_request', error.message, hint)
    }
    return sendError(
      reply,
      500,
      'internal',
      'The question could not be answered.',
      'The log of the service says why.',
    )
  })
  return app
}

function sendError(
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
  hint: string,
): FastifyReply {
  return reply.code(status).send({ error: { code, message, hint }, request_id: reply.request.id })
}

/** Aborts when the asker hangs up before the answer is there. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

function replayedTokens({ headers }: FastifyRequest): { simulatedOutputTokens?: number } {
  const tokens = Number(headers[replayedOutputTokensHeader])
  return Number.isInteger(tokens) && tokens >= 0 ? { simulatedOutputTokens: Math.min(tokens, 10_000) } : {}
}
