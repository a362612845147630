/** The web application: its files as the browser asks for them, and the page itself for every address it may show. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { loadFiles } from './files.ts'
import type { WebFiles } from './files.ts'
import { isNavigation } from './navigation.ts'
import { missingPage, renderPage } from './page.ts'
import { signInRoutes } from './sign-in.ts'
import type { SignInOptions } from './sign-in.ts'

export { Sessions } from './sessions.ts'
export { isOpenPage } from './navigation.ts'

/** Where the build of packages/ui lies: in dist, whether this file runs from src or from dist. */
export const WEB_FOLDER = new URL('../../dist/ui/', import.meta.url)

export interface WebOptions extends SignInOptions {
  /** Folder of the built application; it need not exist. */
  folder: URL
}

/** Adds the routes of the page and its files. Without a build, `/` says how to make one. */
export function registerWeb(app: FastifyInstance, { folder, ...signIn }: WebOptions): void {
  signInRoutes(app, signIn)
  const files = loadFiles(folder)
  const page = (_: FastifyRequest, reply: FastifyReply) => sendPage(reply, files)
  app.get('/', { schema: { hide: true } }, page)
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    if (isNavigation(request)) return page(request, reply)
    if (files?.has(request.url) === true) return files.send(request, reply)
    // Not simply "there is none": the path may have a route by another method, such as /ingest.
    reply.callNotFound()
    return reply
  })
}

function sendPage(reply: FastifyReply, files: WebFiles | undefined): FastifyReply {
  const { status, headers, body } = files === undefined ? missingPage() : renderPage(files.page)
  return reply.code(status).headers(headers).send(body)
}
