import * as fc from 'fast-check'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import { describe, expect, it } from 'vitest'
import { bucketOf, DAYS, heldBucketOf, HOURS, MINUTES, resolutionFor, stretchesOf } from './resolution.ts'

const NOW = Date.UTC(2026, 0, 15, 12, 34, 56)
const times = fc.record({
  now: fc.integer({ min: NOW, max: NOW + 3 * DAY_MS }),
  age: fc.oneof(fc.integer({ min: 0, max: 3 * DAY_MS }), fc.integer({ min: 0, max: 800 * DAY_MS })),
  length: fc.oneof(fc.integer({ min: 1, max: 3 * HOUR_MS }), fc.integer({ min: 1, max: 120 * DAY_MS })),
})

describe('bucketOf', () => {
  it('is the start of the bucket, before 1970 too', () => {
    expect(bucketOf(NOW, DAY_MS)).toBe(Date.UTC(2026, 0, 15))
    expect(bucketOf(NOW, HOUR_MS)).toBe(Date.UTC(2026, 0, 15, 12))
    expect(bucketOf(-1, MINUTE_MS)).toBe(-MINUTE_MS)
  })
})

describe('heldBucketOf', () => {
  it('is the minute, then the hour, then the day', () => {
    expect(heldBucketOf(NOW - 47 * HOUR_MS, NOW)).toBe(bucketOf(NOW - 47 * HOUR_MS, MINUTE_MS))
    expect(heldBucketOf(NOW - 49 * HOUR_MS, NOW)).toBe(bucketOf(NOW - 49 * HOUR_MS, HOUR_MS))
    expect(heldBucketOf(NOW - 91 * DAY_MS, NOW)).toBe(bucketOf(NOW - 91 * DAY_MS, DAY_MS))
    expect(heldBucketOf(NOW - 800 * DAY_MS, NOW)).toBe(bucketOf(NOW - 800 * DAY_MS, DAY_MS))
  })

  it('lies in the same ranges as the moment, in whatever they are cut, then and later', () => {
    const moments = fc.record({
      momentAge: fc.integer({ min: 0, max: 100 * DAY_MS }),
      later: fc.nat(3 * DAY_MS),
    })
    fc.assert(
      fc.property(times, moments, ({ now, age, length }, { momentAge, later }) => {
        const moment = now - momentAge
        const held = heldBucketOf(moment, now)
        const stretches = stretchesOf(now - age, now - age + length, now + later)
        const answers = (at: number) => stretches.some(({ from, to }) => from <= at && at < to)
        expect(answers(held)).toBe(answers(moment))
      }),
    )
  })
})

describe('resolutionFor', () => {
  it.each([
    ['an hour in minutes', HOUR_MS, MINUTE_MS, MINUTES],
    ['a day in hours', DAY_MS, HOUR_MS, HOURS],
    ['a day by the half hour', DAY_MS, 30 * MINUTE_MS, MINUTES],
    ['a week by the half hour, whose minutes are gone', 7 * DAY_MS, 30 * MINUTE_MS, HOURS],
    ['a week in days', 7 * DAY_MS, DAY_MS, DAYS],
    ['half a year in hours, which are gone', 180 * DAY_MS, HOUR_MS, DAYS],
    ['ten years in minutes', 3650 * DAY_MS, MINUTE_MS, DAYS],
  ])('answers %s', (_, age, stepMs, expected) => {
    expect(resolutionFor(NOW - age, stepMs, NOW)).toBe(expected)
  })
})

describe('stretchesOf', () => {
  it('covers the range without gap or overlap, and of each resolution only whole buckets that are still held', () => {
    fc.assert(
      fc.property(times, ({ now, age, length }) => {
        const from = now - age
        const to = Math.min(now, from + length) + 1
        const stretches = stretchesOf(from, to, now)
        expect(stretches.length).toBeGreaterThan(0)
        expect(stretches[0]?.from).toBeLessThanOrEqual(from)
        expect(stretches.at(-1)?.to).toBeGreaterThanOrEqual(to)
        stretches.forEach((stretch, position) => {
          const { bucketMs, retentionMs } = stretch.resolution
          expect(stretch.to).toBe(stretches[position + 1]?.from ?? stretch.to)
          expect([stretch.from % bucketMs, stretch.to % bucketMs]).toEqual([0, 0])
          const held = stretch.resolution === DAYS ? -Infinity : now - retentionMs
          expect(stretch.from).toBeGreaterThanOrEqual(held)
        })
      }),
    )
  })

  it('reaches beyond an edge only as far as the finest resolution that is held there', () => {
    fc.assert(
      fc.property(times, ({ now, age, length }) => {
        const precisionAt = (moment: number) =>
          moment >= now - MINUTES.retentionMs + HOUR_MS
            ? MINUTE_MS
            : moment >= now - HOURS.retentionMs + DAY_MS
              ? HOUR_MS
              : DAY_MS
        const from = now - age
        const to = from + length
        const stretches = stretchesOf(from, to, now)
        expect(from - (stretches[0]?.from ?? 0)).toBeLessThan(precisionAt(from))
        expect((stretches.at(-1)?.to ?? 0) - to).toBeLessThan(precisionAt(to))
      }),
    )
  })

  it('reads few rows: hours inside of the last two days, and nothing finer than it must be', () => {
    const day = stretchesOf(NOW - DAY_MS, NOW, NOW)
    expect(day.map(({ resolution }) => resolution.name)).toEqual(['1m', '1h', '1m'])
    const rows = day.reduce((sum, { resolution, from, to }) => sum + (to - from) / resolution.bucketMs, 0)
    expect(rows).toBeLessThan(23 + 2 * 60)
    expect(stretchesOf(NOW - 100 * DAY_MS, NOW - 95 * DAY_MS, NOW)).toEqual([
      { resolution: DAYS, from: Date.UTC(2025, 9, 7), to: Date.UTC(2025, 9, 13) },
    ])
  })

  it('reads whole days inside of a month or more, and finer buckets at its edges alone', () => {
    const month = stretchesOf(NOW - 30 * DAY_MS, NOW, NOW)
    expect(month.map(({ resolution }) => resolution.name)).toEqual(['1h', '1d', '1h', '1m'])
    const rows = month.reduce((sum, { resolution, from, to }) => sum + (to - from) / resolution.bucketMs, 0)
    expect(rows).toBeLessThan(30 + 2 * 24 + 60)
    expect(stretchesOf(NOW - 730 * DAY_MS, NOW, NOW).map(({ resolution }) => resolution.name)).toEqual([
      '1d',
      '1h',
      '1m',
    ])
  })

  it('takes minutes where there is no full hour inside', () => {
    expect(stretchesOf(NOW - 5 * MINUTE_MS, NOW, NOW)).toEqual([
      { resolution: MINUTES, from: Date.UTC(2026, 0, 15, 12, 29), to: Date.UTC(2026, 0, 15, 12, 35) },
    ])
  })
})
