import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateCap } from './rate-cap.ts'
import { Sampler } from './sampler.ts'
import type { Sampling } from './sampler.ts'
import { SlowThresholds } from './slow-threshold.ts'

function sampler(sampleRate: number, alwaysKeepPerSecondMax = 10): Sampler {
  return new Sampler({ sampleRate, alwaysKeepPerSecondMax, nowMs: 0 })
}

function decide(randomness: number, failed: boolean, forced: boolean): Sampling {
  return sampler(0.5).decide(randomness, failed, forced, '', 10, 0)
}

describe('Sampler', () => {
  test('keeps exactly the share of ids that the rate says, and with a higher rate a superset', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (randomness) => {
        expect(sampler(0).isHeadSampled(randomness)).toBe(false)
        expect(sampler(1).isHeadSampled(randomness)).toBe(true)
        if (sampler(0.1).isHeadSampled(randomness)) return sampler(0.5).isHeadSampled(randomness)
        return true
      }),
    )
    const kept = Array.from({ length: 1000 }, (_, i) => i / 1000).filter((x) =>
      sampler(0.25).isHeadSampled(x),
    )
    expect(kept).toHaveLength(250)
  })

  test('says why, the always-kept kinds first even where the head sample picked the trace too', () => {
    expect(decide(0.1, false, false)).toEqual({ decision: 'not_sampled', kept: undefined })
    expect(decide(0.9, false, false).kept).toEqual({ reason: 'head', probability: 0.5 })
    expect(decide(0.9, true, false).kept).toEqual({ reason: 'error', probability: 1 })
    expect(decide(0.1, true, false).kept).toEqual({ reason: 'error', probability: 1 })
    expect(decide(0.1, true, true).kept).toEqual({ reason: 'forced', probability: 1 })
  })

  test('keeps what the head sample picked although the cap is reached, and states a smaller probability', () => {
    const capped = sampler(0.1, 0)
    expect(capped.decide(0.1, true, false, '', 10, 0)).toEqual({ decision: 'rate_capped', kept: undefined })
    let last
    for (let i = 0; i < 1000; i += 1) last = capped.decide(0.95, true, false, '', 10, 0)
    expect(last?.kept?.reason).toBe('error')
    expect(last?.kept?.probability).toBeCloseTo(0.1, 2)
  })

  test('keeps requests that are slower than the running p99', () => {
    const slow = sampler(0)
    for (let i = 0; i < 500; i += 1) slow.decide(0, false, false, 'ask', 100 + (i % 10), 0)
    expect(slow.decide(0, false, false, 'ask', 109, 0).decision).toBe('not_sampled')
    expect(slow.decide(0, false, false, 'ask', 5000, 0).decision).toBe('slow')
    expect(slow.decide(0, false, false, 'other', 5000, 0).decision).toBe('not_sampled')
  })
})

describe('SlowThresholds', () => {
  test('takes no request of a steady service for slow', () => {
    const thresholds = new SlowThresholds()
    const slow = Array.from({ length: 5000 }, () => thresholds.isSlow('ask', 123.456)).filter(Boolean)
    expect(slow).toEqual([])
  })

  test('follows a service that becomes slower', () => {
    const thresholds = new SlowThresholds()
    for (let i = 0; i < 1000; i += 1) thresholds.isSlow('ask', 10)
    expect(thresholds.isSlow('ask', 100)).toBe(true)
    for (let i = 0; i < 1100; i += 1) thresholds.isSlow('ask', 100)
    expect(thresholds.isSlow('ask', 100)).toBe(false)
  })

  test('lets operations beyond its limit share one threshold', () => {
    const thresholds = new SlowThresholds()
    for (let i = 0; i < 50; i += 1) thresholds.isSlow(`operation-${i}`, 1)
    for (let i = 0; i < 200; i += 1) thresholds.isSlow(`further-${i}`, 10)
    expect(thresholds.isSlow('one-more', 1000)).toBe(true)
  })
})

describe('RateCap', () => {
  test('never grants more than its rate and one full bucket, whatever the arrivals', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), gaps, (perSecond, pauses) => {
        const cap = new RateCap(perSecond, 0)
        let nowMs = 0
        let granted = 0
        for (const pause of pauses) {
          nowMs += pause
          for (let burst = 0; burst < 5; burst += 1) if (cap.take(nowMs)) granted += 1
        }
        expect(granted).toBeLessThanOrEqual(perSecond + (nowMs / 1000) * perSecond)
      }),
    )
  })

  test('does not refill when the clock jumps back', () => {
    const cap = new RateCap(1, 10_000)
    expect(cap.take(10_000)).toBe(true)
    expect(cap.take(0)).toBe(false)
    expect(cap.take(10_500)).toBe(false)
    expect(cap.take(11_000)).toBe(true)
  })
})
