import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CardinalityGuard } from './cardinality-guard.ts'
import type { CardinalityLimits } from './cardinality-guard.ts'
import { OVERFLOW_VALUE } from './limits.ts'
import { counter } from './metric-kinds.ts'
import { defineMetrics, enumLabel, openLabel } from './metric.ts'
import type { MetricDefinition } from './metric.ts'
import { Registry } from './registry.ts'

const COLOURS = ['red', 'green']
const metrics = defineMetrics({
  plain: counter('request', 'plain_total', [], 'No label but the service.'),
  open: counter('request', 'open_total', [openLabel('model', 3), openLabel('route', 2)], 'Open labels.'),
  mixed: counter('request', 'mixed_total', [enumLabel('colour', COLOURS), openLabel('model', 3)], 'Both.'),
  overflow: counter('telemetry', 'overflow_total', [openLabel('metric', 3), openLabel('label', 3)], 'Folds.'),
})
const { open, mixed, plain } = metrics

function guardOf(limits: CardinalityLimits = {}) {
  const folds: string[] = []
  const guard = new CardinalityGuard(
    (metric, label, service) => folds.push(`${metric.name} ${label} ${service}`),
    limits,
  )
  return { guard, folds }
}

describe('CardinalityGuard.admit', () => {
  test('folds the offending label alone, and reports each observation', () => {
    const { guard, folds } = guardOf()
    for (const model of ['a', 'b', 'c'])
      expect(guard.admit(mixed, ['s', 'red', model])).toEqual(['s', 'red', model])
    expect(guard.admit(mixed, ['s', 'red', 'd'])).toEqual(['s', 'red', OVERFLOW_VALUE])
    expect(guard.admit(mixed, ['s', 'green', 'd'])).toEqual(['s', 'green', OVERFLOW_VALUE])
    expect(guard.admit(mixed, ['s', 'green', 'a'])).toEqual(['s', 'green', 'a'])
    expect(folds).toEqual(['mixed_total model s', 'mixed_total model s'])
  })

  test('folds a value outside a closed enum', () => {
    const { guard, folds } = guardOf()
    expect(guard.admit(mixed, ['s', 'blue', 'a'])).toEqual(['s', OVERFLOW_VALUE, 'a'])
    expect(folds).toEqual(['mixed_total colour s'])
  })

  test('counts values per service', () => {
    const { guard } = guardOf()
    for (const service of ['s', 't']) {
      for (const model of ['a', 'b', 'c']) {
        expect(guard.admit(open, [service, model, ''])).toEqual([service, model, ''])
      }
    }
  })

  test('a label that is not stated, or already folded, takes no place and is not reported', () => {
    const { guard, folds } = guardOf()
    for (const model of ['', OVERFLOW_VALUE, 'a', 'b', 'c']) guard.admit(open, ['s', model, ''])
    expect(guard.admit(open, ['s', 'c', ''])).toEqual(['s', 'c', ''])
    expect(folds).toEqual([])
  })

  test('folds services above the limit, whichever metric they come with', () => {
    const { guard, folds } = guardOf({ servicesMax: 2 })
    guard.admit(plain, ['s'])
    guard.admit(open, ['t', 'a', ''])
    expect(guard.admit(plain, ['u'])).toEqual([OVERFLOW_VALUE])
    expect(guard.admit(mixed, ['u', 'red', 'a'])).toEqual([OVERFLOW_VALUE, 'red', 'a'])
    expect(guard.admit(plain, ['t'])).toEqual(['t'])
    expect(folds).toEqual(['plain_total service __other__', 'mixed_total service __other__'])
  })

  test('a full metric folds its open labels and keeps its closed ones', () => {
    const { guard, folds } = guardOf({ seriesPerMetricAndServiceMax: 1 })
    guard.admit(mixed, ['s', 'red', 'a'])
    expect(guard.admit(mixed, ['s', 'green', 'a'])).toEqual(['s', 'green', OVERFLOW_VALUE])
    expect(guard.admit(mixed, ['s', 'green', ''])).toEqual(['s', 'green', ''])
    expect(guard.admit(mixed, ['s', 'red', 'a'])).toEqual(['s', 'red', 'a'])
    expect(guard.admit(mixed, ['t', 'red', 'a'])).toEqual(['t', 'red', 'a'])
    expect(folds).toEqual(['mixed_total model s'])
  })

  test('makes values well-formed, so that no two series look the same on a page', () => {
    const { guard } = guardOf()
    const first = guard.admit(plain, ['\ud800'])
    expect(first).toEqual(['\ufffd'])
    expect(guard.admit(plain, ['\udc00'])).toBe(first)
    expect(guard.series).toBe(1)
  })

  test('fills in labels that are missing', () => {
    const { guard } = guardOf()
    expect(guard.admit(mixed, ['s'])).toEqual(['s', '', ''])
  })

  // A listener that counts folds in a registry of the same guard is what every user of it does.
  test.each<CardinalityLimits>([
    { seriesMax: 0 },
    { servicesMax: 0 },
    { seriesPerMetricAndServiceMax: 0 },
    { seriesMax: 3, servicesMax: 1 },
  ])('a listener may count in a registry of the full guard %j', (limits) => {
    const guard: CardinalityGuard = new CardinalityGuard((metric, label, service) => {
      registry.count(metrics.overflow, 1, service, metric.name, label)
    }, limits)
    const registry = new Registry({ guard })
    for (let i = 0; i < 10; i += 1) registry.count(open, 1, `s${i}`, `m${i}`, `r${i}`)
    const totals = Array.from(registry.families(), (family) => [
      family.metric.name,
      family.series.reduce((sum, series) => sum + ('value' in series ? (series.value ?? 0) : 0), 0),
    ])
    expect(totals[0]).toEqual(['open_total', 10])
    expect(totals[1]?.[0]).toBe('overflow_total')
  })
})

