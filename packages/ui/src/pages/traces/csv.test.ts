import { expect, it } from 'vitest'
import { csvOf } from './csv.ts'

it('csvOf quotes what needs it, leaves unknown cells empty, and writes no formulas', () => {
  expect(
    csvOf(
      ['org', 'ms', 'cost'],
      [
        ['a,"b"', 1.5, null],
        ['=HYPERLINK("x")', -3, 0],
        ['@x\n', Number.NaN, undefined],
      ],
    ),
  ).toBe('org,ms,cost\r\n"a,""b""",1.5,\r\n"\'=HYPERLINK(""x"")",-3,0\r\n"\'@x\n",,\r\n')
})
