import { expect, test } from 'vitest'

import { rewriteQuery } from './query-rewrite.ts'

test('rewriteQuery keeps each word that says something once, in order', () => {
  expect(rewriteQuery('How do traces of a trace reach the other traces?').map(({ term }) => term)).toEqual([
    'trace',
    'reach',
    'other',
  ])
})

test('rewriteQuery brings the synonyms of a word along, without the word itself', () => {
  const [spend] = rewriteQuery('spending')
  expect(spend?.term).toBe('spend')
  expect(spend?.synonyms).toContain('cost')
  expect(spend?.synonyms).not.toContain('spend')
})
