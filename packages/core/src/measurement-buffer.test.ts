import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventOf, NOW, wireTrace } from '../test/arbitrary-trace.ts'
import { CardinalityGuard } from './cardinality-guard.ts'
import { findMetric, METRICS } from './catalogue.ts'
import type { TraceEvent } from './event.ts'
import { GENERATION_SUMS, REQUEST_SUMS } from './ledger.ts'
import type { LedgerRow } from './ledger.ts'
import { weightOf } from './measure.ts'
import { labelObject, labelValues, MeasurementBuffer } from './measurement-buffer.ts'
import type { Measurement } from './measurement.ts'
import { CounterSeries, GaugeSeries, Registry } from './registry.ts'

const noFold = () => {
  throw new Error('nothing folds here')
}
const newBuffer = () =>
  new MeasurementBuffer({ guard: new CardinalityGuard(noFold), dimensions: ['plan'], onOverflow: noFold })

function merged(measurements: readonly Measurement[]) {
  const registry = new Registry({ guard: new CardinalityGuard(noFold) })
  for (const measurement of measurements) {
    const metric = findMetric(measurement.metric)
    if (metric === undefined) throw new Error(`unknown metric ${measurement.metric}`)
    registry.merge(metric, labelValues(metric, measurement.labels), measurement)
  }
  const lines = Array.from(registry.families()).flatMap(({ metric, series }) =>
    series.map((one) => {
      const value =
        one instanceof CounterSeries || one instanceof GaugeSeries
          ? one.value
          : { count: one.count, sum: one.sum, classic: one.classic, ...bucketsOf(one.exponential) }
      return JSON.stringify([metric.name, one.labels, value])
    }),
  )
  return lines.sort()
}

function bucketsOf(histogram: { zeroCount: number; buckets(): object } | undefined) {
  return { zero: histogram?.zeroCount, ...histogram?.buckets() }
}

function ledgerSums(rows: readonly LedgerRow[]) {
  const sums = new Map<string, number>()
  for (const row of rows) {
    const names: readonly string[] = row.kind === 'requests' ? REQUEST_SUMS : GENERATION_SUMS
    const values = new Map(Object.entries(row))
    const key = JSON.stringify([...values].filter(([name]) => !names.includes(name)))
    for (const name of names)
      sums.set(`${key} ${name}`, (sums.get(`${key} ${name}`) ?? 0) + Number(values.get(name)))
  }
  return Array.from(sums, ([key, sum]) => `${key} ${sum}`).sort()
}

function recordAll(events: readonly TraceEvent[]) {
  const buffer = newBuffer()
  for (const event of events) buffer.record(event, weightOf(event.id, event.kept?.probability ?? 1))
  return buffer.drain()
}

test('measuring, draining and merging do not depend on order or on how requests are spread over buffers', () => {
  const spread = fc.array(fc.tuple(wireTrace, fc.nat(3), fc.nat()), { maxLength: 25 })
  fc.assert(
    fc.property(spread, fc.boolean(), (traces, throughJson) => {
      const events = traces.map(([trace, part, order]) => ({ event: eventOf(trace), part, order }))
      const whole = recordAll(events.map(({ event }) => event))

      const shuffled = events.toSorted((left, right) => left.order - right.order)
      const parts = [3, 1, 0, 2].map((part) =>
        recordAll(shuffled.filter((item) => item.part === part).map(({ event }) => event)),
      )
      let measurements = parts.flatMap((part) => part.measurements)
      if (throughJson) measurements = JSON.parse(JSON.stringify(measurements)) as Measurement[]
      measurements = measurements.toReversed()
      expect(merged(measurements)).toEqual(merged(whole.measurements))
      expect(ledgerSums(parts.flatMap((part) => part.ledger))).toEqual(ledgerSums(whole.ledger))
    }),
    { numRuns: 150 },
  )
})

