/**
 * The ledger: exact sums over 100 % of requests by who asked for them (org, endpoint, declared dimensions), by day. What
 * is too varied for Prometheus labels lives here. Rows state the hour too: the days of a time zone begin at any of them.
 */
import { LIMITS, OVERFLOW_VALUE } from './limits.ts'
import { LabelTree } from './label-tree.ts'
import { HOUR_MS, saturated } from './measurement.ts'
import type { Generation, TraceEvent } from './event.ts'
import { unattributedCost } from './unattributed-cost.ts'

/** Values of the declared dimensions, by name. */
export type Dimensions = Readonly<Record<string, string>>

export interface RequestSums {
  requests: number
  /** Requests with status error or timeout. */
  errors: number
  /** Sums are integers, so that they are exact: microseconds and nano-USD. */
  total_us: number
  retrieval_us: number
  /** Requests whose retrieval latency is known. */
  retrievals: number
  llm_us: number
  /** LLM calls whose latency is known. */
  llm_calls: number
  documents: number
  docstore_cost_nano_usd: number
  llm_cost_nano_usd: number
  /** LLM calls without a known cost. */
  unpriced: number
}

export interface GenerationSums {
  calls: number
  input_tokens: number
  output_tokens: number
  cache_read_tokens: number
  cache_write_tokens: number
  reasoning_tokens: number
  cost_nano_usd: number
  /** Calls without a known cost. */
  unpriced: number
  /** Calls that stated no token counts. */
  uncounted: number
}

export interface RequestRow extends RequestSums {
  kind: 'requests'
  /** UTC day of the start of the requests, `YYYY-MM-DD`. */
  day: string
  /** UTC hour of that day, 0..23. Not stated by a client that sums up whole days. */
  hour?: number
  /** '' is "not stated", here and below. */
  org: string
  service: string
  environment: string
  operation: string
  endpoint: string
  dimensions: Dimensions
}

export interface GenerationRow extends GenerationSums {
  kind: 'generations'
  day: string
  hour?: number
  org: string
  service: string
  provider: string
  model: string
}

export type LedgerRow = RequestRow | GenerationRow

export const REQUEST_SUMS = [
  'requests',
  'errors',
  'total_us',
  'retrieval_us',
  'retrievals',
  'llm_us',
  'llm_calls',
  'documents',
  'docstore_cost_nano_usd',
  'llm_cost_nano_usd',
  'unpriced',
] as const satisfies readonly (keyof RequestSums)[]

export const GENERATION_SUMS = [
  'calls',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'cost_nano_usd',
  'unpriced',
  'uncounted',
] as const satisfies readonly (keyof GenerationSums)[]

export interface LedgerOptions {
  /** Metadata keys that are exact breakdowns. @default none */
  dimensions?: readonly string[]
  /**
   * Distinct rows held at once. What exceeds it is booked under `__other__`, by hour and service; above
   * twice as many rows by hour alone.
   * @default LIMITS.ledgerKeysPerFlushMax
   */
  rowsMax?: number
  /** Called for each booking that was folded, of a request or of a generation of the service. */
  onOverflow?: (service: string) => void
}

/** `YYYY-MM-DD` of a moment, UTC. */
export function dayOf(timestamp: number): string {
  return new Date(timestamp).toISOString().slice(0, DAY_LENGTH)
}

/** `YYYY-MM-DDTHH` of a moment, UTC. */
export function hourOf(timestamp: number): string {
  return new Date(timestamp).toISOString().slice(0, DAY_LENGTH + 3)
}

/** Books a cost of which no provider and no model is known. */
const NO_CALL: Generation = {}
/** Positions in the keys of both kinds of rows. */
const HOUR = 0
const SERVICE = 2
/** Length of the day in the text of an hour. */
const DAY_LENGTH = 10

export class Ledger {
  readonly #dimensions: readonly string[]
  readonly #rowsMax: number
  readonly #onOverflow: (service: string) => void
  readonly #requests: LabelTree<RequestRow>
  readonly #generations = new LabelTree<GenerationRow>(5)
  #rows: LedgerRow[] = []
  /** The rows of the current hour booked last for each org: most orgs ask for one thing, of one model. */
  readonly #recentRequests = new Map<string, RequestRow>()
  readonly #recentGenerations = new Map<string, GenerationRow>()
  /** Reused for each look-up: the tree keeps the strings, not the list. */
  readonly #key: string[] = []
  #hourNumber = Number.NaN
  #hour = ''

