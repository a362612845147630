/** What alerts need of the past, read from the rollups when the daemon starts. Afterwards they are fed by every commit. */
import { findMetric, HOUR_MS, labelObject, MINUTE_MS } from '@ragmeter/core'
import type { LabelValues, Measurement, MetricDefinition } from '@ragmeter/core'
import type { Shortened } from '../alerts/known-past.ts'
import { Windows } from '../alerts/windows.ts'
import type { SourceDefinition } from '../alerts/sources.ts'
import type { Database } from '../lib/sqlite.ts'
import type { HistogramValue } from '../rollup/pack-histogram.ts'
import { bucketOf, HOURS, MINUTES } from '../rollup/resolution.ts'
import type { Stretch } from '../rollup/resolution.ts'
import { unpacked } from '../rollup/rollup.ts'
import { RollupScan } from '../store/sqlite/queries/rollup-scan.ts'
import type { Queries } from '../store/store.ts'

/** Minutes that are read one by one; beyond them windows are made of hours. */
const MINUTES_READ_MAX = 26 * 60
/** Rows of one metric and resolution: some hundred milliseconds. A daemon of many series starts with a shorter past, and says so. */
const ROWS_MAX = 500_000
const MINUTES_PER_HOUR = 60

/** @param rowsMax for tests */
export function readWindows(
  database: Database,
  { plan, now }: Queries['alertWindows']['parameters'],
  rowsMax = ROWS_MAX,
): Queries['alertWindows']['result'] {
  const shortened: Shortened[] = []
  const windows = new Windows(new Map(plan as readonly (readonly [string, SourceDefinition])[]))
  for (const name of windows.metrics) {
    const metric = findMetric(name)
    if (metric === undefined) continue
    const series = readSeries(database, windows, metric)
    const scan = new RollupScan(database)
    // A moment has no window; what is not folded yet is younger than an hour.
    const span = Math.max(windows.spanMinutes(name), MINUTES_PER_HOUR)
    const rowsEach = Math.max(1, Math.floor(rowsMax / Math.max(1, series)))
    const minutes = Math.min(span, MINUTES_READ_MAX, rowsEach)
    const hourMinutes = Math.min(span, rowsEach * MINUTES_PER_HOUR)
    const stretches = stretchesOf(minutes, hourMinutes, now)
    if (minutes < Math.min(span, MINUTES_READ_MAX) || hourMinutes < span) {
      const [minutesSince = now, hoursSince = now] = stretches.map(([, { from }]) => from)
      shortened.push({ metric: name, minutesSince, hoursSince })
    }
    for (const [unit, stretch] of stretches) {
      const unitMs = stretch.resolution.bucketMs
      scan.visit(
        metric,
        (labels) => windows.reads(name, labels),
        [stretch],
        (labels, bucket, value) => {
          windows.load(measurementOf(metric, labels, bucket, value), unit, Math.floor(bucket / unitMs))
        },
      )
    }
  }
  return { ...windows.snapshot(), ...(shortened.length === 0 ? {} : { shortened }) }
}

/** Which series there are, and since when nothing was added to them. @returns how many are read */
function readSeries(database: Database, windows: Windows, metric: MetricDefinition): number {
  const rows = database.prepare('SELECT labels, value, last_seen FROM series WHERE metric = ?')
  let count = 0
  for (const row of rows.all(metric.name)) {
    const labels = labelObject(metric, JSON.parse(String(row['labels'])) as LabelValues)
    if (!windows.reads(metric.name, labels)) continue
    count += 1
    const value = metric.type === 'gauge' ? unpacked(row['value'] ?? null) : undefined
    windows.exists(
      metric.name,
      labels,
      Number(row['last_seen']),
      typeof value === 'number' ? value : undefined,
    )
  }
  return count
}

function stretchesOf(
  minutes: number,
  hourMinutes: number,
  now: number,
): (readonly ['minute' | 'hour', Stretch])[] {
  const to = now + MINUTE_MS
  const minutesFrom = bucketOf(now - minutes * MINUTE_MS, MINUTE_MS)
  const hoursFrom = bucketOf(now - hourMinutes * MINUTE_MS, HOUR_MS)
  return [
    ['minute', { resolution: MINUTES, from: minutesFrom, to }],
    ['hour', { resolution: HOURS, from: hoursFrom, to: bucketOf(to, HOUR_MS) + HOUR_MS }],
  ]
}

function measurementOf(
  metric: MetricDefinition,
  labels: Record<string, string>,
  minute: number,
  value: number | HistogramValue,
): Measurement {
  const { name } = metric
  if (typeof value !== 'number') {
    const { count, sum, classic, zero, offset, exponential } = value
    return { metric: name, labels, minute, type: 'histogram', count, sum, classic, zero, offset, exponential }
  }
  return metric.type === 'gauge'
    ? { metric: name, labels, minute, type: 'gauge', value }
    : { metric: name, labels, minute, type: 'counter', delta: value }
}
