/** Flat batches as existing clients send them: 13 fields, deterministic values that spread like real latencies. */

export interface Pace {
  /** Start of the first trace, epoch milliseconds. */
  startedAt: number
  /** Traces that start in one millisecond. */
  tracesPerMs: number
}

/** A load of a hundred thousand requests a second. */
export const FULL_LOAD: Pace = { startedAt: Date.now() - 3_600_000, tracesPerMs: 100 }

/** @returns JSON text of a batch of traces; their starts follow each other from batch to batch, as in real traffic */
export function flatBatch(traces: number, batch: number, pace: Pace = FULL_LOAD): string {
  return JSON.stringify({
    traces: Array.from({ length: traces }, (_, position) => {
      const number = batch * traces + position
      // A fixed sequence that fills 0..1 evenly (golden ratio), bent into a long tail.
      const spread = (number * 0.618_033_988_75) % 1
      const latency = 300 * Math.exp(2 * spread)
      const failed = number % 33 === 0
      return {
        id: `${(number * 2_654_435_761).toString(16).padStart(14, '0')}${(number % 256).toString(16).padStart(2, '0')}`.slice(
          -16,
        ),
        timestamp: new Date(pace.startedAt + Math.floor(number / pace.tracesPerMs)).toISOString(),
        query_hash: (number * 40_503).toString(16).padStart(16, '0'),
        query_length: 20 + (number % 60),
        retrieval_latency_ms: latency / 20,
        retrieval_count: number % 7,
        generation_latency_ms: latency * 0.8,
        answer_length: 200 + (number % 900),
        total_latency_ms: latency,
        model_version: 'gpt-4o',
        success: !failed,
        error_type: failed ? 'TimeoutError' : null,
        metadata: null,
      }
    }),
  })
}
