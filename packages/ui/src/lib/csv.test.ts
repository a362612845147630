import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test('csvOf quotes what would break a row, and leaves unknown cells empty', () => {
  expect(
    csvOf(
      ['org', 'cost'],
      [
        ['a,"b"', 0],
        ['line\nbreak', null],
      ],
    ),
  ).toBe('org,cost\r\n"a,""b""",0\r\n"line\nbreak",\r\n')
})

test('csvOf lets no spreadsheet run a name', () => {
  expect(csvOf(['org'], [['=1+1'], ['@x'], ['-x']])).toBe("org\r\n'=1+1\r\n'@x\r\n'-x\r\n")
})

test('csvOf writes numbers in full', () => {
  expect(csvOf(['usd'], [[1e-9], [-5], [1234.000000001]])).toBe(
    'usd\r\n0.000000001\r\n-5\r\n1234.000000001\r\n',
  )
})
