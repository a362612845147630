import { describe, expect, test } from 'vitest'
import { findMetric, METRIC_LIST, METRICS } from './catalogue.ts'
import * as enums from './enums.ts'
import { HISTOGRAM_RELATIVE_ERROR } from './exponential-histogram.ts'
import { LIMITS } from './limits.ts'
import { SERVICE_LABEL } from './metric.ts'

const BASE_UNITS = ['', 'seconds', 'usd', 'tokens', 'documents', 'ranks', 'ratio', 'bytes']

/** Enums that are no label: they are fields of a trace, or describe where a number comes from. */
const NOT_LABELS = ['KEPT_REASONS', 'COST_SOURCES']

describe('the catalogue', () => {
  test('names are unique, in one form, and found', () => {
    const names = METRIC_LIST.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const metric of METRIC_LIST) {
      expect(metric.name).toMatch(/^rag(_[a-z]+)+$/)
      expect(findMetric(metric.name)).toBe(metric)
    }
    expect(findMetric('rag_nothing')).toBeUndefined()
    expect(findMetric('constructor')).toBeUndefined()
  })

  test('index is the position, by which a registry finds a family', () => {
    expect(METRIC_LIST.map(({ index }) => index)).toEqual(METRIC_LIST.map((_, position) => position))
  })

  // OpenMetrics names a family without `_total`, and its samples with suffixes.
  test('no sample of one family has the name of another', () => {
    const samples = METRIC_LIST.flatMap(({ name, type }) =>
      type === 'histogram'
        ? ['', '_bucket', '_sum', '_count', '_created'].map((suffix) => name + suffix)
        : [name],
    )
    expect(new Set(samples).size).toBe(samples.length)
    const families = METRIC_LIST.map(({ name }) => name.replace(/_total$/, ''))
    expect(new Set(families).size).toBe(families.length)
  })

  test.each(METRIC_LIST.map((metric) => [metric.name, metric] as const))(
    '%s is well defined',
    (name, metric) => {
      expect(name.endsWith('_total')).toBe(metric.type === 'counter')
      expect(name).not.toMatch(/_(count|sum|bucket|info_total)$/)
      expect(BASE_UNITS).toContain(metric.unit)
      expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|hours|kb|mb|kilobytes|percent)(_|$)/)
      const inName = ['seconds', 'usd'].includes(metric.unit) ? metric.unit : ''
      expect(name.replace(/_total$/, '').endsWith(inName)).toBe(true)
      expect(name.includes('_timestamp_') && metric.type !== 'gauge').toBe(false)
      expect(metric.help).toMatch(/^[A-Z0-9].*\.$/)
      expect(Number.isSafeInteger(metric.perUnit) && metric.perUnit >= 1).toBe(true)
    },
  )

  test.each(METRIC_LIST.map((metric) => [metric.name, metric] as const))(
    '%s has labels a registry can hold',
    (_, metric) => {
      const labels = metric.labels.map(({ name }) => name)
      // Registry.count and LabelTree.find take five.
      expect(labels.length).toBeLessThanOrEqual(5)
      expect(new Set(labels).size).toBe(labels.length)
      expect(metric.labels[0]).toBe(SERVICE_LABEL)
      for (const label of metric.labels) {
        expect(label.name).toMatch(/^[a-z][a-z_]*$/)
        expect(['le', 'quantile', 'job', 'instance', 'org', 'user', 'tenant']).not.toContain(label.name)
        const values = 'values' in label ? label.values : ['a', 'b']
        expect(values.length).toBeGreaterThan(1)
        expect(new Set(values).size).toBe(values.length)
        for (const value of values) expect(value).toMatch(/^[a-z][a-z_]*$/)
        expect('max' in label ? label.max : 1).toBeGreaterThan(0)
      }
    },
  )

  test.each(
    METRIC_LIST.filter(({ type }) => type === 'histogram').map((metric) => [metric.name, metric] as const),
  )('%s has ascending buckets that its exact sums can tell apart', (_, { buckets, perUnit, unit }) => {
    expect(buckets.length).toBeGreaterThan(0)
    buckets.forEach((bound, position) => {
      expect(bound).toBeGreaterThan(buckets[position - 1] ?? -1)
      expect(Number.isSafeInteger(Math.round(bound * perUnit))).toBe(true)
      expect(Math.abs(Math.round(bound * perUnit) / perUnit - bound)).toBeLessThan(1e-12)
    })
    const highest = buckets.at(-1) ?? 0
    // The highest threshold that alerts use must lie within the buckets.
    const needed = { seconds: 5, ratio: 1, usd: 1, documents: 50, ranks: 20 }[unit]
    expect(highest).toBeGreaterThanOrEqual(needed ?? Infinity)
  })

  test('latencies of requests and language models reach beyond the thresholds of their alerts', () => {
    expect(METRICS.requestDuration.buckets.at(-1)).toBeGreaterThanOrEqual(60)
    expect(METRICS.stageDuration.buckets.at(-1)).toBeGreaterThanOrEqual(60)
    expect(METRICS.llmDuration.buckets.at(-1)).toBeGreaterThanOrEqual(60)
  })

  test('gauges are in their unit, only histograms have buckets', () => {
    const gauges = METRIC_LIST.filter(({ type }) => type === 'gauge')
    expect(new Set(gauges.map(({ perUnit }) => perUnit))).toEqual(new Set([1]))
    expect(METRIC_LIST.filter(({ type, buckets }) => type !== 'histogram' && buckets.length > 0)).toEqual([])
  })

  test('every enum is the label of a metric, as a whole', () => {
    const labels = METRIC_LIST.flatMap((metric) =>
      metric.labels.map((label) => ('values' in label ? label.values : [])),
    )
    const unused = Object.entries(enums).filter(([, values]) => !labels.includes(values))
    expect(unused.map(([name]) => name)).toEqual(NOT_LABELS)
  })

  test('the series limits leave room for one service with every metric', () => {
    expect(METRIC_LIST.length * 100).toBeLessThan(LIMITS.seriesMax)
  })

  test('the stated error of quantiles is about 1.1 %', () => {
    expect(HISTOGRAM_RELATIVE_ERROR).toBeCloseTo(0.011, 3)
  })
})
