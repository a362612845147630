import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ring } from './ring.ts'

const START = 1000 * 60

test('Ring that is restored has the sums of the one that was saved, whatever was added and however far apart', () => {
  const additions = fc.array(
    fc.record({
      minute: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 5000 })),
      values: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 3 }),
    }),
  )
  const shapes = fc.record({
    width: fc.integer({ min: 1, max: 3 }),
    spanMinutes: fc.constantFrom(5, 60, 3000),
  })
  const windows = fc.array(fc.record({ from: fc.nat(5000), length: fc.nat(3000) }))
  fc.assert(
    fc.property(additions, shapes, windows, (added, { width, spanMinutes }, asked) => {
      const ring = new Ring(width, spanMinutes)
      for (const { minute, values } of added) ring.add(START + minute, values.slice(0, width))
      const restored = new Ring(width, spanMinutes)
      restored.restore(JSON.parse(JSON.stringify(ring.snapshot())) as ReturnType<Ring['snapshot']>)
      for (const { from, length } of asked) {
        const sums = ring.sum(START + from, START + from + length)
        expect(restored.sum(START + from, START + from + length)).toEqual(sums)
      }
    }),
  )
})

test('Ring sums what was added within its span, and nothing of what was pushed out', () => {
  const ring = new Ring(1, 60)
  const added = [0, 10, 59, 60, 71].map((minute) => START + minute)
  for (const minute of added) ring.add(minute, [1])
  expect(Array.from(ring.sum(START, START + 72))).toEqual([5])
  // Far beyond all that is held: everything makes room at once.
  ring.add(START + 10_000, [7])
  expect(Array.from(ring.sum(START, START + 10_001))).toEqual([7])
  ring.add(START + 10_050, [1])
  expect(Array.from(ring.sum(START, START + 10_051))).toEqual([8])
})
