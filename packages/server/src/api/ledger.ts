/** GET /api/v1/ledger: sums of requests, tokens and costs by who caused them. */
import { DAY_MS, dayOf } from '@ragmeter/core'
import { didYouMean } from '../lib/nearest.ts'
import { ParameterError } from '../lib/request-error.ts'
import type { LedgerGroup, LedgerQuery, LedgerResult } from '../store/store.ts'
import { integer, list, text, time } from './parameters.ts'
import { route } from './route.ts'
import { array, decimal, map, nullable, object, string, whole } from '../lib/json-schema.ts'
import { emptyRange } from './trace-filter.ts'

const GROUPS = ['org', 'service', 'environment', 'operation', 'endpoint', 'provider', 'model', 'day'] as const
const DIMENSION = 'dimension.'
/** The ledger is kept for two years. */
const DAYS_MAX = 800

const notByModel = 'null if grouped or filtered by provider or model, which requests do not have.'
const notByRequest =
  'null if grouped or filtered by environment, operation, endpoint or a dimension, which model calls do not have.'
const SUMS = {
  requests: nullable(whole(`Requests; ${notByModel}`)),
  errors: nullable(whole(`Requests that failed or timed out; ${notByModel}`)),
  total_ms: nullable(decimal(`Total latency in milliseconds; ${notByModel}`)),
  retrieval_ms: nullable(decimal(`Retrieval latency in milliseconds; ${notByModel}`)),
  retrievals: nullable(whole(`Retrievals that were timed; ${notByModel}`)),
  llm_ms: nullable(decimal(`Latency of model calls in milliseconds; ${notByModel}`)),
  documents: nullable(whole(`Documents retrieved; ${notByModel}`)),
  docstore_cost_usd: nullable(decimal(`Cost of the document store in US dollars; ${notByModel}`)),
  calls: nullable(whole(`Model calls; ${notByRequest}`)),
  input_tokens: nullable(whole(`Input tokens; ${notByRequest}`)),
  output_tokens: nullable(whole(`Output tokens; ${notByRequest}`)),
  cache_read_tokens: nullable(whole(`Part of the input tokens; ${notByRequest}`)),
  cache_write_tokens: nullable(whole(`Part of the input tokens; ${notByRequest}`)),
  reasoning_tokens: nullable(whole(`Part of the output tokens; ${notByRequest}`)),
  llm_cost_usd: decimal('US dollars, of the calls whose price is known.'),
  unpriced: whole('Calls whose price is not known: the cost does not include them.'),
  uncounted: nullable(whole(`Calls that stated no tokens; ${notByRequest}`)),
}

const LEDGER_SCHEMA = object({
  from: string('First UTC day.'),
  to: string('Last UTC day.'),
  first_day: nullable(
    string(
      'First UTC day of the whole ledger, whatever is filtered by: what was before is not known, and of that day perhaps a part. null while it is empty.',
    ),
  ),
  group: array(string()),
  rows: array(object({ key: map(string(), 'Value of each group.'), ...SUMS })),
  others: nullable(object(SUMS, 'Sum of the rows over the limit; null if there are none.')),
  total: object(SUMS),
})

export const ledgerRoute = route({
  url: '/api/v1/ledger',
  operationId: 'queryLedger',
  tag: 'queries',
  summary: 'Requests, tokens and costs by organisation, service, model, day',
  description: 'Exact over all requests, sampled or not; by UTC day.',
  parameters: {
    from: time('First day, inclusive: a date, or any moment of it.', 'now-29d'),
    to: time('Last day, inclusive.', 'now'),
    group: list(`Groups: ${GROUPS.join(', ')}, dimension.NAME. Without any, one row.`),
    limit: integer('Rows; the rest is summed up in `others`.', {
      minimum: 1,
      maximum: 10_000,
      default: 1000,
    }),
    ...Object.fromEntries(
      GROUPS.filter((group) => group !== 'day').map((group) => [group, text(`Only this ${group}.`)]),
    ),
  },
  prefixes: { [DIMENSION]: { doc: 'Exact value of a declared dimension.', example: 'dimension.NAME' } },
  responses: { 200: { description: 'The sums.', schema: LEDGER_SCHEMA } },
  answer: ({ values, prefixed }, { store, dimensions, now, queryTimeoutMs }) => {
    const { from, to, group, limit, ...filters } = values as LedgerValues
    if (from > to) throw emptyRange()
    if (to - from > DAYS_MAX * DAY_MS) {
      throw new ParameterError(
        'from',
        `the range is longer than ${DAYS_MAX} days`,
        'Ask for a shorter range.',
      )
    }
    const ofDimensions = Object.entries(prefixed[DIMENSION] ?? {})
    for (const [name] of ofDimensions) groupOf(`${DIMENSION}${name}`, `${DIMENSION}${name}`, dimensions)
    const given = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return store.query('ledger', {
      from: dayOf(from),
      to: dayOf(to),
      groups: group.map((name) => groupOf(name, 'group', dimensions)),
      filters: Object.fromEntries([
        ...given,
        ...ofDimensions.map(([name, value]) => [`${DIMENSION}${name}`, value] as const),
      ]),
      limit,
      deadline: now() + queryTimeoutMs,
    })
  },
})

export const ledgerGroupsRoute = route({
  url: '/api/v1/ledger/groups',
  operationId: 'listLedgerGroups',
  tag: 'queries',
  summary: 'By what the ledger can be grouped and filtered',
  parameters: {},
  responses: {
    200: {
      description: 'The groups.',
      schema: object({ groups: array(string('A value for `group`; the declared dimensions last.')) }),
    },
  },
  answer: (_, { dimensions }) => Promise.resolve({ groups: groupsOf(dimensions) }),
})

export function ledgerView(result: LedgerResult, { from, to, groups }: LedgerQuery): object {
  return { from, to, group: groups, ...result }
}

interface LedgerValues {
  from: number
  to: number
  group: readonly string[]
  limit: number
  [filter: string]: unknown
}

function groupOf(name: string, path: string, dimensions: readonly string[]): LedgerGroup {
  const known = groupsOf(dimensions)
  if (known.includes(name)) return name as LedgerGroup
  const undeclared = name.startsWith(DIMENSION) ? ' Declare dimensions with `--dimensions`.' : ''
  throw new ParameterError(
    path,
    `there is no group ${JSON.stringify(name.slice(0, 64))}`,
    `Use: ${known.join(', ')}.${undeclared}${didYouMean(name, known)}`,
  )
}

function groupsOf(dimensions: readonly string[]): string[] {
  return [...GROUPS, ...dimensions.map((dimension) => `${DIMENSION}${dimension}`)]
}
