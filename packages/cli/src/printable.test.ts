import { array, assert, boolean, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableJson, printableOutput } from './printable.ts'

/** Clears the screen, sets the title, forges a line, and turns the rest around. */
const HOSTILE = '\u001b[2J\u001b]0;pwn\u0007svc\r\nFAKE\u009b31m\u202eLINE\u2028end'

test('printable replaces what a terminal obeys, and what breaks a line, in texts and keys', () => {
  const shown = '\uFFFD[2J\uFFFD]0;pwn\uFFFDsvc FAKE\uFFFD31m\uFFFDLINE end'
  expect(printable(HOSTILE)).toBe(shown)
  expect(printable({ [HOSTILE]: [HOSTILE, 1, null, { name: 'Zürich 東京 👍' }] })).toEqual({
    [shown]: [shown, 1, null, { name: 'Zürich 東京 👍' }],
  })
})

test('printableOutput keeps lines, and colours only where there are some', () => {
  const text = `\u001b[31mred\u001b[39m\n\tnext ${HOSTILE}`
  const rest = '\uFFFD[2J\uFFFD]0;pwn\uFFFDsvc\uFFFD\nFAKE\uFFFD31m\uFFFDLINE\u2028end'
  expect(printableOutput(text, true)).toBe(`\u001b[31mred\u001b[39m\n\tnext ${rest}`)
  expect(printableOutput(text, false)).toBe(`\uFFFD[31mred\uFFFD[39m\n\tnext ${rest}`)
})

test('printableOutput lets through no other control than line breaks, tabs and colours', () => {
  const pieces = constantFrom(
    '\u001b',
    '[',
    '31',
    ';',
    'm',
    '\n',
    '\t',
    '\r',
    '\0',
    '\u009b',
    '\u202e',
    'é',
    '👍',
  )
  assert(
    property(array(pieces), boolean(), (texts, coloured) => {
      const left = printableOutput(texts.join(''), coloured)
      const controls = left.match(/\p{Cc}(?:\[[\d;]*m)?|\p{Bidi_Control}/gu) ?? []
      const isAllowed = (found: string) =>
        found.length === 1 ? '\n\t'.includes(found) : coloured && found.startsWith('\u001b')
      // What looks like a colour after a line break is text.
      expect(controls.map((found) => (/^[\n\t]/.test(found) ? '\n' : found)).every(isAllowed)).toBe(true)
    }),
  )
})

test('printableJson says the same as JSON without a control character', () => {
  const value = { [HOSTILE]: [HOSTILE, 'Zürich 👍'] }
  expect(JSON.parse(printableJson(value))).toEqual(value)
  expect(printableJson(value)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u)
})
