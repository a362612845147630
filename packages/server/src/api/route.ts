/** A route of the API as data. */
import type { Queries, QueryName, StorageState, StoredSilence } from '../store/store.ts'
import type { DaemonLoad } from '../lib/daemon-load.ts'
import { readQuery } from './parameters.ts'
import type { Parameters, Prefixes, ReadQuery } from './parameters.ts'

/** An alert as it is now. Times are epoch milliseconds. */
export interface AlertView {
  readonly id: string
  readonly state: 'pending' | 'firing' | 'resolved'
  readonly alert: {
    readonly name: string
    readonly severity: string
    readonly family: string
    readonly summary: string
    readonly valueFormat: string
  }
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly value: number
  readonly activeAt: number
  readonly firedAt: number | null
  readonly endsAt: number | null
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: string | null
}

/** An objective for one service. */
export interface SloView {
  readonly name: string
  readonly description: string
  readonly service: string
  readonly target: number
  readonly windowDays: number
  /** Of how many of the last days the figures are; `windowDays` unless the past was too long to read. */
  readonly coveredDays: number
  /** Share of good events in the window. */
  readonly sli: number
  /** Events in the window. */
  readonly events: number
  /** Share of the error budget that is left; below 0 when it is overspent. */
  readonly budgetRemaining: number
  readonly burnRates: readonly { readonly windowMinutes: number; readonly rate: number | null }[]
}

/** The other condition that keeps an alert quiet whose value is beyond its threshold. */
export interface HeldBackView {
  readonly metric: string | null
  readonly windowMinutes: number | null
  readonly offsetMinutes: number
  readonly value: number | null
  readonly valueFormat: string
  readonly comparison: string
  readonly threshold: number
}

/** An alert that there is, quiet or not. */
export interface AlertRuleView {
  readonly name: string
  readonly severity: string
  readonly family: string
  readonly summary: string
  readonly valueFormat: string
  readonly forMinutes: number
  readonly comparison: string | null
  readonly threshold: number | null
  readonly notEvaluated: string | null
  readonly runbook: string
  readonly runbookUrl: string
  readonly samples: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
    readonly heldBack: HeldBackView | null
  }[]
  readonly sampleCount: number
}

interface SignalPoint {
  /** Epoch milliseconds. */
  readonly at: number
  readonly value: number | null
}

/** What alerts and objectives looked at, over time. */
export interface Histories {
  /** @throws RagmeterError `not_found`, StoreError */
  signal(
    name: string,
    labels: Readonly<Record<string, string>>,
    hours: number,
  ): Promise<{
    readonly comparison: string
    readonly threshold: number
    readonly valueFormat: string
    readonly stepSeconds: number
    readonly points: readonly SignalPoint[]
  }>
  /** Shares of error budgets that were left. @throws StoreError */
  budgets(days: number): Promise<{
    readonly stepSeconds: number
    readonly slos: readonly {
      readonly slo: string
      readonly service: string
      readonly points: readonly SignalPoint[]
    }[]
  }>
}

/** The alerts of the daemon, as the routes see them. */
export interface Alerting {
  rules(): readonly AlertRuleView[]
  status(): {
    readonly alerts: readonly AlertView[]
    readonly errors: readonly { readonly name: string; readonly message: string; readonly since: number }[]
    readonly evaluated: number
    readonly evaluatedAt: number | null
    readonly omitted: number
  }
  silenceList(): readonly {
    readonly silence: StoredSilence
    readonly state: 'pending' | 'active' | 'expired'
  }[]
  /** @throws ParameterError, StoreError */
  createSilence(body: unknown): Promise<StoredSilence>
  /** Ends it now. @throws RagmeterError `not_found`, StoreError */
  expireSilence(id: string): Promise<StoredSilence>
  waiting(): readonly { readonly notifier: string; readonly type: string; readonly waiting: number }[]
  /** Why a test was not delivered; null if it was. @throws RagmeterError `not_found` */
  testNotifier(name: string): Promise<{ readonly error: string | null }>
  slos(): readonly SloView[]
  /** Evidence for an alert that fires, or did lately. @throws RagmeterError `not_found` */
  evidence(
    id: string,
    deadline: number,
  ): Promise<{ readonly view: AlertView; readonly evidence: Readonly<Record<string, unknown>> }>
}

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
  alerting: Alerting
  histories: Histories
  /** @returns Markdown @throws RagmeterError `not_found` */
  readRunbook: (name: string) => Promise<string>
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
  /** @default GET */
  method?: 'GET' | 'POST' | 'DELETE'
  url: string
  operationId: string
  tag: 'health' | 'queries' | 'alerts'
  summary: string
  description?: string
  parameters: Definitions
  prefixes?: Prefixes
  /** What the parts of the path are, by name. */
  path?: Readonly<Record<string, string>>
  /** JSON Schema of the body, of a route that takes one. */
  body?: object
  /** JSON Schema of the answers, by status. */
  responses: Readonly<Record<number, { description: string; schema: object }>>
  /** @returns what becomes JSON, or JSON text @throws RagmeterError */
  answer(
    query: ReadQuery<Definitions>,
    context: ApiContext,
    path: Readonly<Record<string, string>>,
    /** What the JSON of the body says; undefined for a route without one. */
    body: unknown,
  ): Promise<unknown>
}

/** A route whose parameters are read by the time it is asked. */
export interface Route extends Omit<RouteDefinition<Parameters>, 'answer'> {
  handle(
    query: Readonly<Record<string, unknown>>,
    context: ApiContext,
    path: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<unknown>
}

/** Ties the parameters of a route to the types its answer sees. */
export function route<Definitions extends Parameters>(definition: RouteDefinition<Definitions>): Route {
  const { answer, ...rest } = definition
  return {
    ...rest,
    handle: async (query, context, path, body) =>
      await answer(
        readQuery(query, definition.parameters, definition.prefixes ?? {}, context.now()),
        context,
        path,
        body,
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
