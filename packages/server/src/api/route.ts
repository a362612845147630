/** A route of the API as data. */
import type { Queries, QueryName, StorageState } from '../store/store.ts'
import type { DaemonLoad } from '../lib/daemon-load.ts'
import { readQuery } from './parameters.ts'
import type { Parameters, Prefixes, ReadQuery } from './parameters.ts'

/** What the routes may use. */
export interface ApiContext {
  store: {
    /** JSON text of the answer. */
    query<Name extends QueryName>(name: Name, parameters: Queries[Name]['parameters']): Promise<Uint8Array>
    state(): Promise<StorageState>
  }
  storage: {
    /** The last state known, after waiting for a new one for a while; `silentMs`: how long a question is open. */
    ask(waitMs: number): Promise<{ state: StorageState | undefined; silentMs: number }>
  }
  /** Requests ever counted. */
  requestsTotal: () => number
  /** Of the daemon itself. */
  load: () => DaemonLoad
  /** How long traces are kept. */
  retentionDays: number
  /** Declared dimensions, by which the ledger can be grouped. */
  dimensions: readonly string[]
  /** Epoch milliseconds. */
  now: () => number
  /** Epoch milliseconds. */
  startedAt: number
  version: string
  /** Different at every start: tells this daemon from another one under the same process id. */
  nonce: string
  /** Time a query may take. */
  queryTimeoutMs: number
}

export interface RouteDefinition<Definitions extends Parameters> {
  url: string
  operationId: string
  tag: 'health' | 'queries'
  summary: string
  description?: string
  parameters: Definitions
  prefixes?: Prefixes
  /** What the parts of the path are, by name. */
  path?: Readonly<Record<string, string>>
  /** JSON Schema of the answers, by status. */
  responses: Readonly<Record<number, { description: string; schema: object }>>
  /** @returns what becomes JSON, or JSON text @throws RagmeterError */
  answer(
    query: ReadQuery<Definitions>,
    context: ApiContext,
    path: Readonly<Record<string, string>>,
  ): Promise<unknown>
}

/** A route whose parameters are read by the time it is asked. */
export interface Route extends Omit<RouteDefinition<Parameters>, 'answer'> {
  handle(
    query: Readonly<Record<string, unknown>>,
    context: ApiContext,
    path: Readonly<Record<string, string>>,
  ): Promise<unknown>
}

/** Ties the parameters of a route to the types its answer sees. */
export function route<Definitions extends Parameters>(definition: RouteDefinition<Definitions>): Route {
  const { answer, ...rest } = definition
  return {
    ...rest,
    handle: async (query, context, path) =>
      await answer(
        readQuery(query, definition.parameters, definition.prefixes ?? {}, context.now()),
        context,
        path,
      ),
  }
}

/** An answer with another status than 200. */
export class AnswerWithStatus {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    this.status = status
    this.body = body
  }
}
