/** How many of the matching traces have which value, for the fields one filters by. */
import type { Database, SqlValue } from '../../../lib/sqlite.ts'
import type { Facet, FacetField, FacetsQuery, FacetsResult } from '../../store.ts'
import { conditionOf, rangeOf, windowsBackwards } from './traces.ts'

interface Counts {
  values: Map<string, number>
  missing: number
}

export function queryFacets(database: Database, query: FacetsQuery, clock: () => number): FacetsResult {
  const { filter, fields, tracesMax, valuesMax, deadline } = query
  const condition = conditionOf(database, filter)
  const count = database.prepare(countsOf(`${rangeOf(condition)}${condition.sql}`, fields))
  const counts = new Map(fields.map((field): [string, Counts] => [field, { values: new Map(), missing: 0 }]))
  let counted = 0
  let since = filter.to
  let complete = true
  for (const { from, to } of windowsBackwards(database, condition, filter)) {
    if (clock() > deadline || counted >= tracesMax) {
      complete = false
      break
    }
    since = from
    for (const row of count.all(from, to, ...condition.values, tracesMax - counted)) {
      const { field, value = null } = row
      if (field === COUNTED) {
        counted += Number(row['count'])
        if (counted >= tracesMax) since = Number(value)
      } else add(counts.get(String(field)), value, Number(row['count']))
    }
  }
  return {
    facets: fields.map((field) => facetOf(field, counts.get(field), valuesMax)),
    counted,
    complete: complete && counted < tracesMax,
    since,
  }
}

const COUNTED = 'timestamp'

/** The rows are read once; each field then counts them by its values. */
function countsOf(range: string, fields: readonly FacetField[]): string {
  const parts = [
    `SELECT '${COUNTED}' AS field, min(timestamp) AS value, count(*) AS count FROM matching`,
    ...fields.map((field) => `SELECT '${field}', ${field}, count(*) FROM matching GROUP BY ${field}`),
  ]
  return `WITH matching AS MATERIALIZED (
    SELECT timestamp, ${fields.join(', ')} ${range} ORDER BY timestamp DESC, id DESC LIMIT ?
  ) ${parts.join(' UNION ALL ')}`
}

function add(counts: Counts | undefined, value: SqlValue, count: number): void {
  if (counts === undefined) return
  if (value === null) counts.missing += count
  else counts.values.set(String(value), (counts.values.get(String(value)) ?? 0) + count)
}

function facetOf(field: FacetField, counts: Counts | undefined, valuesMax: number): Facet {
  const sorted = Array.from(counts?.values ?? [], ([value, count]) => ({ value, count })).toSorted(
    (left, right) => right.count - left.count || (left.value < right.value ? -1 : 1),
  )
  const rest = sorted.slice(valuesMax)
  return {
    field,
    values: sorted.slice(0, valuesMax),
    others: { values: rest.length, count: rest.reduce((sum, { count }) => sum + count, 0) },
    missing: counts?.missing ?? 0,
  }
}
