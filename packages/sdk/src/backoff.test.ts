import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, parseRetryAfter } from './backoff.ts'

test('backoffMs doubles its ceiling up to half a minute, with full jitter', () => {
  expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, undefined, 0.5))).toEqual([250, 500, 1000, 2000])
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const pause = backoffMs(attempt, undefined, random)
        expect(pause).toBeGreaterThanOrEqual(0)
        expect(pause).toBeLessThanOrEqual(30_000)
      },
    ),
  )
})

test('backoffMs waits as long as the server asks, within reason', () => {
  expect(backoffMs(1, 7000, 0)).toBe(7000)
  expect(backoffMs(9, 7000, 1)).toBe(7500)
  expect(backoffMs(1, 86_400_000, 0)).toBe(300_000)
})

test('parseRetryAfter reads seconds and dates', () => {
  const now = Date.parse('Sat, 21 Nov 2026 10:00:00 GMT')
  expect(parseRetryAfter('120', now)).toBe(120_000)
  expect(parseRetryAfter('Sat, 21 Nov 2026 10:00:30 GMT', now)).toBe(30_000)
  expect(parseRetryAfter('Sat, 21 Nov 2026 09:00:00 GMT', now)).toBe(0)
  expect(parseRetryAfter('soon', now)).toBeUndefined()
  expect(parseRetryAfter(undefined, now)).toBeUndefined()
})
