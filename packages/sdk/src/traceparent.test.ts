import { createIdGenerator } from '@ragmeter/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTraceparent, parseTraceparent, randomnessOf, traceContextOf } from './traceparent.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'

describe('parseTraceparent', () => {
  test('reads what formatTraceparent writes', () => {
    const parsed = parseTraceparent(formatTraceparent(TRACE_ID, SPAN_ID, true))
    expect(parsed).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID })
  })

  test('takes a later version with more fields', () => {
    expect(parseTraceparent(`01-${TRACE_ID}-${SPAN_ID}-00-more`)?.traceId).toBe(TRACE_ID)
  })

  test.each([
    [undefined],
    [''],
    [`00-${TRACE_ID}-${SPAN_ID}-00-more`],
    [`ff-${TRACE_ID}-${SPAN_ID}-00`],
    [`00-${'0'.repeat(32)}-${SPAN_ID}-00`],
    [`00-${TRACE_ID}-${'0'.repeat(16)}-00`],
    [`00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-00`],
    [`00-${TRACE_ID}-${SPAN_ID}`],
  ])('refuses %j', (header) => {
    expect(parseTraceparent(header)).toBeUndefined()
  })
})

describe('traceContextOf', () => {
  const traceparent = `00-${TRACE_ID}-${SPAN_ID}-01`

  test('reads the headers of Node and of the Fetch API', () => {
    const expected = { traceparent, tracestate: 'a=b', requestId: 'r-1' }
    const headers = { traceparent, tracestate: 'a=b', 'x-request-id': 'r-1' }
    expect(traceContextOf(headers)).toEqual(expected)
    expect(traceContextOf(new Headers(headers))).toEqual(expected)
    expect(traceContextOf({ traceparent: [traceparent, 'second'] })).toEqual({ traceparent })
  })

  test('leaves out what is not safe to hand on', () => {
    expect(traceContextOf({ traceparent: 'x', tracestate: 'a\nb', 'x-request-id': 'a b' })).toEqual({})
    expect(traceContextOf({ tracestate: 'x'.repeat(513), 'x-request-id': 'x'.repeat(129) })).toEqual({})
  })
})

test('a trace id carries the share by which it was sampled', () => {
  const ids = createIdGenerator((bytes) => crypto.getRandomValues(bytes))
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (randomness) => {
      const traceId = ids.traceId(randomness)
      expect(traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(Math.abs(randomnessOf(traceId) - randomness)).toBeLessThanOrEqual(2 ** -52)
    }),
  )
})
