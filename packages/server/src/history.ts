/**
 * Takes requests of the past into an empty database, without a daemon: rollups by what is still held of each moment,
 * ledger, and the traces that retention would have left. Never a lifetime total: those are what `/metrics` counts up,
 * and a year that happens within one scrape is no rate. All of it is one transaction: it is there whole or not at all.
 */
import {
  CardinalityGuard,
  DAY_MS,
  findMetric,
  labelObject,
  labelValues,
  LIMITS,
  MeasurementBuffer,
  METRICS,
} from '@ragmeter/core'
import type { GaugeMeasurement, LabelValues, TraceEvent } from '@ragmeter/core'
import type { ServerConfig } from './config.ts'
import { enrich, priceCalls } from './enrich/enrich.ts'
import type { Enrichment } from './enrich/enrich.ts'
import { rollBack } from './lib/sqlite.ts'
import type { Database } from './lib/sqlite.ts'
import { bucketOf, heldResolutionOf } from './rollup/resolution.ts'
import type { Resolution } from './rollup/resolution.ts'
import { RollupTables } from './rollup/rollup.ts'
import { openWritable, storeError } from './store/sqlite/open.ts'
import type { WritableDatabase } from './store/sqlite/open.ts'
import { TraceTable } from './store/sqlite/trace-rows.ts'
import { StoreError } from './store/store.ts'
import { createEnrichment } from './threads/enrichment.ts'
import { storeSettingsOf } from './threads/store-settings.ts'

/** What must have no rows: history beside what really happened would bend its sums, and the same history again double them. */
const TABLES = ['traces', 'series', 'ledger_requests', 'ledger_generations', 'measurement_journal'] as const
/** Room for the pages that one bucket touches; the daemon makes do with less, and has its readers beside it. */
const CACHE_KIBIBYTES = 65_536

/** The value of a gauge of the catalogue at a moment. */
export interface GaugeReading {
  metric: string
  labels: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  at: number
  /** In the metric's unit. */
  value: number
}

/** What the database holds after the commit, read back from it. */
export interface HistoryReport {
  requests: number
  errors: number
  inputTokens: number
  outputTokens: number
  /** Integer nano-USD, as all money. */
  llmCostNanoUsd: number
  docstoreCostNanoUsd: number
  traces: number
  series: number
}

export interface HistoryWriter extends Disposable {
  /** Path of the database. */
  readonly path: string
  /**
   * Counts a request and keeps its trace while retention would. Requests of one hour should come together: each change
   * of the hour is written. The event is the writer's from then on.
   * @throws RangeError if it starts after now, or before what the longest rollup holds
   */
  add(event: TraceEvent): void
  /** @throws RangeError as `add` does, or if the catalogue has no such gauge */
  setGauge(reading: GaugeReading): void
  /** Makes it durable. Once; without it disposing leaves the database as it was. */
  commit(): HistoryReport
}

/**
 * Opens the database of a configuration for history, and locks it as a daemon does.
 * @param now epoch milliseconds: what is held, and at which resolution, depends on it
 * @throws StoreError `in_use`, `not_empty`, `fatal`, `retryable`
 */
export function openHistory(config: ServerConfig, now: number): HistoryWriter {
  const settings = storeSettingsOf(config)
  const opened = openWritable(settings.path)
  try {
    refuseFilled(opened.database, settings.path)
    const enrichment = createEnrichment(opened.database, settings)
    opened.database.exec(`PRAGMA cache_size = -${CACHE_KIBIBYTES}; BEGIN IMMEDIATE`)
    const { dimensions, retentionDays } = settings
    return new History(opened, { enrichment, dimensions, now, keptSince: now - retentionDays * DAY_MS })
  } catch (error) {
    opened[Symbol.dispose]()
    throw storeError(error, settings.path)
  }
}

function refuseFilled(database: Database, path: string): void {
  const filled = TABLES.find(
    (table) => database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined,
  )
  if (filled === undefined) return
  throw new StoreError(
    'not_empty',
    `The database ${path} holds data already, and history goes into an empty one only.`,
    'Name a folder of its own with --home, or another database with --db.',
  )
}

interface HistoryParts {
  enrichment: Enrichment
  dimensions: readonly string[]
  now: number
  /** Traces that started before are counted only. */
  keptSince: number
}

