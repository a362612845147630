/**
 * The history as CSV: one row for each request with the columns of VectorLens' reporting events, and totals by the day.
 * What is unknown is an empty cell, not 0.
 */
import { answeringModel, dayOf, usdOf } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'

/** A reserved domain: no such address exists. */
const MAIL_DOMAIN = 'simulated.invalid'

type Cell = string | number | undefined | null

const REQUEST_COLUMNS = [
  'event_id',
  'user_email_id',
  'org',
  'api_endpoint',
  'operation_type',
  'event_trigger_time',
  'event_completion_time',
  'docstore_elapsed_time_ms',
  'docstore_num_docs_returned',
  'docstore_usage_cost',
  'llm_elapsed_time_ms',
  'llm_provider',
  'llm_model',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'llm_usage_cost',
  'status',
  'service',
  'environment',
] as const
const DAY_COLUMNS = [
  'day',
  'org',
  'service',
  'environment',
  'requests',
  'failed_requests',
  'docstore_usage_cost',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'llm_usage_cost',
  'total_cost',
] as const

export const REQUESTS_HEADER = `${REQUEST_COLUMNS.join(',')}\n`
export const DAYS_HEADER = `${DAY_COLUMNS.join(',')}\n`

/** Sums of the calls of a request. Costs are integer nano-USD. */
interface Calls {
  latencyMs: number
  input: number
  output: number
  costNanoUsd: number
}

/** One line with its end. */
export function requestLine(event: TraceEvent): string {
  const { generations = [], retrieval } = event
  const calls = generations.length === 0 ? undefined : callsOf(event)
  const row: Record<(typeof REQUEST_COLUMNS)[number], Cell> = {
    event_id: event.id,
    user_email_id: event.user_id === undefined ? undefined : `${event.user_id}.${MAIL_DOMAIN}`,
    org: event.org,
    api_endpoint: event.endpoint,
    operation_type: event.operation,
    event_trigger_time: new Date(event.timestamp).toISOString(),
    event_completion_time: new Date(event.timestamp + event.total_latency_ms).toISOString(),
    docstore_elapsed_time_ms: rounded(retrieval?.latency_ms),
    docstore_num_docs_returned: retrieval?.count,
    docstore_usage_cost: usdText(event.docstore_cost_nano_usd),
    llm_elapsed_time_ms: rounded(calls?.latencyMs),
    llm_provider: generations.at(-1)?.provider,
    llm_model: answeringModel(generations),
    input_tokens: calls?.input,
    output_tokens: calls?.output,
    total_tokens: calls === undefined ? undefined : calls.input + calls.output,
    llm_usage_cost: usdText(calls?.costNanoUsd),
    status: event.status,
    service: event.service,
    environment: event.environment,
  }
  return lineOf(REQUEST_COLUMNS.map((column) => row[column]))
}

interface DayTotals {
  key: readonly [day: string, org: string, service: string, environment: string]
  requests: number
  failed: number
  docstoreNanoUsd: number
  input: number
  output: number
  llmNanoUsd: number
}

/** Sums by day, org and service; requests come in the order of time. */
export class DailyTotals {
  #day = ''
  readonly #totals = new Map<string, DayTotals>()

  /** @returns the lines of the day before, if the request opens a new day; else '' */
  add(event: TraceEvent): string {
    const day = dayOf(event.timestamp)
    const lines = day === this.#day ? '' : this.end()
    this.#day = day
    const totals = this.#of(day, event)
    const calls = callsOf(event)
    totals.requests += 1
    if (event.status === 'error' || event.status === 'timeout') totals.failed += 1
    totals.docstoreNanoUsd += event.docstore_cost_nano_usd ?? 0
    totals.input += calls.input
    totals.output += calls.output
    totals.llmNanoUsd += calls.costNanoUsd
    return lines
  }

  /** @returns the lines of the last day */
  end(): string {
    const rows = Array.from(this.#totals.values()).sort((left, right) =>
      left.key.join() < right.key.join() ? -1 : 1,
    )
    this.#totals.clear()
    return rows.map(dayLine).join('')
  }

  #of(day: string, { org = '', service, environment = '' }: TraceEvent): DayTotals {
    const key = [day, org, service, environment] as const
    const name = JSON.stringify(key)
    let totals = this.#totals.get(name)
    if (totals === undefined) {
      totals = { key, requests: 0, failed: 0, docstoreNanoUsd: 0, input: 0, output: 0, llmNanoUsd: 0 }
      this.#totals.set(name, totals)
    }
    return totals
  }
}

function dayLine({ key, requests, failed, docstoreNanoUsd, input, output, llmNanoUsd }: DayTotals): string {
  return lineOf([
    ...key,
    requests,
    failed,
    usdText(docstoreNanoUsd),
    input,
    output,
    input + output,
    usdText(llmNanoUsd),
    usdText(docstoreNanoUsd + llmNanoUsd),
  ])
}

function callsOf({ generations = [] }: TraceEvent): Calls {
  const calls: Calls = { latencyMs: 0, input: 0, output: 0, costNanoUsd: 0 }
  for (const { latency_ms, input_tokens, output_tokens, cost_nano_usd } of generations) {
    calls.latencyMs += latency_ms ?? 0
    calls.input += input_tokens ?? 0
    calls.output += output_tokens ?? 0
    calls.costNanoUsd += cost_nano_usd ?? 0
  }
  return calls
}

/** US dollars, exact to the nano-dollar and never in scientific notation. */
function usdText(nanoUsd: number | undefined): string | undefined {
  return nanoUsd === undefined ? undefined : (usdOf(nanoUsd) ?? 0).toFixed(9)
}

function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\n`
}

function cellText(cell: Cell): string {
  const text = cell === undefined || cell === null ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
