import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { measureAnswer } from './quality.ts'

const RETENTION = 'Raw traces are kept seven days. Then the daemon deletes them and returns the space.'
const PORTS = 'The daemon listens on port 7246 of the loopback interface.'

test('measureAnswer tells used documents from unused ones', () => {
  const quality = measureAnswer('Raw traces are kept for seven days.', [RETENTION, PORTS])
  expect(quality).toEqual({ contextUtilisation: 0.5, groundedness: 1 })
})

test('measureAnswer tells words that stand in no document', () => {
  const quality = measureAnswer('Traces are kept forever in Antarctica by penguins.', [RETENTION])
  expect(quality?.groundedness).toBeCloseTo(2 / 5)
})

test('measureAnswer says nothing where nothing can be said', () => {
  expect(measureAnswer('', [RETENTION])).toBeUndefined()
  expect(measureAnswer('is it the?', [RETENTION])).toBeUndefined()
  expect(measureAnswer('traces', [])).toBeUndefined()
  expect(measureAnswer('traces', ['', '...'])).toBeUndefined()
})

test('measureAnswer gives shares of 0..1 for any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.string({ unit: 'grapheme' })),
      (answer, documents) => {
        const { contextUtilisation = 0, groundedness = 0 } = measureAnswer(answer, documents) ?? {}
        for (const share of [contextUtilisation, groundedness]) {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1)
        }
      },
    ),
  )
})
