/** A load for the page of retrieval: questions with and without answers, documents of use and of none. */
import { chance, pick } from './known-load.ts'

const HOUR_MS = 3_600_000

export const RETRIEVAL_SERVICE = 'help-centre'

interface Question {
  text: string
  /** Found for it, best first; none is an empty retrieval. */
  documents: readonly string[]
  /** Score of the best. */
  score: number
  /** How often it is asked, against the others. */
  weight: number
  failing?: number
  disliked?: number
}

/** Is found for nearly everything, and cited for nothing. */
const IMPRINT = 'legal/imprint.md'
/** Out of date: its answers are disliked. */
const LEGACY = 'api/v1/authentication.md'

const QUESTIONS: readonly Question[] = [
  {
    text: 'How do I reset my password?',
    documents: ['account/password.md', 'account/sign-in.md', IMPRINT],
    score: 0.93,
    weight: 9,
  },
  {
    text: 'Where do I find my invoices?',
    documents: ['billing/invoices.md', 'billing/plans.md', IMPRINT],
    score: 0.9,
    weight: 7,
  },
  {
    text: 'How do I change the plan of my team?',
    documents: ['billing/plans.md', 'team/roles.md', 'billing/invoices.md'],
    score: 0.86,
    weight: 6,
  },
  {
    text: 'How do I invite a colleague?',
    documents: ['team/invite.md', 'team/roles.md'],
    score: 0.91,
    weight: 6,
  },
  {
    text: 'How do I get an API key?',
    documents: [LEGACY, 'api/v2/keys.md', 'team/roles.md'],
    score: 0.82,
    weight: 6,
    disliked: 0.55,
  },
  {
    text: 'Which rate limits does the API have?',
    documents: ['api/v2/limits.md', LEGACY],
    score: 0.84,
    weight: 5,
    disliked: 0.2,
  },
  {
    text: 'How do I export all of my data?',
    documents: ['account/export.md', IMPRINT],
    score: 0.79,
    weight: 4,
    failing: 0.35,
  },
  {
    text: 'Can I get a refund after the first month?',
    documents: ['billing/plans.md', IMPRINT],
    score: 0.31,
    weight: 5,
  },
  { text: 'Do you have a data processing agreement?', documents: [IMPRINT], score: 0.27, weight: 3 },
  { text: 'Is there an app for Linux phones?', documents: [], score: 0, weight: 4 },
  { text: 'How do I connect my calendar of Exchange 2010?', documents: [], score: 0, weight: 3 },
  {
    text: '<b>What</b> is the answer to life, the universe and everything?',
    documents: [],
    score: 0,
    weight: 1,
  },
]

const ASKED = QUESTIONS.flatMap((question) => Array.from({ length: question.weight }, () => question))

interface RetrievedDocument {
  id: string
  score: number
  used: boolean
  cited: boolean
}

export interface RetrievalTrace {
  id: string
  timestamp: number
  status: string
  /** What was asked, whether the trace says so or not. */
  question: string
  /** Requests that it stands for. */
  weight: number
  feedback?: { rating: string }
  retrieval: {
    retriever: string
    count: number
    documents: RetrievedDocument[]
    [field: string]: unknown
  }
  rerank?: { displacement: number; [field: string]: unknown }
  [field: string]: unknown
}

/** @param now end of the load @param hours how far back it begins @param perHour kept traces of an hour */
export function retrievalLoad(now: number, hours: number, perHour: number): RetrievalTrace[] {
  return Array.from({ length: hours * perHour }, (_, index) =>
    traceAt(index, Math.round(now - hours * HOUR_MS + (index / perHour) * HOUR_MS)),
  )
}

function traceAt(index: number, timestamp: number): RetrievalTrace {
  const question = pick(ASKED, chance(index, 21))
  const retriever = chance(index, 22) < 0.7 ? 'hybrid' : 'bm25'
  const isFailed = chance(index, 23) < (question.failing ?? 0.01)
  const isDisliked = !isFailed && chance(index, 24) < (question.disliked ?? 0.01)
  // Errors are kept whole, of the others one in four.
  const probability = isFailed ? 1 : 0.25
  const score = question.score * (0.96 + chance(index, 25) * 0.08)
  const documents = question.documents.map((id, place) => ({
    id,
    score: Number((score - place * 0.07).toFixed(4)),
    rank: place === 0 ? 1 : place + 1,
    used: place < 2,
    cited: id !== IMPRINT && place === 0,
  }))
  const retrievalMs = 30 + chance(index, 26) * 60
  const generationMs = 400 + chance(index, 27) ** 3 * 2500
  return {
    id: `retrieval-${index}`,
    timestamp,
    service: RETRIEVAL_SERVICE,
    environment: 'production',
    operation: 'ask',
    total_latency_ms: Math.round(retrievalMs + generationMs + 12),
    status: isFailed ? 'error' : 'success',
    ...(isFailed ? { error_type: 'llm_error' } : {}),
    question: question.text,
    weight: 1 / probability,
    query_hash: question.text,
    query_length: question.text.length,
    // One in three comes from a version that does not send it.
    ...(index % 3 === 0 ? {} : { metadata: { question: question.text } }),
    retrieval: { retriever, latency_ms: Math.round(retrievalMs), count: documents.length, documents },
    ...(documents.length > 1
      ? {
          rerank: {
            latency_ms: 12,
            in_count: documents.length,
            out_count: 2,
            displacement: chance(index, 28) < 0.4 ? 1 : 0,
          },
        }
      : {}),
    ...(documents.length === 0
      ? {}
      : {
          generations: [
            {
              provider: 'openai',
              model: 'gpt-4o-mini',
              latency_ms: Math.round(generationMs),
              input_tokens: 900,
              output_tokens: 120,
            },
          ],
        }),
    ...(isDisliked ? { feedback: { rating: 'negative' } } : {}),
    kept: { reason: isFailed ? 'error' : 'head', probability },
  }
}
