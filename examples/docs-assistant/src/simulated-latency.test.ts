import { expect, test } from 'vitest'

import type { Answerer } from './answer.ts'
import { simulateLatency } from './simulated-latency.ts'

const instant: Answerer = {
  provider: 'local',
  model: 'extractive',
  answer: async () => ({ text: 'a', citations: [], found: true }),
}
const evidence = { question: 'q', query: [], passages: [] }

test('simulateLatency says so in the name of the model', () => {
  expect(simulateLatency(instant, async () => undefined).model).toBe('extractive (simulated latency)')
})

test('simulateLatency waits 20 ms for each token of the replayed answer, and not at all without', async () => {
  const waitsMs: number[] = []
  const slow = simulateLatency(instant, async (durationMs) => waitsMs.push(durationMs))
  expect(await slow.answer(evidence, { simulatedOutputTokens: 109 })).toEqual(
    await instant.answer(evidence, {}),
  )
  await slow.answer(evidence, {})
  expect(waitsMs).toEqual([2180, 0])
})
