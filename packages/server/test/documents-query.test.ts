import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DocumentsQuery } from '../src/store/retrieval-queries.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const QUERY: DocumentsQuery = {
  filter: { from: 0, to: NOW },
  order: 'retrieved',
  tracesMax: 2000,
  countMax: 100_000,
  documentsMax: 20_000,
  limit: 1000,
  deadline: Infinity,
}
const ask = (query: Partial<DocumentsQuery> = {}, from: Harness = harness) =>
  from.query('documents', { ...QUERY, ...query })

interface Document {
  id?: string | undefined
  score?: number | undefined
  rank?: number | undefined
  used?: boolean | undefined
  cited?: boolean | undefined
}

interface Retrieval {
  documents: readonly Document[]
  status: 'success' | 'error'
  isLateNegative: boolean
  /** A power of two: sums are then exact. */
  probability: number
}

/** The first is the newest. */
function send(retrievals: readonly Partial<Retrieval>[], to: Harness = harness): void {
  to.send({
    traces: retrievals.map(({ documents = [], status = 'success', probability = 1 }, index) => ({
      id: `t${index}`,
      timestamp: NOW - 1 - index,
      total_latency_ms: 1,
      status,
      service: 'docs',
      retrieval: { retriever: 'bm25', documents },
      kept: { reason: 'head', probability },
    })),
  })
  const feedback = retrievals.flatMap(({ isLateNegative = false }, index) =>
    isLateNegative ? [{ id: `t${index}`, rating: 'negative' }] : [],
  )
  if (feedback.length > 0) to.commit('feedback', { feedback })
}

const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const anyDocument: fc.Arbitrary<Document> = fc.record({
  id: fc.constantFrom(
    'a',
    'b',
    '<img src=x onerror=alert(1)>',
    '\u202Eevil',
    '__proto__',
    'constructor',
    undefined,
  ),
  score: some(fc.constantFrom(0, 0.5, 1, 12)),
  rank: some(fc.integer({ min: 1, max: 9 })),
  used: some(fc.boolean()),
  cited: some(fc.boolean()),
})
const anyRetrieval: fc.Arbitrary<Retrieval> = fc.record({
  documents: fc.array(anyDocument, { maxLength: 6 }),
  status: fc.constantFrom('success', 'error'),
  isLateNegative: fc.boolean(),
  probability: fc.constantFrom(1, 0.5, 0.25),
})

/** What is said of one document, worked out trace by trace. */
function truthOf(retrievals: readonly Retrieval[], id: string): object {
  const found = retrievals.filter(({ documents }) => documents.some((document) => document.id === id))
  const weigh = (list: readonly Retrieval[]) =>
    list.reduce((sum, { probability }) => sum + 1 / probability, 0)
  const states = (field: 'used' | 'cited') =>
    found.filter(({ documents }) => documents.some((document) => document[field] !== undefined))
  const says = (field: 'used' | 'cited') =>
    found.filter(({ documents }) =>
      documents.some((document) => document.id === id && document[field] === true),
    )
  const using = found.filter(
    (retrieval) => !states('used').includes(retrieval) || says('used').includes(retrieval),
  )
  const bad = using.filter(({ status, isLateNegative }) => status === 'error' || isLateNegative)
  const positions = found.map(
    ({ documents, probability }) => (documents.findIndex((document) => document.id === id) + 1) / probability,
  )
  return {
    id,
    retrieved: { traces: found.length, estimate: weigh(found) },
    in_prompt: states('used').length === 0 ? null : weigh(says('used')),
    cited: states('cited').length === 0 ? null : weigh(says('cited')),
    average_position: positions.reduce((sum, position) => sum + position, 0) / weigh(found),
    outcomes: {
      traces: using.length,
      estimate: weigh(using),
      bad: weigh(bad),
      bad_share: using.length === 0 ? null : weigh(bad) / weigh(using),
    },
  }
}

