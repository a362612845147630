import { findMetric, MINUTE_MS } from '@ragmeter/core'
import type { Measurement } from '@ragmeter/core'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { Condition, Signal } from '@ragmeter/ops'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classicQuantile } from './classic-quantile.ts'
import { Evaluation } from './evaluate.ts'
import { planSources, signalsOf } from './sources.ts'
import { Windows } from './windows.ts'

/** A full hour, so that minutes can be counted from it. */
const START = Date.UTC(2026, 0, 5, 12)
const LATENCY = 'rag_request_duration_seconds'
const BOUNDS = findMetric(LATENCY)?.buckets ?? []

function counter(minute: number, delta: number, labels: Record<string, string> = {}): Measurement {
  return {
    type: 'counter',
    metric: 'rag_requests_total',
    labels: { service: 'docs', status: 'success', ...labels },
    minute: START + minute * MINUTE_MS,
    delta,
  }
}

function gauge(metric: string, minute: number, value: number, labels: Record<string, string>): Measurement {
  return { type: 'gauge', metric, labels, minute: START + minute * MINUTE_MS, value }
}

function histogram(minute: number, classic: readonly number[], sum = 0): Measurement {
  const count = classic.reduce((left, right) => left + right, 0)
  const base = { labels: { service: 'docs', status: 'success' }, minute: START + minute * MINUTE_MS }
  return {
    type: 'histogram',
    metric: LATENCY,
    ...base,
    count,
    sum,
    classic,
    zero: 0,
    offset: 0,
    exponential: [],
  }
}

function windowsFor(condition: Condition): Windows {
  return new Windows(planSources(signalsOf(condition)))
}

function above(signal: Signal, threshold: number): Condition {
  return { kind: 'compare', signal, comparison: '>', threshold }
}

function valuesOf(
  signal: Signal,
  measurements: readonly Measurement[],
  minute: number,
): Record<string, number> {
  const windows = windowsFor(above(signal, 0))
  for (const one of measurements) windows.add(one, 'a', one.minute)
  const at = START + minute * MINUTE_MS
  const samples = new Evaluation(windows, DEFAULT_CONFIGURATION.thresholds, at).signal(signal)
  return Object.fromEntries(samples.map(({ labels, value }) => [Object.values(labels).join('/'), value]))
}

const REQUESTS = { metric: 'rag_requests_total', windowMinutes: 5 }

describe('a counted signal', () => {
  const increase: Signal = { kind: 'increase', of: REQUESTS, by: ['service'] }

  test('adds up the whole minutes of its window, the one that is running not among them', () => {
    const measurements = [0, 1, 2, 3, 4, 5, 6].map((minute) => counter(minute, 10 ** minute))
    expect(valuesOf(increase, measurements, 6)).toEqual({ docs: 111_110 })
    expect(valuesOf(increase, measurements, 5)).toEqual({ docs: 11_111 })
  })

  test('is zero, not unknown, while its series exists and nothing is added', () => {
    expect(valuesOf(increase, [counter(0, 5)], 30)).toEqual({ docs: 0 })
    expect(valuesOf(increase, [], 30)).toEqual({})
  })

  test('counts only what its conditions name', () => {
    const where = { status: { notIn: ['rejected'] }, intent: { startsWith: 'ask' } }
    const signal: Signal = { kind: 'increase', of: { ...REQUESTS, where }, by: ['service'] }
    const measurements = [
      counter(0, 1, { intent: 'ask.now' }),
      counter(0, 10, { intent: 'ask.now', status: 'rejected' }),
      counter(0, 100),
    ]
    expect(valuesOf(signal, measurements, 1)).toEqual({ docs: 1 })
  })

  test('looks at another day when it is moved back by one', () => {
    const of = { metric: 'rag_requests_total', windowMinutes: 60, offsetMinutes: 1440 }
    const measurements = [counter(0, 3), counter(61, 5), counter(1441, 7)]
    const moved: Signal = { kind: 'increase', of, by: ['service'] }
    expect(valuesOf(moved, measurements, 1500)).toEqual({ docs: 3 })
    expect(valuesOf(moved, measurements, 1502)).toEqual({ docs: 5 })
  })

  test('sums a window of 30 days exactly at full hours', () => {
    const of = { metric: 'rag_requests_total', windowMinutes: 30 * 1440 }
    const hours = Array.from({ length: 40 * 24 }, (_, hour) => counter(hour * 60, 1))
    expect(valuesOf({ kind: 'increase', of, by: ['service'] }, hours, 40 * 1440)).toEqual({ docs: 720 })
  })

  test('takes late measurements into their own minute', () => {
    expect(valuesOf(increase, [counter(9, 1), counter(2, 10), counter(6, 100)], 10)).toEqual({ docs: 101 })
  })
})