  constructor(options: LedgerOptions = {}) {
    this.#dimensions = options.dimensions ?? []
    this.#rowsMax = options.rowsMax ?? LIMITS.ledgerKeysPerFlushMax
    this.#onOverflow = options.onOverflow ?? (() => undefined)
    this.#requests = new LabelTree(6 + this.#dimensions.length)
  }

  /** Books one request. @param weight requests it stands for, an integer >= 1 */
  book(event: TraceEvent, weight = 1): void {
    const row = this.#requestRow(this.#hourOf(event.timestamp), event)
    row.requests += weight
    if (event.status === 'error' || event.status === 'timeout') row.errors += weight
    row.total_us += micros(event.total_latency_ms) * weight
    const unattributed = unattributedCost(event) * weight
    if (unattributed > 0) {
      row.llm_cost_nano_usd += unattributed
      this.#generationRow(this.#hour, row.org, event.service, NO_CALL).cost_nano_usd += unattributed
    }
    this.#bookParts(row, event, weight)
  }

  /** Books what a request did after it was booked: it is no further request. */
  bookParts(event: TraceEvent): void {
    this.#bookParts(this.#requestRow(this.#hourOf(event.timestamp), event), event, 1)
  }

  #bookParts(row: RequestRow, event: TraceEvent, weight: number): void {
    const retrieval = event.retrieval
    if (retrieval?.latency_ms !== undefined) {
      row.retrieval_us += micros(retrieval.latency_ms) * weight
      row.retrievals += weight
    }
    row.documents += (retrieval?.count ?? 0) * weight
    row.docstore_cost_nano_usd += (event.docstore_cost_nano_usd ?? 0) * weight
    if (event.generations === undefined) return
    for (const generation of event.generations) {
      if (generation.latency_ms !== undefined) {
        row.llm_us += micros(generation.latency_ms) * weight
        row.llm_calls += weight
      }
      if (typeof generation.cost_nano_usd === 'number')
        row.llm_cost_nano_usd += generation.cost_nano_usd * weight
      else row.unpriced += weight
      bookGeneration(this.#generationRow(this.#hour, row.org, event.service, generation), generation, weight)
    }
  }

  /** All rows booked since the last call; the ledger is empty afterwards. */
  drain(): LedgerRow[] {
    const rows = this.#rows
    for (const row of rows) {
      if (row.kind === 'requests') for (const name of REQUEST_SUMS) row[name] = saturated(row[name])
      else for (const name of GENERATION_SUMS) row[name] = saturated(row[name])
    }
    this.#rows = []
    this.#forgetRecent()
    this.#requests.clear()
    this.#generations.clear()
    return rows
  }

  #requestRow(hour: string, event: TraceEvent): RequestRow {
    const org = event.org ?? ''
    const hasDimensions = this.#dimensions.length > 0
    const recent = hasDimensions ? undefined : this.#recentRequests.get(org)
    if (recent !== undefined && isRowOf(recent, event)) return recent
    const key = this.#key
    key[0] = hour
    key[1] = org
    key[2] = event.service
    key[3] = event.environment ?? ''
    key[4] = event.operation ?? ''
    key[5] = event.endpoint ?? ''
    for (let i = 0; i < this.#dimensions.length; i += 1) {
      key[6 + i] = dimensionOf(event.metadata, this.#dimensions[i] as string)
    }
    const row = this.#requests.get(key) ?? this.#addRequestRow(key)
    if (!hasDimensions) this.#recentRequests.set(org, row)
    return row
  }

  #addRequestRow(wanted: readonly string[]): RequestRow {
    const key = this.#hasRoom() ? wanted : this.#folded(wanted)
    const known = this.#requests.get(key)
    if (known !== undefined) return known
    const row = emptyRequestRow(key, this.#dimensions)
    this.#requests.set(key, row)
    this.#rows.push(row)
    return row
  }

