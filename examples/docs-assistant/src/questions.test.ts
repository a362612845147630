import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { readQuestions } from './questions.ts'

const { answerable, unanswerable } = await readQuestions(
  fileURLToPath(new URL('../questions.json', import.meta.url)),
)

test('questions.json holds enough different questions, a fifth of them beyond the documentation', () => {
  const all = [...answerable, ...unanswerable]
  expect(new Set(all.map((question) => question.toLowerCase())).size).toBe(all.length)
  expect(all.length).toBeGreaterThanOrEqual(60)
  expect(unanswerable.length).toBeGreaterThanOrEqual(15)
  for (const question of all) expect(question).toMatch(/^[A-Z].{5,98}\?$/)
})

test('readQuestions refuses a file without the two lists', async () => {
  await expect(readQuestions(fileURLToPath(new URL('../package.json', import.meta.url)))).rejects.toThrow(
    'answerable',
  )
})
