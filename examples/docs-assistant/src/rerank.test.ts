import { expect, test } from 'vitest'

import type { Chunk } from './markdown-chunks.ts'
import { rewriteQuery } from './query-rewrite.ts'
import { coverageOf, rerank } from './rerank.ts'

/** Every word tells as much as any other. */
const query = (question: string) => rewriteQuery(question).map((concept) => ({ ...concept, weight: 1 }))

function chunk(id: string, text: string, headings: string[] = []): Chunk {
  return { id, path: 'a.md', headings, passages: [text], text }
}

function hit(one: Chunk, score = 0.5) {
  return { id: one.id, score, chunk: one }
}

const order = (question: string, hits: ReturnType<typeof hit>[]) =>
  rerank(query(question), hits).map(({ id }) => id)

test('rerank prefers a passage with the whole question over one that repeats a single word', () => {
  const hits = [
    hit(chunk('repeats', 'port port port port'), 0.9),
    hit(chunk('covers', 'the lamp has a port'), 0.4),
  ]
  expect(order('lamp port', hits)).toEqual(['covers', 'repeats'])
})

test('rerank prefers words that stand together', () => {
  const apart = 'The lamp shines over a long harbour wall where boats come in through the port.'
  const hits = [hit(chunk('apart', apart)), hit(chunk('together', 'Near the wall the lamp port is wide.'))]
  expect(order('lamp port', hits)).toEqual(['together', 'apart'])
})

test('rerank prefers a passage whose heading speaks of the question', () => {
  const hits = [hit(chunk('plain', 'lamp oil', ['Other'])), hit(chunk('titled', 'lamp oil', ['Lamp']))]
  expect(order('lamp', hits)).toEqual(['titled', 'plain'])
})

test('rerank uses at most four passages, and none far behind the best', () => {
  const same = Array.from({ length: 6 }, (_, index) => hit(chunk(`same-${index}`, 'lamp port')))
  const ranked = rerank(query('lamp port'), [...same, hit(chunk('weak', 'nothing here'), 0.1)])
  expect(ranked.map(({ used }) => used)).toEqual([true, true, true, true, false, false, false])

  const two = rerank(query('lamp port'), [
    hit(chunk('strong', 'lamp port')),
    hit(chunk('weak', 'something else'), 0.1),
  ])
  expect(two.map(({ id, used }) => [id, used])).toEqual([
    ['strong', true],
    ['weak', false],
  ])
})

test('rerank scores the best possible passage 1 and orders equals by id', () => {
  const perfect = ['b', 'a'].map((id) => hit(chunk(id, 'lamp port', ['lamp port']), 1))
  const ranked = rerank(query('lamp port'), perfect)
  expect(ranked.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(ranked[0]?.score).toBeCloseTo(1, 12)
})

test('coverageOf weighs words and counts a synonym half', () => {
  const asked = [
    { term: 'rare', synonyms: [], weight: 3 },
    { term: 'common', synonyms: ['usual'], weight: 1 },
  ]
  expect(coverageOf(asked, ['rare'])).toBe(0.75)
  expect(coverageOf(asked, ['usual'])).toBe(0.125)
  expect(coverageOf(asked, ['rare', 'common', 'usual'])).toBe(1)
  expect(coverageOf([], ['rare'])).toBe(0)
})
