/** GET /api/v1/storage: what the database holds and how large it is. */
import type { StorageState } from '../store/store.ts'
import { route } from './route.ts'
import { epochMs, nullable, object, string, whole } from '../lib/json-schema.ts'
import type { Schema } from '../lib/json-schema.ts'

export const STORAGE_SCHEMA: Schema = object({
  bytes: whole('Database and write-ahead log.'),
  bytes_max: nullable(whole('Limit of `bytes`; null if there is none.')),
  traces: whole('Traces in the database.'),
  oldest_trace_at: nullable(epochMs('Start of the oldest trace.')),
  oldest_accepted: epochMs('Traces that started before it are deleted, and refused.'),
  last_commit_at: nullable(epochMs('Last transaction on disk.')),
  write_error: nullable(string('Why writing fails now; null when it works.')),
  cap_error: nullable(string('Why the database is larger than `bytes_max`; null when it is not.')),
  deleted_traces: whole('Traces deleted by retention since the start.'),
  last_retention_at: nullable(epochMs('Last run of retention.')),
})

export function storageView(state: StorageState): object {
  return {
    bytes: state.bytes,
    bytes_max: state.bytesMax,
    traces: state.traces,
    oldest_trace_at: state.oldestTraceAt,
    oldest_accepted: state.oldestAccepted,
    last_commit_at: state.lastCommitAt,
    write_error: state.writeError,
    cap_error: state.capError,
    deleted_traces: state.deletedTraces,
    last_retention_at: state.lastRetentionAt,
  }
}

export const storageRoute = route({
  url: '/api/v1/storage',
  operationId: 'getStorage',
  tag: 'health',
  summary: 'State of the database',
  parameters: {},
  responses: { 200: { description: 'The state.', schema: STORAGE_SCHEMA } },
  answer: async (_, { store }) => storageView(await store.state()),
})
