import { notFoundText } from './answer.ts'
import type { Answer, Answerer, Evidence } from './answer.ts'
import { coverageOf } from './rerank.ts'
import { countTokens, termsOf } from './words.ts'

/** Below this share of the question's information in the best passage, silence is the honest answer. */
const evidenceMin = 0.4
const sentencesMax = 3
/** A further sentence must be nearly as good as the first, or it is padding. */
const sentenceShareMin = 0.6
/** Beyond this length a quote pays for every further word, since it speaks of other things too. */
const freeTerms = 30

/**
 * Answers without a language model: quotes the sentences that speak most of the question, each with the id of its
 * chunk, or says that the documentation does not answer.
 */
export const extractiveAnswerer: Answerer = {
  provider: 'local',
  model: 'extractive',
  answer: async (evidence) => extract(evidence),
}

function extract(evidence: Evidence): Answer {
  const best = Math.max(0, ...evidence.passages.map(({ coverage }) => coverage))
  const quotes = best < evidenceMin ? [] : bestSentences(evidence)
  const text =
    quotes.length === 0 ? notFoundText : quotes.map(({ sentence, id }) => `${sentence} [${id}]`).join('\n')
  const read = [evidence.question, ...evidence.passages.map(({ chunk }) => chunk.text)]
  return {
    text,
    citations: [...new Set(quotes.map(({ id }) => id))],
    found: quotes.length > 0,
    usage: { input_tokens: countTokens(read.join('\n')), output_tokens: countTokens(text) },
  }
}

function bestSentences({ query, passages }: Evidence) {
  const scored = passages.flatMap(({ id, score: passageScore, chunk }) => {
    const headingTerms = termsOf(chunk.headings.join(' '))
    return chunk.passages.map((sentence) => {
      const terms = termsOf(sentence)
      // A sentence below a heading speaks of the heading too, without repeating it.
      const own = coverageOf(query, terms)
      const withHeadings = coverageOf(query, [...headingTerms, ...terms])
      const brevity = Math.min(1, freeTerms / terms.length)
      return { sentence, id, score: (own + withHeadings) * brevity * passageScore }
    })
  })
  const ordered = scored.toSorted((one, other) => other.score - one.score)
  const floor = (ordered[0]?.score ?? 0) * sentenceShareMin
  return ordered.filter(({ score }) => score > 0 && score >= floor).slice(0, sentencesMax)
}
