import { array, assert, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { layOut } from './layout.ts'

test('layOut begins a line where a panel does not fit, below the highest of the line before', () => {
  const sizes = [12, 8, 8, 24].map((w, index) => ({ w, h: index + 1 }))
  expect(layOut(sizes).map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [12, 0],
    [0, 2],
    [0, 5],
  ])
})

test('layOut keeps every panel within the edge and off the others, whatever their sizes', () => {
  const size = record({ w: integer({ min: 1, max: 24 }), h: integer({ min: 1, max: 12 }) })
  assert(
    property(array(size, { maxLength: 30 }), (sizes) => {
      const places = layOut(sizes)
      places.forEach(({ x, y, w, h }, position) => {
        expect(x + w).toBeLessThanOrEqual(24)
        for (const other of places.slice(position + 1))
          expect(x + w <= other.x || other.x + other.w <= x || y + h <= other.y).toBe(true)
      })
    }),
  )
})
