import { fileURLToPath } from 'node:url'

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { readCorpus } from './corpus.ts'
import { rewriteQuery } from './query-rewrite.ts'
import { createSearchIndex } from './search-index.ts'

const chunks = await readCorpus(fileURLToPath(new URL('../fixtures/corpus', import.meta.url)))
const index = createSearchIndex(chunks)
const hitsOf = async (question: string) => (await index.search(rewriteQuery(question))).hits

test.each([
  ['Which port does the lamp listen on?', 'README.md#install'],
  ['Under which license is it published?', 'README.md#licence'],
  ['What does a bell mean in fog?', 'docs/guides/fog.md#signals'],
  ['How long are fog reports kept?', 'docs/guides/fog.md#retention'],
  ['How deep is the water?', 'packages/probe/README.md#probe'],
  ['What is the sample rate?', 'packages/probe/README.md#probe'],
])('search finds the chunk for "%s" first', async (question, id) => {
  expect((await hitsOf(question))[0]?.id).toBe(id)
})

test('search finds nothing for a question about something else', async () => {
  expect(await hitsOf('Who won the football world cup?')).toEqual([])
})

test('search finds nothing for a question of stop words', async () => {
  expect(await hitsOf('What is it?')).toEqual([])
})

async function topScore(question: string): Promise<number> {
  return (await hitsOf(question))[0]?.score ?? 0
}

test('search scores a question lower for every word that the corpus does not know', async () => {
  const known = await topScore('lamp port')
  const strange = await topScore('lamp port submarine')
  expect(known).toBeGreaterThan(strange)
  expect(strange).toBeGreaterThan(await topScore('lamp port submarine torpedo'))
})

test('search finds a synonym, but scores it below the word itself', async () => {
  const [own] = await hitsOf('licence')
  const [guessed] = (await index.search([{ term: 'permit', synonyms: ['licenc'] }])).hits
  expect(guessed?.id).toBe(own?.id)
  expect(guessed?.score).toBeLessThan(own?.score ?? 0)
})

test('search scores between 0 and 1, best first', async () => {
  const word = fc.constantFrom(...chunks.flatMap(({ text }) => text.split(/\s+/)), 'unknown')
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
      const scores = (await hitsOf(words.join(' '))).map(({ score }) => score)
      expect(scores).toEqual(scores.toSorted((one, other) => other - one))
      for (const score of scores) expect(score > 0 && score <= 1).toBe(true)
    }),
  )
})

test('search weighs a word that no chunk contains highest, and a rare one above a common one', async () => {
  const { concepts } = await index.search(rewriteQuery('boat port submarine'))
  expect(concepts.map(({ term }) => term)).toEqual(['boat', 'port', 'submarin'])
  const weights = concepts.map(({ weight }) => weight)
  expect(weights).toEqual(weights.toSorted((one, other) => one - other))
  expect(new Set(weights).size).toBe(3)
})
