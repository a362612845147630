/** The HTTP server without routes: limits, and one form for every refusal, whoever refuses. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { HTTP_ERRORS, RagmeterError } from '@ragmeter/core'
import type { HttpErrorCode } from '@ragmeter/core'
import { fastify } from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HttpLimits } from './lib/http-limits.ts'
import { errorBody } from './lib/request-error.ts'
import { StoreError } from './store/store.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
/** Seconds after which a daemon that cannot write is tried again: a full disk is not emptied in milliseconds. */
const STORAGE_RETRY_AFTER_SECONDS = 10

export interface HttpServerOptions {
  limits: HttpLimits
  /** Sees errors that are the daemon's own fault. */
  onInternalError: (error: unknown, route: string) => void
}

export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { limits } = options
  const app = fastify({
    logger: false,
    forceCloseConnections: 'idle',
    // Its answer has another form than ours; server.ts refuses requests while stopping.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      void refuse(error, request, reply, options)
    },
    serverFactory: (handler) => {
      const server = createServer(
        {
          headersTimeout: limits.headersTimeoutMs,
          requestTimeout: limits.requestTimeoutMs,
          keepAliveTimeout: limits.keepAliveTimeoutMs,
          connectionsCheckingInterval: limits.timeoutCheckIntervalMs,
          maxHeaderSize: limits.headerBytesMax,
          // A missing Host is refused with the others that are not ours.
          requireHostHeader: false,
        },
        handler,
      )
      server.maxConnections = limits.connectionsMax
      // A client may shut down its sending side and still wait for the answer.
      Object.assign(server, { httpAllowHalfOpen: true })
      // Node's own answer has no body.
      server.on('checkExpectation', refuseExpectation)
      return server
    },
  })
  // Bodies are left in the connection: the routes that take one read it themselves, within limits.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))
  // Parameters are read by our own parsers, whose errors say what to do; schemas are for the OpenAPI document.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, options))
  const allowedMethods = collectRoutes(app)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = allowedMethods(path)
    if (methods.length === 0) throw new RagmeterError('not_found', `there is no ${shown(path)}`)
    reply.header('allow', methods.join(', '))
    throw new RagmeterError('method_not_allowed', `${request.method} ${shown(path)} does not exist`)
  })
  return app
}

/** Which methods a path has, by the routes that are added later. */
function collectRoutes(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${url.replaceAll(/:[^/]+/g, '[^/]+')}/?$`)
    routes.push({ pattern, methods: [method].flat() })
  })
  return (path) => [
    ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)),
  ]
}

function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  options: HttpServerOptions,
): FastifyReply {
  const known = asRagmeterError(error)
  if (known.code === 'internal') options.onInternalError(error, request.routeOptions.url ?? '')
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds))
  if (known.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="ragmeter"')
  return reply
    .code(known.status)
    .type(JSON_TYPE)
    .send(JSON.stringify(errorBody(known)))
}

function asRagmeterError(error: unknown): RagmeterError {
  if (error instanceof RagmeterError) return error
  if (error instanceof StoreError) {
    return new RagmeterError('storage_unavailable', error.message, {
      hint: error.hint,
      cause: error,
      ...(error.kind === 'retryable' ? { retryAfterSeconds: STORAGE_RETRY_AFTER_SECONDS } : {}),
    })
  }
  const { statusCode, message } = error as Partial<FastifyError>
  if (statusCode !== undefined && statusCode < 500) {
    return new RagmeterError(codeOfStatus(statusCode), message ?? 'the request cannot be read', {
      cause: error,
    })
  }
  // What went wrong inside is for the log, not for a client.
  return new RagmeterError('internal', 'the daemon failed to answer this request', { cause: error })
}

function codeOfStatus(status: number): HttpErrorCode {
  if (status === 404) return 'not_found'
  if (status === 413) return 'body_too_large'
  return status === 415 ? 'unsupported_media_type' : 'invalid_request'
}

/** Any `Expect` but 100-continue, which Node answers before the handler sees the request. */
function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  const expected = shown(request.headers.expect ?? '')
  const refusal = new RagmeterError('invalid_request', `Expect is ${JSON.stringify(expected)}`, {
    hint: 'Leave the header out, or send 100-continue.',
  })
  // The body was never asked for, and may not come.
  const body = JSON.stringify(errorBody(refusal))
  const headers = {
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  response.writeHead(refusal.status, headers).end(body)
}

/** Errors below HTTP: the request never became one, so the answer is written by hand. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = brokenRequestError(error.code)
  const body = JSON.stringify(errorBody(refusal))
  const reason = refusal.status === 408 ? 'Request Timeout' : 'Bad Request'
  socket.end(
    `HTTP/1.1 ${refusal.status} ${reason}\r\nContent-Type: ${JSON_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

function brokenRequestError(code: string | undefined): RagmeterError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RagmeterError('timeout', 'headers and body did not arrive in time')
    case 'HPE_INVALID_EOF_STATE':
      return new RagmeterError('body_incomplete', 'the connection ended in the middle of a request')
    case 'HPE_HEADER_OVERFLOW':
      return new RagmeterError('invalid_request', 'the headers are too long', {
        hint: 'Send fewer or shorter headers.',
      })
    default:
      return new RagmeterError('invalid_request', `this is no HTTP request (${code ?? 'unknown error'})`, {
        hint: HTTP_ERRORS.invalid_request.hint,
      })
  }
}

function shown(path: string): string {
  return path.length > 128 ? `${path.slice(0, 128)}...` : path
}