describe('queryDocuments', () => {
  it('equals what the traces themselves say, whatever the documents are called', () => {
    fc.assert(
      fc.property(fc.array(anyRetrieval, { minLength: 1, maxLength: 30 }), (retrievals) => {
        using own = createHarness({ receivedAt: () => NOW })
        send(retrievals, own)
        const answer = ask({}, own)
        const read = retrievals.filter(({ documents }) => documents.length > 0)
        const ids = new Set(
          read.flatMap(({ documents }) => documents.flatMap(({ id }) => (id === undefined ? [] : [id]))),
        )
        expect(answer.based_on.traces).toBe(read.length)
        expect(answer.documents_total).toBe(ids.size)
        for (const id of ids) {
          expect(answer.documents.find((document) => document.id === id)).toMatchObject(truthOf(read, id))
        }
        const never = ask({ order: 'never_cited' }, own).documents
        expect(new Set(never.map(({ id }) => id))).toEqual(
          new Set(
            answer.documents.filter(({ cited, in_prompt }) => (cited ?? in_prompt) === 0).map(({ id }) => id),
          ),
        )
        const bad = ask({ order: 'bad' }, own).documents
        expect(bad.every(({ outcomes }) => outcomes.bad > 0)).toBe(true)
        expect(bad.length).toBe(answer.documents.filter(({ outcomes }) => outcomes.bad > 0).length)
      }),
      { numRuns: 25 },
    )
  }, 30_000)

  it('averages place, rank and score by the weight of the traces, from scores beside the documents too', () => {
    harness.send({
      traces: [
        {
          ...flatTrace('a', { timestamp: NOW - 1, kept: { reason: 'head', probability: 0.25 } }),
          retrieval: { scores: [0.9, 0.5], documents: [{ id: 'x', rank: 2 }, { id: 'y' }] },
        },
        {
          ...flatTrace('b', { timestamp: NOW - 2 }),
          retrieval: {
            documents: [
              { id: 'y', score: 1 },
              { id: 'x', score: 0.4, rank: 1 },
            ],
          },
        },
      ],
    })
    expect(ask().documents).toMatchObject([
      {
        id: 'x',
        average_position: (4 * 1 + 2) / 5,
        average_rank: (4 * 2 + 1) / 5,
        average_score: (4 * 0.9 + 0.4) / 5,
      },
      { id: 'y', average_position: (4 * 2 + 1) / 5, average_rank: null, average_score: (4 * 0.5 + 1) / 5 },
    ])
  })

  it('puts what is surely worse than the average before what failed once', () => {
    send([
      ...Array.from(
        { length: 20 },
        (_, i) => ({ documents: [{ id: 'stale' }], status: i < 15 ? 'error' : 'success' }) as const,
      ),
      { documents: [{ id: 'unlucky' }], status: 'error' },
      ...Array.from({ length: 20 }, () => ({ documents: [{ id: 'fine' }] })),
    ])
    const { documents, documents_matching, average_bad_share } = ask({ order: 'bad' })
    expect(documents.map(({ id }) => id)).toEqual(['stale', 'unlucky'])
    expect([documents_matching, average_bad_share]).toEqual([2, 16 / 41])
    expect(documents[0]).toMatchObject({
      last_trace: 't0',
      last_bad_trace: 't0',
      outcomes: { bad_share: 0.75 },
    })
    // Unequal weights are worth fewer observations: the interval is wider than that of as many equal ones.
    expect(documents[0]?.outcomes.bad_share_low).toBeCloseTo(0.5313, 4)
  })

  it('names the first and counts the others; documents over the bound are counted apart', () => {
    send([{ documents: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }, { documents: [{ id: 'a' }] }])
    expect(ask({ limit: 1 })).toMatchObject({
      documents: [{ id: 'a' }],
      others: { documents: 2, retrieved: 2 },
      documents_total: 3,
    })
    expect(ask({ documentsMax: 2 })).toMatchObject({ documents_total: 2, uncounted: 1 })
  })

  it('reads the newest up to its bound, and says how many there are', () => {
    send(Array.from({ length: 50 }, (_, i) => ({ documents: [{ id: `d${i}` }] })))
    expect(ask({ tracesMax: 5 }).based_on).toEqual({
      traces: 5,
      estimate: 5,
      matching: 50,
      matching_complete: true,
      since: NOW - 5,
    })
  })

  it('without ids says so; empty retrievals are not read', () => {
    harness.send({
      traces: [
        flatTrace('a', { timestamp: NOW - 1 }),
        flatTrace('b', { timestamp: NOW - 2, retrieval_count: 0 }),
      ],
    })
    expect(ask()).toMatchObject({
      based_on: { traces: 1 },
      with_ids: { traces: 0 },
      states_use: false,
      states_citations: false,
      documents: [],
    })
  })

  it('stops at its deadline and says so', () => {
    send([{ documents: [{ id: 'a' }] }])
    expect(ask({ deadline: 0 })).toMatchObject({
      based_on: { traces: 0, matching_complete: false },
      documents: [],
    })
  })
})
