import type { RankedHit } from './rerank.ts'
import type { WeighedConcept } from './search-index.ts'

/** What is said when the documentation does not say it; a made-up answer would be worse than none. */
export const notFoundText = 'The documentation does not answer this.'

export interface Evidence {
  readonly question: string
  readonly query: readonly WeighedConcept[]
  /** The passages chosen for the prompt, best first. */
  readonly passages: readonly RankedHit[]
}

export interface Answer {
  readonly text: string
  /** Ids of the chunks that the text rests on, in order of appearance; empty if nothing was found. */
  readonly citations: readonly string[]
  readonly found: boolean
  /** Tokens read and written. Missing if whoever answered did not say. */
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number }
}

export interface AnswerOptions {
  /** Ends the work when the asker is gone. */
  readonly signal?: AbortSignal
  /** How long an answer the replayed trace had, for simulated latency; ignored elsewhere. */
  readonly simulatedOutputTokens?: number
}

/** Writes the answer from the evidence: a language model, or the extraction that needs none. */
export interface Answerer {
  readonly provider: string
  readonly model: string
  readonly answer: (evidence: Evidence, options: AnswerOptions) => Promise<Answer>
}
