import { getRandomValues } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createIdGenerator, timestampOfId } from './ids.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const ids = createIdGenerator((bytes) => getRandomValues(bytes))
const moments = fc.integer({ min: 0, max: 2 ** 48 - 1 })

describe('requestId', () => {
  test('is a UUIDv7 whose time is the start', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const id = ids.requestId(moment)
        expect(id).toMatch(UUID_V7)
        expect(timestampOfId(id)).toBe(moment)
        expect(timestampOfId(ids.requestId(moment + 0.75))).toBe(moment)
      }),
    )
  })

  test('sorts by start', () => {
    fc.assert(
      fc.property(moments, moments, (left, right) => {
        fc.pre(left !== right)
        expect(ids.requestId(left) < ids.requestId(right)).toBe(left < right)
      }),
    )
  })

  test('is unique within a millisecond, across many refills of the pool', () => {
    const made = new Set(Array.from({ length: 20_000 }, () => ids.requestId(1_763_719_200_000)))
    expect(made.size).toBe(20_000)
  })

  test('uses every variant and all random bits', () => {
    const made = Array.from({ length: 2000 }, () => ids.requestId(0))
    expect(new Set(made.map((id) => id.charAt(19)))).toEqual(new Set(['8', '9', 'a', 'b']))
    for (const position of [15, 16, 17, 20, 21, 22, 24, 30, 35]) {
      expect(new Set(made.map((id) => id.charAt(position))).size).toBe(16)
    }
  })
})

test('traceId and spanId are W3C ids, unique, from random bytes in order', () => {
  let next = 0
  const counting = createIdGenerator((bytes) => {
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = next++ & 0xff
  })
  expect(counting.traceId()).toBe('000102030405060708090a0b0c0d0e0f')
  expect(counting.spanId()).toBe('1011121314151617')
  expect(new Set(Array.from({ length: 5000 }, () => ids.traceId())).size).toBe(5000)
  expect(ids.spanId()).toMatch(/^[0-9a-f]{16}$/)
})

test('traceId carries the randomness that sampling decides by, in its last 56 bits', () => {
  expect(ids.traceId(0)).toMatch(/^[0-9a-f]{18}0{14}$/)
  expect(ids.traceId(0.5)).toMatch(/^[0-9a-f]{18}80{13}$/)
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (randomness) => {
      const id = ids.traceId(randomness)
      expect(id).toMatch(/^[0-9a-f]{32}$/)
      expect(BigInt(`0x${id.slice(18)}`)).toBe(BigInt(Math.floor(randomness * 2 ** 56)))
    }),
  )
})

test('the pool is refilled before it runs out: no byte is used twice', () => {
  let fills = 0
  const generator = createIdGenerator((bytes) => bytes.fill((fills += 1)))
  const seen = Array.from({ length: 1000 }, () => generator.traceId())
  expect(fills).toBe(4)
  expect(seen.filter((id) => id === '01'.repeat(16))).toHaveLength(256)
})

test.each([
  '',
  'a',
  '0193705e-8a00-4000-8000-000000000000',
  '0193705e-8a00-7000-c000-000000000000',
  '0193705E-8A00-7000-8000-000000000000',
  '0193705e8a0070008000000000000000',
])('timestampOfId(%j) is undefined', (id) => {
  expect(timestampOfId(id)).toBeUndefined()
})
