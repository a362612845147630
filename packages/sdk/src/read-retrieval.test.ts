import { describe, expect, test } from 'vitest'
import { readRerank } from './read-rerank.ts'
import { readDocuments, readRetrieval } from './read-retrieval.ts'

describe('readRetrieval', () => {
  test.each<[string, unknown, { count: number; scores?: number[] }]>([
    [
      'a list',
      [
        { id: 'a', score: 0.9 },
        { id: 'b', score: 0.5 },
      ],
      { count: 2, scores: [0.9, 0.5] },
    ],
    ['an empty list', [], { count: 0 }],
    ['texts', ['a', 'b'], { count: 2 }],
    ['pairs of LangChain', [[{ pageContent: 'x' }, 0.7]], { count: 1, scores: [0.7] }],
    ['documents of LangChain', [{ pageContent: 'x', metadata: { score: 0.4 } }], { count: 1, scores: [0.4] }],
    ['Pinecone', { matches: [{ id: 'a', score: 0.8 }], namespace: '' }, { count: 1, scores: [0.8] }],
    ['Qdrant', { points: [{ id: 1, score: 0.8 }] }, { count: 1, scores: [0.8] }],
    [
      'Elasticsearch',
      { hits: { total: 1, hits: [{ _id: 'a', _score: 12.5 }] } },
      { count: 1, scores: [12.5] },
    ],
    ['Chroma', { ids: [['a', 'b', 'c']], distances: [[0.1, 0.2, 0.3]] }, { count: 3 }],
    ['LlamaIndex', { sourceNodes: [{ node: { id_: 'a' }, score: 0.6 }] }, { count: 1, scores: [0.6] }],
    ['Postgres', { rows: [{ id: 7, similarity: 0.3 }], rowCount: 1 }, { count: 1, scores: [0.3] }],
  ])('%s', (_name, result, { count, scores }) => {
    expect(readRetrieval(result)).toEqual({ count, scores })
  })

  test.each([[undefined], [null], ['text'], [7], [{ answer: 'x' }]])(
    '%j holds no list: unknown',
    (result) => {
      expect(readRetrieval(result)).toBeUndefined()
    },
  )

  test('leaves out scores that are no finite numbers', () => {
    expect(readRetrieval([{ score: Number.NaN }, { score: '0.5' }, { score: 1 }])).toEqual({
      count: 3,
      scores: [1],
    })
  })
})

test('readDocuments takes ids and scores, never text', () => {
  const result = [
    { id: 1, score: 0.9, text: 'secret' },
    [{ metadata: { id: 'b' }, pageContent: 'secret' }, 0.5],
    { node: { id_: 'c', text: 'secret' } },
  ]
  const documents = readDocuments(result)
  expect(documents).toEqual([
    { id: '1', score: 0.9 },
    { id: 'b', score: 0.5 },
    { id: 'c', score: undefined },
  ])
})

describe('readRerank', () => {
  const [a, b, c] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }]

  test('measures the change of rank by identity, by id and by stated position', () => {
    expect(readRerank([c, a], [a, b, c])).toEqual({ inCount: 3, outCount: 2, displacement: 1.5 })
    expect(readRerank([{ id: 'c', score: 0.5 }], [a, b, c])).toMatchObject({ displacement: 2, scores: [0.5] })
    const cohere = {
      results: [
        { index: 2, relevance_score: 0.9 },
        { index: 1, relevance_score: 0.1 },
      ],
    }
    expect(readRerank(cohere, undefined)).toEqual({ outCount: 2, scores: [0.9, 0.1], displacement: 1 })
  })

  test('does not guess where a document stood', () => {
    expect(readRerank([c, { id: 'new' }], [a, b, c])).toEqual({ inCount: 3, outCount: 2 })
    expect(readRerank([c], undefined)).toEqual({ outCount: 1 })
    expect(readRerank('nothing', [a])).toEqual({ inCount: 1 })
  })
})
