/** Which requests are a browser that opens a page, and which of those need no token. */
import type { FastifyRequest } from 'fastify'

/** Addresses of programs. A page under one of these could never be told from a misspelt route. */
const RESERVED = /^\/(?:api|ingest|metrics|stats|health|livez)(?:[/?]|$)/
const STATIC_FILE = /^\/(?:assets\/)?[\w.-]+\.(?:js|css|svg|json|txt|woff2|map|webmanifest)(?:\?|$)/

/** Whether a browser opens a page: every address but those of programs is one, since the application routes itself. */
export function isNavigation({ method, url, headers }: Navigated): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return !RESERVED.test(url) && (headers.accept ?? '').includes('text/html')
}

/** Whether the page itself or one of its files is asked for: they hold no data, so they need no token. */
export function isOpenPage(request: Navigated): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  return /^\/(?:\?|$)/.test(request.url) || isNavigation(request) || STATIC_FILE.test(request.url)
}

type Navigated = Pick<FastifyRequest, 'method' | 'url' | 'headers'>