describe('a ratio', () => {
  const failing: Signal = {
    kind: 'ratio',
    numerator: { ...REQUESTS, where: { status: { in: ['error'] } } },
    denominator: REQUESTS,
    by: ['service'],
  }

  test('has a numerator of zero where nothing failed yet, and no value without traffic', () => {
    expect(valuesOf(failing, [counter(0, 4)], 1)).toEqual({ docs: 0 })
    expect(valuesOf(failing, [counter(0, 4), counter(0, 1, { status: 'error' })], 1)).toEqual({ docs: 0.2 })
    expect(valuesOf(failing, [counter(0, 4)], 20)).toEqual({})
  })

  test('of windows of different length compares rates', () => {
    const signal: Signal = {
      kind: 'ratio',
      numerator: { metric: 'rag_requests_total', windowMinutes: 1 },
      denominator: { metric: 'rag_requests_total', windowMinutes: 4 },
      by: ['service'],
    }
    expect(valuesOf(signal, [0, 1, 2].map((minute) => counter(minute, 1)).concat(counter(3, 5)), 4)).toEqual({
      docs: 2.5,
    })
  })
})

describe('a histogram', () => {
  test('has the mean of what was observed, in the unit of the metric', () => {
    const mean: Signal = { kind: 'mean', metric: LATENCY, windowMinutes: 5, by: ['service'] }
    expect(valuesOf(mean, [histogram(0, [2, 2], 2_000_000)], 1)).toEqual({ docs: 0.5 })
    expect(valuesOf(mean, [histogram(0, [2, 2], 2_000_000)], 9)).toEqual({})
  })

  test('counts what is at or below a bound', () => {
    const of = { metric: LATENCY, part: { atMost: 0.25 }, windowMinutes: 5 }
    const counts = [1, 2, 4, 8, 16]
    expect(valuesOf({ kind: 'increase', of, by: ['service'] }, [histogram(0, counts)], 1)).toEqual({
      docs: 7,
    })
  })

  test('classicQuantile is within the bucket of the nearest rank, whatever was observed', () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (observed, q) => {
        const bucketOf = (value: number) => {
          const position = BOUNDS.findIndex((bound) => value <= bound)
          return position === -1 ? BOUNDS.length : position
        }
        const counts = Array.from({ length: BOUNDS.length + 1 }, () => 0)
        for (const value of observed) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1
        const sorted = observed.toSorted((left, right) => left - right)
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0
        const found = classicQuantile(q, counts, BOUNDS) ?? Number.NaN
        const position = bucketOf(exact)
        expect(found).toBeGreaterThanOrEqual(position === 0 ? 0 : (BOUNDS[position - 1] ?? 0))
        expect(found).toBeLessThanOrEqual(BOUNDS[position] ?? BOUNDS.at(-1) ?? 0)
      }),
    )
  })

  test('classicQuantile interpolates within the bucket, and stops at the highest bound', () => {
    expect(classicQuantile(0.5, [10, 20, 30, 0], [1, 2, 4])).toBe(2)
    expect(classicQuantile(0.75, [10, 20, 30, 0], [1, 2, 4])).toBe(3)
    expect(classicQuantile(0.1, [10, 20, 30, 0], [1, 2, 4])).toBeCloseTo(0.6)
    expect(classicQuantile(1, [3, 0], [0.1])).toBe(0.1)
    expect(classicQuantile(0.95, [0, 0, 0, 5], [1, 2, 4])).toBe(4)
    expect(classicQuantile(0.95, [0, 0, 0, 0], [1, 2, 4])).toBeUndefined()
  })
})

function inFlight(over: 'max' | 'min'): Signal {
  return {
    kind: 'gauge',
    metric: 'rag_requests_in_flight',
    over,
    windowMinutes: 5,
    aggregate: 'sum',
    by: ['service'],
  }
}

/** Lowest and highest of the last five minutes. */
function inFlightAfter(
  minutes: number,
  ...stated: readonly [instance: string, minute: number, value: number][]
): (number | undefined)[] {
  return (['min', 'max'] as const).map((over) => {
    const windows = windowsFor(above(inFlight(over), 0))
    for (const [instance, minute, value] of stated) {
      windows.add(gauge('rag_requests_in_flight', minute, value, { service: 'docs' }), instance, START)
    }
    const at = START + minutes * MINUTE_MS
    return new Evaluation(windows, DEFAULT_CONFIGURATION.thresholds, at).signal(inFlight(over))[0]?.value
  })
}

