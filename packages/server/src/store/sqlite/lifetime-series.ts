/**
 * Lifetime totals as `/metrics` starts with them: counters, histograms, and gauges that are moments, which stay true.
 * Any other gauge describes a client that has to say it again.
 */
import { findMetric, labelObject } from '@ragmeter/core'
import type { LabelValues, Measurement, MetricDefinition } from '@ragmeter/core'
import type { Database, SqlValue } from '../../lib/sqlite.ts'
import { unpackHistogram } from '../../rollup/pack-histogram.ts'
import type { StoredSeries } from '../store.ts'

export function readLifetimeSeries(database: Database): StoredSeries[] {
  const series: StoredSeries[] = []
  for (const row of database
    // Series that are known from history only have no total.
    .prepare('SELECT metric, labels, value, last_seen FROM series WHERE value IS NOT NULL ORDER BY id')
    .iterate()) {
    const metric = findMetric(String(row['metric']))
    if (metric === undefined) continue
    if (metric.type === 'gauge' && !metric.name.endsWith('_timestamp_seconds')) continue
    const labels = JSON.parse(String(row['labels'])) as LabelValues
    const measurement = measurementOf(metric, labels, row['value'] ?? 0)
    series.push({ metric: metric.name, labels, measurement, lastSeen: Number(row['last_seen']) })
  }
  return series
}

function measurementOf(metric: MetricDefinition, labels: LabelValues, value: SqlValue): Measurement {
  const base = { metric: metric.name, labels: labelObject(metric, labels), minute: 0 }
  if (metric.type === 'gauge') return { ...base, type: 'gauge', value: Number(value) }
  return value instanceof Uint8Array
    ? { ...base, type: 'histogram', ...unpackHistogram(value) }
    : { ...base, type: 'counter', delta: Number(value) }
}
