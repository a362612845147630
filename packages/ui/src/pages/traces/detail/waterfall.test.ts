import { assert, array, constantFrom, double, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waterfallOf } from './waterfall.ts'

describe('waterfallOf', () => {
  it('puts stages below their parents, in the order of their starts', () => {
    const { bars, lengthMs, otherMs } = waterfallOf({
      total_latency_ms: 1000,
      stages: [
        { stage: 'generation', start_ms: 400, duration_ms: 500 },
        { stage: 'embedding', id: 'e', parent: 'r', start_ms: 20, duration_ms: 50 },
        { stage: 'retrieval', id: 'r', start_ms: 10, duration_ms: 300 },
        { stage: 'tool', parent: 'gone', start_ms: 950, duration_ms: 20 },
      ],
    })
    expect(bars.map(({ stage, depth }) => [stage, depth])).toEqual([
      ['retrieval', 0],
      ['embedding', 1],
      ['generation', 0],
      ['tool', 0],
    ])
    expect(lengthMs).toBe(1000)
    expect(otherMs).toBe(180)
  })

  it('counts time that stages share once', () => {
    const stages = [
      { stage: 'retrieval' as const, start_ms: 0, duration_ms: 60 },
      { stage: 'graph_retrieval' as const, start_ms: 20, duration_ms: 60 },
    ]
    expect(waterfallOf({ total_latency_ms: 100, stages }).otherMs).toBe(20)
  })

  it('does not guess starts: what lies outside of stages is then unknown', () => {
    const { bars, otherMs } = waterfallOf({
      total_latency_ms: 100,
      stages: [{ stage: 'retrieval', duration_ms: 40 }],
    })
    expect([bars[0]?.startMs, otherMs]).toEqual([undefined, undefined])
  })

  it('shows the parts of a client that sends no stages', () => {
    const { bars } = waterfallOf({
      total_latency_ms: 900,
      retrieval: { latency_ms: 40 },
      generations: [{ latency_ms: 700, model: 'm' }],
    })
    expect(bars.map(({ stage, durationMs, name }) => [stage, durationMs, name])).toEqual([
      ['retrieval', 40, undefined],
      ['generation', 700, 'm'],
    ])
  })

  it('shows every stage once, within its axis, whatever names what as its parent', () => {
    const stage = record(
      {
        stage: constantFrom('retrieval' as const, 'tool' as const),
        duration_ms: double({ min: 0, max: 1e6, noNaN: true }),
        id: constantFrom('a', 'b', 'c'),
        parent: constantFrom('a', 'b', 'c', 'd'),
        start_ms: double({ min: 0, max: 1e6, noNaN: true }),
      },
      { requiredKeys: ['stage', 'duration_ms'] },
    )
    assert(
      property(array(stage, { maxLength: 12, minLength: 1 }), (stages) => {
        const { bars, lengthMs, otherMs } = waterfallOf({ total_latency_ms: 500, stages })
        expect(bars.map(({ key }) => Number(key)).toSorted((a, b) => a - b)).toEqual(stages.map((_, i) => i))
        expect(bars.filter(({ startMs = 0, durationMs }) => startMs + durationMs > lengthMs)).toEqual([])
        expect(otherMs ?? 0).toBeLessThanOrEqual(500)
      }),
    )
  })
})
