import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CardinalityGuard } from './cardinality-guard.ts'
import type { TraceEvent } from './event.ts'
import { createIdGenerator } from './ids.ts'
import { answeringModel, measure, measureParts, requestCost, weightOf } from './measure.ts'
import { labelObject } from './measurement-buffer.ts'
import { CounterSeries, GaugeSeries, Registry } from './registry.ts'

const base: TraceEvent = {
  id: 'a',
  timestamp: 1_763_719_200_000,
  total_latency_ms: 250,
  status: 'success',
  service: 's',
}

/** What a request adds, as `name{label="value"}` without the service: counters and gauges as numbers, histograms as [count, sum]. */
function observationsOf(event: Partial<TraceEvent>, weight = 1): Record<string, unknown> {
  const registry = new Registry({ guard: new CardinalityGuard(() => undefined) })
  measure({ ...base, ...event }, registry, weight)
  const found: Record<string, unknown> = {}
  for (const { metric, series } of registry.families()) {
    for (const one of series) {
      const { service, ...labels } = labelObject(metric, one.labels)
      expect(service).toBe('s')
      const text = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
      found[`${metric.name.replace('rag_', '')}{${text.join()}}`] =
        one instanceof CounterSeries || one instanceof GaugeSeries ? one.value : [one.count, one.sum]
    }
  }
  return found
}

/** What a request adds to the latency of stages. */
function timesOf(event: Partial<TraceEvent>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(observationsOf(event)).filter(([name]) => name.startsWith('stage_')),
  )
}

