import { expect, test } from 'vitest'
import { formatBytes } from './format-bytes.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1024, '1 kB'],
  [1536, '1.5 kB'],
  [512 * 1024 ** 2, '512 MB'],
  [1_048_575_000, '1 GB'],
  [1.5 * 1024 ** 4, '1.5 TB'],
  [null, '–'],
])('formatBytes of %s is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
