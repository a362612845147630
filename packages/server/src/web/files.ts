/**
 * The built files. Which there are is read once, at the start, so no address can lead to another file; what is in them
 * when it is first asked for, so that a daemon whose page nobody opens does not hold it.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SECURITY_HEADERS } from './page.ts'

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}
/** Best first. The build has compressed what is worth it. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const

/** Names below it hold a hash of the content: what was fetched once never changes. */
const HASHED = '/assets/'
const FOR_EVER = 'public, max-age=31536000, immutable'

export interface WebFiles {
  /** index.html, with a mark where the nonce goes. */
  page: string
  has(url: string): boolean
  send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
}

interface Content {
  bytes: Buffer
  etag: string
}

/** @returns undefined if the application was not built */
export function loadFiles(folder: URL): WebFiles | undefined {
  const index = new URL('index.html', folder)
  if (!existsSync(index)) return undefined
  const names = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
      (name) => `/${name.replaceAll('\\', '/')}`,
    ),
  )
  const contents = new Map<string, Promise<Content>>()
  const read = (name: string) => {
    let content = contents.get(name)
    if (content === undefined) contents.set(name, (content = readContent(new URL(`.${name}`, folder))))
    return content
  }
  return {
    page: readFileSync(index, 'utf8'),
    has: (url) => names.has(nameOf(url)) && typeOf(nameOf(url)) !== undefined,
    send: async (request, reply) => {
      const name = nameOf(request.url)
      const encoding = encodingFor(request.headers['accept-encoding'] ?? '', (suffix) =>
        names.has(name + suffix),
      )
      const { bytes, etag } = await read(name + (encoding?.suffix ?? ''))
      void reply.headers({
        ...SECURITY_HEADERS,
        'content-type': typeOf(name) ?? '',
        'cache-control': name.startsWith(HASHED) ? FOR_EVER : 'no-cache',
        vary: 'accept-encoding',
        etag,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding.name }),
      })
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.send(bytes)
    },
  }
}

async function readContent(file: URL): Promise<Content> {
  const bytes = await readFile(file)
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` }
}

function nameOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

function typeOf(name: string): string | undefined {
  return TYPES[/\.(\w+)$/.exec(name)?.[1] ?? '']
}

function encodingFor(
  accepted: string,
  exists: (suffix: string) => boolean,
): (typeof ENCODINGS)[number] | undefined {
  const names = accepted.split(',').map((part) => part.trim().toLowerCase())
  return ENCODINGS.find(({ name, suffix }) => names.includes(name) && exists(suffix))
}
