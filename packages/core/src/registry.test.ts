import { describe, expect, test } from 'vitest'
import { CardinalityGuard } from './cardinality-guard.ts'
import { METRICS } from './catalogue.ts'
import type { HistogramMeasurement, Measurement } from './measurement.ts'
import { classicBucket, HistogramSeries, keepExemplar, Registry } from './registry.ts'
import type { CounterSeries, GaugeSeries } from './registry.ts'

function registryOf(exponential = true) {
  const guard = new CardinalityGuard(() => undefined)
  return { guard, registry: new Registry({ guard, exponential }) }
}

const base = { labels: {}, minute: 0 }
const counterOf = (delta: number): Measurement => ({
  ...base,
  type: 'counter',
  metric: 'rag_requests_total',
  delta,
})

const histogramOf = (traceId: string, value: number, timestamp: number): HistogramMeasurement => ({
  ...base,
  type: 'histogram',
  metric: '',
  count: 1,
  sum: 1,
  classic: [1],
  zero: 0,
  offset: 0,
  exponential: [1],
  exemplars: [{ trace_id: traceId, value, timestamp }],
})

describe('classicBucket', () => {
  test('bounds are upper-inclusive, for every histogram of the catalogue', () => {
    for (const { buckets } of Object.values(METRICS)) {
      buckets.forEach((bound, position) => {
        expect(classicBucket(buckets, bound)).toBe(position)
        expect(classicBucket(buckets, bound + Number.EPSILON * Math.max(1, bound))).toBe(position + 1)
      })
      expect(classicBucket(buckets, 0)).toBe(0)
      expect(classicBucket(buckets, Number.MAX_VALUE)).toBe(buckets.length)
    }
  })
})

