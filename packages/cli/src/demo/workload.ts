/**
 * The workload of `ragmeter demo`: a real, if tiny, retrieval over text that this package ships, timed as it runs.
 * There is no language model in it and no invented number.
 */
import { createHash } from 'node:crypto'
import { createIdGenerator } from '@ragmeter/core'
import { DEMO_QUESTIONS } from './questions.ts'
import { extractAnswer } from './search-index.ts'
import type { SearchIndex } from './search-index.ts'

export const DEMO_SERVICE = 'ragmeter-demo'
const DOCUMENTS_MAX = 4

/** Milliseconds that only go forward, and the date. */
export interface DemoClock {
  elapsed(): number
  now(): number
}

/** A trace as POST /ingest takes it. */
export type DemoTrace = Readonly<Record<string, unknown>>

/** Answers questions in turn until `count` have been asked, and reports each as a trace. */
export function runWorkload(index: SearchIndex, count: number, clock: DemoClock): DemoTrace[] {
  const ids = createIdGenerator((bytes) => crypto.getRandomValues(bytes))
  return Array.from({ length: count }, (_, position) => {
    const question = DEMO_QUESTIONS[position % DEMO_QUESTIONS.length] ?? ''
    const startedAt = clock.now()
    return {
      id: ids.requestId(startedAt),
      trace_id: ids.traceId(),
      timestamp: startedAt,
      operation: 'ask',
      query_hash: createHash('sha256').update(question).digest('hex'),
      query_length: question.length,
      metadata: { demo: true },
      ...answer(index, question, clock),
    }
  })
}

function answer(index: SearchIndex, question: string, clock: DemoClock): DemoTrace {
  const began = clock.elapsed()
  if (question === '') {
    return {
      status: 'rejected',
      error_type: 'validation_error',
      error_message: 'The question is empty.',
      total_latency_ms: clock.elapsed() - began,
    }
  }
  const hits = index.search(question, DOCUMENTS_MAX)
  const searched = clock.elapsed()
  const text = extractAnswer(question, hits)
  const ended = clock.elapsed()
  return {
    status: 'success',
    total_latency_ms: ended - began,
    retrieval: {
      retriever: 'term-coverage',
      latency_ms: searched - began,
      count: hits.length,
      scores: hits.map(({ score }) => score),
      documents: hits.map(({ section, score }, rank) => ({ id: section.heading, score, rank: rank + 1 })),
    },
    stages: [
      {
        stage: 'postprocess',
        name: 'extract the answer',
        start_ms: searched - began,
        duration_ms: ended - searched,
        attributes: { characters: text?.length ?? 0 },
      },
    ],
  }
}
