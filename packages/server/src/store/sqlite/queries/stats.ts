/** The figures of a period, exact over all requests: from rollups, not from stored traces. */
import { ExponentialHistogram, METRICS, usdOf } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import type { Database } from '../../../lib/sqlite.ts'
import type { HistogramValue } from '../../../rollup/pack-histogram.ts'
import { stretchesOf } from '../../../rollup/resolution.ts'
import type { Stretch } from '../../../rollup/resolution.ts'
import type { Queries, StatsResult } from '../../store.ts'
import { having, RollupScan } from './rollup-scan.ts'

interface HistogramSum {
  count: number
  sum: number
  quantile: (q: number) => number | null
}

export function queryStats(
  database: Database,
  parameters: Queries['stats']['parameters'],
  now: number,
): StatsResult {
  const stretches = stretchesOf(parameters.from, parameters.to, now)
  // Traces are counted as they were stored, over the time that retention has left: counting rows would take longer
  // with every trace.
  const keptStretches = stretchesOf(Math.max(parameters.from, oldestTrace(database)), parameters.to, now)
  const filters = parameters.service === undefined ? {} : { service: parameters.service }
  const scan = new RollupScan(database)
  const counts = (metric: MetricDefinition, label: string) => countBy(scan, metric, label, filters, stretches)
  const histogram = (metric: MetricDefinition, more: Record<string, string> = {}) =>
    sumHistograms(scan, metric, { ...filters, ...more }, stretches)

  const statuses = counts(METRICS.requests, 'status')
  const latency = histogram(METRICS.requestDuration)
  const outcomes = counts(METRICS.retrievals, 'outcome')
  const documents = histogram(METRICS.retrievalDocuments)
  const topScore = histogram(METRICS.retrievalTopScore)
  const retrieval = histogram(METRICS.stageDuration, { stage: 'retrieval' })
  const generation = histogram(METRICS.llmDuration)
  const tokens = counts(METRICS.llmTokens, 'token_type')
  const errors = of(statuses, 'error') + of(statuses, 'timeout')
  const valid = of(statuses, 'success') + errors
  const answered = of(outcomes, 'found') + of(outcomes, 'empty')
  const nanoUsd = (metric: MetricDefinition) => knownSum(scan, metric, filters, stretches)
  const llmCost = nanoUsd(METRICS.llmCost)
  const docstoreCost = nanoUsd(METRICS.docstoreCost)
  return {
    from: stretches[0]?.from ?? parameters.from,
    to: stretches.at(-1)?.to ?? parameters.to,
    measured_since: scan.beginning(METRICS.requests, parameters.service) ?? null,
    requests: total(statuses),
    errors,
    statuses,
    success_rate: valid === 0 ? null : of(statuses, 'success') / valid,
    latency: {
      p50: latency.quantile(0.5),
      p95: latency.quantile(0.95),
      p99: latency.quantile(0.99),
      average: average(latency),
    },
    retrieval: {
      retrievals: total(outcomes),
      failed: of(outcomes, 'error'),
      empty: of(outcomes, 'empty'),
      empty_rate: answered === 0 ? null : of(outcomes, 'empty') / answered,
      p95_seconds: retrieval.quantile(0.95),
      average_documents: average(documents),
      average_top_score: average(topScore),
    },
    generation: {
      calls: total(counts(METRICS.llmRequests, 'status')),
      p95_seconds: generation.quantile(0.95),
    },
    tokens: { input: tokens['input'] ?? null, output: tokens['output'] ?? null },
    cost: {
      usd: usdOf(llmCost === null ? docstoreCost : llmCost + (docstoreCost ?? 0)),
      llm_usd: usdOf(llmCost),
      docstore_usd: usdOf(docstoreCost),
      unpriced_calls: total(counts(METRICS.llmUnpriced, 'provider')),
    },
    errors_by_type: counts(METRICS.errors, 'error_type'),
    traces_stored: total(countBy(scan, METRICS.tracesStored, 'service', filters, keptStretches)),
    requests_total: scan.lifetime(METRICS.requests, parameters.service),
  }
}

function countBy(
  scan: RollupScan,
  metric: MetricDefinition,
  label: string,
  filters: Record<string, string>,
  stretches: readonly Stretch[],
): Record<string, number> {
  // Summed as integers; the unit is applied once, so that a sum of prices is exact.
  const counts: Record<string, number> = {}
  scan.visit(metric, having(filters), stretches, (labels, _, value) => {
    const key = labels[label] ?? ''
    counts[key] = (counts[key] ?? 0) + (value as number)
  })
  for (const key of Object.keys(counts)) counts[key] = (counts[key] as number) / metric.perUnit
  return counts
}

/** In the integers that are stored; null where nothing was counted: no price known is not a price of 0. */
function knownSum(
  scan: RollupScan,
  metric: MetricDefinition,
  filters: Record<string, string>,
  stretches: readonly Stretch[],
): number | null {
  let sum: number | null = null
  scan.visit(metric, having(filters), stretches, (_, __, value) => {
    sum = (sum ?? 0) + (value as number)
  })
  return sum
}

function sumHistograms(
  scan: RollupScan,
  metric: MetricDefinition,
  filters: Record<string, string>,
  stretches: readonly Stretch[],
): HistogramSum {
  const exponential = new ExponentialHistogram()
  let count = 0
  let sum = 0
  scan.visit(metric, having(filters), stretches, (_, __, value) => {
    const histogram = value as HistogramValue
    count += histogram.count
    sum += histogram.sum
    exponential.zeroCount += histogram.zero
    exponential.addBuckets(histogram.offset, histogram.exponential)
  })
  return { count, sum: sum / metric.perUnit, quantile: (q) => exponential.quantile(q) ?? null }
}

function oldestTrace(database: Database): number {
  const oldest = database.prepare('SELECT min(timestamp) AS at FROM traces').get()?.['at'] ?? null
  return oldest === null ? Infinity : Number(oldest)
}

function of(counts: Record<string, number>, key: string): number {
  return counts[key] ?? 0
}

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((left, right) => left + right, 0)
}

function average({ count, sum }: HistogramSum): number | null {
  return count === 0 ? null : sum / count
}
