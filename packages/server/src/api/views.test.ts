import { expect, it } from 'vitest'
import { answerOf } from './views.ts'

it('answerOf is JSON text that moves to another thread without being copied', () => {
  const query = { from: 0, to: 60_000, stepMs: 60_000, by: [], filters: {}, quantiles: [], seriesMax: 1 }
  const points = [{ at: 0, value: 3 }]
  const answer = answerOf(
    'series',
    { ...query, metric: 'rag_requests_total' },
    { series: [{ labels: {}, points }], omitted: 0, resolution: '1h' },
  )
  const moved = structuredClone(answer, { transfer: [answer.buffer] })
  expect(answer.byteLength).toBe(0)
  expect(moved.buffer.byteLength).toBe(moved.byteLength)
  expect(JSON.parse(new TextDecoder().decode(moved))).toMatchObject({
    metric: 'rag_requests_total',
    type: 'counter',
    to: 3_600_000,
    step_seconds: 3600,
    series: [{ labels: {}, points }],
  })
})

it('answerOf a trace that is not there is an error', () => {
  const ask = () => answerOf('trace', { id: 'x', deadline: 0 }, null)
  expect(ask).toThrow(expect.objectContaining({ code: 'trace_not_found' }) as Error)
})
