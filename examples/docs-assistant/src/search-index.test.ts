import { fileURLToPath } from 'node:url'

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { readCorpus } from './corpus.ts'
import { rewriteQuery } from './query-rewrite.ts'
import { createSearchIndex } from './search-index.ts'

const chunks = await readCorpus(fileURLToPath(new URL('../fixtures/corpus', import.meta.url)))
const index = createSearchIndex(chunks)

test.each([
  ['Which port does the lamp listen on?', 'README.md#install'],
  ['Under which license is it published?', 'README.md#licence'],
  ['What does a bell mean in fog?', 'docs/guides/fog.md#signals'],
  ['How long are fog reports kept?', 'docs/guides/fog.md#retention'],
  ['How deep is the water?', 'packages/probe/README.md#probe'],
  ['What is the sample rate?', 'packages/probe/README.md#probe'],
])('search finds the chunk for "%s" first', (question, id) => {
  expect(index.search(rewriteQuery(question))[0]?.id).toBe(id)
})

test('search finds nothing for a question about something else', () => {
  expect(index.search(rewriteQuery('Who won the football world cup?'))).toEqual([])
})

test('search finds nothing for a question of stop words', () => {
  expect(index.search(rewriteQuery('What is it?'))).toEqual([])
})

function topScore(question: string): number {
  return index.search(rewriteQuery(question))[0]?.score ?? 0
}

test('search scores a question lower for every word that the corpus does not know', () => {
  expect(topScore('lamp port')).toBeGreaterThan(topScore('lamp port submarine'))
  expect(topScore('lamp port submarine')).toBeGreaterThan(topScore('lamp port submarine torpedo'))
})

test('search finds a synonym, but scores it below the word itself', () => {
  const [own] = index.search(rewriteQuery('licence'))
  const [guessed] = index.search([{ term: 'permit', synonyms: ['licenc'] }])
  expect(guessed?.id).toBe(own?.id)
  expect(guessed?.score).toBeLessThan(own?.score ?? 0)
})

test('search scores between 0 and 1, best first', () => {
  const word = fc.constantFrom(...chunks.flatMap(({ text }) => text.split(/\s+/)), 'unknown')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const scores = index.search(rewriteQuery(words.join(' '))).map(({ score }) => score)
      expect(scores).toEqual(scores.toSorted((one, other) => other - one))
      for (const score of scores) expect(score > 0 && score <= 1).toBe(true)
    }),
  )
})

test('weightOf is highest for a word that no chunk contains', () => {
  expect(index.weightOf('submarin')).toBeGreaterThan(index.weightOf('port'))
  expect(index.weightOf('port')).toBeGreaterThan(index.weightOf('boat'))
})