describe('CardinalityGuard.release', () => {
  test('frees the place of the series, of its label values and of its service', () => {
    const { guard, folds } = guardOf({ servicesMax: 1, seriesMax: 2 })
    for (let round = 0; round < 1000; round += 1) {
      const labels = [`service-${round}`, `model-${round}`, `route-${round}`]
      expect(guard.admit(open, labels)).toEqual(labels)
      guard.release(open, labels)
    }
    expect(guard.series).toBe(0)
    expect(guard.seriesOf(open)).toBe(0)
    expect(folds).toEqual([])
  })

  test('frees a label value while its service lives on', () => {
    const { guard, folds } = guardOf()
    guard.admit(open, ['s', 'always', ''])
    for (let round = 0; round < 100; round += 1) {
      guard.admit(open, ['s', `model-${round}`, ''])
      guard.release(open, ['s', `model-${round}`, ''])
    }
    expect(folds).toEqual([])
  })

  test('keeps a label value that another series still has', () => {
    const { guard } = guardOf()
    for (const model of ['a', 'b', 'c']) guard.admit(mixed, ['s', 'red', model])
    guard.admit(mixed, ['s', 'green', 'a'])
    guard.release(mixed, ['s', 'red', 'a'])
    expect(guard.admit(mixed, ['s', 'red', 'd'])).toEqual(['s', 'red', OVERFLOW_VALUE])
    guard.release(mixed, ['s', 'green', 'a'])
    expect(guard.admit(mixed, ['s', 'red', 'd'])).toEqual(['s', 'red', 'd'])
  })

  test('keeps a service that another metric still has', () => {
    const { guard } = guardOf({ servicesMax: 1 })
    guard.admit(plain, ['s'])
    guard.admit(open, ['s', 'a', ''])
    guard.release(plain, ['s'])
    expect(guard.admit(plain, ['t'])).toEqual([OVERFLOW_VALUE])
    guard.release(plain, [OVERFLOW_VALUE])
    guard.release(open, ['s', 'a', ''])
    expect(guard.admit(plain, ['t'])).toEqual(['t'])
  })

  test('of an unknown series does nothing', () => {
    const { guard } = guardOf()
    guard.release(open, ['s', 'a', 'b'])
    guard.admit(open, ['s', 'a', 'b'])
    guard.release(open, ['s', 'a', 'x'])
    guard.release(plain, ['s'])
    expect(guard.series).toBe(1)
  })
})