/** Leaves out what every request adds. */
function detailsOf(event: Partial<TraceEvent>, weight = 1): Record<string, unknown> {
  const always = /^(requests_total|request_duration_seconds|last_request_timestamp_seconds)\{/
  return Object.fromEntries(
    Object.entries(observationsOf(event, weight)).filter(([name]) => !always.test(name)),
  )
}

test('measureParts counts what a request did like measure, and neither the request nor its cost', () => {
  const parts: Partial<TraceEvent> = {
    retrieval: { retriever: 'bm25', count: 2, latency_ms: 5, scores: [0.5, 0.25] },
    rerank: { displacement: 1, latency_ms: 3 },
    stages: [{ stage: 'tool', duration_ms: 4 }],
    generations: [{ provider: 'openai', model: 'gpt-4o', input_tokens: 3, cost_nano_usd: 9, latency_ms: 2 }],
    cache: [{ cache: 'semantic', hit: true }],
    quality: [{ metric: 'faithfulness', score: 1, source: 'judge' }],
  }
  const late = new Registry({ guard: new CardinalityGuard(() => undefined) })
  measureParts({ ...base, ...parts, status: 'error' }, late)
  const names = Array.from(late.families(), ({ metric }) => metric.name)
  const requests = [
    'rag_requests_total',
    'rag_request_duration_seconds',
    'rag_last_request_timestamp_seconds',
    'rag_request_cost_usd',
  ]
  const all = new Registry({ guard: new CardinalityGuard(() => undefined) })
  measure({ ...base, ...parts }, all)
  const expected = Array.from(all.families(), ({ metric }) => metric.name)
  expect(names.toSorted()).toEqual(expected.filter((name) => !requests.includes(name)).toSorted())
  expect(expected).toEqual(expect.arrayContaining(requests))
})

describe('measure', () => {
  test('a bare request is counted, timed and remembered as the last one', () => {
    expect(observationsOf({})).toEqual({
      'requests_total{status=success}': 1,
      'request_duration_seconds{status=success}': [1, 250_000],
      'last_request_timestamp_seconds{}': 1_763_719_200,
    })
  })

  test('labels of the request', () => {
    const generations = [{ model: 'small' }, { model: 'gpt-4o' }, {}]
    const found = observationsOf({ operation: 'ask', intent: 'hybrid', generations })
    expect(found).toMatchObject({
      'requests_total{operation=ask,intent=hybrid,model=gpt-4o,status=success}': 1,
      'request_duration_seconds{operation=ask,intent=hybrid,status=success}': [1, 250_000],
    })
  })

  test.each([
    ['error', {}, 'errors_total{error_type=other}'],
    ['timeout', {}, 'errors_total{error_type=timeout}'],
    ['error', { error_type: 'llm_error' }, 'errors_total{error_type=llm_error}'],
    [
      'error',
      { stages: [{ stage: 'embedding', duration_ms: 1, status: 'error' }] },
      'errors_total{error_type=other,stage=embedding}',
    ],
    ['error', { retrieval: { status: 'timeout' } }, 'errors_total{error_type=other,stage=retrieval}'],
    ['error', { generations: [{}, { status: 'error' }] }, 'errors_total{error_type=other,stage=generation}'],
  ] as const)('a request with status %s %j is a failure: %s', (status, fields, expected) => {
    expect(detailsOf({ status, ...fields })).toHaveProperty([expected], 1)
  })

  test.each(['rejected', 'cancelled', 'success'] as const)(
    'a request with status %s is no failure',
    (status) => {
      expect(detailsOf({ status, error_type: 'internal' })).toEqual({})
    },
  )

  test('retrieval: outcome, documents, scores, margin and documents used', () => {
    const documents = [{ used: true }, { used: false }, {}, { used: true, cited: false }]
    expect(
      detailsOf({ retrieval: { retriever: 'bm25', count: 4, scores: [0.9, 0.5, 0.2], documents } }),
    ).toEqual({
      'retrievals_total{retriever=bm25,outcome=found}': 1,
      'retrieval_documents{retriever=bm25}': [1, 4],
      'retrieval_score{retriever=bm25}': [3, 1_600_000],
      'retrieval_top_score{retriever=bm25}': [1, 900_000],
      'retrieval_score_margin{retriever=bm25}': [1, 700_000],
      'retrieval_documents_used{retriever=bm25}': [1, 2],
    })
  })

  test('documents used: those that are cited, where no more is stated', () => {
    const documents = [{ cited: true }, { cited: false }, {}]
    expect(detailsOf({ retrieval: { retriever: 'bm25', documents } })).toEqual({
      'retrieval_documents_used{retriever=bm25}': [1, 1],
    })
  })

  test.each([
    [{ count: 0 }, { 'retrievals_total{outcome=empty}': 1, 'retrieval_documents{}': [1, 0] }],
    [{ count: 3, status: 'error' }, { 'retrievals_total{outcome=error}': 1 }],
    [{ status: 'timeout' }, { 'retrievals_total{outcome=error}': 1 }],
    [{ status: 'success' }, {}],
    [{}, {}],
    [{ scores: [] }, {}],
    [{ documents: [{ id: 'a' }] }, {}],
  ] as const)('retrieval %j', (retrieval, expected) => {
    expect(detailsOf({ retrieval })).toEqual(expected)
  })

  test('scores that are not normalised are counted as such and bend no distribution', () => {
    expect(detailsOf({ retrieval: { scores: [12.5, 0.5, -1] } }, 2)).toEqual({
      'retrieval_score{}': [2, 1_000_000],
      'telemetry_dropped_total{reason=unnormalised_score}': 4,
    })
  })

  test('rerank displacement needs no retrieval', () => {
    expect(detailsOf({ rerank: { displacement: 1.5, latency_ms: 3 } })).toEqual({
      'rerank_displacement_ranks{}': [1, 1_500_000],
      'stage_duration_seconds{stage=rerank}': [1, 3000],
    })
  })

  test('stages are taken as they are, and the parts where no stage says the same', () => {
    const parts = {
      retrieval: { latency_ms: 20 },
      rerank: { latency_ms: 5 },
      generations: [{ latency_ms: 100 }, { latency_ms: 30 }, {}],
    }
    expect(timesOf(parts)).toEqual({
      'stage_duration_seconds{stage=retrieval}': [1, 20_000],
      'stage_duration_seconds{stage=rerank}': [1, 5000],
      'stage_duration_seconds{stage=generation}': [2, 130_000],
    })
    const stages = [
      { stage: 'tool', duration_ms: 7 },
      { stage: 'retrieval', duration_ms: 21 },
      { stage: 'generation', duration_ms: 101 },
    ] as const
    const reranked = { ...parts, stages: [{ stage: 'rerank', duration_ms: 6 }] as const }
    expect(timesOf(reranked)).toMatchObject({
      'stage_duration_seconds{stage=retrieval}': [1, 20_000],
      'stage_duration_seconds{stage=rerank}': [1, 6000],
      'stage_duration_seconds{stage=generation}': [2, 130_000],
    })
    expect(timesOf({ ...parts, stages })).toEqual({
      'stage_duration_seconds{stage=tool}': [1, 7000],
      'stage_duration_seconds{stage=retrieval}': [1, 21_000],
      'stage_duration_seconds{stage=rerank}': [1, 5000],
      'stage_duration_seconds{stage=generation}': [1, 101_000],
    })
  })

  test('a generation: call, latency, first token, tokens, details, cost', () => {
    const generation = {
      provider: 'openai',
      model: 'gpt-4o',
      operation: 'judge',
      latency_ms: 100,
      time_to_first_token_ms: 10,
      input_tokens: 1000,
      output_tokens: 50,
      cache_read_tokens: 600,
      cache_write_tokens: 5,
      reasoning_tokens: 20,
      cost_nano_usd: 6_000_001,
    }
    expect(detailsOf({ generations: [generation] }, 3)).toEqual({
      'llm_requests_total{provider=openai,model=gpt-4o,operation=judge,status=success}': 3,
      'llm_request_duration_seconds{provider=openai,model=gpt-4o,operation=judge}': [3, 300_000],
      'llm_time_to_first_token_seconds{provider=openai,model=gpt-4o}': [3, 30_000],
      'llm_tokens_total{provider=openai,model=gpt-4o,operation=judge,token_type=input}': 3000,
      'llm_tokens_total{provider=openai,model=gpt-4o,operation=judge,token_type=output}': 150,
      'llm_tokens_detail_total{provider=openai,model=gpt-4o,detail=cache_read}': 1800,
      'llm_tokens_detail_total{provider=openai,model=gpt-4o,detail=cache_write}': 15,
      'llm_tokens_detail_total{provider=openai,model=gpt-4o,detail=reasoning}': 60,
      'llm_cost_usd_total{provider=openai,model=gpt-4o,operation=judge}': 18_000_003,
      'request_cost_usd{model=gpt-4o}': [3, 18_000_003],
      'stage_duration_seconds{stage=generation}': [3, 300_000],
    })
  })

  test.each([null, undefined])('a generation whose cost is %s is unpriced, and so is its request', (cost) => {
    expect(detailsOf({ generations: [{ cost_nano_usd: cost }, { cost_nano_usd: 5 }] })).toEqual({
      'llm_requests_total{operation=chat,status=success}': 2,
      'llm_cost_usd_total{operation=chat}': 5,
      'llm_unpriced_requests_total{}': 1,
    })
  })

  test('the document store costs what is stated, also where the request as a whole has no known cost', () => {
    expect(detailsOf({ docstore_cost_nano_usd: 7, generations: [{ cost_nano_usd: null }] }, 2)).toEqual({
      'llm_requests_total{operation=chat,status=success}': 2,
      'docstore_cost_usd_total{}': 14,
      'llm_unpriced_requests_total{}': 2,
    })
  })

  test('cache lookups, quality and feedback', () => {
    expect(
      detailsOf(
        {
          cache: [
            { cache: 'semantic', hit: false },
            { cache: 'semantic', hit: true },
            { cache: 'semantic', hit: true },
          ],
          quality: [{ metric: 'faithfulness', score: 0.25, source: 'judge' }],
          feedback: { rating: 'negative' },
        },
        2,
      ),
    ).toEqual({
      'cache_requests_total{cache=semantic,result=miss}': 2,
      'cache_requests_total{cache=semantic,result=hit}': 4,
      'quality_score{metric=faithfulness,source=judge}': [2, 500_000],
      'feedback_total{rating=negative}': 2,
    })
  })
})

test('answeringModel is the last one named', () => {
  expect(answeringModel(undefined)).toBe('')
  expect(answeringModel([])).toBe('')
  expect(answeringModel([{ model: 'a' }, { model: 'b' }, {}])).toBe('b')
})

test.each([
  [{}, undefined],
  [{ cost_nano_usd: 0 }, 0],
  [{ cost_nano_usd: 7, generations: [{ cost_nano_usd: 5 }] }, 7],
  [{ cost_nano_usd: null, generations: [{ cost_nano_usd: 5 }] }, undefined],
  [{ docstore_cost_nano_usd: 3 }, 3],
  [{ docstore_cost_nano_usd: 3, generations: [{ cost_nano_usd: 5 }, { cost_nano_usd: 0 }] }, 8],
  [{ generations: [{ cost_nano_usd: 5 }, {}] }, undefined],
  [{ generations: [{ cost_nano_usd: null }] }, undefined],
  [{ generations: [] }, undefined],
] as const)('requestCost of %j is %s', (fields, expected) => {
  expect(requestCost({ ...base, ...fields })).toBe(expected)
})

describe('weightOf', () => {
  test('is an integer beside 1/probability, at least 1', () => {
    const probabilities = fc.double({ min: 1e-6, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.string(), probabilities, (id, probability) => {
        const weight = weightOf(id, probability)
        expect(Number.isInteger(weight)).toBe(true)
        expect(weight).toBeGreaterThanOrEqual(Math.max(1, Math.floor(1 / probability)))
        expect(weight).toBeLessThanOrEqual(Math.floor(1 / probability) + 1)
        expect(weightOf(id, probability)).toBe(weight)
      }),
    )
  })

  test.each([
    [1, 1],
    [0.5, 2],
    [0.1, 10],
    [0.01, 100],
    [0.001, 1000],
    [1e-6, 1e6],
  ])('of probability %d is %d for every id', (probability, weight) => {
    for (let i = 0; i < 100; i += 1) expect(weightOf(`id-${i}`, probability)).toBe(weight)
  })

  // A fixed generator: the ids are always the same, so the deviation is too.
  let state = 1
  const ids = createIdGenerator((bytes) => {
    for (let i = 0; i < bytes.length; i += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      bytes[i] = state >>> 24
    }
  })
  test.each([
    ['UUIDv7', (index: number) => ids.requestId(1_763_719_200_000 + index)],
    ['numbers', (index: number) => String(index)],
    ['names in a row', (index: number) => `request-${String(index).padStart(6, '0')}`],
    ['hexadecimal', (index: number) => (index * 2_654_435_761).toString(16).padStart(16, '0')],
    ['numbers with a suffix', (index: number) => `${index}-a-rather-long-suffix`],
  ])('has the right expectation over ids that are %s', (_, idOf) => {
    const samples = 20_000
    for (const probability of [0.9, 0.7, 0.3, 1 / 1.05]) {
      let sum = 0
      for (let index = 0; index < samples; index += 1) sum += weightOf(idOf(index), probability)
      const expected = 1 / probability
      const fraction = expected - Math.floor(expected)
      const deviation = Math.sqrt((fraction * (1 - fraction)) / samples)
      expect(Math.abs(sum / samples - expected)).toBeLessThan(4 * deviation)
    }
  })
})
