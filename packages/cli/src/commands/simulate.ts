/** `ragmeter simulate`: a history that never was, clearly labelled, for looking at a year of data. */
import { DAY_MS, LIMITS, MINUTE_MS, NANO_PER_USD } from '@ragmeter/core'
import type { HistoryReport, ServerConfig } from '@ragmeter/server'
import { CommandError } from '../command-error.ts'
import { formatCount, formatUsd, plural } from '../format.ts'
import { CsvFiles } from '../history-outputs/csv-files.ts'
import type { HistoryOutput } from '../history-outputs/history-output.ts'
import { OpenMetricsFile } from '../history-outputs/openmetrics-file.ts'
import { StoreOutput } from '../history-outputs/store-output.ts'
import type { CommandResult } from '../output.ts'
import { simulateHistory } from '../simulate/history.ts'
import type { HistoryPlan } from '../simulate/history.ts'
import { INCIDENT_ALERTS, REQUESTS_PER_DAY_OF_ALERTS } from '../simulate/incident-alerts.ts'
import { planIncidents } from '../simulate/incidents.ts'
import type { Incident } from '../simulate/incidents.ts'
import { ENVIRONMENT, SERVICES } from '../simulate/scenario.ts'
import type { CommandContext } from './context.ts'

export const DAYS_MAX = LIMITS.measurementAgeMaxMs / DAY_MS - 1
export const DAYS_DEFAULT = 365
export const REQUESTS_PER_DAY_DEFAULT = 2000
export const REQUESTS_PER_DAY_MAX = 100_000
/** Samples a step apart: a minute gives blocks that look scraped, and six hours a file of a year that is small. */
export const STEPS_MINUTES = ['1', '5', '15', '60', '360'] as const

export interface SimulateOptions {
  config: ServerConfig
  days: number
  seed: number
  requestsPerDay: number
  /** Epoch milliseconds; undefined is now. */
  until: number | undefined
  /** Folder of the files. */
  csv: string | undefined
  /** Path of the file. */
  openmetrics: string | undefined
  stepMinutes: number
  /** Replaces files that are there. */
  overwrite: boolean
  /** Writes the store beside the files; without any file it is written anyway. */
  store: boolean
  /** What is to be typed to see it. */
  startCommand: string
}

interface Totals {
  requests: number
  failed: number
}

/** @param now epoch milliseconds */
export function simulate(context: CommandContext, options: SimulateOptions, now: number): CommandResult {
  const plan = planOf(options, now)
  const outputs: HistoryOutput[] = []
  try {
    const store = openOutputs(options, now, outputs)
    const totals = run(plan, outputs, context)
    return resultOf(options, plan, totals, store)
  } finally {
    for (const output of outputs) output[Symbol.dispose]()
  }
}

function planOf({ days, seed, requestsPerDay, until: stated }: SimulateOptions, now: number): HistoryPlan {
  const until = Math.floor((stated ?? now) / MINUTE_MS) * MINUTE_MS
  const from = until - days * DAY_MS
  if (until > now) {
    const end = new Date(until).toISOString()
    throw new CommandError(
      'usage',
      `A history cannot end in the future: ${end}.`,
      'Leave --until out, or name a past moment.',
    )
  }
  if (from < now - LIMITS.measurementAgeMaxMs) {
    throw new CommandError(
      'usage',
      `The history would begin at ${new Date(from).toISOString()}; nothing is kept for longer than two years.`,
      'Take fewer --days, or a later --until.',
    )
  }
  return { seed, from, until, requestsPerDay }
}

/** The store comes last: the requests are its own from then on. */
function openOutputs(
  { config, csv, openmetrics, stepMinutes, overwrite, store }: SimulateOptions,
  now: number,
  outputs: HistoryOutput[],
): StoreOutput | undefined {
  if (csv !== undefined) outputs.push(new CsvFiles(csv, { overwrite }))
  if (openmetrics !== undefined)
    outputs.push(new OpenMetricsFile(openmetrics, stepMinutes * MINUTE_MS, { overwrite }))
  if (!store && outputs.length > 0) return undefined
  const output = new StoreOutput(config, now)
  outputs.push(output)
  return output
}

function run(plan: HistoryPlan, outputs: readonly HistoryOutput[], { terminal }: CommandContext): Totals {
  const totals: Totals = { requests: 0, failed: 0 }
  const bar = terminal.progressBar('Simulating')
  try {
    for (const hour of simulateHistory(plan)) {
      bar.update((hour.from - plan.from) / (plan.until - plan.from), dayText(hour.from))
      for (const { status } of hour.requests)
        if (status === 'error' || status === 'timeout') totals.failed += 1
      totals.requests += hour.requests.length
      for (const output of outputs) output.add(hour)
    }
    bar.update(1, dayText(plan.until))
    for (const output of outputs) output.finish()
  } finally {
    bar.end()
  }
  return totals
}

function resultOf(
  { csv, openmetrics, seed, days, startCommand }: SimulateOptions,
  plan: HistoryPlan,
  totals: Totals,
  store: StoreOutput | undefined,
): CommandResult {
  const [from, until] = [plan.from, plan.until].map((at) => new Date(at).toISOString())
  const services = SERVICES.map(({ name }) => name)
  const incidents = planIncidents(seed, plan.from, plan.until)
  const text = [
    `Simulated ${plural(days, 'day')} with seed ${seed}: ${formatCount(totals.requests)} requests, ${formatCount(totals.failed)} failed.`,
    `None of it is real: services ${services.join(', ')}, environment ${ENVIRONMENT}.`,
    incidentsText(incidents, plan.requestsPerDay),
    '',
    ...(csv === undefined ? [] : [`CSV:          ${csv}/requests.csv, ${csv}/daily.csv`]),
    ...(openmetrics === undefined
      ? []
      : [`OpenMetrics:  ${openmetrics}, for promtool tsdb create-blocks-from openmetrics`]),
    ...(store === undefined
      ? []
      : [`Database:     ${store.path} (${storeText(store.report)})`, `Look at it:   ${startCommand}`]),
  ].join('\n')
  const data = {
    seed,
    from,
    until,
    environment: ENVIRONMENT,
    services,
    requests: totals.requests,
    failed: totals.failed,
    incidents: incidents.map((incident) => ({
      kind: incident.kind,
      from: new Date(incident.from).toISOString(),
      to: new Date(incident.to).toISOString(),
      services: incident.services,
      alerts: INCIDENT_ALERTS[incident.kind],
    })),
    csv: csv ?? null,
    openmetrics: openmetrics ?? null,
    database: store?.path ?? null,
    stored: store?.report === undefined ? null : { ...store.report },
  }
  return { data, text, warnings: [] }
}

function incidentsText(incidents: readonly Incident[], requestsPerDay: number): string {
  const kinds = new Set(incidents.map(({ kind }) => kind)).size
  const text = `${plural(incidents.length, 'incident')} of ${plural(kinds, 'kind')}; --json lists them with their alerts.`
  if (requestsPerDay >= REQUESTS_PER_DAY_OF_ALERTS) return text
  return `${text} Some alerts ask for more traffic: --requests ${REQUESTS_PER_DAY_OF_ALERTS}.`
}

function storeText(report: HistoryReport | undefined): string {
  if (report === undefined) return ''
  const usd = formatUsd((report.llmCostNanoUsd + report.docstoreCostNanoUsd) / NANO_PER_USD)
  return `${usd}, ${formatCount(report.traces)} traces of the last days; lifetime counters are untouched`
}

function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
