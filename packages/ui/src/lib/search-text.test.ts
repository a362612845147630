import { assert, dictionary, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { parseSearch, stringifySearch } from './search-text.ts'

test('parseSearch reads what stringifySearch wrote', () => {
  assert(
    property(dictionary(string({ minLength: 1 }), string({ minLength: 1, unit: 'grapheme' })), (search) => {
      expect({ ...parseSearch(stringifySearch(search)) }).toEqual({ ...search })
    }),
  )
})

test('stringifySearch leaves out what is empty, and keeps moments readable', () => {
  expect(stringifySearch({ from: '2026-11-21T10:00:00Z', service: '', tab: undefined })).toBe(
    '?from=2026-11-21T10:00:00Z',
  )
})

test('parseSearch drops values that no page can have written', () => {
  expect(parseSearch(`?a=${'x'.repeat(3000)}&b=1`)).toEqual({ b: '1' })
})
