import type { Dependency, MonitorClient, Trace, TraceOptions } from '@ragmeter/sdk'

import type { Answer, Answerer, AnswerOptions } from './answer.ts'
import { notFoundText } from './answer.ts'
import type { AnswerCache } from './answer-cache.ts'
import { rewriteQuery } from './query-rewrite.ts'
import { coverageOf, rerank } from './rerank.ts'
import type { SearchIndex } from './search-index.ts'
import { termsOf } from './words.ts'

/** What the pipeline cannot do without; whoever operates it wants to know of each whether it is up, and how slow. */
export const indexDependency: Dependency = { name: 'search-index', kind: 'database' }

export interface AssistantParts {
  readonly index: SearchIndex
  readonly answerer: Answerer
  readonly cache: AnswerCache<Answer>
  readonly monitor: MonitorClient
  /**
   * Questions whose text may be kept, since everybody can read them: ragmeter then shows which of them the documentation
   * does not answer. What people type is never among them.
   */
  readonly publishedQuestions: ReadonlySet<string>
}

/** Who asks: `org` is the company, whose costs are summed apart; the rest continues the caller's own trace. */
export type Caller = Pick<TraceOptions, 'org' | 'requestId' | 'traceparent' | 'tracestate'>

/** @throws whatever the index or the answerer throws; the request is then recorded as an error, or as cancelled */
export type Assistant = (question: string, caller: Caller, options: AnswerOptions) => Promise<Answer>

/**
 * The RAG pipeline, measured: cache, query rewrite, retrieval, rerank, generation. Take away `monitor` and `trace`
 * and what remains is the pipeline itself.
 */
export function createAssistant(parts: AssistantParts): Assistant {
  const { index, answerer, cache, monitor, publishedQuestions } = parts
  const answerFromDocs = async (trace: Trace, question: string, options: AnswerOptions): Promise<Answer> => {
    const concepts = trace.stage('query_rewrite', () => rewriteQuery(question))
    const { concepts: query, hits } = await trace.retrieval({ retriever: 'bm25' }, () =>
      monitor.dependency(indexDependency, async () => index.search(concepts)),
    )
    if (hits.length === 0) return { text: notFoundText, citations: [], found: false }

    const ranked = trace.rerank({ documents: hits }, () => rerank(query, hits))
    const passages = ranked.filter(({ used }) => used)
    trace.recordUsed(passages.map(({ id }) => id))
    const { provider, model } = answerer
    const answer = await trace.generation({ provider, model }, () =>
      answerer.answer({ question, query, passages }, options),
    )

    trace.recordCitations(answer.citations)
    trace.recordQuality('context_utilisation', answer.citations.length / passages.length)
    if (answer.found) {
      trace.recordQuality('answer_coverage', coverageOf(query, termsOf(answer.text)))
    }
    return answer
  }

  return async (question, caller, options) =>
    monitor.trace(question, { operation: 'ask', endpoint: '/ask', ...caller }, async (trace) => {
      if (publishedQuestions.has(question)) trace.addMetadata('question', question)
      const cached = cache.get(question)
      trace.recordCache('response', cached !== undefined)
      if (cached !== undefined) return cached

      const answer = await answerFromDocs(trace, question, options)
      cache.set(question, answer)
      return answer
    })
}
