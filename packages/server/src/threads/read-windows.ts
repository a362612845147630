/** What alerts need of the past, read from the rollups when the daemon starts. Afterwards they are fed by every commit. */
import { findMetric, HOUR_MS, labelObject, MINUTE_MS } from '@ragmeter/core'
import type { LabelValues, Measurement, MetricDefinition } from '@ragmeter/core'
import { Windows } from '../alerts/windows.ts'
import type { WindowsSnapshot } from '../alerts/windows.ts'
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

export function readWindows(
  database: Database,
  { plan, now }: Queries['alertWindows']['parameters'],
): WindowsSnapshot {
  const windows = new Windows(new Map(plan as readonly (readonly [string, SourceDefinition])[]))
  for (const name of windows.metrics) {
    const metric = findMetric(name)
    if (metric === undefined) continue
    readSeries(database, windows, metric)
    const scan = new RollupScan(database)
    for (const [unit, stretch] of stretchesOf(windows.spanMinutes(name), now)) {
      const unitMs = stretch.resolution.bucketMs
      scan.visit(metric, {}, [stretch], (labels, bucket, value) => {
        windows.load(measurementOf(metric, labels, bucket, value), unit, Math.floor(bucket / unitMs))
      })
    }
  }
  return windows.snapshot()
}

/** Which series there are, and since when nothing was added to them. */
function readSeries(database: Database, windows: Windows, metric: MetricDefinition): void {
  const rows = database.prepare('SELECT labels, value, last_seen FROM series WHERE metric = ?')
  for (const row of rows.all(metric.name)) {
    const labels = labelObject(metric, JSON.parse(String(row['labels'])) as LabelValues)
    const value = metric.type === 'gauge' ? unpacked(row['value'] ?? null) : undefined
    windows.exists(
      metric.name,
      labels,
      Number(row['last_seen']),
      typeof value === 'number' ? value : undefined,
    )
  }
}

function stretchesOf(spanMinutes: number, now: number): (readonly ['minute' | 'hour', Stretch])[] {
  if (spanMinutes === 0) return []
  const to = now + MINUTE_MS
  const minutesFrom = bucketOf(now - Math.min(spanMinutes, MINUTES_READ_MAX) * MINUTE_MS, MINUTE_MS)
  const hoursFrom = bucketOf(now - spanMinutes * MINUTE_MS, HOUR_MS)
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
  const base = { metric: metric.name, labels, minute }
  if (typeof value !== 'number') return { ...base, type: 'histogram', ...value }
  return metric.type === 'gauge'
    ? { ...base, type: 'gauge', value }
    : { ...base, type: 'counter', delta: value }
}
