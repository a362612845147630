/** GET /health and GET /livez. */
import type { StorageState } from '../store/store.ts'
import { AnswerWithStatus, route } from './route.ts'
import type { ApiContext } from './route.ts'
import { decimal, object, oneOf, optional, string, whole } from '../lib/json-schema.ts'
import { STORAGE_SCHEMA, storageView } from './storage.ts'

/** A health check that hangs is worse than one that shows a state of some seconds ago. */
const STORAGE_WAIT_MS = 1000
/** The longest transaction takes seconds: a database that is silent for longer is not just busy. */
const STORAGE_SILENCE_MAX_MS = 30_000

const HEALTH = {
  version: string('Version of the daemon.'),
  uptime_seconds: decimal('Since the start.'),
  traces_collected: whole('Requests ever counted, sampled or not.'),
  started_at: string('ISO 8601.'),
  pid: whole('Process id.'),
  nonce: string('Different at every start.'),
}

export const healthRoute = route({
  url: '/health',
  operationId: 'getHealth',
  tag: 'health',
  summary: 'Whether the daemon works',
  description: '503 when it cannot write to its database: what is sent then is not accepted.',
  parameters: {},
  responses: {
    200: {
      description: 'It works.',
      schema: object({ status: oneOf(['healthy']), ...HEALTH, storage: STORAGE_SCHEMA }),
    },
    503: {
      description: 'It does not.',
      schema: object({
        status: oneOf(['unhealthy']),
        reason: string('Why.'),
        ...HEALTH,
        storage: optional(STORAGE_SCHEMA),
      }),
    },
  },
  answer: async (_, context) => {
    const base = {
      version: context.version,
      uptime_seconds: uptimeSeconds(context),
      traces_collected: context.requestsTotal(),
      started_at: new Date(context.startedAt).toISOString(),
      pid: process.pid,
      nonce: context.nonce,
    }
    const { state, reason } = await examine(context)
    const storage = state === undefined ? {} : { storage: storageView(state) }
    return reason === null
      ? { status: 'healthy', ...base, ...storage }
      : new AnswerWithStatus(503, { status: 'unhealthy', reason, ...base, ...storage })
  },
})

/** @returns reason null if all is well */
async function examine({
  storage,
}: ApiContext): Promise<{ state: StorageState | undefined; reason: string | null }> {
  try {
    const { state, silentMs } = await storage.ask(STORAGE_WAIT_MS)
    if (silentMs > STORAGE_SILENCE_MAX_MS || state === undefined) {
      return { state, reason: `the database has not answered for ${Math.round(silentMs / 1000)} s` }
    }
    return { state, reason: state.writeError }
  } catch (error) {
    return { state: undefined, reason: error instanceof Error ? error.message : String(error) }
  }
}

export function uptimeSeconds({ now, startedAt }: ApiContext): number {
  return Math.max(0, now() - startedAt) / 1000
}

export const livezRoute = route({
  url: '/livez',
  operationId: 'getLiveness',
  tag: 'health',
  summary: 'Whether the process answers',
  description: 'Needs no token and says nothing else.',
  parameters: {},
  responses: { 200: { description: 'It answers.', schema: object({ status: oneOf(['alive']) }) } },
  answer: () => Promise.resolve({ status: 'alive' }),
})
