import { expect, test } from 'vitest'
import { createSearchIndex, extractAnswer, sectionsOf } from './search-index.ts'

const markdown = `# Ships

A ship sails the sea. It has a mast.

## Fruit

Apples grow on trees. Pears do as well.
`
const index = createSearchIndex(sectionsOf(markdown))

test('sectionsOf cuts at the headings', () => {
  expect(sectionsOf(markdown).map(({ heading }) => heading)).toEqual(['Ships', 'Fruit'])
})

test('search finds the section that answers, with a score in 0..1', () => {
  const [hit] = index.search('Where do apples grow?', 3)
  expect(hit?.section.heading).toBe('Fruit')
  expect(hit?.score).toBeCloseTo(1)
})

test('search of words that occur nowhere finds nothing', () => {
  expect(index.search('quantum chromodynamics', 3)).toEqual([])
  expect(index.search('', 3)).toEqual([])
})

test('extractAnswer is the sentence with most words of the question', () => {
  const question = 'Where is the mast?'
  expect(extractAnswer(question, index.search(question, 3))).toBe('It has a mast.')
  expect(extractAnswer(question, [])).toBeUndefined()
})
