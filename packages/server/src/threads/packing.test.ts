import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { packBodies, packOutcome, unpackBodies, unpackOutcome } from './packing.ts'
import type { IngestItem, PackedBodies } from './packing.ts'

const LARGE_BYTES = 20_000

const body = fc.record({
  id: fc.nat(),
  kind: fc.constantFrom('batch' as const, 'feedback' as const, 'scores' as const),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.nat(255).map((value) => new Uint8Array(LARGE_BYTES).fill(value)),
    // A part of the memory of others.
    fc.nat(255).map((value) => new Uint8Array(LARGE_BYTES * 2).fill(value).subarray(1, LARGE_BYTES)),
  ),
  receivedAt: fc.nat(),
})

/** As it arrives on the other side; what is moved is gone on this one. */
function sent(bodies: PackedBodies, moved: ArrayBuffer[]): PackedBodies {
  return structuredClone(bodies, { transfer: moved })
}

test('unpackBodies gives what packBodies was given, small and large, whole and part', () => {
  fc.assert(
    fc.property(fc.array(body, { maxLength: 20 }), (items: readonly IngestItem[]) => {
      const expected = items.map((item) => ({ ...item, bytes: Buffer.from(item.bytes).toString('hex') }))
      const { bodies, moved } = packBodies(items)
      const unpacked = unpackBodies(sent(bodies, moved))
      expect(unpacked.map((item) => ({ ...item, bytes: Buffer.from(item.bytes).toString('hex') }))).toEqual(
        expected,
      )
    }),
  )
})

test('packBodies moves large bodies, and copies small ones and those that are a part of something', () => {
  const small = new Uint8Array(10)
  const whole = new Uint8Array(LARGE_BYTES)
  const pool = new Uint8Array(2 * LARGE_BYTES)
  const part = pool.subarray(0, LARGE_BYTES)
  const items = [small, whole, part].map((bytes, id) => ({
    id,
    kind: 'batch' as const,
    bytes,
    receivedAt: 0,
  }))
  const { bodies, moved } = packBodies(items)
  sent(bodies, moved)
  expect([small.length, whole.length, part.length]).toEqual([10, 0, LARGE_BYTES])
})

test('unpackOutcome gives what packOutcome was given', () => {
  for (const outcome of [
    { outcome: 'stored', response: '{"accepted":1}' },
    { outcome: 'refused', code: 'storage_unavailable', message: 'full', retryAfterSeconds: 5 },
  ] as const) {
    expect(unpackOutcome(structuredClone(packOutcome(outcome)))).toEqual(outcome)
  }
})
