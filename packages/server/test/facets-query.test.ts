import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FACET_FIELDS } from '../src/store/store.ts'
import type { FacetsQuery, TraceFilter } from '../src/store/store.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const NOW = Date.now()

let harness: Harness
beforeEach(() => (harness = createHarness({ receivedAt: () => NOW })))
afterEach(() => harness[Symbol.dispose]())

const ask = (filter: Partial<TraceFilter> = {}, query: Partial<FacetsQuery> = {}) =>
  harness.query('facets', {
    filter: { from: 0, to: NOW + 1, ...filter },
    fields: FACET_FIELDS,
    tracesMax: 100_000,
    valuesMax: 20,
    deadline: Infinity,
    ...query,
  })

describe('queryFacets', () => {
  it('counts each value of what matches, through many windows, as the traces themselves say', () => {
    const traces = Array.from({ length: 9000 }, (_, i) =>
      flatTrace(`t${i}`, {
        timestamp: NOW - i * 10,
        status: i % 10 === 0 ? 'error' : 'success',
        error_type: i % 10 === 0 ? 'llm_error' : null,
        org: i % 4 === 0 ? null : `org-${i % 4}`,
        service: i % 3 === 0 ? 'docs' : 'search',
      }),
    )
    harness.send({ traces })
    const { facets, counted, complete } = ask({ service: 'docs' })
    expect([counted, complete]).toEqual([3000, true])
    const of = (field: string) => facets.find((facet) => facet.field === field)
    expect(of('status')?.values).toEqual([
      { value: 'success', count: 2700 },
      { value: 'error', count: 300 },
    ])
    expect(of('error_type')).toMatchObject({ values: [{ value: 'llm_error', count: 300 }], missing: 2700 })
    expect(of('org')).toMatchObject({
      values: [
        { value: 'org-1', count: 750 },
        { value: 'org-2', count: 750 },
        { value: 'org-3', count: 750 },
      ],
      missing: 750,
    })
    expect(ask({ status: 'error' }).counted).toBe(900)
  })

  it('names the most frequent values and counts the others', () => {
    const traces = Array.from({ length: 15 }, (_, i) =>
      flatTrace(`t${i}`, { timestamp: NOW - i, org: ['a', 'a', 'a', 'b', 'b', 'c', 'd'][i % 7] }),
    )
    harness.send({ traces })
    expect(ask({}, { fields: ['org'], valuesMax: 2 }).facets).toEqual([
      {
        field: 'org',
        values: [
          { value: 'a', count: 7 },
          { value: 'b', count: 4 },
        ],
        others: { values: 2, count: 4 },
        missing: 0,
      },
    ])
  })

  it('counts the newest up to its bound, and says since when', () => {
    const traces = Array.from({ length: 100 }, (_, i) =>
      flatTrace(`t${i}`, { timestamp: NOW - i * 1000, org: i < 10 ? 'new' : 'old' }),
    )
    harness.send({ traces })
    const answer = ask({}, { fields: ['org'], tracesMax: 10 })
    expect(answer).toMatchObject({ counted: 10, complete: false, since: NOW - 9000 })
    expect(answer.facets[0]?.values).toEqual([{ value: 'new', count: 10 }])
  })

  it('stops at its deadline and says so', () => {
    harness.send({ traces: [flatTrace('a', { timestamp: NOW })] })
    expect(ask({}, { deadline: 0 })).toMatchObject({ counted: 0, complete: false })
  })

  it('of nothing is nothing', () => {
    expect(ask({}, { fields: ['org'] })).toEqual({
      facets: [{ field: 'org', values: [], others: { values: 0, count: 0 }, missing: 0 }],
      counted: 0,
      complete: true,
      since: 0,
    })
  })
})
