import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GapsQuery } from '../src/store/retrieval-queries.ts'
import { modelGaps } from './gaps-model.ts'
import type { ModelGap, ModelTrace } from './gaps-model.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()
const HOUR_MS = 3_600_000
const FROM = NOW - HOUR_MS

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const QUERY: GapsQuery = {
  filter: { from: FROM, to: NOW },
  lowScore: { quantile: 0.125 },
  textKey: 'question',
  tracesMax: 10_000,
  countMax: 100_000,
  limit: 1000,
  steps: 8,
  deadline: Infinity,
}
const ask = (query: Partial<GapsQuery> = {}) => harness.query('gaps', { ...QUERY, ...query })

/** A request that says nothing about itself but what the test is about. */
const plain = (id: string, more: Partial<ModelTrace> = {}): ModelTrace => ({
  id,
  timestamp: NOW - 60_000,
  service: 'docs',
  environment: undefined,
  retriever: 'bm25',
  query: 'a question',
  question: undefined,
  count: 3,
  score: 0.5,
  status: 'success',
  rating: undefined,
  lateName: undefined,
  probability: undefined,
  ...more,
})

function send(traces: readonly ModelTrace[], to: Harness = harness): void {
  to.send({
    traces: traces.map((trace) => ({
      id: trace.id,
      trace_id: `trace-of-${trace.id}`,
      request_id: `request-of-${trace.id}`,
      timestamp: trace.timestamp,
      service: trace.service,
      environment: trace.environment,
      total_latency_ms: 1,
      status: trace.status,
      query_hash: trace.query,
      retrieval:
        trace.count === undefined && trace.score === undefined
          ? undefined
          : {
              retriever: trace.retriever,
              count: trace.count,
              scores: trace.score === undefined ? undefined : [trace.score - 1, trace.score],
            },
      feedback: trace.rating === undefined ? undefined : { rating: trace.rating },
      kept: trace.probability === undefined ? undefined : { reason: 'head', probability: trace.probability },
      metadata: trace.question === undefined ? undefined : { question: trace.question },
    })),
  })
  const names = {
    id: (id: string) => id,
    trace_id: (id: string) => `trace-of-${id}`,
    request_id: (id: string) => `request-of-${id}`,
  }
  const feedback = traces.flatMap(({ id, lateName }, index) =>
    lateName === undefined ? [] : [{ event_id: `e${index}`, id: names[lateName](id), rating: 'negative' }],
  )
  if (feedback.length > 0) to.commit('feedback', { feedback })
}

const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const uuid = fc.uuid({ version: 7 })
const anyTrace: fc.Arbitrary<ModelTrace> = fc.record({
  id: fc.oneof(
    uuid,
    fc.string({ minLength: 1, maxLength: 8 }).map((text) => `id ${text}`),
  ),
  timestamp: fc.integer({ min: FROM, max: NOW - 1 }),
  service: fc.constantFrom('docs', 'search', "o'brien"),
  environment: fc.constantFrom('production', undefined),
  // A retriever without a retrieval has no place in a trace.
  retriever: fc.constantFrom('bm25', 'hybrid'),
  query: fc.constantFrom('one', 'two', '💥', undefined),
  question: fc.constantFrom(
    'What?',
    '<script>alert(1)</script>',
    '" OR 1=1 --',
    '\u202Eright to left',
    undefined,
  ),
  count: fc.constantFrom(0, 1, 5),
  score: some(fc.constantFrom(0, 0.25, 0.5, 0.625, 0.75, 12.5)),
  status: fc.constantFrom('success', 'success', 'error', 'timeout', 'cancelled'),
  rating: fc.constantFrom('positive', 'negative', undefined, undefined, undefined),
  lateName: fc.constantFrom('id', 'trace_id', 'request_id', undefined, undefined, undefined, undefined),
  probability: some(fc.constantFrom(1, 0.5, 0.25)),
})

/** Forty questions of a retriever. */
const scored = (retriever: string, score: (index: number) => number) =>
  Array.from({ length: 40 }, (_, i) =>
    plain(`${retriever}-${i}`, { retriever, query: `${retriever} ${i}`, score: score(i) }),
  )

/** What the model and the answer have in common. */
const told = ({ service, text, bad, asked, reasons, last_seen, trend }: Omit<ModelGap, 'query'>) => ({
  service,
  text,
  bad,
  asked,
  reasons,
  last_seen,
  trend,
})

