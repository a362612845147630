/** The filter that the list of traces and its facets take. */
import { enums, LIMITS } from '@ragmeter/core'
import { didYouMean } from '../lib/nearest.ts'
import { ParameterError } from '../lib/request-error.ts'
import { EXACT_FIELDS } from '../store/store.ts'
import type { Exclusion, TraceFilter } from '../store/store.ts'
import { choice, number, text, time } from './parameters.ts'
import type { Prefixes, ReadQuery } from './parameters.ts'

const COUNT = { minimum: 0, maximum: LIMITS.countMax }
const SCORE = { minimum: -1e9, maximum: 1e9 }

export const FILTER_PARAMETERS = {
  from: time('Start of the range, inclusive.', 'now-24h'),
  to: time('End of the range, exclusive.', 'now'),
  service: text('Service.'),
  environment: text('Environment.'),
  release: text('Release.'),
  org: text('Organisation.'),
  operation: text('Operation.'),
  endpoint: text('Endpoint.'),
  intent: text('Intent.'),
  status: choice('Final status.', enums.STATUSES),
  error_type: choice('Error type.', enums.ERROR_TYPES),
  provider: text('Provider of a model that was called.'),
  model: text('Model that was called.'),
  query_hash: text('Hash of the query, as the daemon shows it: keyed, not the one the client sent.'),
  trace_id: text('W3C trace id.'),
  request_id: text('Request id.'),
  session_id: text('Session id.'),
  user_id: text('User id, as the client sent it.'),
  kept_reason: choice('Why the trace was kept.', enums.KEPT_REASONS),
  retriever: text('Retriever.'),
  latency_ms_min: number('At least this total latency, in milliseconds.', {
    minimum: 0,
    maximum: LIMITS.latencyMsMax,
  }),
  latency_ms_max: number('At most this total latency, in milliseconds.', {
    minimum: 0,
    maximum: LIMITS.latencyMsMax,
  }),
  retrieval_count_min: number('At least so many documents retrieved.', COUNT),
  retrieval_count_max: number('At most so many documents retrieved; 0 finds empty retrievals.', COUNT),
  top_score_min: number('Best score at least this.', SCORE),
  top_score_max: number('Best score at most this.', SCORE),
} as const

const METADATA = 'metadata.'
const NOT = 'not.'

/** More than anybody writes; each is a comparison for every trace that is looked at. */
const EXCLUSIONS_MAX = 50

export const FILTER_PREFIXES = {
  [METADATA]: { doc: 'Exact value of a metadata key.', example: 'metadata.KEY' },
  [NOT]: {
    doc:
      `A value that FIELD, one of those above that are compared exactly or \`metadata.KEY\`, must not have; traces ` +
      `that do not state it stay. At most ${EXCLUSIONS_MAX}.`,
    example: 'not.FIELD',
    repeats: true,
  },
} as const satisfies Prefixes

export function emptyRange(): ParameterError {
  return new ParameterError('from', '`from` is not before `to`', 'Swap them, or leave one out.')
}

/**
 * @param values of FILTER_PARAMETERS, and no other
 * @throws ParameterError
 */
export function filterOf({ values, prefixed, repeated }: ReadQuery<typeof FILTER_PARAMETERS>): TraceFilter {
  const metadata = prefixed[METADATA] ?? {}
  const exclude = exclusionsOf(repeated[NOT] ?? [])
  const {
    latency_ms_min,
    latency_ms_max,
    retrieval_count_min,
    retrieval_count_max,
    top_score_min,
    top_score_max,
    ...exact
  } = values
  const filter = {
    ...exact,
    latencyMsMin: latency_ms_min,
    latencyMsMax: latency_ms_max,
    retrievalCountMin: retrieval_count_min,
    retrievalCountMax: retrieval_count_max,
    topScoreMin: top_score_min,
    topScoreMax: top_score_max,
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    exclude: exclude.length === 0 ? undefined : exclude,
  }
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as unknown as TraceFilter
}

/** @throws ParameterError */
function exclusionsOf(given: readonly (readonly [string, string])[]): Exclusion[] {
  if (given.length > EXCLUSIONS_MAX)
    throw new ParameterError(NOT, `there are ${given.length} exclusions`, `Use at most ${EXCLUSIONS_MAX}.`)
  return given.map(([name, value]) => {
    if (name.startsWith(METADATA) && name.length > METADATA.length)
      return { metadataKey: name.slice(METADATA.length), value }
    const field = EXACT_FIELDS.find((exact) => exact === name)
    if (field === undefined) {
      throw new ParameterError(
        NOT + name.slice(0, 64),
        `${JSON.stringify(name.slice(0, 64))} is compared with nothing exactly`,
        `Use ${NOT} with one of: ${EXACT_FIELDS.join(', ')}, ${METADATA}KEY.${didYouMean(name, EXACT_FIELDS)}`,
      )
    }
    // Refuses a word that the field never has: the search would find what it should leave out.
    FILTER_PARAMETERS[field].read(value, { name: NOT + name, now: 0 })
    return { field, value }
  })
}
