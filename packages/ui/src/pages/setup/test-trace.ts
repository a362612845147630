/** A request that never was, to see whether everything works from here to the disk. */
import { ApiError } from '../../api/api-error.ts'
import { api, dataOf } from '../../api/client.ts'

export const TEST_SERVICE = 'ragmeter-test'

/** @throws ApiError, also if the trace is refused, as with a clock that is wrong; UnreachableError */
export async function sendTestTrace(now: number, id: string): Promise<void> {
  const trace = {
    id,
    timestamp: now - 900,
    service: TEST_SERVICE,
    operation: 'ask',
    total_latency_ms: 900,
    status: 'success',
    stages: [
      { stage: 'retrieval', start_ms: 0, duration_ms: 40 },
      { stage: 'generation', start_ms: 45, duration_ms: 850 },
    ],
    retrieval: { retriever: 'test', latency_ms: 40, count: 3, scores: [0.92, 0.81, 0.7] },
    generations: [
      { provider: 'openai', model: 'gpt-4o-mini', latency_ms: 850, input_tokens: 800, output_tokens: 120 },
    ],
  }
  const { rejected } = await dataOf(api.POST('/ingest', { body: { traces: [trace] } as never }))
  const [refused] = rejected
  if (refused !== undefined) throw new ApiError(200, refused.code, refused.message, refused.hint)
}