describe('queryGaps', () => {
  it('equals a model in plain lists, for any traces, filter and definition of low', () => {
    const queries = fc.record({
      lowScore: fc.oneof(
        fc.record({ quantile: fc.constantFrom(0, 0.125, 0.25, 0.5) }),
        fc.record({ below: fc.constantFrom(0.25, 0.6, 100) }),
      ),
      reason: fc.constantFrom('empty', 'low_score', 'failed', 'negative_feedback', undefined),
      service: fc.constantFrom('docs', undefined, undefined),
      environment: fc.constantFrom('production', undefined, undefined),
      retriever: fc.constantFrom('bm25', undefined, undefined),
      limit: fc.constantFrom(1, 3, 1000),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(anyTrace, { minLength: 1, maxLength: 120, selector: ({ id }) => id, size: 'max' }),
        queries,
        (given, { lowScore, reason, limit, ...filter }) => {
          // Of two traces of one moment either may be the newest.
          const traces = given.map((trace, index) => ({
            ...trace,
            timestamp: FROM + ((trace.timestamp - FROM) % 30_000) * 120 + index,
          }))
          using own = createHarness({ receivedAt: () => NOW })
          send(traces, own)
          const stated = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
          const query: GapsQuery = {
            ...QUERY,
            filter: { ...QUERY.filter, ...stated },
            lowScore,
            limit,
            ...(reason === undefined ? {} : { reason }),
          }
          const answer = own.query('gaps', query)
          const truth = modelGaps(traces, query)
          expect(answer.based_on).toMatchObject({ ...truth.read, matching: truth.read.traces, since: FROM })
          expect(answer.ungrouped).toEqual(truth.ungrouped)
          const shown = truth.gaps.slice(0, limit)
          expect(answer.gaps.map(told)).toEqual(shown.map(told))
          const others = truth.gaps.slice(limit)
          expect(answer.others).toEqual({
            queries: others.length,
            traces: others.reduce((total, { bad }) => total + bad.traces, 0),
            estimate: others.reduce((total, { bad }) => total + bad.estimate, 0),
          })
          expect(answer.gaps.map(({ query_hash }) => query_hash === null)).toEqual(
            shown.map(({ query: hash }) => hash === undefined),
          )
        },
      ),
      { numRuns: 25 },
    )
  }, 30_000)

  it('counts a low score by the scores of its own retriever, and where all are equal none is low', () => {
    send([
      ...scored('bm25', (i) => 10 + i),
      ...scored('vector', (i) => 0.6 + i / 1000),
      ...scored('constant', () => 0.5),
    ])
    const answer = ask({ lowScore: { quantile: 0.125 } })
    expect(answer.thresholds).toEqual([
      { service: 'docs', retriever: 'bm25', below: 14, traces: 40 },
      { service: 'docs', retriever: 'constant', below: 0.5, traces: 40 },
      { service: 'docs', retriever: 'vector', below: 0.604, traces: 40 },
    ])
    expect(answer.total).toMatchObject({ traces: 8, reasons: { low_score: 8, empty: 0 } })
  })

  it('does not call the lowest of a few scores low', () => {
    send(Array.from({ length: 19 }, (_, i) => plain(`t${i}`, { score: i / 20 })))
    const answer = ask()
    expect(answer.thresholds).toMatchObject([{ below: null, traces: 19 }])
    expect(answer.total.traces).toBe(0)
    expect(ask({ lowScore: { below: 0.5 } }).total.traces).toBe(10)
  })

  it('reads the newest up to its bound, counts the others, and draws trends over what was read', () => {
    send(
      Array.from({ length: 100 }, (_, i) => plain(`t${i}`, { timestamp: NOW - 1000 - i * 1000, count: 0 })),
    )
    const answer = ask({ tracesMax: 10 })
    const since = NOW - 10_000
    expect(answer.based_on).toEqual({
      traces: 10,
      estimate: 10,
      matching: 100,
      matching_complete: true,
      since,
    })
    expect(answer.trend).toEqual({ from: since, to: NOW, steps: 8 })
    expect(answer.gaps[0]?.trend.reduce((sum, value) => sum + value, 0)).toBe(10)
  })

  it('takes the text of the newest request that has one, from the key that is asked for', () => {
    send([
      plain('old', { count: 0, question: 'First wording', timestamp: NOW - 9000 }),
      plain('newer', { count: 0, question: 'Second wording', timestamp: NOW - 8000 }),
      plain('newest', { count: 0, timestamp: NOW - 7000 }),
    ])
    expect(ask().gaps[0]).toMatchObject({ text: 'Second wording', last_trace: 'newest' })
    expect(ask({ textKey: 'a"b$.c' }).gaps[0]?.text).toBeNull()
  })

  it('stops at its deadline and says so', () => {
    send([plain('a', { count: 0 })])
    expect(ask({ deadline: 0 })).toMatchObject({
      based_on: { traces: 0, matching: 0, matching_complete: false },
      gaps: [],
    })
  })

  it('of nothing is nothing', () => {
    expect(ask()).toMatchObject({
      based_on: { traces: 0, estimate: 0, matching: 0, matching_complete: true },
      thresholds: [],
      gaps: [],
      others: { queries: 0, traces: 0, estimate: 0 },
      ungrouped: { traces: 0, estimate: 0 },
      total: { traces: 0, estimate: 0 },
    })
  })
})
