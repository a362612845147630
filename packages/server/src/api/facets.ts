/** GET /api/v1/traces/facets. */
import { array, boolean, epochMs, object, oneOf, string, whole } from '../lib/json-schema.ts'
import { ParameterError } from '../lib/request-error.ts'
import { didYouMean } from '../lib/nearest.ts'
import { FACET_FIELDS } from '../store/store.ts'
import type { FacetField } from '../store/store.ts'
import { list } from './parameters.ts'
import { route } from './route.ts'
import { emptyRange, FILTER_PARAMETERS, FILTER_PREFIXES, filterOf } from './trace-filter.ts'

/** As many as the page lists: counting them takes some tens of milliseconds, which grow with their number. */
const TRACES_MAX = 10_000
const VALUES_MAX = 20

const FACETS_SCHEMA = object({
  facets: array(
    object({
      field: oneOf(FACET_FIELDS),
      values: array(object({ value: string(), count: whole() }), 'The most frequent first.'),
      others: object({ values: whole(), count: whole() }, 'Values that are not named, and their traces.'),
      missing: whole('Traces that state no value.'),
    }),
  ),
  counted: whole('Matching traces that were counted, the newest first.'),
  complete: boolean('Whether these are all that match. Else there may be more before `since`.'),
  since: epochMs('Start of what was counted.'),
})

export const facetsRoute = route({
  url: '/api/v1/traces/facets',
  operationId: 'getTraceFacets',
  tag: 'queries',
  summary: 'Values of the traces that match, with how many have them',
  description:
    `Exact over the newest ${TRACES_MAX} that match and that there was time for; \`complete\` says whether these are all. ` +
    `The ${VALUES_MAX} most frequent values of each field are named.`,
  parameters: {
    ...FILTER_PARAMETERS,
    fields: list(`Fields to count by: ${FACET_FIELDS.join(', ')}. All of them by default.`),
  },
  prefixes: FILTER_PREFIXES,
  responses: { 200: { description: 'The counts.', schema: FACETS_SCHEMA } },
  answer: ({ values: { fields, ...values }, ...open }, { store, now, queryTimeoutMs }) => {
    if (values.from >= values.to) throw emptyRange()
    return store.query('facets', {
      filter: filterOf({ values, ...open }),
      fields: fields.length === 0 ? FACET_FIELDS : fields.map(facetField),
      tracesMax: TRACES_MAX,
      valuesMax: VALUES_MAX,
      deadline: now() + queryTimeoutMs,
    })
  },
})

/** @throws ParameterError */
function facetField(name: string): FacetField {
  const found = FACET_FIELDS.find((field) => field === name)
  if (found !== undefined) return found
  throw new ParameterError(
    'fields',
    `there is no facet ${JSON.stringify(name.slice(0, 64))}`,
    `Use some of: ${FACET_FIELDS.join(', ')}.${didYouMean(name, FACET_FIELDS)}`,
  )
}
