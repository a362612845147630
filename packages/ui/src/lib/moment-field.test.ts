import { expect, test } from 'vitest'
import { fieldText, momentOfField } from './moment-field.ts'

test.each(['utc', 'local'] as const)('a field in %s reads back the moment it was made from', (zone) => {
  const moment = Date.UTC(2026, 6, 21, 23, 59)
  expect(momentOfField(fieldText(moment, zone), zone)).toBe(moment)
})

test('a field in UTC shows UTC, and an incomplete one is no moment', () => {
  expect(fieldText(Date.UTC(2026, 10, 1, 2, 3), 'utc')).toBe('2026-11-01T02:03')
  expect(momentOfField('2026-1', 'utc')).toBeUndefined()
})
