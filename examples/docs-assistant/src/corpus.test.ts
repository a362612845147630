import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { readCorpus } from './corpus.ts'

const fixture = fileURLToPath(new URL('../fixtures/corpus', import.meta.url))

test('readCorpus reads the documentation, and only that, in a fixed order', async () => {
  const chunks = await readCorpus(fixture)
  expect(chunks.map(({ id }) => id)).toEqual([
    'README.md#lighthouse',
    'README.md#install',
    'README.md#licence',
    'docs/guides/fog.md#signals',
    'docs/guides/fog.md#retention',
    'docs/guides/fog.md#signals-1',
    'packages/probe/README.md#probe',
  ])
})

test('readCorpus says what to do when there is no documentation', async () => {
  await expect(readCorpus(`${fixture}/packages/empty`)).rejects.toThrow('--root')
})
