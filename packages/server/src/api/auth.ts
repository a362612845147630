/**
 * Who may talk to the daemon. With a token: whoever has it. Without one the daemon listens on loopback only, where a
 * web page could still reach it through the user's browser: under a name of its own (DNS rebinding), which `Host`
 * gives away, or across origins, which `Origin` does.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { RagmeterError } from '@ragmeter/core'
import { isLoopbackName } from '../lib/loopback.ts'

/** A bare liveness probe says nothing that needs protection. */
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/livez'])

export interface AuthOptions {
  token: string | undefined
}

/** @returns a check that throws RagmeterError `unauthorized`, `forbidden_host`, `forbidden_origin` */
export function createAuth(
  options: AuthOptions,
): (route: string | undefined, headers: IncomingHttpHeaders) => void {
  const { token } = options
  if (token === undefined) return (_, headers) => checkLoopback(headers)
  const expected = digest(token)
  return (route, headers) => {
    if (route !== undefined && OPEN_ROUTES.has(route)) return
    const given = /^bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
    if (given === undefined) throw new RagmeterError('unauthorized', 'the request has no bearer token')
    // Digests have one length, so the comparison takes one time whatever was sent.
    if (!timingSafeEqual(digest(given.trim()), expected)) {
      throw new RagmeterError('unauthorized', 'the token is not the one of the daemon')
    }
  }
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
