import { expect, test } from 'vitest'
import { formatLength, formatRange, formatStep, formatTime, zoneOffset } from './format-time.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const HOUR_MS = 3_600_000

test('zoneOffset is short where the name of a zone is long', () => {
  expect(zoneOffset('utc', NOON)).toBe('UTC')
  expect(zoneOffset('local', NOON)).toMatch(/^(?:GMT(?:[+-]\d+(?::\d\d)?)?|UTC)$/)
})

test('formatRange names a day once, and the zone', () => {
  expect(formatRange(NOON, NOON + HOUR_MS, 'utc')).toBe('21 Nov 2026, 12:00 – 13:00 UTC')
  expect(formatRange(NOON, NOON + 24 * HOUR_MS, 'utc')).toBe('21 Nov 2026, 12:00 – 22 Nov 2026, 12:00 UTC')
})

const AT = Date.UTC(2026, 10, 13, 19)

test.each([
  [5, '13 Nov 2026, 19:00 – 19:05 (5 min)'],
  [180, '13 Nov 2026, 19:00 – 22:00 (3 h)'],
  [360, '13 Nov 2026, 19:00 – 14 Nov 2026, 01:00 (6 h)'],
  [1440, '13 Nov 2026, 19:00 – 14 Nov 2026, 19:00 (1 day)'],
  [7 * 1440, '13 Nov 2026, 19:00 – 20 Nov 2026, 19:00 (7 days)'],
])('formatStep of %i minutes says what it covers', (minutes, text) => {
  expect(formatStep(AT, minutes * 60_000, 'utc')).toBe(text)
})

test('formatTime is the time of the zone', () => {
  expect(formatTime(AT, 'utc')).toBe('19:00')
})

test.each([
  [0, '1 min'],
  [24.4, '24 min'],
  [119, '119 min'],
  [180, '3 h'],
  [47 * 60, '47 h'],
  [10 * 1440, '10 days'],
])('formatLength of %f minutes', (minutes, text) => {
  expect(formatLength(minutes * 60_000)).toBe(text)
})
