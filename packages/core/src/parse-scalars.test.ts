import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { parseScalars } from './parse-scalars.ts'
import { Reader } from './reader.ts'

const bytes = (text: string) => new TextEncoder().encode(text).length

function parse(value: unknown, keysMax = 3) {
  const reader = new Reader()
  const scalars = parseScalars(value, 'metadata', keysMax, reader)
  return [scalars, ...reader.issues.map(({ code, path }) => `${code} ${path}`)]
}

describe('parseScalars', () => {
  test.each([
    [{}, [undefined]],
    [null, [undefined]],
    [[1], [undefined, 'wrong_type traces[0].metadata']],
    [{ a: 'x', b: 1.5, c: false }, [{ a: 'x', b: 1.5, c: false }]],
    [{ a: null }, [{ a: null }]],
    [{ a: Infinity }, [{ a: null }, 'not_finite traces[0].metadata.a']],
    [{ a: [1, { b: 'x' }] }, [{ a: '[1,{"b":"x"}]' }]],
    [{ a: 1, b: 2, c: 3, d: 4 }, [{ a: 1, b: 2, c: 3 }, 'too_many traces[0].metadata']],
    [{ ['k'.repeat(65)]: 1 }, [undefined, 'too_long traces[0].metadata']],
    [JSON.parse('{"__proto__": {"a": 1}}'), [undefined, 'out_of_range traces[0].metadata']],
  ])('of %j is %j', (value, expected) => {
    expect(parse(value)).toEqual(expected)
  })

  test.each([
    ['k', 64],
    ['é', 32],
    ['雨', 21],
    ['🦊', 16],
    ['\ud83e', 21],
  ])('takes a key of %j up to 64 bytes: %i', (unit, most) => {
    expect(parse({ [unit.repeat(most)]: 1 })).toEqual([{ [unit.repeat(most).toWellFormed()]: 1 }])
    expect(parse({ [unit.repeat(most + 1)]: 1 })).toEqual([undefined, 'too_long traces[0].metadata'])
  })

  test.each([
    ['v', 512],
    ['é', 256],
    ['雨', 170],
    ['🦊', 128],
    ['\udd8a', 170],
  ])('takes a value of %j up to 512 bytes: %i', (unit, most) => {
    const whole = unit.repeat(most).toWellFormed()
    expect(parse({ a: unit.repeat(most) })).toEqual([{ a: whole }])
    expect(parse({ a: unit.repeat(most + 1) })).toEqual([{ a: whole }, 'too_long traces[0].metadata.a'])
  })

  test('cuts any text to the longest start that fits', () => {
    const units = fc.constantFrom('v', 'é', '雨', '🦊', '\ud83e', '\udd8a')
    fc.assert(
      fc.property(fc.string({ unit: units, minLength: 120, maxLength: 600 }), (text) => {
        const [scalars] = parse({ a: text }) as [{ a: string }]
        const limit = LIMITS.metadataValueBytesMax
        expect(scalars.a.isWellFormed()).toBe(true)
        expect(bytes(scalars.a)).toBeLessThanOrEqual(limit)
        // What is left over is less than one more character.
        const isWhole = scalars.a === text.toWellFormed()
        expect(isWhole || bytes(scalars.a) > limit - 4).toBe(true)
        const kept = scalars.a.replace(/\ufffd$/, '')
        expect(text.toWellFormed().startsWith(kept)).toBe(true)
      }),
    )
  })
})
