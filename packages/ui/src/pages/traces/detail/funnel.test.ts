import { assert, array, boolean, double, nat, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { funnelOf } from './funnel.ts'

const counts = (funnel: ReturnType<typeof funnelOf>) => funnel?.steps.map(({ name, count }) => [name, count])

describe('funnelOf', () => {
  it('says of each document where it was, where it went, and why it fell out', () => {
    const funnel = funnelOf({
      retrieval: {
        retriever: 'hybrid',
        count: 6,
        documents: [
          { id: 'a', score: 0.9, rank: 3, used: false },
          { id: 'b', score: 0.8, rank: 1, used: true, cited: true },
          { id: 'c', score: 0.7 },
          { id: 'd', score: 0.6, rank: 2, used: true, cited: false },
          { id: 'e', score: 0.5, rank: 4, used: false },
        ],
      },
      rerank: { in_count: 5, out_count: 3, scores: [0.99, 0.8, 0.4] },
    })
    expect(counts(funnel)).toEqual([
      ['Candidates', 6],
      ['Reranked', 3],
      ['In the prompt', 2],
      ['Cited', 1],
    ])
    expect(
      funnel?.documents.map(({ id, position, rank, movement, rerankScore, fate, reason }) => [
        id,
        position,
        rank,
        movement,
        rerankScore,
        fate,
        reason,
      ]),
    ).toEqual([
      ['a', 1, 3, -2, 0.4, 'lost', 'Kept by the reranker, not put into the prompt'],
      ['b', 2, 1, 1, 0.99, 'cited', 'Cited in the answer'],
      ['c', 3, undefined, undefined, undefined, 'lost', 'Dropped by the reranker: it has no rank'],
      ['d', 4, 2, 2, 0.8, 'kept', 'In the prompt, not cited'],
      ['e', 5, 4, 1, undefined, 'lost', 'Dropped by the reranker: rank 4, and it kept 3'],
    ])
    expect(funnel?.omitted).toBe(1)
  })

  it('does not say that a document was left out where the trace does not', () => {
    const funnel = funnelOf({ retrieval: { count: 2, documents: [{ id: 'a' }, { id: 'b' }] } })
    expect(counts(funnel)).toEqual([
      ['Candidates', 2],
      ['In the prompt', undefined],
      ['Cited', undefined],
    ])
    expect(funnel?.documents.map(({ fate }) => fate)).toEqual(['unknown', 'unknown'])
  })

  it('an empty retrieval put nothing into the prompt', () => {
    expect(counts(funnelOf({ retrieval: { count: 0 } }))).toEqual([
      ['Candidates', 0],
      ['In the prompt', 0],
      ['Cited', 0],
    ])
  })

  it('takes what is cited for what the model saw, and says no more than that of the others', () => {
    const funnel = funnelOf({ retrieval: { documents: [{ cited: true }, { cited: false }] } })
    expect(counts(funnel)).toEqual([
      ['Candidates', 2],
      ['In the prompt', 1],
      ['Cited', 1],
    ])
    expect(funnel?.documents.map(({ fate, reason }) => [fate, reason])).toEqual([
      ['cited', 'Cited in the answer'],
      ['unknown', 'Not cited; not stated whether it was in the prompt'],
    ])
  })

  it('shows bare scores as documents without a name', () => {
    expect(funnelOf({ retrieval: { scores: [0.5, 0.2] } })?.documents.map(({ score }) => score)).toEqual([
      0.5, 0.2,
    ])
  })

  it('gives scores to documents by their place only if there is one for each', () => {
    const documents = [{ id: 'a' }, { id: 'b' }]
    const scoresOf = (scores: number[]) =>
      funnelOf({ retrieval: { documents, scores } })?.documents.map(({ score }) => score)
    expect(scoresOf([0.5, 0.4])).toEqual([0.5, 0.4])
    expect(scoresOf([0.5])).toEqual([undefined, undefined])
  })

  it('of a request without retrieval is nothing', () => {
    expect(funnelOf({})).toBeUndefined()
  })

  it('counts in the prompt what was used or cited, and as cited what was cited, whatever was sent', () => {
    const document = record(
      { score: double({ noNaN: true }), rank: nat(12), used: boolean(), cited: boolean() },
      { requiredKeys: [] },
    )
    assert(
      property(array(document, { maxLength: 10 }), option(nat(12), { nil: undefined }), (documents, kept) => {
        const funnel = funnelOf({
          retrieval: { documents },
          ...(kept === undefined ? {} : { rerank: { out_count: kept } }),
        })
        const [inPrompt, cited] = funnel?.steps.slice(-2).map(({ count = 0 }) => count) ?? []
        expect(inPrompt).toBe(documents.filter((one) => one.used === true || one.cited === true).length)
        expect(cited).toBe(documents.filter((one) => one.cited === true).length)
      }),
    )
  })
})
