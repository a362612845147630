import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { notFoundText } from './answer.ts'
import { readCorpus } from './corpus.ts'
import { extractiveAnswerer } from './extract-answer.ts'
import { rewriteQuery } from './query-rewrite.ts'
import { rerank } from './rerank.ts'
import { createSearchIndex } from './search-index.ts'
import { countTokens } from './words.ts'

const index = createSearchIndex(
  await readCorpus(fileURLToPath(new URL('../fixtures/corpus', import.meta.url))),
)

async function evidenceFor(question: string) {
  const { concepts: query, hits } = await index.search(rewriteQuery(question))
  return { question, query, passages: rerank(query, hits).filter(({ used }) => used) }
}

test('the extractive answerer quotes the sentence and cites its chunk', async () => {
  const answer = await extractiveAnswerer.answer(await evidenceFor('Which port does the lamp listen on?'), {})
  expect(answer.text).toBe('The lamp listens on port 4711. [README.md#install]')
  expect(answer.citations).toEqual(['README.md#install'])
  expect(answer.found).toBe(true)
})

test('the extractive answerer is silent when the passages speak of little of the question', async () => {
  const evidence = await evidenceFor('Which lamp does the port of Rotterdam light on Sundays?')
  expect(evidence.passages).not.toEqual([])
  const answer = await extractiveAnswerer.answer(evidence, {})
  expect(answer).toMatchObject({ text: notFoundText, citations: [], found: false })
})

test('the extractive answerer counts the tokens it read and wrote', async () => {
  const evidence = await evidenceFor('Which port does the lamp listen on?')
  const answer = await extractiveAnswerer.answer(evidence, {})
  const read = evidence.passages.reduce((sum, { chunk }) => sum + countTokens(chunk.text), 0)
  expect(answer.usage).toEqual({
    input_tokens: countTokens(evidence.question) + read,
    output_tokens: countTokens(answer.text),
  })
})