test('draining in between, and draining again what was drained, changes no sum', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(wireTrace, fc.boolean()), { maxLength: 25 }), (traces) => {
      const buffer = newBuffer()
      const second = newBuffer()
      const drained: Measurement[] = []
      for (const [trace, drain] of traces) {
        const event = eventOf(trace)
        buffer.record(event, weightOf(event.id, event.kept?.probability ?? 1))
        if (drain) drained.push(...buffer.drain().measurements)
      }
      drained.push(...buffer.drain().measurements)
      expect(buffer.drain()).toEqual({ measurements: [], ledger: [] })
      for (const measurement of drained) {
        const metric = findMetric(measurement.metric)
        if (metric === undefined) throw new Error(`unknown metric ${measurement.metric}`)
        second.at(measurement.minute).merge(metric, labelValues(metric, measurement.labels), measurement)
      }
      const whole = recordAll(traces.map(([trace]) => eventOf(trace)))
      expect(merged(second.drain().measurements)).toEqual(merged(whole.measurements))
    }),
    { numRuns: 100 },
  )
})

const event = (fields: Partial<TraceEvent> = {}): TraceEvent => ({
  id: 'a',
  timestamp: NOW,
  total_latency_ms: 100,
  status: 'success',
  service: 's',
  ...fields,
})

describe('MeasurementBuffer', () => {
  test('puts each request into the minute of its start', () => {
    const buffer = newBuffer()
    for (const timestamp of [NOW, NOW + 59_999, NOW + 60_000, NOW - 1, NOW])
      buffer.record(event({ timestamp }))
    const requests = buffer.drain().measurements.filter(({ metric }) => metric === 'rag_requests_total')
    expect(requests.map((one) => [one.minute - NOW, one.type === 'counter' && one.delta])).toEqual([
      [0, 3],
      [60_000, 1],
      [-60_000, 1],
    ])
  })

  test('drain tells the listener every series that it gives out', () => {
    const buffer = newBuffer()
    buffer.record(event({ timestamp: NOW - 60_000, status: 'error' }))
    buffer.record(event())
    buffer.at(NOW).family(METRICS.inFlight)
    const heard: unknown[] = []
    const { measurements } = buffer.drain((metric, labels, measurement) => {
      expect(labelObject(metric, labels)).toEqual(measurement.labels)
      heard.push(measurement)
    })
    expect(heard).toEqual(measurements)
  })

  test('a gauge that was never set is not given out', () => {
    const buffer = newBuffer()
    buffer.at(NOW).series(METRICS.inFlight, ['s'])
    expect(buffer.drain().measurements).toEqual([])
  })

  test('gives out exemplars of kept requests alone, one per bucket', () => {
    const buffer = newBuffer()
    const kept = { reason: 'head', probability: 1 } as const
    buffer.record(event({ trace_id: 'first', kept }))
    buffer.record(event({ trace_id: 'last', kept, timestamp: NOW + 1 }))
    buffer.record(event({ trace_id: 'not kept', timestamp: NOW + 2 }))
    buffer.record(event({ kept, timestamp: NOW + 3 }))
    const [duration] = buffer
      .drain()
      .measurements.filter(({ metric }) => metric === 'rag_request_duration_seconds')
    expect(duration).toMatchObject({
      count: 4,
      exemplars: [{ trace_id: 'last', value: 0.1, timestamp: NOW + 1 }],
    })
  })

  test('gives out sums that are exact integers, however large', () => {
    const buffer = newBuffer()
    const generations = [{ cost_nano_usd: 1e15, input_tokens: 1e9 }]
    for (let i = 0; i < 20; i += 1) buffer.record(event({ generations, total_latency_ms: 6e8 }), 1e6)
    const { measurements, ledger } = buffer.drain()
    const cost = measurements.find(({ metric }) => metric === 'rag_llm_cost_usd_total')
    expect(cost).toMatchObject({ delta: Number.MAX_SAFE_INTEGER })
    const sums = [...measurements, ...ledger].flatMap((item) => {
      const values: unknown[] = Object.values(item)
      return values.filter((value) => typeof value === 'number')
    })
    expect(sums.length).toBeGreaterThan(20)
    expect(sums.filter((sum) => !Number.isInteger(sum) || sum > Number.MAX_SAFE_INTEGER)).toEqual([])
  })
})

test('labelValues and labelObject are inverse, and leave out what is not stated', () => {
  const values = ['s', '', 'intent', '', 'success']
  expect(labelObject(METRICS.requests, values)).toEqual({ service: 's', intent: 'intent', status: 'success' })
  expect(labelValues(METRICS.requests, labelObject(METRICS.requests, values))).toEqual(values)
})
