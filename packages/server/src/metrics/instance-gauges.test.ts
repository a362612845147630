import { CardinalityGuard, GAUGE_TIME_TO_LIVE_MS, GaugeSeries, METRICS, Registry } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { InstanceGauges } from './instance-gauges.ts'

let registry: Registry
let gauges: InstanceGauges
beforeEach(() => {
  registry = new Registry({ guard: new CardinalityGuard(() => {}) })
  gauges = new InstanceGauges(registry)
})

function shown(metric: MetricDefinition): (number | undefined)[] {
  return registry
    .family(metric)
    .series.map((series) => (series instanceof GaugeSeries ? series.value : undefined))
}

describe('InstanceGauges', () => {
  test('adds up the values of instances where the definition says sum', () => {
    gauges.set('a', METRICS.inFlight, ['docs'], 3, 0)
    gauges.set('b', METRICS.inFlight, ['docs'], 4, 0)
    gauges.set('a', METRICS.inFlight, ['docs'], 1, 0)
    expect(shown(METRICS.inFlight)).toEqual([5])
  })

  test('takes the highest value of instances where the definition says max', () => {
    gauges.set('a', METRICS.sampleRatio, ['docs'], 0.5, 0)
    gauges.set('b', METRICS.sampleRatio, ['docs'], 0.1, 0)
    expect(shown(METRICS.sampleRatio)).toEqual([0.5])
    gauges.set('a', METRICS.sampleRatio, ['docs'], 0.05, 0)
    expect(shown(METRICS.sampleRatio)).toEqual([0.1])
  })

  test('drops a value after its time to live, and the series with the last of them', () => {
    gauges.set('a', METRICS.inFlight, ['docs'], 3, 0)
    gauges.set('b', METRICS.inFlight, ['docs'], 4, 1000)
    gauges.expire(GAUGE_TIME_TO_LIVE_MS)
    expect(shown(METRICS.inFlight)).toEqual([7])
    gauges.expire(GAUGE_TIME_TO_LIVE_MS + 1)
    expect(shown(METRICS.inFlight)).toEqual([4])
    gauges.expire(GAUGE_TIME_TO_LIVE_MS + 1001)
    expect(shown(METRICS.inFlight)).toEqual([])
    gauges.set('b', METRICS.inFlight, ['docs'], 2, 1e9)
    expect(shown(METRICS.inFlight)).toEqual([2])
  })

  test('lives on with every new value', () => {
    gauges.set('a', METRICS.inFlight, ['docs'], 1, 0)
    gauges.set('b', METRICS.inFlight, ['docs'], 2, 0)
    gauges.set('a', METRICS.inFlight, ['docs'], 1, GAUGE_TIME_TO_LIVE_MS)
    gauges.expire(GAUGE_TIME_TO_LIVE_MS + 1)
    expect(shown(METRICS.inFlight)).toEqual([1])
  })

  test('keeps moments for ever, and shows the latest: "no request for an hour" must stay to be seen', () => {
    gauges.set('a', METRICS.lastRequest, ['docs'], 2000, 0)
    gauges.set('b', METRICS.lastRequest, ['docs'], 1000, 0)
    gauges.expire(1e12)
    expect(shown(METRICS.lastRequest)).toEqual([2000])
  })

  test('remembers a bounded number of instances', () => {
    for (let i = 0; i < 1100; i += 1) gauges.set(`instance-${i}`, METRICS.inFlight, ['docs'], 1, i)
    expect(shown(METRICS.inFlight)).toEqual([1000])
  })
})
