import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCursor, writeCursor } from './cursor.ts'

test('readCursor gives back what writeCursor took', () => {
  const cursors = fc.record({
    after: fc.record({ timestamp: fc.integer(), id: fc.string({ unit: 'grapheme' }) }),
    from: fc.integer(),
  })
  fc.assert(
    fc.property(cursors, (cursor) => {
      expect(readCursor(writeCursor(cursor))).toEqual(cursor)
    }),
  )
})

test('readCursor refuses every other text', () => {
  const refused = expect.objectContaining({ code: 'invalid_request', path: 'cursor' })
  for (const text of ['', 'x', 'eyJ0IjoxfQ', Buffer.from('[1,2]').toString('base64url'), 'bnVsbA']) {
    expect(() => readCursor(text)).toThrow(refused)
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => readCursor(text)).toThrow(refused)
    }),
  )
})
