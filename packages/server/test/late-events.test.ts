import { METRICS } from '@ragmeter/core'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseLateEvents } from '../src/store/sqlite/late-events.ts'
import { answerOf, flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const count = (metric: string, by: string): Record<string, number> => {
  const { series } = harness.query('series', {
    metric,
    from: NOW - 60_000,
    to: NOW + 60_000,
    stepMs: 60_000,
    by: [by],
    filters: {},
    quantiles: [],
    seriesMax: 10,
  })
  return Object.fromEntries(
    series.map(({ labels, points }) => [
      labels[by] ?? '',
      points.reduce((sum, { value, count: observations }) => sum + (value ?? observations ?? 0), 0),
    ]),
  )
}
const feedback = (event_id: string, more: object) => ({ event_id, service: 'docs', ...more })
const score = (metric: string, value: number) => ({
  id: 'a',
  event_id: 'judge-1',
  metric,
  score: value,
  source: 'judge',
  service: 'docs',
})
const trace = (id: string) => harness.query('trace', { id, timestamp: NOW - 1000, deadline: Infinity })

describe('feedback', () => {
  it('is counted once and shown with its trace, by request id or trace id, one or many at a time', () => {
    harness.send({ traces: [flatTrace('a', { timestamp: NOW - 1000, trace_id: TRACE_ID })] })
    expect(
      answerOf(harness.commit('feedback', feedback('f1', { id: 'a', rating: 'positive', comment: 'good' }))),
    ).toEqual({ accepted: 1, dropped: 0, rejected: [] })
    const list = {
      feedback: [
        feedback('f1', { id: 'a', rating: 'negative' }),
        feedback('f2', { trace_id: TRACE_ID, rating: 'negative' }),
        feedback('f3', { id: 'unknown trace', rating: 'neutral' }),
      ],
    }
    expect(answerOf(harness.commit('feedback', list))).toMatchObject({ accepted: 3 })
    for (const step of [
      () => harness.writer.fold(NOW),
      () => harness.crash(),
      () => harness.commit('feedback', list, list),
    ]) {
      step()
      expect(count(METRICS.feedback.name, 'rating')).toEqual({ positive: 1, negative: 1, neutral: 1 })
    }
    expect(trace('a')?.feedback_events).toMatchObject([
      { event_id: 'f1', rating: 'positive', comment: 'good', at: NOW },
      { event_id: 'f2', rating: 'negative', comment: null },
    ])
  })

  it('masks in comments what it masks in errors', () => {
    harness.send({ traces: [flatTrace('a', { timestamp: NOW - 1000 })] })
    harness.commit('feedback', { id: 'a', rating: 'negative', comment: 'write to jane@example.com' })
    expect(trace('a')?.feedback_events).toMatchObject([{ comment: 'write to <email>' }])
  })

  it('counts one rating per trace where events have no id', () => {
    harness.commit(
      'feedback',
      { id: 'a', rating: 'positive' },
      { id: 'a', rating: 'negative' },
      { id: 'b', rating: 'negative' },
    )
    expect(count(METRICS.feedback.name, 'rating')).toEqual({ positive: 1, negative: 1 })
    expect(count(METRICS.feedback.name, 'service')).toEqual({ unknown: 2 })
  })

  it('counts the bad items of a list and keeps the good ones', () => {
    const committed = harness.commit('feedback', {
      feedback: [
        { id: 'a', rating: 'great' },
        { id: 'a' },
        { rating: 'positive' },
        null,
        'text',
        { id: 'b', rating: 'positive', comment: 7 },
      ],
    })
    expect(answerOf(committed)).toMatchObject({
      accepted: 1,
      dropped: 5,
      rejected: [
        { index: 0, code: 'not_in_enum', hint: 'Use one of: positive, neutral, negative.' },
        { index: 1, code: 'missing' },
        { index: 2, code: 'id_missing' },
        { index: 3, code: 'not_an_object' },
        { index: 4, code: 'not_an_object' },
      ],
    })
    expect(committed.report.issues).toEqual({ not_in_enum: 1, missing: 1, id_missing: 1, not_an_object: 2 })
  })
})

describe('scores', () => {
  it('are observed once per event and metric, and shown with their trace', () => {
    harness.send({ traces: [flatTrace('a', { timestamp: NOW - 1000 })] })
    const body = { scores: [score('faithfulness', 0.5), score('relevance', 1), score('faithfulness', 0.9)] }
    harness.commit('scores', body, body)
    harness.crash()
    harness.commit('scores', score('relevance', 0))
    expect(count(METRICS.quality.name, 'metric')).toEqual({ faithfulness: 1, relevance: 1 })
    expect(count(METRICS.quality.name, 'source')).toEqual({ judge: 2 })
    expect(trace('a')?.scores).toMatchObject([
      { event_id: 'judge-1', metric: 'faithfulness', score: 0.5, source: 'judge', at: NOW },
      { metric: 'relevance', score: 1 },
    ])
  })

  it.each([
    [{ metric: 'm' }, 'missing'],
    [{ score: 1 }, 'missing'],
    [{ metric: 'm', score: 1.5 }, 'out_of_range'],
    [{ metric: 'm', score: -0.1 }, 'out_of_range'],
    [{ metric: 'm', score: 'high' }, 'wrong_type'],
    [{ metric: {}, score: 1 }, 'wrong_type'],
  ])('refuses %j', (item, code) => {
    expect(answerOf(harness.commit('scores', { id: 'a', ...item }))).toMatchObject({
      accepted: 0,
      dropped: 1,
      rejected: [{ code }],
    })
    expect(count(METRICS.quality.name, 'metric')).toEqual({})
  })

  it('refuses a bare NaN', () => {
    expect(answerOf(harness.commit('scores', '{"id":"a","metric":"m","score":NaN}'))).toMatchObject({
      rejected: [{ code: 'not_finite' }],
    })
  })

  it('refuses a body that is no object', () => {
    expect(
      harness.commit('scores', '[]', '', '7').outcomes.map((outcome) => 'code' in outcome && outcome.code),
    ).toEqual(['invalid_request', 'invalid_json', 'invalid_request'])
  })
})

describe('parseLateEvents', () => {
  it('says why of every item it refuses, whatever it is sent', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>('a', 'positive', 0.5, 'm'))
    const item = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          id: value,
          trace_id: value,
          event_id: value,
          rating: value,
          comment: value,
          metric: value,
          score: value,
          source: value,
        },
        { requiredKeys: [] },
      ),
    )
    fc.assert(
      fc.property(fc.constantFrom('feedback', 'scores'), fc.array(item, { maxLength: 8 }), (kind, items) => {
        const late = parseLateEvents(kind, { [kind]: items })
        const refused = new Set(
          late.issues.filter(({ severity }) => severity === 'error').map(({ index }) => index),
        )
        expect(late.events.length + refused.size).toBe(items.length)
        expect(late.count).toBe(items.length)
      }),
      { numRuns: 500 },
    )
  })

  it('takes no more than ten thousand events, and says so', () => {
    const late = parseLateEvents('feedback', {
      feedback: Array.from({ length: 10_001 }, () => ({ id: 'a', rating: 'positive' })),
    })
    expect([late.events.length, late.count]).toEqual([10_000, 10_001])
    expect(late.issueCounts).toEqual({ too_many: 1 })
  })
})
