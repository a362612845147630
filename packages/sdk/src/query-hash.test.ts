import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createHasher } from './query-hash.ts'

test('createHasher is SHA-256, or HMAC-SHA-256 with a key, cut to 128 bits', () => {
  const text = 'Wie lange? 質問'
  expect(createHasher(undefined)(text)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 32))
  expect(createHasher('key')(text)).toBe(createHmac('sha256', 'key').update(text).digest('hex').slice(0, 32))
})
