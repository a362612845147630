import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { chunkMarkdown } from './markdown-chunks.ts'

test('chunkMarkdown gives every section its GitHub anchor and the headings above it', () => {
  const chunks = chunkMarkdown(
    'docs/a.md',
    '# Guide\n\nIntro.\n\n## First `step`\n\nOne.\n\n### Why\n\nSo.\n\n## Last\n\nEnd.\n',
  )
  expect(chunks.map(({ id, headings, text }) => [id, headings, text])).toEqual([
    ['docs/a.md#guide', ['Guide'], 'Intro.'],
    ['docs/a.md#first-step', ['Guide', 'First step'], 'One.'],
    ['docs/a.md#why', ['Guide', 'First step', 'Why'], 'So.'],
    ['docs/a.md#last', ['Guide', 'Last'], 'End.'],
  ])
})

test('chunkMarkdown numbers headings of the same name as GitHub does', () => {
  const ids = chunkMarkdown('a.md', '# A\n\n## Use\n\nx\n\n## Use\n\ny\n').map(({ id }) => id)
  expect(ids).toEqual(['a.md#use', 'a.md#use-1'])
})

test('chunkMarkdown does not take a comment in a code block for a heading', () => {
  const [chunk, ...more] = chunkMarkdown('a.md', '# Run\n\n```sh\n# not a heading\nnpm start\n```\n')
  expect(more).toEqual([])
  expect(chunk?.passages).toEqual(['# not a heading\nnpm start'])
})

test('chunkMarkdown splits paragraphs into sentences and keeps list items and table rows whole', () => {
  const [chunk] = chunkMarkdown(
    'a.md',
    '# A\n\nSee [the\nguide](b.md). It is *short*.\n\n- One. Two.\n\n| option | default |\n| --- | --- |\n| `port` | 7246 |\n',
  )
  expect(chunk?.passages).toEqual(['See the guide.', 'It is short.', 'One. Two.', 'port; default: 7246'])
})

test('chunkMarkdown keeps text before the first heading under the path alone', () => {
  expect(chunkMarkdown('a.md', 'Hello.\n')[0]?.id).toBe('a.md')
})

test('chunkMarkdown splits a long section into numbered chunks of bounded size without losing a sentence', () => {
  const sentences = Array.from({ length: 80 }, (_, index) => `Sentence ${index} says something of its own.`)
  const chunks = chunkMarkdown('a.md', `# Long\n\n${sentences.join(' ')}\n`)
  expect(chunks.map(({ id }) => id)).toEqual(['a.md#long', 'a.md#long:2', 'a.md#long:3'])
  expect(chunks.flatMap(({ passages }) => passages)).toEqual(sentences)
})

test('chunkMarkdown bounds every chunk and gives every chunk its own id, whatever the file', () => {
  const block = fc.oneof(
    fc.constantFrom('# A', '## B', '### A', '- item', '| a | b |\n|---|---|\n| 1 | 2 |', '> quote', '---'),
    fc.string({ maxLength: 80 }),
    fc.integer({ min: 1, max: 3000 }).map((length) => 'word '.repeat(length / 5)),
    fc.integer({ min: 1, max: 3000 }).map((length) => `\`\`\`\n${'x'.repeat(length)}\n\`\`\``),
  )
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
      const chunks = chunkMarkdown('a.md', blocks.join('\n\n'))
      for (const { text } of chunks) {
        expect(text.length).toBeLessThanOrEqual(1200)
        expect(text.trim()).not.toBe('')
      }
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(chunks.length)
    }),
  )
})
