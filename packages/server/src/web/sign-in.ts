/** /api/v1/session: the page signs in with the token of the daemon, once, and gets a cookie that scripts cannot read. */
import type { IncomingHttpHeaders } from 'node:http'
import { RagmeterError } from '@ragmeter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { boolean, object, string } from '../lib/json-schema.ts'
import { ERROR_SCHEMA } from '../lib/request-error.ts'
import { SESSION_COOKIE, SESSION_SECONDS } from './sessions.ts'
import type { Sessions } from './sessions.ts'

const URL = '/api/v1/session'
const BODY_BYTES_MAX = 4096

const SESSION_SCHEMA = object({
  token_required: boolean('Whether the daemon has a token.'),
  signed_in: boolean(
    'Whether this request would be answered: it has the token or a session, or none is needed.',
  ),
})

export interface SignInOptions {
  sessions: Sessions
  /** Whether the daemon has a token. */
  isTokenRequired: boolean
  auth: { isToken(given: string): boolean; isSignedIn(headers: IncomingHttpHeaders): boolean }
}

/** Adds GET, POST and DELETE of the session. */
export function signInRoutes(app: FastifyInstance, options: SignInOptions): void {
  const { sessions, isTokenRequired, auth } = options
  const answers = {
    200: { description: 'The session.', content: json(SESSION_SCHEMA) },
    default: { description: 'Refused.', content: json(ERROR_SCHEMA) },
  }
  const described = (operationId: string, summary: string, description: string) => ({
    schema: { operationId, tags: ['health'], summary, description, response: answers },
  })
  const state = (request: FastifyRequest) => ({
    token_required: isTokenRequired,
    signed_in: auth.isSignedIn(request.headers),
  })
  app.get(URL, described('getSession', 'Whether the page has to sign in', 'Needs no token.'), state)
  const post = described('signIn', 'Sign in with the token', 'Sets a cookie; needs no other token.')
  const requestBody = {
    schema: {
      ...post.schema,
      body: { content: json(object({ token: string('The token of the daemon.') })) },
    },
  }
  app.post(URL, requestBody, async (request, reply) => {
    await signIn(request, reply, options)
    return { token_required: isTokenRequired, signed_in: true }
  })
  app.delete(URL, described('signOut', 'Sign out', 'Ends the session of the cookie.'), (request, reply) => {
    sessions.close(request.headers)
    void reply.header('set-cookie', cookie('', 0, request))
    return { token_required: isTokenRequired, signed_in: !isTokenRequired }
  })
}

/** @throws RagmeterError `too_many_attempts`, `unauthorized`, `invalid_request` */
async function signIn(request: FastifyRequest, reply: FastifyReply, options: SignInOptions): Promise<void> {
  const { sessions, auth, isTokenRequired } = options
  if (!isTokenRequired) return
  const wait = sessions.waitSeconds(request.ip)
  if (wait > 0) {
    throw new RagmeterError('too_many_attempts', 'too many wrong tokens from this address', {
      retryAfterSeconds: wait,
    })
  }
  const token = tokenOf(await readText(request))
  if (!auth.isToken(token)) {
    sessions.failed(request.ip)
    throw new RagmeterError('unauthorized', 'the token is not the one of the daemon')
  }
  void reply.header('set-cookie', cookie(sessions.open(), SESSION_SECONDS, request))
}

function tokenOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text)
    const token = (body as { token?: unknown } | null)?.token
    if (typeof token === 'string' && token !== '') return token
  } catch {
    // Told below, with what to send.
  }
  throw new RagmeterError('invalid_request', 'the body is not {"token": "..."}', {
    hint: 'Send the token of the daemon as JSON.',
  })
}

async function readText({ raw }: FastifyRequest): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw new RagmeterError('body_too_large', 'a token is shorter than that')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A browser states the scheme of its page in `Origin`: behind a proxy with TLS the cookie stays within TLS. */
function cookie(value: string, seconds: number, { headers }: FastifyRequest): string {
  const secure = headers.origin?.startsWith('https://') === true ? '; Secure' : ''
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`
}

function json(schema: object): object {
  return { 'application/json': { schema } }
}
