/** Scenarios of the API about retrieval, as data. */
import { DAY_MS, HOUR_MS, RagmeterError } from '@ragmeter/core'
import type { DocumentsResult, GapsResult } from '../src/store/retrieval-queries.ts'
import { NOW, refusal } from './scenario.ts'
import type { ApiScenario } from './scenario.ts'

const NONE = { traces: 0, estimate: 0 }
const BASIS = { ...NONE, matching: 0, matching_complete: true, since: NOW - DAY_MS }
const REASONS = { empty: 0, low_score: 0, failed: 0, negative_feedback: 0 }

const GAPS: GapsResult = {
  based_on: BASIS,
  thresholds: [{ service: 'docs', retriever: 'bm25', below: 0.4, traces: 200 }],
  thresholds_omitted: 0,
  trend: { from: NOW - DAY_MS, to: NOW, steps: 2 },
  gaps: [
    {
      service: 'docs',
      query_hash: 'ab'.repeat(16),
      text: null,
      bad: { traces: 2, estimate: 20 },
      asked: { traces: 3, estimate: 30 },
      reasons: { ...REASONS, empty: 20 },
      average_top_score: null,
      last_seen: NOW - 1,
      last_trace: 'a/b',
      trend: [0, 20],
    },
  ],
  others: { queries: 0, ...NONE },
  ungrouped: NONE,
  total: { traces: 2, estimate: 20, reasons: { ...REASONS, empty: 20 } },
}

const DOCUMENTS: DocumentsResult = {
  based_on: BASIS,
  with_ids: NONE,
  states_use: false,
  states_citations: false,
  average_bad_share: null,
  documents_total: 0,
  documents_matching: 0,
  documents: [],
  others: { documents: 0, retrieved: 0 },
  uncounted: 0,
}

export const retrievalScenarios: ApiScenario[] = [
  {
    name: 'gaps as they are by default',
    path: '/api/v1/retrieval/gaps',
    given: (store) => (store.answers.gaps = GAPS),
    status: 200,
    asked: [
      {
        name: 'gaps',
        parameters: {
          filter: { from: NOW - DAY_MS, to: NOW },
          lowScore: { quantile: 0.1 },
          textKey: 'question',
          tracesMax: 10_000,
          countMax: 100_000,
          limit: 50,
          steps: 24,
          deadline: NOW + 10_000,
        },
      },
    ],
    body: GAPS,
  },
  {
    name: 'gaps of a retriever for one reason, below a score of its own',
    path: '/api/v1/retrieval/gaps?from=-1h&service=docs&environment=production&retriever=bm25&reason=empty&low_score=0.3&text_key=q&limit=5&steps=2',
    given: (store) => (store.answers.gaps = GAPS),
    status: 200,
    asked: [
      {
        name: 'gaps',
        parameters: {
          filter: {
            from: NOW - HOUR_MS,
            to: NOW,
            service: 'docs',
            environment: 'production',
            retriever: 'bm25',
          },
          lowScore: { below: 0.3 },
          reason: 'empty',
          textKey: 'q',
          tracesMax: 10_000,
          countMax: 100_000,
          limit: 5,
          steps: 2,
          deadline: NOW + 10_000,
        },
      },
    ],
    body: GAPS,
  },
  {
    name: 'gaps by a score and by a quantile at once',
    path: '/api/v1/retrieval/gaps?low_score=0.3&low_score_quantile=0.1',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'low_score'),
  },
  {
    name: 'gaps by a quantile that leaves most of the retrievals low',
    path: '/api/v1/retrieval/gaps?low_score_quantile=0.9',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'low_score_quantile'),
  },
  {
    name: 'gaps of an empty range',
    path: '/api/v1/retrieval/gaps?from=now&to=-1h',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'from'),
  },
  {
    name: 'gaps when the database is away',
    path: '/api/v1/retrieval/gaps',
    given: (store) => (store.answers.gaps = new RagmeterError('storage_unavailable', 'away')),
    status: 503,
    body: refusal('storage_unavailable'),
  },
  {
    name: 'documents that are never cited',
    path: '/api/v1/retrieval/documents?order=never_cited&service=docs&limit=10',
    given: (store) => (store.answers.documents = DOCUMENTS),
    status: 200,
    asked: [
      {
        name: 'documents',
        parameters: {
          filter: { from: NOW - DAY_MS, to: NOW, service: 'docs' },
          order: 'never_cited',
          tracesMax: 2000,
          countMax: 100_000,
          documentsMax: 20_000,
          limit: 10,
          deadline: NOW + 10_000,
        },
      },
    ],
    body: DOCUMENTS,
  },
  {
    name: 'documents in an order that is not',
    path: '/api/v1/retrieval/documents?order=worst',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'order'),
  },
]