class History implements HistoryWriter {
  readonly path: string
  readonly #opened: WritableDatabase
  readonly #parts: HistoryParts
  readonly #rollups: RollupTables
  readonly #traces: TraceTable
  readonly #guard: CardinalityGuard
  readonly #buffer: MeasurementBuffer
  /** The highest value of each in the bucket: what is kept of a gauge at any resolution. The guard has one key of each. */
  readonly #gauges = new Map<LabelValues, GaugeMeasurement>()
  /** The bucket whose measurements are in the buffer. */
  #bucket = Number.NaN
  #resolution: Resolution | undefined

  constructor(opened: WritableDatabase, parts: HistoryParts) {
    this.path = opened.path
    this.#opened = opened
    this.#parts = parts
    this.#traces = new TraceTable(opened.database)
    const countFold = (service: string, metric: string, label: string) =>
      this.#buffer.at(this.#bucket).count(METRICS.labelOverflow, 1, service, metric, label)
    const countFoldedOrg = (service: string) => countFold(service, METRICS.requests.name, 'org')
    this.#rollups = new RollupTables(opened.database, countFoldedOrg)
    this.#guard = new CardinalityGuard((metric, label, service) => countFold(service, metric.name, label))
    this.#buffer = new MeasurementBuffer({
      guard: this.#guard,
      dimensions: parts.dimensions,
      rowsMax: 2 * LIMITS.ledgerKeysPerDayMax,
      onOverflow: countFoldedOrg,
    })
  }

  add(event: TraceEvent): void {
    const moment = this.#turnTo(event.timestamp)
    const isKept = event.timestamp >= this.#parts.keptSince
    // Pseudonyms are for traces: what is only counted has no names in it.
    if (isKept) enrich(event, this.#parts.enrichment)
    else priceCalls(event, this.#parts.enrichment.prices)
    this.#buffer.record(event, 1, moment)
    if (isKept && this.#traces.insert(event)) {
      this.#buffer.at(moment).count(METRICS.tracesStored, 1, event.service)
    }
  }

  setGauge({ metric: name, labels, at, value }: GaugeReading): void {
    const metric = findMetric(name)
    if (metric?.type !== 'gauge') throw new RangeError(`The catalogue has no gauge ${name}.`)
    const minute = this.#turnTo(at)
    const admitted = this.#guard.admit(metric, labelValues(metric, labels))
    const known = this.#gauges.get(admitted)
    if (known !== undefined) known.value = Math.max(known.value, value)
    else {
      const stated = labelObject(metric, admitted)
      this.#gauges.set(admitted, { type: 'gauge', metric: name, labels: stated, minute, value })
    }
  }

  commit(): HistoryReport {
    try {
      this.#fold()
      this.#opened.database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
      return readReport(this.#opened.database)
    } catch (error) {
      throw storeError(error, this.path)
    }
  }

  [Symbol.dispose](): void {
    // A no-op after the commit. A connection that closes with statements of its own does not end its transaction.
    rollBack(this.#opened.database)
    this.#opened[Symbol.dispose]()
  }

  /** Writes what is in the buffer if the moment lies in another bucket. @returns the start of its bucket */
  #turnTo(moment: number): number {
    const { now } = this.#parts
    if (!(moment <= now && moment >= now - LIMITS.measurementAgeMaxMs)) {
      throw new RangeError(`${new Date(moment).toISOString()} is not within the two years before now.`)
    }
    const resolution = heldResolutionOf(moment, now)
    const bucket = bucketOf(moment, resolution.bucketMs)
    if (bucket !== this.#bucket || resolution !== this.#resolution) {
      this.#fold()
      this.#bucket = bucket
      this.#resolution = resolution
    }
    return bucket
  }

  #fold(): void {
    const resolution = this.#resolution
    if (resolution === undefined) return
    const { measurements, ledger } = this.#buffer.drain()
    for (const measurement of [...measurements, ...this.#gauges.values()]) {
      this.#rollups.addHistory(measurement, resolution.bucketMs)
    }
    this.#gauges.clear()
    for (const row of ledger) this.#rollups.book(row)
  }
}

function readReport(database: Database): HistoryReport {
  const number = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0)
  const requests = (column: string) => number(`SELECT sum(${column}) FROM ledger_requests`)
  const generations = (column: string) => number(`SELECT sum(${column}) FROM ledger_generations`)
  return {
    requests: requests('requests'),
    errors: requests('errors'),
    inputTokens: generations('input_tokens'),
    outputTokens: generations('output_tokens'),
    llmCostNanoUsd: generations('cost_nano_usd'),
    docstoreCostNanoUsd: requests('docstore_cost_nano_usd'),
    traces: number('SELECT count(*) FROM traces'),
    series: number('SELECT count(*) FROM series'),
  }
}