describe('a gauge', () => {
  const probe = { service: 'docs', dependency: 'qdrant', kind: 'vector_store' }
  const up: Signal = {
    kind: 'gauge',
    metric: 'rag_dependency_up',
    over: 'max',
    windowMinutes: 2,
    aggregate: 'max',
    by: ['service', 'dependency'],
  }

  test('is the highest of its window, and unknown when nobody has stated it for five minutes', () => {
    const measurements = [1, 0, 0, 0].map((value, minute) => gauge('rag_dependency_up', minute, value, probe))
    expect(valuesOf(up, measurements, 2)).toEqual({ 'qdrant/docs': 1 })
    expect(valuesOf(up, measurements, 3)).toEqual({ 'qdrant/docs': 0 })
    expect(valuesOf(up, measurements, 10)).toEqual({ 'qdrant/docs': 0 })
    expect(valuesOf(up, measurements, 11)).toEqual({})
  })

  test('has been what it was within a minute, whatever it was at the end of it', () => {
    const measurements = [gauge('rag_dependency_up', 0, 1, probe), gauge('rag_dependency_up', 0, 0, probe)]
    expect(valuesOf(up, measurements, 2)).toEqual({ 'qdrant/docs': 1 })
    expect(valuesOf({ ...up, over: 'min' }, measurements, 2)).toEqual({ 'qdrant/docs': 0 })
  })

  describe('of a sum', () => {
    test('adds the instances up, each by its latest value', () => {
      expect(inFlightAfter(1, ['a', 0, 3], ['b', 0, 4], ['a', 0, 5])).toEqual([3, 9])
    })

    test('counts what an instance stated some minutes ago, not long ago', () => {
      expect(inFlightAfter(6, ['a', 0, 100], ['b', 0, 1], ['b', 4, 2])).toEqual([101, 102])
      expect(inFlightAfter(7, ['a', 0, 100], ['b', 0, 1], ['b', 4, 2])).toEqual([2, 102])
      expect(inFlightAfter(11, ['a', 0, 100], ['b', 0, 1], ['b', 6, 2])).toEqual([2, 2])
    })

    test('counts an instance once, also when what it stated comes late', () => {
      expect(inFlightAfter(5, ['a', 3, 10], ['b', 4, 7], ['a', 4, 12], ['b', 3, 5])).toEqual([10, 19])
    })
  })

  test('an age grows from the latest moment that was stated', () => {
    const metric = 'rag_last_request_timestamp_seconds'
    const moments = [60, 30].map((seconds) => gauge(metric, 0, START / 1000 + seconds, { service: 'docs' }))
    expect(valuesOf({ kind: 'age', metric, by: ['service'] }, moments, 10)).toEqual({ docs: 540 })
  })
})

function holds(condition: Condition, measurements: readonly Measurement[]): unknown {
  const windows = windowsFor(condition)
  for (const one of measurements) windows.add(one, 'a', one.minute)
  return new Evaluation(windows, DEFAULT_CONFIGURATION.thresholds, START + MINUTE_MS)
    .condition(condition)
    .map(({ labels, value }) => [labels['service'], labels['intent'], value])
}

describe('a condition', () => {
  const busy: Condition = {
    kind: 'compare',
    signal: { kind: 'increase', of: REQUESTS, by: ['service'] },
    comparison: '>=',
    threshold: 'trafficMin',
  }
  const perIntent: Signal = { kind: 'increase', of: REQUESTS, by: ['service', 'intent'] }

  test('holds for the label sets whose guard holds on the labels they share', () => {
    const guarded: Condition = { kind: 'all', of: [above(perIntent, 1), busy] }
    const measurements = [
      counter(0, 19, { intent: 'ask' }),
      counter(0, 1, { intent: 'find' }),
      counter(0, 19, { service: 'chat', intent: 'ask' }),
    ]
    expect(holds(guarded, measurements)).toEqual([['docs', 'ask', 19]])
  })

  test('of which one suffices has the value of the first that holds', () => {
    const either: Condition = {
      kind: 'any',
      of: [above(perIntent, 100), above({ ...perIntent, kind: 'rate' }, 0.1)],
    }
    const measurements = [counter(0, 90, { intent: 'ask' }), counter(0, 600, { intent: 'find' })]
    expect(holds(either, measurements)).toEqual([
      ['docs', 'find', 600],
      ['docs', 'ask', 0.3],
    ])
  })
})

test('a snapshot that is restored evaluates like what it was taken of', () => {
  const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 50,
  })
  const signals: readonly Signal[] = [
    { kind: 'increase', of: { metric: 'rag_requests_total', windowMinutes: 360 }, by: ['service'] },
    { kind: 'rate', of: REQUESTS, by: ['status'] },
  ]
  fc.assert(
    fc.property(minutes, (added) => {
      const plan = planSources(signals)
      const windows = new Windows(plan)
      for (const [minute, delta] of added) windows.add(counter(minute, delta), '', START)
      const restored = new Windows(plan)
      restored.restore(JSON.parse(JSON.stringify(windows.snapshot())))
      const at = START + 401 * MINUTE_MS
      for (const signal of signals) {
        const samples = (from: Windows) =>
          new Evaluation(from, DEFAULT_CONFIGURATION.thresholds, at).signal(signal)
        expect(samples(restored)).toEqual(samples(windows))
      }
    }),
  )
})
