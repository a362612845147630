import { LIMITS } from '@ragmeter/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'

const decode = (text: string) => decodeJson(Buffer.from(text))
const value = (text: string) => {
  const decoded = decode(text)
  if ('code' in decoded) throw new Error(decoded.message)
  return decoded.value
}

describe('decodeJson', () => {
  it.each([
    ['[NaN]', ['NaN']],
    ['[ -Infinity , Infinity ]', ['-Infinity', 'Infinity']],
    ['{"a":NaN,"b":{"c":-Infinity}}', { a: 'NaN', b: { c: '-Infinity' } }],
    ['Infinity', 'Infinity'],
    ['[1,\nNaN\n]', [1, 'NaN']],
    ['{"NaN":NaN}', { NaN: 'NaN' }],
  ])('turns bare words of %s into strings', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  it.each([
    ['objects', '{},'],
    ['lists', '[],'],
    ['numbers', '1,'],
  ])('refuses a body of more %s than memory is there for', (_, item) => {
    const body = (values: number) =>
      Buffer.from(`[${item.repeat(values)}1]${' '.repeat(LIMITS.jsonValuesMax)}`)
    const eachCounts = item.length - 1
    const most = Math.floor((LIMITS.jsonValuesMax - 1) / eachCounts)
    expect(decodeJson(body(most))).toHaveProperty('value')
    expect(decodeJson(body(most + 1))).toEqual({
      code: 'body_too_large',
      message: 'The body has more than 4000000 values of JSON.',
    })
  })

  it('takes long texts for what they are, however many commas they have', () => {
    const text = `${',[{'.repeat(LIMITS.jsonValuesMax)}\\",`
    expect(decodeJson(Buffer.from(JSON.stringify([text])))).toEqual({ value: [text] })
  })

  it('leaves the words inside of strings alone', () => {
    const text = String.raw`{"a":"NaN, \"Infinity\", -Infinity","b":NaN,"NaN \\":"Infinity\\"}`
    expect(value(text)).toEqual({
      a: 'NaN, "Infinity", -Infinity',
      b: 'NaN',
      'NaN \\': 'Infinity\\',
    })
  })

  it.each(['[NaNa]', '[xNaN]', '[Infinity1]', '[+Infinity]', '["a" NaN]', '[1e999, nan]'])(
    'takes %s for no JSON',
    (text) => {
      expect(decode(text)).toMatchObject({ code: 'invalid_json' })
    },
  )

  it('gives back any JSON value with numbers replaced by words, as JSON.parse does without them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('NaN', 'Infinity', '-Infinity'), (content, word) => {
        const text = JSON.stringify([content, 0, { x: content }])
        const withWord = `{"w":${word},"c":${text}}`
        expect(value(withWord)).toEqual({ w: word, c: JSON.parse(text) as unknown })
      }),
    )
  })

  it.each(['', ' \n', '\uFEFF'])('says that a body of %j is empty', (text) => {
    expect(decode(text)).toEqual({ code: 'invalid_json', message: 'The body is empty.' })
  })

  it('skips a byte order mark', () => {
    expect(value('\uFEFF{"a":1}')).toEqual({ a: 1 })
    expect(value('\uFEFF[NaN]')).toEqual(['NaN'])
  })

  it('replaces what is no UTF-8 instead of refusing the body', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"x'), Buffer.of(0xff, 0xc3), Buffer.from('"}')])
    expect(decodeJson(bytes)).toEqual({ value: { a: 'x\uFFFD\uFFFD' } })
  })

  it('reads only its part of a shared buffer', () => {
    const pool = Buffer.from('xx{"a":1}yy')
    expect(decodeJson(pool.subarray(2, 9))).toEqual({ value: { a: 1 } })
  })

  it('names a position but never repeats the body', () => {
    const secret = 'what is our refund policy?'
    for (const text of [
      `{"query": ${secret}}`,
      `{"query":"${secret}`,
      `{"query":"${secret}"]`,
      `{${secret}`,
    ]) {
      const decoded = decode(text)
      expect(decoded).toMatchObject({ code: 'invalid_json' })
      expect(JSON.stringify(decoded)).not.toContain('refund')
    }
    expect(decode('{"a":"b\u0001"}')).toMatchObject({
      message: expect.stringMatching(/position 7\.$/) as string,
    })
  })

  it('survives deep nesting', () => {
    const depth = 200_000
    for (const text of [
      '['.repeat(depth),
      '{"a":'.repeat(depth),
      `${'['.repeat(depth)}NaN${']'.repeat(depth)}`,
    ]) {
      expect(() => decode(text)).not.toThrow()
    }
  })

  // Each takes milliseconds in one pass, and hours in a scan that starts again at every quote.
  it.each([
    ['escaped quotes in a string that does not end', `[NaN,"${'\\"'.repeat(2_000_000)}`],
    ['escaped line ends', `[NaN,"${'"\\\n'.repeat(1_000_000)}`],
    ['a long string', `[NaN,"${'x'.repeat(20_000_000)}"`],
    ['a long string of escapes', `[NaN,"${'\\n'.repeat(8_000_000)}"]`],
  ])('reads a body with %s in one pass', (_, text) => {
    expect(() => decode(text)).not.toThrow()
  })

  it('does not repair a body that is nothing but bare words', () => {
    expect(decode(`[${'NaN,'.repeat(1_000_001)}0]`)).toMatchObject({ code: 'invalid_json' })
  })
})