describe('Registry', () => {
  test('count finds the same series by the same labels, recent or not', () => {
    const { registry } = registryOf()
    for (const status of ['success', 'error', 'success', 'success', 'error', 'timeout']) {
      registry.count(METRICS.requests, 2, 's', 'ask', '', 'gpt-4o', status)
    }
    const { series } = registry.family(METRICS.requests)
    expect(series.map(({ labels }) => labels)).toEqual([
      ['s', 'ask', '', 'gpt-4o', 'success'],
      ['s', 'ask', '', 'gpt-4o', 'error'],
      ['s', 'ask', '', 'gpt-4o', 'timeout'],
    ])
    expect(series.map((counter) => (counter as CounterSeries).value)).toEqual([6, 4, 2])
  })

  test('tells apart series that differ in one label only, at every position', () => {
    const { registry } = registryOf()
    const labels = ['s', 'o', 'i', 'm', 'success']
    for (let position = 0; position < labels.length; position += 1) {
      const other = labels.with(position, position === 4 ? 'error' : 'x')
      const [a = '', b, c, d, e] = other
      registry.count(METRICS.requests, 1, a, b, c, d, e)
    }
    registry.count(METRICS.requests, 1, 's', 'o', 'i', 'm', 'success')
    expect(registry.family(METRICS.requests).series).toHaveLength(6)
  })

  test('observe counts weight, exact sum, classic and exponential bucket', () => {
    const { registry } = registryOf()
    registry.observe(METRICS.requestDuration, 0.1, 3, 's')
    registry.observe(METRICS.requestDuration, 61, 1, 's')
    const series = registry.observe(METRICS.requestDuration, 0, 2, 's')
    expect(series.count).toBe(6)
    expect(series.sum).toBe(3 * 100_000 + 61_000_000)
    expect(series.classic).toEqual([2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(series.exponential?.zeroCount).toBe(2)
    expect(series.exponential?.quantile(1)).toBeCloseTo(61, 0)
  })

  test('exponential: false keeps the classic buckets alone', () => {
    const { registry } = registryOf(false)
    expect(registry.observe(METRICS.requestDuration, 1, 1, 's').exponential).toBeUndefined()
  })

  test('raise keeps the highest value, set the last', () => {
    const { registry } = registryOf()
    for (const value of [2, 3, 1]) registry.raise(METRICS.lastRequest, value, 's')
    for (const value of [2, 3, 1]) registry.set(METRICS.inFlight, value, 's')
    expect((registry.family(METRICS.lastRequest).series[0] as GaugeSeries).value).toBe(3)
    expect((registry.family(METRICS.inFlight).series[0] as GaugeSeries).value).toBe(1)
  })

  test('merge of gauges: what follows from requests only rises, what the application sets is replaced', () => {
    const { registry } = registryOf()
    for (const value of [2, 3, 1]) {
      const gauge: Measurement = { ...base, type: 'gauge', metric: '', value }
      registry.merge(METRICS.lastRequest, ['s'], gauge)
      registry.merge(METRICS.inFlight, ['s'], gauge)
    }
    expect((registry.family(METRICS.lastRequest).series[0] as GaugeSeries).value).toBe(3)
    expect((registry.family(METRICS.inFlight).series[0] as GaugeSeries).value).toBe(1)
  })

  test('merge saturates: a hostile sum cannot make later ones inexact', () => {
    const { registry } = registryOf()
    for (const delta of [Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER]) {
      registry.merge(METRICS.requests, ['s', '', '', '', ''], counterOf(delta))
    }
    expect((registry.family(METRICS.requests).series[0] as CounterSeries).value).toBe(Number.MAX_SAFE_INTEGER)

    const hostile = { ...histogramOf('t', 0.1, 1), sum: Number.MAX_SAFE_INTEGER }
    for (let i = 0; i < 3; i += 1) registry.merge(METRICS.requestDuration, ['s', '', '', ''], hostile)
    const histogram = registry.family(METRICS.requestDuration).series[0] as HistogramSeries
    expect(histogram.sum).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('merge keeps the exemplars of a histogram in their buckets, the latest of each', () => {
    const { registry } = registryOf(false)
    const labels = ['s', '', '', 'success']
    registry.merge(METRICS.requestDuration, labels, histogramOf('new', 0.04, 20))
    registry.merge(METRICS.requestDuration, labels, histogramOf('old', 0.05, 10))
    registry.merge(METRICS.requestDuration, labels, histogramOf('slow', 90, 10))
    const series = registry.family(METRICS.requestDuration).series[0] as HistogramSeries
    expect(series.exemplars?.map((exemplar) => exemplar?.trace_id)).toEqual([
      'new',
      ...new Array<undefined>(12).fill(undefined),
      'slow',
    ])
    expect(series.classic[0]).toBe(3)
  })

  test('merge of a measurement whose type is not that of the metric changes nothing', () => {
    const { registry } = registryOf()
    registry.merge(METRICS.requestDuration, ['s', '', '', ''], counterOf(5))
    expect((registry.family(METRICS.requestDuration).series[0] as HistogramSeries).count).toBe(0)
  })

  test('remove forgets the series and frees its place; it starts again from nothing', () => {
    const { registry, guard } = registryOf()
    registry.count(METRICS.feedback, 5, 's', 'positive')
    registry.count(METRICS.feedback, 7, 's', 'negative')
    registry.remove(METRICS.feedback, ['s', 'negative'])
    registry.remove(METRICS.feedback, ['s', 'unknown'])
    expect(guard.series).toBe(1)
    registry.count(METRICS.feedback, 1, 's', 'negative')
    const { series } = registry.family(METRICS.feedback)
    expect(series.map((counter) => (counter as CounterSeries).value)).toEqual([5, 1])
  })

  test('families come in the order of the catalogue, without empty ones', () => {
    const { registry } = registryOf()
    registry.count(METRICS.labelOverflow, 1, 's', 'm', 'l')
    registry.family(METRICS.traces)
    registry.count(METRICS.requests, 1, 's')
    expect(Array.from(registry.families(), ({ metric }) => metric)).toEqual([
      METRICS.requests,
      METRICS.labelOverflow,
    ])
  })

  test('folded labels are counted under the overflow value, every time', () => {
    let folds = 0
    const registry = new Registry({ guard: new CardinalityGuard(() => (folds += 1)) })
    for (let i = 0; i < 100; i += 1) registry.count(METRICS.requests, 1, 's', `operation-${i}`)
    const { series } = registry.family(METRICS.requests)
    expect(series).toHaveLength(51)
    expect(folds).toBe(50)
    expect((series.at(-1) as CounterSeries).value).toBe(50)
    expect(series.at(-1)?.labels[1]).toBe('__other__')
  })
})

test('keepExemplar keeps the latest of each bucket', () => {
  const series = new HistogramSeries(['s'], METRICS.requestDuration.buckets.length, false)
  for (const [traceId, value, timestamp] of [
    ['a', 0.2, 5],
    ['b', 0.25, 6],
    ['c', 0.2, 4],
    ['d', 0.3, 1],
  ] as const) {
    keepExemplar(series, METRICS.requestDuration, { trace_id: traceId, value, timestamp })
  }
  expect(
    series.exemplars?.filter((exemplar) => exemplar !== undefined).map(({ trace_id }) => trace_id),
  ).toEqual(['b', 'd'])
})
