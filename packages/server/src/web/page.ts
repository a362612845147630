/** index.html, with a nonce of its own and the headers that fence it in. */
import { randomBytes } from 'node:crypto'

/** What index.html has in the place of the nonce. */
const NONCE_MARK = '%CSP_NONCE%'

export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const

export interface Page {
  status: number
  headers: Record<string, string>
  body: string
}

/** @param template index.html as it was built */
export function renderPage(template: string): Page {
  const nonce = randomBytes(16).toString('base64')
  return {
    status: 200,
    headers: pageHeaders(nonce),
    body: template.replaceAll(NONCE_MARK, nonce),
  }
}

/** What `/` says where packages/ui was never built: in a checkout. */
export function missingPage(): Page {
  return {
    status: 404,
    headers: { ...pageHeaders(''), 'content-type': 'text/plain; charset=utf-8' },
    body: 'The web application is not built. Build it with `npm run build` in the checkout of ragmeter; the packages of a release contain it.\n',
  }
}

/**
 * Scripts come from here only. Style elements need the nonce; style attributes are allowed, since the components set
 * sizes and colours in them, and an attribute cannot run or load anything.
 */
function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy.join('; '),
    ...SECURITY_HEADERS,
  }
}
