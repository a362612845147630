import type { Answerer } from './answer.ts'

/** What a mid-sized hosted model writes. */
const simulatedTokensPerSecond = 50

export type Sleep = (durationMs: number, signal?: AbortSignal) => Promise<unknown>

/**
 * Lets an answerer take as long as a language model would have taken for the answer of the replayed trace:
 * its generated tokens at `simulatedTokensPerSecond`. The model's name says that the latency is simulated, so that
 * no dashboard shows it as measured. Requests that do not state a token count are not delayed.
 */
export function simulateLatency(answerer: Answerer, sleep: Sleep): Answerer {
  return {
    provider: answerer.provider,
    model: `${answerer.model} (simulated latency)`,
    answer: async (evidence, options) => {
      const tokens = options.simulatedOutputTokens ?? 0
      await sleep((tokens / simulatedTokensPerSecond) * 1000, options.signal)
      return answerer.answer(evidence, options)
    },
  }
}
