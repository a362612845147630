import { assert, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  absoluteRange,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  previousRange,
  rangeOf,
  readMoment,
  zoomedOut,
} from './time-range.ts'

const NOW = Date.UTC(2026, 10, 21, 12, 34, 56)

describe('readMoment', () => {
  test.each([
    ['now', NOW],
    ['now-15m', NOW - 15 * MINUTE_MS],
    ['-2h', NOW - 2 * HOUR_MS],
    ['now-7d', NOW - 7 * DAY_MS],
    ['now-2w', NOW - 14 * DAY_MS],
    ['2026-11-20T10:00Z', Date.UTC(2026, 10, 20, 10)],
  ])('%s', (text, expected) => expect(readMoment(text, NOW)).toBe(expected))

  test.each(['', 'yesterday', 'now-3y', '2026', '2026-99-99T00:00Z', 'now-'])('%j is no moment', (text) => {
    expect(readMoment(text, NOW)).toBeUndefined()
  })
})

describe('rangeOf', () => {
  test('is the last day in quarters of an hour without state, and with state that makes no range', () => {
    const expected = rangeOf(undefined, undefined, NOW)
    expect(expected).toEqual({
      from: Date.UTC(2026, 10, 20, 12, 30),
      to: Date.UTC(2026, 10, 21, 12, 45),
      step: { text: '15m', ms: 15 * MINUTE_MS },
    })
    for (const [from, to] of [
      ['now', 'now-1h'],
      ['x', 'now'],
      ['1999-01-01T00:00Z', 'now'],
    ]) {
      expect(rangeOf(from, to, NOW)).toEqual(expected)
    }
  })

  test('has whole steps, at most 122, around what was asked for', () => {
    assert(
      property(integer({ min: 5, max: 730 * 24 * 60 }), (minutes) => {
        const { from, to, step } = rangeOf(`now-${Math.min(minutes, 99_999)}m`, 'now', NOW)
        expect([from % step.ms, to % step.ms]).toEqual([0, 0])
        expect((to - from) / step.ms).toBeLessThanOrEqual(122)
        expect(to).toBeGreaterThanOrEqual(NOW)
      }),
    )
  })
})

test('previousRange ends where the range begins, and is as long', () => {
  const range = rangeOf('now-1h', 'now', NOW)
  const before = previousRange(range)
  expect([before.to, before.to - before.from]).toEqual([range.from, range.to - range.from])
})

test('zoomedOut doubles the length and ends now at the latest', () => {
  const { from, to } = zoomedOut(rangeOf('now-1h', 'now', NOW), NOW)
  expect(to).toBe('2026-11-21T12:35Z')
  expect(from).toBe('2026-11-21T10:32Z')
})

test('absoluteRange is five minutes long at least', () => {
  expect(absoluteRange(NOW, NOW + 1000)).toEqual({ from: '2026-11-21T12:34Z', to: '2026-11-21T12:39Z' })
})
