import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EXIT_CODES } from './exit-codes.ts'

const page = readFileSync(new URL('../../../docs/reference/exit-codes.md', import.meta.url), 'utf8')

test('EXIT_CODES are the rows of docs/reference/exit-codes.md, no more and no less', () => {
  const rows = Array.from(
    page.matchAll(/^\| (\d+) +\| `(\w+)` +\| (.*?) +\|$/gm),
    ([, code, name, meaning]) => ({
      [String(name)]: { code: Number(code), meaning },
    }),
  )
  expect(Object.assign({}, ...rows)).toEqual(EXIT_CODES)
})

test('EXIT_CODES differ from each other and from the codes of signals', () => {
  const codes = Object.values(EXIT_CODES).map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(Math.max(...codes)).toBeLessThan(64)
})
