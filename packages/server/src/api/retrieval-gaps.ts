/** GET /api/v1/retrieval/gaps. */
import { array, decimal, epochMs, nullable, object, string, whole } from '../lib/json-schema.ts'
import { ParameterError } from '../lib/request-error.ts'
import { GAP_REASONS } from '../store/retrieval-queries.ts'
import { choice, integer, number, text } from './parameters.ts'
import { BASIS_SCHEMA, ESTIMATED, RETRIEVAL_PARAMETERS, retrievalFilter } from './retrieval-parameters.ts'
import { route } from './route.ts'

/** What some tens of milliseconds allow. */
const TRACES_MAX = 10_000
const COUNT_MAX = 100_000
const QUANTILE_DEFAULT = 0.1

const REASONS = object(
  Object.fromEntries(GAP_REASONS.map((reason) => [reason, decimal()])),
  'Estimates; a request can have several reasons.',
)

const GAP = object({
  service: string(),
  query_hash: nullable(string('Keyed hash of the query; null if only the text is known.')),
  text: nullable(string('Newest value of the metadata key; null where no trace has one.')),
  bad: object(ESTIMATED, 'Requests with a reason.'),
  asked: object(ESTIMATED, 'All requests of the query.'),
  reasons: REASONS,
  average_top_score: nullable(decimal('Of the retrievals with a score.')),
  last_seen: epochMs('Start of the newest request with a reason.'),
  last_trace: string('Id of that request.'),
  trend: array(decimal(), 'Estimates of requests with a reason, by step.'),
})

const GAPS_SCHEMA = object({
  based_on: BASIS_SCHEMA,
  thresholds: array(
    object({
      service: string(),
      retriever: string(),
      below: nullable(decimal('Best scores below it are low; null: too few scores to tell.')),
      traces: whole('Traces with a score.'),
    }),
    'Of a relative `low_score`, the most frequent first.',
  ),
  thresholds_omitted: whole('Services and retrievers that are not named here.'),
  trend: object({
    from: epochMs('Start of the first step.'),
    to: epochMs('End of the last.'),
    steps: whole(),
  }),
  gaps: array(GAP, 'The most frequent first.'),
  others: object({ queries: whole(), ...ESTIMATED }, 'Queries over the limit.'),
  ungrouped: object(ESTIMATED, 'Requests without a hash or a text to group by.'),
  total: object({ ...ESTIMATED, reasons: REASONS }, 'All requests with a reason.'),
})

export const gapsRoute = route({
  url: '/api/v1/retrieval/gaps',
  operationId: 'listRetrievalGaps',
  tag: 'queries',
  summary: 'Queries that the documents do not answer',
  description:
    'Requests with an empty retrieval, a low best score, a failure or a negative rating, grouped by service and query. ' +
    `An estimate from the newest ${TRACES_MAX} kept traces that match, each weighted by the inverse of the probability ` +
    'with which it was kept; `based_on` says how many there were.',
  parameters: {
    ...RETRIEVAL_PARAMETERS,
    reason: choice('Only requests with this reason.', GAP_REASONS),
    low_score: number(
      'Best scores below it are low. By default that is relative, see `low_score_quantile`.',
      {
        minimum: -1e9,
        maximum: 1e9,
      },
    ),
    low_score_quantile: number(
      `Best scores below this quantile of the same service and retriever are low. ${QUANTILE_DEFAULT} by default.`,
      { minimum: 0, maximum: 0.5 },
    ),
    text_key: text('Metadata key that holds the text of a query; `question` by default.'),
    limit: integer('Queries; the rest is summed up in `others`.', { minimum: 1, maximum: 1000, default: 50 }),
    steps: integer('Steps of the trends.', { minimum: 1, maximum: 200, default: 24 }),
  },
  responses: { 200: { description: 'The gaps.', schema: GAPS_SCHEMA } },
  answer: ({ values }, { store, now, queryTimeoutMs }) => {
    const { reason, low_score, low_score_quantile, text_key, limit, steps } = values
    if (low_score !== undefined && low_score_quantile !== undefined) {
      throw new ParameterError(
        'low_score',
        '`low_score` and `low_score_quantile` exclude each other',
        'State one of the two.',
      )
    }
    return store.query('gaps', {
      filter: retrievalFilter(values),
      lowScore:
        low_score === undefined ? { quantile: low_score_quantile ?? QUANTILE_DEFAULT } : { below: low_score },
      ...(reason === undefined ? {} : { reason }),
      textKey: text_key ?? 'question',
      tracesMax: TRACES_MAX,
      countMax: COUNT_MAX,
      limit,
      steps,
      deadline: now() + queryTimeoutMs,
    })
  },
})
