import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTimestamp } from './timestamp.ts'

const two = (value: number) => String(value).padStart(2, '0')
const at = (value: unknown) => parseTimestamp(value)?.epochMs

describe('parseTimestamp of text', () => {
  test.each([
    ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T10:00:00z', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21t10:00:00Z', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21 10:00:00+00:00', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T10:00:00.1Z', '2026-11-21T10:00:00.100Z'],
    ['2026-11-21T10:00:00.12Z', '2026-11-21T10:00:00.120Z'],
    ['2026-11-21T10:00:00.123456+00:00', '2026-11-21T10:00:00.123Z'],
    ['2026-11-21T10:00:00.999999999Z', '2026-11-21T10:00:00.999Z'],
    ['2026-11-21T10:00:00,5Z', '2026-11-21T10:00:00.500Z'],
    ['2026-11-21T10:00Z', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T19:00:00+09:00', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T02:00:00-0800', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T15:30:00+05:30', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T11:00:00+01', '2026-11-21T10:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2026-11-21T24:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00+00:00', '0000-01-01T00:00:00.000Z'],
    ['1763719200.5', '2025-11-21T10:00:00.500Z'],
    ['1763719200123', '2025-11-21T10:00:00.123Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(at(text) ?? Number.NaN).toISOString()).toBe(expected)
    expect(parseTimestamp(text)?.withoutOffset).toBe(false)
  })

  test.each(['2026-11-21T10:00:00', '2026-11-21 10:00:00.123456', '2026-11-21T10:00', '2026-11-21'])(
    '%s has no offset and is UTC',
    (text) => {
      const asUtc = `${text.replace(' ', 'T').slice(0, 23)}${text.length === 10 ? '' : 'Z'}`
      expect(parseTimestamp(text)).toEqual({ epochMs: Date.parse(asUtc), withoutOffset: true })
    },
  )

  test.each([
    '',
    ' ',
    'yesterday',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-11-21T24:00:01Z',
    '2026-11-21T24:30:00Z',
    '2026-11-21T25:00:00Z',
    '2026-11-21T10:60:00Z',
    '2026-11-21T10:00:61Z',
    '2026-11-21T10:00:00.Z',
    '2026-11-21T10:00:00.1234567890Z',
    '2026-11-21T10:00:00+24:00',
    '2026-11-21T10:00:00+01:60',
    '2026-11-21T10:00:00Zjunk',
    '2026-1-1T00:00:00Z',
    '2026-11-21T1x:00:00Z',
    '2026-11-21T10:00:0xZ',
    '2026-11-21T10:00:00.12x+00:00',
    '20261121T100000Z',
    '-2026-11-21T10:00:00Z',
    '12345678',
    '1e12',
    '-1763719200',
    `1763719200.${'0'.repeat(60)}`,
  ])('%j is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined()
  })

  test('agrees with Date for every form of every moment', () => {
    const moments = fc.date({
      min: new Date('0000-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 })
    fc.assert(
      fc.property(moments, offsets, fc.stringMatching(/^\d{0,6}$/), (moment, offset, digits) => {
        const utc = moment.toISOString()
        expect(at(utc)).toBe(moment.getTime())
        expect(at(utc.replace('Z', `${digits}+00:00`))).toBe(moment.getTime())
        expect(at(utc.replace('T', ' '))).toBe(moment.getTime())
        expect(parseTimestamp(utc.slice(0, -1))).toEqual({ epochMs: moment.getTime(), withoutOffset: true })
        const sign = offset < 0 ? '-' : '+'
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
        const zone = `${sign}${two(hours)}:${two(minutes)}`
        expect(at(utc.replace('Z', zone))).toBe(moment.getTime() - offset * 60_000)
      }),
    )
  })

  test('takes a day only if Date does', () => {
    const number = fc.integer({ min: 0, max: 99 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), number, number, (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T00:00:00.000Z`
        const date = new Date(text)
        const exists = !Number.isNaN(date.getTime()) && date.toISOString() === text
        expect(at(text)).toBe(exists ? date.getTime() : undefined)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('parseTimestamp of numbers', () => {
  test.each([
    [1_763_719_200, 1_763_719_200_000],
    [1_763_719_200.789, 1_763_719_200_789],
    [1_763_719_200.7899, 1_763_719_200_789],
    [1_763_719_200_123, 1_763_719_200_123],
    [1_763_719_200_123.9, 1_763_719_200_123],
    [1_763_719_200_123_456, 1_763_719_200_123],
    [1_763_719_200_123_456_800, 1_763_719_200_123],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [99_999_999_999_999, 99_999_999_999_999],
    [100_000_000_000_000, 100_000_000_000],
    [99_999_999_999_999_000, 99_999_999_999_999],
    [100_000_000_000_000_000, 100_000_000_000],
    [0, 0],
    [-0, 0],
    [-1.5, -1500],
  ])('%d is %d', (value, expected) => {
    expect(at(value)).toBe(expected)
  })

  // 2^53 microseconds: a double holds halves of them until the year 2112.
  test('seconds with three decimals keep every millisecond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_503_599_627 }),
        fc.integer({ min: 0, max: 999 }),
        (seconds, millis) => {
          expect(at(Number(`${seconds}.${String(millis).padStart(3, '0')}`))).toBe(seconds * 1000 + millis)
        },
      ),
    )
  })

  test.each([Number.NaN, Infinity, -Infinity, 1e300, -1e300])('%d is none', (value) => {
    expect(parseTimestamp(value)).toBeUndefined()
  })
})

test('parseTimestamp never throws, and gives whole numbers that Date can hold', () => {
  const texts = fc.stringMatching(/^\d{4}.\d\d.\d\d.\d\d.\d\d.\d\d.?\d{0,10}.?[+\-Z]?\d{0,2}:?\d{0,2}$/)
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.string(), fc.double(), texts), (value) => {
      const parsed = parseTimestamp(value)
      if (parsed === undefined) return
      expect(Number.isInteger(parsed.epochMs)).toBe(true)
      expect(Number.isNaN(new Date(parsed.epochMs).getTime())).toBe(false)
    }),
    { numRuns: 2000 },
  )
})
