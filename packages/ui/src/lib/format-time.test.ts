import { expect, test } from 'vitest'
import { formatRange, zoneOffset } from './format-time.ts'

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
