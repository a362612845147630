/** What the questions about retrieval have in common. */
import { boolean, decimal, epochMs, object, whole } from '../lib/json-schema.ts'
import type { RetrievalFilter } from '../store/retrieval-queries.ts'
import type { ValuesOf } from './parameters.ts'
import { emptyRange, FILTER_PARAMETERS } from './trace-filter.ts'

const { from, to, service, environment, retriever } = FILTER_PARAMETERS

export const RETRIEVAL_PARAMETERS = { from, to, service, environment, retriever } as const

/** @throws ParameterError */
export function retrievalFilter(values: ValuesOf<typeof RETRIEVAL_PARAMETERS>): RetrievalFilter {
  if (values.from >= values.to) throw emptyRange()
  return {
    from: values.from,
    to: values.to,
    ...(values.service === undefined ? {} : { service: values.service }),
    ...(values.environment === undefined ? {} : { environment: values.environment }),
    ...(values.retriever === undefined ? {} : { retriever: values.retriever }),
  }
}

export const ESTIMATED = {
  traces: whole('Kept traces.'),
  estimate: decimal('Requests that they stand for.'),
}

export const BASIS_SCHEMA = object(
  {
    ...ESTIMATED,
    matching: whole('Kept traces that match and were counted.'),
    matching_complete: boolean('Whether these are all that match.'),
    since: epochMs('Start of the part of the range that was read.'),
  },
  'The newest traces that match: what was read.',
)
