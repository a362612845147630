/** Stage 5c of 5. Questions over HTTP -> queries of the store -> JSON. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ERROR_SCHEMA } from '../lib/request-error.ts'
import type { StageReport } from '../lib/stage-report.ts'
import { RagmeterError } from '@ragmeter/core'
import { alertRulesRoute, alertSignalRoute, runbookRoute } from './alert-rules.ts'
import { alertHistoryRoute, alertsRoute, evidenceRoute } from './alerts.ts'
import { clientsRoute } from './clients.ts'
import { facetsRoute } from './facets.ts'
import { daemonRoute } from './daemon.ts'
import { healthRoute, livezRoute } from './health.ts'
import { ledgerGroupsRoute, ledgerRoute } from './ledger.ts'
import { documentsRoute } from './retrieval-documents.ts'
import { gapsRoute } from './retrieval-gaps.ts'
import { notificationsRoute, notifiersRoute, testNotifierRoute } from './notifications.ts'
import { readJson } from './read-json.ts'
import { AnswerWithStatus } from './route.ts'
import type { ApiContext, Route } from './route.ts'
import { seriesRoute } from './series.ts'
import { createSilenceRoute, expireSilenceRoute, silencesRoute } from './silences.ts'
import { sloHistoryRoute } from './slo-history.ts'
import { slosRoute } from './slos.ts'
import { statsRoute } from './stats.ts'
import { storageRoute } from './storage.ts'
import { traceRoute, tracesRoute } from './traces.ts'

export { createAuth } from './auth.ts'
export type { Auth } from './auth.ts'
export { registerOpenApi } from './openapi.ts'

const ROUTES: readonly Route[] = [
  livezRoute,
  healthRoute,
  statsRoute,
  tracesRoute,
  facetsRoute,
  traceRoute,
  seriesRoute,
  gapsRoute,
  documentsRoute,
  ledgerRoute,
  ledgerGroupsRoute,
  clientsRoute,
  storageRoute,
  daemonRoute,
  alertsRoute,
  alertHistoryRoute,
  evidenceRoute,
  silencesRoute,
  createSilenceRoute,
  expireSilenceRoute,
  notificationsRoute,
  notifiersRoute,
  testNotifierRoute,
  slosRoute,
  sloHistoryRoute,
  alertRulesRoute,
  alertSignalRoute,
  runbookRoute,
]

/** Adds the routes that answer questions. */
export function registerApi(app: FastifyInstance, context: ApiContext, report: StageReport): void {
  for (const route of ROUTES) {
    const options = { method: route.method ?? 'GET', url: route.url, schema: schemaOf(route) }
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const began = performance.now()
      try {
        const query = request.query as Readonly<Record<string, unknown>>
        const path = request.params as Readonly<Record<string, string>>
        const body = route.body === undefined ? undefined : await readJson(request)
        const answer = await route.handle(query, context, path, body)
        report.accepted(1)
        if (answer instanceof Uint8Array) {
          void reply.type('application/json; charset=utf-8')
          return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
        }
        if (!(answer instanceof AnswerWithStatus)) return answer
        void reply.code(answer.status)
        return answer.body
      } catch (error) {
        report.dropped(error instanceof RagmeterError ? error.code : 'internal', 1)
        throw error
      } finally {
        report.took(performance.now() - began)
      }
    }
    app.route({ ...options, handler })
  }
}

function schemaOf(route: Route): object {
  const required = Object.keys(route.parameters).filter((name) => route.parameters[name]?.required === true)
  const named = Object.entries(route.parameters).map(([name, { doc, schema }]) => {
    const note = typeof schema['description'] === 'string' ? ` ${schema['description']}` : ''
    return [name, { ...schema, description: doc + note }] as const
  })
  const open = Object.values(route.prefixes ?? {}).map(({ doc, example, repeats = false }) => {
    const names = repeats
      ? 'Repeat with the same or other names as needed.'
      : 'Repeat with other names as needed.'
    return [example, { type: 'string', description: `${doc} ${names}` }] as const
  })
  const path = Object.entries(route.path ?? {}).map(
    ([name, description]) => [name, { type: 'string', description }] as const,
  )
  const responses = Object.entries(route.responses).map(
    ([status, { description, schema }]) =>
      [status, { description, content: { 'application/json': { schema } } }] as const,
  )
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(named.length + open.length === 0
      ? {}
      : { querystring: { type: 'object', required, properties: Object.fromEntries([...named, ...open]) } }),
    ...(path.length === 0
      ? {}
      : {
          params: {
            type: 'object',
            required: path.map(([name]) => name),
            properties: Object.fromEntries(path),
          },
        }),
    ...(route.body === undefined
      ? {}
      : { body: { content: { 'application/json': { schema: route.body } } } }),
    response: {
      ...Object.fromEntries(responses),
      default: { description: 'Refused.', content: { 'application/json': { schema: ERROR_SCHEMA } } },
    },
  }
}
