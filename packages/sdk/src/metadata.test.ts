import { LIMITS } from '@ragmeter/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkedMetadata, setMetadata } from './metadata.ts'
import type { Metadata } from './metadata.ts'

test('setMetadata keeps every limit, whatever is set', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 100 }), value)), (entries) => {
      const metadata: Metadata = {}
      for (const [key, one] of entries) setMetadata(metadata, key, one)
      expect(Object.keys(metadata).length).toBeLessThanOrEqual(LIMITS.metadataKeysMax)
      for (const [key, one] of Object.entries(metadata)) {
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(LIMITS.metadataKeyBytesMax)
        expect(Buffer.byteLength(String(one))).toBeLessThanOrEqual(LIMITS.metadataValueBytesMax)
      }
    }),
  )
})

test('setMetadata tells whether the entry was set as it is', () => {
  const metadata: Metadata = {}
  expect(setMetadata(metadata, 'a', 'x')).toBe(true)
  expect(setMetadata(metadata, 'b', 'é'.repeat(300))).toBe(false)
  expect(metadata['b']).toBe('é'.repeat(256))
  expect(setMetadata(metadata, 'c', Number.NaN)).toBe(false)
  expect(metadata['c']).toBeNull()
  expect(setMetadata(metadata, '__proto__', 'x')).toBe(false)
  expect(setMetadata(metadata, '', 'x')).toBe(false)
  for (let i = 0; i < 40; i += 1) setMetadata(metadata, `k${i}`, i)
  expect(setMetadata(metadata, 'one-more', 1)).toBe(false)
  expect(setMetadata(metadata, 'a', 'changed')).toBe(true)
  expect(metadata['a']).toBe('changed')
})

test('checkedMetadata copies within the limits', () => {
  expect(checkedMetadata(undefined)).toBeUndefined()
  expect(checkedMetadata({ a: 1, b: 'x'.repeat(600) })).toEqual({ a: 1, b: 'x'.repeat(512) })
})