/** Label sets of one metric and service that stay possible when nothing open is admitted any more. */
function closedCombinations(metric: MetricDefinition): number {
  return metric.labels
    .slice(1)
    .reduce((product, label) => product * ('values' in label ? label.values.length + 2 : 2), 1)
}

test('CardinalityGuard stays within its limits and keeps totals, whatever comes and goes', () => {
  const value = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'red', 'green', OVERFLOW_VALUE)
  const step = fc.record({
    metric: fc.constantFrom<MetricDefinition>(open, mixed, plain),
    values: fc.tuple(value, value, value),
    release: fc.boolean(),
  })
  const limits = fc.record({
    seriesMax: fc.integer({ min: 0, max: 12 }),
    seriesPerMetricAndServiceMax: fc.integer({ min: 0, max: 5 }),
    servicesMax: fc.integer({ min: 0, max: 3 }),
  })
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 100 }), (bounds, steps) => {
      const { guard } = guardOf(bounds)
      const live = new Map<string, { metric: MetricDefinition; key: readonly string[] }>()
      for (const { metric, values, release } of steps) {
        const wanted = values.slice(0, metric.labels.length)
        const key = guard.admit(metric, wanted)
        // What was admitted is admitted again as it is.
        expect(guard.admit(metric, key)).toEqual(key)
        key.forEach((label, position) => expect([wanted[position], OVERFLOW_VALUE]).toContain(label))
        const isClosed = (label: string, position: number) => {
          const definition = metric.labels[position]
          return definition !== undefined && 'values' in definition && definition.values.includes(label)
        }
        expect(
          wanted.filter((label, position) => isClosed(label, position) && key[position] !== label),
        ).toEqual([])
        const name = JSON.stringify([metric.name, key])
        if (release) {
          guard.release(metric, key)
          live.delete(name)
        } else live.set(name, { metric, key })
        expect(guard.series).toBe(live.size)
      }
      const services = new Set<string>()
      const byService = new Map<string, { metric: MetricDefinition; keys: (readonly string[])[] }>()
      for (const { metric, key } of live.values()) {
        const service = key[0] ?? ''
        if (service !== OVERFLOW_VALUE) services.add(service)
        const name = `${metric.name} ${service}`
        const entry = byService.get(name) ?? { metric, keys: [] }
        entry.keys.push(key)
        byService.set(name, entry)
      }
      expect(services.size).toBeLessThanOrEqual(bounds.servicesMax)
      let closed = 0
      for (const { metric, keys } of byService.values()) {
        closed += closedCombinations(metric)
        expect(keys.length).toBeLessThanOrEqual(
          bounds.seriesPerMetricAndServiceMax + closedCombinations(metric),
        )
        metric.labels.slice(1).forEach((label, position) => {
          const distinct = new Set(keys.map((key) => key[position + 1]))
          distinct.delete('')
          distinct.delete(OVERFLOW_VALUE)
          expect(distinct.size).toBeLessThanOrEqual('max' in label ? label.max : label.values.length)
        })
      }
      expect(live.size).toBeLessThanOrEqual(bounds.seriesMax + closed)

      for (const { metric, key } of live.values()) guard.release(metric, key)
      expect(guard.series).toBe(0)
      const isOpen = bounds.seriesMax > 0 && bounds.seriesPerMetricAndServiceMax > 0
      const service = bounds.servicesMax > 0 ? 'new' : OVERFLOW_VALUE
      const other = isOpen ? 'new' : OVERFLOW_VALUE
      expect(guard.admit(open, ['new', 'new', 'new'])).toEqual([service, other, other])
    }),
    { numRuns: 300 },
  )
})
