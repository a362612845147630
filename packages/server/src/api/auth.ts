/**
 * Who may talk to the daemon. With a token: whoever has it. Without one the daemon listens on loopback only, where a
 * web page could still reach it through the user's browser: under a name of its own (DNS rebinding), which `Host`
 * gives away, or across origins, which `Origin` does.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { RagmeterError } from '@ragmeter/core'
import { isLoopbackName } from '../lib/loopback.ts'

/** A bare liveness probe says nothing that needs protection; signing in is how a page gets what it needs. */
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/livez', '/api/v1/session'])
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface AuthOptions {
  token: string | undefined
  /** Sessions of the page: whether the cookie of a request belongs to one. @default none */
  sessions?: { isOpen(headers: IncomingHttpHeaders): boolean }
  /** Whether a request asks for the page itself, which holds no data. @default never */
  isOpenPage?: (request: GuardedRequest) => boolean
}

/** What the check looks at. */
export interface GuardedRequest {
  method: string
  url: string
  headers: IncomingHttpHeaders
}

export interface Auth {
  /** @throws RagmeterError `unauthorized`, `forbidden_host`, `forbidden_origin` */
  check(route: string | undefined, request: GuardedRequest): void
  /** Whether a text is the token. */
  isToken(given: string): boolean
  /** Whether a request has the token, or a session, or needs neither. */
  isSignedIn(headers: IncomingHttpHeaders): boolean
}

export function createAuth(options: AuthOptions): Auth {
  const { token, sessions, isOpenPage = () => false } = options
  if (token === undefined) {
    return {
      check: (_, { headers }) => checkLoopback(headers),
      isToken: () => false,
      isSignedIn: () => true,
    }
  }
  const expected = digest(token)
  // Digests have one length, so the comparison takes one time whatever was sent.
  const isToken = (given: string) => timingSafeEqual(digest(given), expected)
  const hasToken = (headers: IncomingHttpHeaders) => {
    const given = bearerOf(headers)
    return given !== undefined && isToken(given)
  }
  const hasSession = (headers: IncomingHttpHeaders) => sessions?.isOpen(headers) === true
  return {
    isToken,
    isSignedIn: (headers) => hasToken(headers) || hasSession(headers),
    check: (route, request) => {
      const { method, headers } = request
      if (hasToken(headers)) return
      const given = bearerOf(headers)
      const isOpen = (route !== undefined && OPEN_ROUTES.has(route)) || isOpenPage(request)
      if (!isOpen && given !== undefined) {
        throw new RagmeterError('unauthorized', 'the token is not the one of the daemon')
      }
      if (!isOpen && !hasSession(headers)) {
        throw new RagmeterError('unauthorized', 'the request has no bearer token')
      }
      // A cookie is sent by the browser, whichever page asks: what changes something must come from our own.
      if (!SAFE_METHODS.has(method)) checkSameOrigin(headers)
    },
  }
}

function bearerOf({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  return /^bearer +(.+)$/i.exec(authorization)?.[1]?.trim()
}

/** Any scheme: behind a proxy with TLS the page is https, and the daemon does not see that. */
function checkSameOrigin({ host, origin }: IncomingHttpHeaders): void {
  const given = origin?.toLowerCase()
  const expected = host?.toLowerCase()
  if (given !== undefined && (given === `http://${expected}` || given === `https://${expected}`)) return
  throw new RagmeterError(
    'forbidden_origin',
    `the Origin header is ${shown(origin)}, not that of ${shown(host)}`,
  )
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function checkLoopback(headers: IncomingHttpHeaders): void {
  const { host, origin } = headers
  if (host === undefined || !isLoopbackHost(host)) {
    throw new RagmeterError('forbidden_host', `the Host header is ${shown(host)}, not a loopback address`)
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    throw new RagmeterError('forbidden_origin', `the Origin header is ${shown(origin)}, not http://${host}`)
  }
}

/** Any port: behind a forwarded one (ssh -L, a container's) the daemon is reached under another than its own. */
function isLoopbackHost(host: string): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host)?.[1]
  if (name === undefined) return false
  return isLoopbackName(name.startsWith('[') ? name.slice(1, -1) : name)
}

function shown(value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value.slice(0, 128))
}
