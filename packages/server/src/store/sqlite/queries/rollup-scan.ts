/** Reads one metric over a range: rollups, and the journal for what is committed but not yet folded. */
import { findMetric, labelObject, labelValues, RagmeterError } from '@ragmeter/core'
import type { GaugeMeasurement, LabelValues, Measurement, MetricDefinition } from '@ragmeter/core'
import { prepareLists } from '../../../lib/sqlite.ts'
import type { Database } from '../../../lib/sqlite.ts'
import { aggregated, unpacked, valueOf } from '../../../rollup/rollup.ts'
import type { HistogramValue } from '../../../rollup/pack-histogram.ts'
import { bucketOf, RESOLUTIONS } from '../../../rollup/resolution.ts'
import type { Stretch } from '../../../rollup/resolution.ts'
import { readJournal } from './journal-reader.ts'
import type { JournalReader } from './journal-reader.ts'

/** Rows one query may read: about a second. */
const ROWS_MAX = 1_500_000

export type ScanVisitor = (
  labels: Record<string, string>,
  bucket: number,
  value: number | HistogramValue,
) => void

/** Which series of a metric are meant, by their labels. */
export type SeriesFilter = (labels: Readonly<Record<string, string>>) => boolean

/** Series that have these values of labels; a label that is not stated has the value ''. */
export function having(values: Readonly<Record<string, string>>): SeriesFilter {
  return (labels) => {
    for (const name in values) if ((labels[name] ?? '') !== values[name]) return false
    return true
  }
}

/** Everything one read transaction sees: reads through the same snapshot cannot count a measurement twice or never. */
export class RollupScan {
  readonly #database: Database
  readonly #journal: JournalReader
  #rows = 0

  constructor(database: Database) {
    this.#database = database
    this.#journal = readJournal(database)
  }

  /** Visits every bucket of the metric's series that are meant; those of one series, one after the other, with the same labels. */
  visit(
    metric: MetricDefinition,
    isMeant: SeriesFilter,
    stretches: readonly Stretch[],
    visitor: ScanVisitor,
  ): void {
    const series = this.#series(metric, isMeant)
    for (const { resolution, from, to } of stretches) {
      const buckets = prepareLists(
        this.#database,
        `SELECT bucket, value FROM ${resolution.table} WHERE series = ? AND bucket >= ? AND bucket < ?`,
      )
      for (const { id, labels } of series) {
        // Retention bounds the rows of one series to some thousands: taking them at once is faster than stepping.
        for (const [bucket, value = null] of buckets.all(id, from, to)) {
          this.#countRow()
          visitor(labels, Number(bucket), unpacked(value))
        }
      }
    }
    const from = stretches[0]?.from ?? 0
    const to = stretches.at(-1)?.to ?? 0
    const pending = metric.type === 'gauge' ? this.#pendingGauges(metric) : this.#journal.sums(metric.name)
    for (const measurement of pending) {
      const { labels, minute } = measurement
      if (minute < from || minute >= to) continue
      if (isMeant(labels)) visitor(labels, minute, valueOf(measurement))
    }
  }

  /** Increase of a counter over all time, of one service or of all. */
  lifetime(metric: MetricDefinition, service: string | undefined): number {
    const row = this.#database
      .prepare(
        `SELECT total(value) AS total FROM series
         WHERE metric = ?1 AND (?2 IS NULL OR json_extract(labels, '$[0]') = ?2)`,
      )
      .get(metric.name, service ?? null)
    let total = Number(row?.['total'] ?? 0)
    for (const measurement of this.#journal.sums(metric.name)) {
      if (measurement.type !== 'counter') continue
      if (service === undefined || measurement.labels['service'] === service) total += measurement.delta
    }
    return total / metric.perUnit
  }

  /**
   * Start of the first bucket of a counter, of one service or of all, in the finest resolution that still holds it.
   * @returns undefined if it was never counted
   */
  beginning(metric: MetricDefinition, service: string | undefined): number | undefined {
    let first = Infinity
    for (const { labels, minute } of this.#journal.sums(metric.name)) {
      if (service === undefined || labels['service'] === service) first = Math.min(first, minute)
    }
    // A coarse bucket begins before the fine one that it holds; only where there is no such one anymore it counts.
    for (const { table, bucketMs } of RESOLUTIONS) {
      const row = this.#database
        .prepare(
          `SELECT min(first) AS first FROM
             (SELECT (SELECT min(bucket) FROM ${table} WHERE ${table}.series = named.id) AS first FROM series AS named
              WHERE metric = ?1 AND (?2 IS NULL OR json_extract(labels, '$[0]') = ?2))`,
        )
        .get(metric.name, service ?? null)
      const bucket = row?.['first'] ?? null
      if (bucket !== null && Number(bucket) < bucketOf(first, bucketMs)) first = Number(bucket)
    }
    return first === Infinity ? undefined : first
  }

  /** One value per series and minute, of the latest of each instance: as folding will make it. */
  #pendingGauges(metric: MetricDefinition): Measurement[] {
    const latest = new Map<string, { gauge: GaugeMeasurement; values: Map<string, number> }>()
    for (const { gauges } of this.#journal.entries) {
      for (const { instance, measurements } of gauges) {
        for (const gauge of measurements) {
          if (gauge.type !== 'gauge' || gauge.metric !== metric.name) continue
          const key = JSON.stringify([gauge.minute, labelValues(metric, gauge.labels)])
          const known = latest.get(key)
          if (known === undefined) latest.set(key, { gauge, values: new Map([[instance, gauge.value]]) })
          else known.values.set(instance, gauge.value)
        }
      }
    }
    return Array.from(latest.values(), ({ gauge, values }) => ({
      ...gauge,
      value: aggregated(metric, Array.from(values.values())),
    }))
  }

  #series(metric: MetricDefinition, isMeant: SeriesFilter) {
    return this.#database
      .prepare('SELECT id, labels FROM series WHERE metric = ?')
      .all(metric.name)
      .map((row) => ({
        id: Number(row['id']),
        labels: labelObject(metric, JSON.parse(String(row['labels'])) as LabelValues),
      }))
      .filter(({ labels }) => isMeant(labels))
  }

  #countRow(): void {
    this.#rows += 1
    if (this.#rows > ROWS_MAX) {
      throw new RagmeterError('query_too_expensive', `The query reads more than ${ROWS_MAX} rows.`)
    }
  }
}

/** @throws RagmeterError if there is no such metric */
export function metricOf(name: string): MetricDefinition {
  const metric = findMetric(name)
  if (metric !== undefined) return metric
  throw new RagmeterError('invalid_request', `There is no metric ${JSON.stringify(name)}.`, {
    hint: 'The metrics are listed in docs/reference/metrics.md.',
  })
}
