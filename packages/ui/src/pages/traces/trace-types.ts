/** Answers of the daemon about traces. */
import type { operations } from '../../api/schema.gen.ts'

type Answer<Operation extends 'listTraces' | 'getTrace' | 'getTraceFacets'> =
  operations[Operation]['responses'][200]['content']['application/json']

export type TraceList = Answer<'listTraces'>
/** One row of the list. */
export type TraceSummary = TraceList['traces'][number]
/** A trace with everything that was stored of it. */
export type Trace = Answer<'getTrace'>
export type Facets = Answer<'getTraceFacets'>
export type Facet = Facets['facets'][number]

/** Of the API; a list is one parameter that is given several times. */
export type TraceParameters = Readonly<Record<string, string | number | readonly string[]>>
