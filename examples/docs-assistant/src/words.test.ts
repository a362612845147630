import { expect, test } from 'vitest'

import { countTokens, termsOf } from './words.ts'

test('termsOf drops stop words, splits identifiers and stems', () => {
  expect(termsOf('How are the stored sampleRate values kept in rag_requests_total?')).toEqual([
    'store',
    'sampl',
    'rate',
    'valu',
    'kept',
    'rag',
    'request',
    'total',
  ])
})

test('termsOf finds nothing in a question of stop words only', () => {
  expect(termsOf('What is it, and who are you?')).toEqual([])
})

test('countTokens counts words, numbers and every other visible character', () => {
  expect(countTokens('Port 7246, on "localhost".')).toBe(8)
  expect(countTokens('  \n')).toBe(0)
})
