/**
 * Stage 4. Committed measurements -> rollups by the minute, hour and day, lifetime totals, ledger and spending. Folding
 * adds, and it deletes the journal it folds in the same transaction: done twice it would count twice, so it cannot be.
 */
import { findMetric, GENERATION_SUMS, labelValues, LIMITS, REQUEST_SUMS } from '@ragmeter/core'
import type { GenerationRow, LedgerRow, Measurement, MetricDefinition, RequestRow } from '@ragmeter/core'
import type { Database, SqlRow, SqlValue, Statement } from '../lib/sqlite.ts'
import { LedgerTable } from './ledger-table.ts'
import { addHistograms, packHistogram, saturated, unpackHistogram } from './pack-histogram.ts'
import type { HistogramValue } from './pack-histogram.ts'
import { bucketOf, RESOLUTIONS } from './resolution.ts'
import { spendingOf } from './spending.ts'

/** What one committed group adds; the journal keeps it as JSON until it is folded. */
export interface JournalEntry {
  measurements: readonly Measurement[]
  ledger: readonly LedgerRow[]
  gauges: readonly { instance: string; measurements: readonly Measurement[] }[]
}

const REQUEST_KEYS = ['day', 'org', 'service', 'environment', 'operation', 'endpoint', 'dimensions'] as const
const GENERATION_KEYS = ['day', 'org', 'service', 'provider', 'model'] as const
const SPENDING_KEYS = ['hour', 'org', 'service', 'provider'] as const

export class RollupTables {
  readonly #selectSeries: Statement
  readonly #insertSeries: Statement
  readonly #updateSeries: Statement
  readonly #buckets: readonly BucketTable[]
  readonly #requests: LedgerTable
  readonly #generations: LedgerTable
  readonly #spending: LedgerTable
  readonly #onFold: (service: string) => void

