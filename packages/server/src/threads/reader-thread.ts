/** Entry of the reader's thread: answers queries one after the other on a connection that cannot write. */
import { parentPort, workerData } from 'node:worker_threads'
import { RagmeterError } from '@ragmeter/core'
import type { HttpErrorCode } from '@ragmeter/core'
import { answerOf } from '../api/views.ts'
import { openDatabase } from '../lib/sqlite.ts'
import type { Database } from '../lib/sqlite.ts'
import { lowerThreadPriority } from '../lib/thread-priority.ts'
import { queryClients } from '../store/sqlite/clients.ts'
import { queryDocuments } from '../store/sqlite/queries/documents.ts'
import { queryAlertHistory, queryNotifications, readAlertMemory } from '../store/sqlite/queries/alerts.ts'
import { queryFacets } from '../store/sqlite/queries/facets.ts'
import { queryGaps } from '../store/sqlite/queries/gaps.ts'
import { queryLedger } from '../store/sqlite/queries/ledger.ts'
import { querySeries } from '../store/sqlite/queries/series.ts'
import { querySpending } from '../store/sqlite/queries/spending.ts'
import { queryStats } from '../store/sqlite/queries/stats.ts'
import { queryTrace, queryTraces } from '../store/sqlite/queries/traces.ts'
import { queryWorstTraces } from '../store/sqlite/queries/worst-traces.ts'
import type { Queries, QueryName } from '../store/store.ts'
import { readWindows } from './read-windows.ts'

export type ToReader = {
  [Name in QueryName]: { id: number; name: Name; parameters: Queries[Name]['parameters'] }
}[QueryName]

export interface ReaderSettings {
  path: string
  /** 1 when nobody waits for answers any more. */
  isClosing: Int32Array
}

export type FromReader =
  | { id: number; /** JSON text. */ answer: Uint8Array<ArrayBuffer> }
  | { id: number; error: { code: HttpErrorCode; message: string; hint: string } }

/** Runs a query in one read transaction: everything it reads is of one moment. */
export function runQuery(database: Database, query: ToReader): unknown {
  database.exec('BEGIN')
  try {
    return answer(database, query)
  } finally {
    // Ending the transaction at once lets the writer reset its log.
    database.exec('COMMIT')
  }
}

function answer(database: Database, query: ToReader): unknown {
  const now = Date.now()
  if (query.name === 'stats') return queryStats(database, query.parameters, now)
  if (query.name === 'series') return querySeries(database, query.parameters, now)
  if (query.name === 'traces') return queryTraces(database, query.parameters, Date.now)
  if (query.name === 'worstTraces') return queryWorstTraces(database, query.parameters, Date.now)
  if (query.name === 'facets') return queryFacets(database, query.parameters, Date.now)
  if (query.name === 'gaps') return queryGaps(database, query.parameters, Date.now)
  if (query.name === 'documents') return queryDocuments(database, query.parameters, Date.now)
  if (query.name === 'trace') return queryTrace(database, query.parameters, Date.now)
  if (query.name === 'ledger') return queryLedger(database, query.parameters, Date.now)
  if (query.name === 'spending') return querySpending(database, query.parameters, Date.now)
  if (query.name === 'alertMemory') return readAlertMemory(database)
  if (query.name === 'alertHistory') return queryAlertHistory(database, query.parameters)
  if (query.name === 'notifications') return queryNotifications(database, query.parameters)
  if (query.name === 'alertWindows') return readWindows(database, query.parameters)
  return queryClients(database, query.parameters)
}

/** The answer is made here, not where it is sent: what it takes to write megabytes of JSON would stop ingest and scrapes. */
function replyTo(database: Database, query: ToReader): FromReader {
  const { id, name, parameters } = query
  try {
    return {
      id,
      answer: answerOf(name, parameters, runQuery(database, query) as Queries[QueryName]['result']),
    }
  } catch (error) {
    return { id, error: errorOf(error) }
  }
}

function errorOf(error: unknown): { code: HttpErrorCode; message: string; hint: string } {
  if (error instanceof RagmeterError) return { code: error.code, message: error.message, hint: error.hint }
  const internal = new RagmeterError(
    'internal',
    `The query failed: ${error instanceof Error ? error.message : String(error)}`,
  )
  return { code: internal.code, message: internal.message, hint: internal.hint }
}

if (parentPort !== null) {
  const port = parentPort
  // A long query must not take the processor from ingest and scrapes.
  lowerThreadPriority()
  const { path, isClosing } = workerData as ReaderSettings
  const database = openDatabase(path, { readOnly: true })
  database.exec('PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY')
  port.on('message', (query: ToReader | null) => {
    if (query === null) {
      database.close()
      port.close()
      return
    }
    if (Atomics.load(isClosing, 0) === 1) return
    const reply = replyTo(database, query)
    port.postMessage(reply, 'answer' in reply ? [reply.answer.buffer] : [])
  })
}
