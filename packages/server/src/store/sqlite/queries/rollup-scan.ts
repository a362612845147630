/** Reads one metric over a range: rollups, and the journal for what is committed but not yet folded. */
import { findMetric, labelObject, RagmeterError } from '@ragmeter/core'
import type { LabelValues, MetricDefinition } from '@ragmeter/core'
import type { Database } from '../../../lib/sqlite.ts'
import { unpacked, valueOf } from '../../../rollup/rollup.ts'
import type { JournalEntry } from '../../../rollup/rollup.ts'
import type { HistogramValue } from '../../../rollup/pack-histogram.ts'
import type { Stretch } from '../../../rollup/resolution.ts'

/** Rows one query may read: about a second. */
const ROWS_MAX = 1_500_000

export type ScanVisitor = (
  labels: Record<string, string>,
  bucket: number,
  value: number | HistogramValue,
) => void

/** Everything one read transaction sees: reads through the same snapshot cannot count a measurement twice or never. */
export class RollupScan {
  readonly #database: Database
  #journal: readonly JournalEntry[] | undefined
  #rows = 0

  constructor(database: Database) {
    this.#database = database
  }

  /** Visits every bucket of the metric's series that match the filters. */
  visit(
    metric: MetricDefinition,
    filters: Readonly<Record<string, string>>,
    stretches: readonly Stretch[],
    visitor: ScanVisitor,
  ): void {
    for (const { id, labels } of this.#series(metric, filters)) {
      for (const { resolution, from, to } of stretches) {
        const rows = this.#database
          .prepare(
            `SELECT bucket, value FROM ${resolution.table} WHERE series = ? AND bucket >= ? AND bucket < ?`,
          )
          .iterate(id, from, to)
        for (const row of rows) {
          this.#countRow()
          visitor(labels, Number(row['bucket']), unpacked(row['value'] ?? null))
        }
      }
    }
    const from = stretches[0]?.from ?? 0
    const to = stretches.at(-1)?.to ?? 0
    for (const entry of this.journal()) {
      for (const measurement of [
        ...entry.measurements,
        ...entry.gauges.flatMap(({ measurements }) => measurements),
      ]) {
        if (measurement.metric !== metric.name || measurement.minute < from || measurement.minute >= to)
          continue
        if (matches(measurement.labels, filters))
          visitor(measurement.labels, measurement.minute, valueOf(measurement))
      }
    }
  }

  /** What is committed but not yet folded. */
  journal(): readonly JournalEntry[] {
    this.#journal ??= this.#database
      .prepare('SELECT body FROM measurement_journal ORDER BY id')
      .all()
      .map((row) => JSON.parse(String(row['body'])) as JournalEntry)
    return this.#journal
  }

  /** Increase of a counter over all time. */
  lifetime(metric: MetricDefinition): number {
    const row = this.#database
      .prepare('SELECT sum(value) AS total FROM series WHERE metric = ?')
      .get(metric.name)
    let total = Number(row?.['total'] ?? 0)
    for (const { measurements } of this.journal()) {
      for (const measurement of measurements) {
        if (measurement.type === 'counter' && measurement.metric === metric.name) total += measurement.delta
      }
    }
    return total / metric.perUnit
  }

  #series(metric: MetricDefinition, filters: Readonly<Record<string, string>>) {
    return this.#database
      .prepare('SELECT id, labels FROM series WHERE metric = ?')
      .all(metric.name)
      .map((row) => ({
        id: Number(row['id']),
        labels: labelObject(metric, JSON.parse(String(row['labels'])) as LabelValues),
      }))
      .filter(({ labels }) => matches(labels, filters))
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

function matches(
  labels: Readonly<Record<string, string>>,
  filters: Readonly<Record<string, string>>,
): boolean {
  for (const name in filters) if ((labels[name] ?? '') !== filters[name]) return false
  return true
}