  /** @param onFold called for every row of the ledger that its day had no room for */
  constructor(database: Database, onFold: (service: string) => void) {
    this.#onFold = onFold
    this.#selectSeries = database.prepare('SELECT id, value FROM series WHERE metric = ? AND labels = ?')
    this.#insertSeries = database.prepare(
      'INSERT INTO series (metric, labels, value, last_seen) VALUES (?, ?, ?, ?) RETURNING id',
    )
    this.#updateSeries = database.prepare(
      'UPDATE series SET value = ?, last_seen = max(last_seen, ?) WHERE id = ?',
    )
    this.#buckets = RESOLUTIONS.map(({ table, bucketMs }) => ({
      bucketMs,
      select: database.prepare(`SELECT value FROM ${table} WHERE series = ? AND bucket = ?`),
      put: database.prepare(`INSERT OR REPLACE INTO ${table} (series, bucket, value) VALUES (?, ?, ?)`),
    }))
    this.#requests = new LedgerTable(database, {
      table: 'ledger_requests',
      keys: REQUEST_KEYS,
      sums: REQUEST_SUMS,
    })
    this.#generations = new LedgerTable(database, {
      table: 'ledger_generations',
      keys: GENERATION_KEYS,
      sums: GENERATION_SUMS,
    })
    this.#spending = new LedgerTable(database, {
      table: 'spending_1h',
      keys: SPENDING_KEYS,
      sums: ['cost_nano_usd'],
      // As many as both tables of the ledger have in a day: what they had room for, an hour has too.
      keysMax: 2 * LIMITS.ledgerKeysPerDayMax,
    })
  }

  /** Adds a measurement to its buckets and to its lifetime total. @param now the moment it is folded */
  add(measurement: Measurement, now: number): void {
    const metric = findMetric(measurement.metric)
    if (metric === undefined) return
    const labels = JSON.stringify(labelValues(metric, measurement.labels))
    const series = this.#addToTotal(measurement.metric, labels, measurement.type, valueOf(measurement), now)
    this.#addToBuckets(series, measurement, this.#buckets)
  }

  /**
   * Adds a measurement of the past to its buckets, and to no lifetime total: a counter on `/metrics` that jumps by a
   * year tells Prometheus that a year happened within a scrape.
   * @param finestMs length of the finest bucket that is still held for it
   */
  addHistory(measurement: Measurement, finestMs: number): void {
    const metric = findMetric(measurement.metric)
    if (metric === undefined) return
    const labels = JSON.stringify(labelValues(metric, measurement.labels))
    const series = this.#seriesWithoutTotal(measurement.metric, labels)
    this.#addToBuckets(
      series,
      measurement,
      this.#buckets.filter(({ bucketMs }) => bucketMs >= finestMs),
    )
  }

  book(row: LedgerRow): void {
    const isBooked = row.kind === 'requests' ? this.#bookRequests(row) : this.#bookGenerations(row)
    if (!isBooked) this.#onFold(row.service)
    const { hour, provider, costNanoUsd } = spendingOf(row)
    if (costNanoUsd > 0) this.#spending.add([hour, row.org, row.service, provider], [costNanoUsd])
  }

  /** Forgets what it knows of the tables: a transaction that changed them was rolled back. */
  reset(): void {
    this.#requests.reset()
    this.#generations.reset()
    this.#spending.reset()
  }

  #bookRequests(row: RequestRow): boolean {
    const dimensions = dimensionsText(row.dimensions)
    const key = [row.day, row.org, row.service, row.environment, row.operation, row.endpoint, dimensions]
    return this.#requests.add(
      key,
      REQUEST_SUMS.map((name) => row[name]),
    )
  }

  #bookGenerations(row: GenerationRow): boolean {
    return this.#generations.add(
      [row.day, row.org, row.service, row.provider, row.model],
      GENERATION_SUMS.map((name) => row[name]),
    )
  }

  #addToBuckets(series: number, measurement: Measurement, tables: readonly BucketTable[]): void {
    const added = valueOf(measurement)
    for (const { bucketMs, select, put } of tables) {
      const bucket = bucketOf(measurement.minute, bucketMs)
      const present = select.get(series, bucket)?.['value']
      put.run(
        series,
        bucket,
        packed(present === undefined ? added : combine(measurement.type, unpacked(present), added)),
      )
    }
  }

  /** The series, made without a total if it is new: NULL until it is measured for the first time. */
  #seriesWithoutTotal(metric: string, labels: string): number {
    const row = this.#selectSeries.get(metric, labels) ?? this.#insertSeries.get(metric, labels, null, 0)
    return Number(row?.['id'])
  }

  #addToTotal(metric: string, labels: string, type: Measurement['type'], added: Value, now: number): number {
    const row = this.#selectSeries.get(metric, labels)
    if (row === undefined) {
      return Number((this.#insertSeries.get(metric, labels, packed(added), now) as SqlRow)['id'])
    }
    const id = Number(row['id'])
    const present = row['value'] ?? null
    const total = present === null ? added : combine(type, unpacked(present), added)
    this.#updateSeries.run(packed(total), now, id)
    return id
  }
}

interface BucketTable {
  bucketMs: number
  select: Statement
  put: Statement
}

type Value = number | HistogramValue

/** Dimensions as a key: equal values give equal text. */
function dimensionsText(dimensions: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))))
}

export function valueOf(measurement: Measurement): Value {
  if (measurement.type === 'counter') return measurement.delta
  return measurement.type === 'gauge' ? measurement.value : measurement
}

/** Counters and histograms add up; of a gauge the highest value of the bucket is kept. All independent of order. */
function combine(type: Measurement['type'], left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    return type === 'counter' ? saturated(left + right) : Math.max(left, right)
  }
  if (typeof left === 'number' || typeof right === 'number') return right
  return addHistograms(left, right)
}

/**
 * One value of a gauge that several instances have set. If folding splits a minute, the rollup keeps the higher of two
 * partial sums: "at least", as docs/reference/http.md says.
 */
export function aggregated(metric: MetricDefinition, values: readonly number[]): number {
  return metric.aggregation === 'sum'
    ? values.reduce((left, right) => left + right, 0)
    : values.reduce((left, right) => Math.max(left, right), -Infinity)
}

export function unpacked(value: SqlValue): Value {
  return value instanceof Uint8Array ? unpackHistogram(value) : Number(value)
}

function packed(value: Value): SqlValue {
  return typeof value === 'number' ? value : packHistogram(value)
}
