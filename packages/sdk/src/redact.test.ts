import { expect, test } from 'vitest'
import { redact } from './redact.ts'

const words = (letter: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${letter}${i}`).join(' ')

test.each([
  ['a query that is longer than what is looked at', 'cannot embed: ', words('q', 2000)],
  ['a query that begins shortly before the end of what is looked at', words('m', 800), words('q', 100)],
])('redact takes out %s', (_name, before, query) => {
  expect(redact(`${before}${query} is too long`, query, 4096)).toBe(`${before}[query]`)
})

test('redact keeps a long message that does not hold the query', () => {
  expect(redact(words('m', 2000), 'what is fog?', 4096)).toBe(words('m', 2000).slice(0, 4096))
})