  #generationRow(hour: string, org: string, service: string, generation: Generation): GenerationRow {
    const provider = generation.provider ?? ''
    const model = generation.model ?? ''
    const recent = this.#recentGenerations.get(org)
    if (
      recent !== undefined &&
      recent.model === model &&
      recent.provider === provider &&
      recent.service === service
    ) {
      return recent
    }
    const row =
      this.#generations.find(hour, org, service, provider, model) ??
      this.#addGenerationRow([hour, org, service, provider, model])
    this.#recentGenerations.set(org, row)
    return row
  }

  #addGenerationRow(wanted: readonly string[]): GenerationRow {
    const key = this.#hasRoom() ? wanted : this.#folded(wanted)
    const known = this.#generations.get(key)
    if (known !== undefined) return known
    const row = emptyGenerationRow(key)
    this.#generations.set(key, row)
    this.#rows.push(row)
    return row
  }

  #hasRoom(): boolean {
    return this.#rows.length < this.#rowsMax
  }

  /** Hour and service stay as long as there is room for them: they come first in both kinds of keys. */
  #folded(key: readonly string[]): string[] {
    this.#onOverflow(key[SERVICE] ?? '')
    const keepsService = this.#rows.length < 2 * this.#rowsMax
    return key.map((value, position) =>
      position === HOUR || (position === SERVICE && keepsService) ? value : OVERFLOW_VALUE,
    )
  }

  #hourOf(timestamp: number): string {
    const number = Math.floor(timestamp / HOUR_MS)
    if (number !== this.#hourNumber) {
      this.#hourNumber = number
      this.#hour = hourOf(timestamp)
      this.#forgetRecent()
    }
    return this.#hour
  }

  #forgetRecent(): void {
    this.#recentRequests.clear()
    this.#recentGenerations.clear()
  }
}

/** Only what the client stated: `constructor` is a property of every object. */
function dimensionOf(metadata: TraceEvent['metadata'], name: string): string {
  return metadata !== undefined && Object.hasOwn(metadata, name) ? String(metadata[name] ?? '') : ''
}

function isRowOf(row: RequestRow, event: TraceEvent): boolean {
  return (
    row.org === (event.org ?? '') &&
    row.service === event.service &&
    row.environment === (event.environment ?? '') &&
    row.operation === (event.operation ?? '') &&
    row.endpoint === (event.endpoint ?? '')
  )
}

function bookGeneration(row: GenerationRow, generation: Generation, weight: number): void {
  row.calls += weight
  row.input_tokens += (generation.input_tokens ?? 0) * weight
  row.output_tokens += (generation.output_tokens ?? 0) * weight
  row.cache_read_tokens += (generation.cache_read_tokens ?? 0) * weight
  row.cache_write_tokens += (generation.cache_write_tokens ?? 0) * weight
  row.reasoning_tokens += (generation.reasoning_tokens ?? 0) * weight
  if (typeof generation.cost_nano_usd === 'number') row.cost_nano_usd += generation.cost_nano_usd * weight
  else row.unpriced += weight
  if (generation.input_tokens === undefined && generation.output_tokens === undefined) row.uncounted += weight
}

function emptyRequestRow(key: readonly string[], dimensions: readonly string[]): RequestRow {
  const [hour = '', org = '', service = '', environment = '', operation = '', endpoint = ''] = key
  const values: Record<string, string> = {}
  dimensions.forEach((name, position) => (values[name] = key[6 + position] ?? ''))
  return {
    kind: 'requests',
    ...periodOf(hour),
    org,
    service,
    environment,
    operation,
    endpoint,
    dimensions: values,
    requests: 0,
    errors: 0,
    total_us: 0,
    retrieval_us: 0,
    retrievals: 0,
    llm_us: 0,
    llm_calls: 0,
    documents: 0,
    docstore_cost_nano_usd: 0,
    llm_cost_nano_usd: 0,
    unpriced: 0,
  }
}

function emptyGenerationRow(key: readonly string[]): GenerationRow {
  const [hour = '', org = '', service = '', provider = '', model = ''] = key
  return {
    kind: 'generations',
    ...periodOf(hour),
    org,
    service,
    provider,
    model,
    calls: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    cost_nano_usd: 0,
    unpriced: 0,
    uncounted: 0,
  }
}

function periodOf(hour: string): { day: string; hour: number } {
  return { day: hour.slice(0, DAY_LENGTH), hour: Number(hour.slice(DAY_LENGTH + 1)) }
}

function micros(latencyMs: number): number {
  return Math.round(latencyMs * 1000)
}
