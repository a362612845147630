import { expect, test } from 'vitest'
import { formatAgo } from './format-ago.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

test.each([
  [-5000, 'just now'],
  [999, 'just now'],
  [1000, '1 s ago'],
  [119_000, '1 min ago'],
  [3_600_000, '1 h ago'],
  [49 * 3_600_000, '2 d ago'],
])('formatAgo of %s ms is %s', (ms, text) => {
  expect(formatAgo(NOW - ms, NOW)).toBe(text)
})
