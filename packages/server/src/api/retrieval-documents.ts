/** GET /api/v1/retrieval/documents. */
import { array, boolean, decimal, epochMs, nullable, object, string, whole } from '../lib/json-schema.ts'
import { DOCUMENT_ORDERS } from '../store/retrieval-queries.ts'
import { choice, integer } from './parameters.ts'
import { BASIS_SCHEMA, ESTIMATED, RETRIEVAL_PARAMETERS, retrievalFilter } from './retrieval-parameters.ts'
import { route } from './route.ts'

/** Details have to be inflated and parsed: what some tens of milliseconds allow. */
const TRACES_MAX = 2000
const COUNT_MAX = 100_000
/** An id has up to 256 characters: this many take some tens of megabytes while the query runs. */
const DOCUMENTS_MAX = 20_000

const DOCUMENT = object({
  service: string(),
  id: string(),
  retrieved: object(ESTIMATED),
  in_prompt: nullable(decimal('Estimate; null where no trace states it.')),
  cited: nullable(decimal('Estimate; null where no trace states it.')),
  average_position: decimal('In the order of the retriever, 1-based.'),
  average_rank: nullable(decimal('After reranking, 1-based; null where no trace states it.')),
  average_score: nullable(decimal()),
  outcomes: object(
    {
      ...ESTIMATED,
      bad: decimal('Estimate of those that failed, timed out or were rated negative.'),
      bad_share: nullable(decimal('null without any request.')),
      bad_share_low: nullable(decimal('Lower end of the 95 % interval of the share (Wilson).')),
    },
    'Requests that had it in the prompt, or that retrieved it where the trace does not say what was in the prompt.',
  ),
  last_seen: epochMs('Start of the newest request that retrieved it.'),
  last_trace: string('Id of that request.'),
  last_bad_trace: nullable(string('Id of the newest one with a bad outcome.')),
})

const DOCUMENTS_SCHEMA = object({
  based_on: BASIS_SCHEMA,
  with_ids: object(ESTIMATED, 'Traces that name their documents.'),
  states_use: boolean('Whether any trace states which documents were in the prompt.'),
  states_citations: boolean('Whether any trace states which documents were cited.'),
  average_bad_share: nullable(decimal('Share of bad outcomes of all requests that were read.')),
  documents_total: whole('Different documents.'),
  documents_matching: whole('Those that the order is about.'),
  documents: array(DOCUMENT),
  others: object({ documents: whole(), retrieved: decimal() }, 'Documents over the limit.'),
  uncounted: decimal(`Retrievals of documents beyond ${DOCUMENTS_MAX} different ones.`),
})

export const documentsRoute = route({
  url: '/api/v1/retrieval/documents',
  operationId: 'listRetrievedDocuments',
  tag: 'queries',
  summary: 'How often documents are retrieved, used and cited, and how it ends',
  description:
    `An estimate from the newest ${TRACES_MAX} kept traces that match and found something, each weighted by the inverse ` +
    'of the probability with which it was kept; `based_on` says how many there were.',
  parameters: {
    ...RETRIEVAL_PARAMETERS,
    order: choice(
      '`retrieved`: the most retrieved; `never_cited`: of those the ones that are never cited, or never in the prompt ' +
        'where citations are not stated; `bad`: by the lower end of the share of bad outcomes.',
      DOCUMENT_ORDERS,
      'retrieved',
    ),
    limit: integer('Documents; the rest is summed up in `others`.', {
      minimum: 1,
      maximum: 1000,
      default: 50,
    }),
  },
  responses: { 200: { description: 'The documents.', schema: DOCUMENTS_SCHEMA } },
  answer: ({ values }, { store, now, queryTimeoutMs }) =>
    store.query('documents', {
      filter: retrievalFilter(values),
      order: values.order ?? 'retrieved',
      tracesMax: TRACES_MAX,
      countMax: COUNT_MAX,
      documentsMax: DOCUMENTS_MAX,
      limit: values.limit,
      deadline: now() + queryTimeoutMs,
    }),
})
