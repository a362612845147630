import { writeValue } from '../../../lib/filter-value.ts'
import { assert, constantFrom, property, record, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIELDS } from './fields.ts'
import { parseFilter } from './parse.ts'
import { termsOf } from './terms.ts'

const parametersOf = (text: string) => {
  const { parameters, problems } = parseFilter(text)
  expect(problems).toEqual([])
  return parameters
}
const problemOf = (text: string) => parseFilter(text).problems.map((problem) => problem.text)

describe('parseFilter', () => {
  it('reads a whole filter', () => {
    expect(
      parametersOf(
        'status:error model:gpt-4o latency>=2s org:acme retrieval.count:0 metadata.team:search env:"eu west"',
      ),
    ).toEqual({
      status: 'error',
      model: 'gpt-4o',
      latency_ms_min: 2000,
      org: 'acme',
      retrieval_count_min: 0,
      retrieval_count_max: 0,
      'metadata.team': 'search',
      environment: 'eu west',
    })
  })

  it.each([
    ['latency>=250', { latency_ms_min: 250 }],
    ['latency<=1.5m', { latency_ms_max: 90_000 }],
    ['latency:1s..5s', { latency_ms_min: 1000, latency_ms_max: 5000 }],
    ['latency:>=1s latency<=2s', { latency_ms_min: 1000, latency_ms_max: 2000 }],
    ['docs>3', { retrieval_count_min: 4 }],
    ['docs<3', { retrieval_count_max: 2 }],
    ['score<=0.3', { top_score_max: 0.3 }],
    ['model:a:b', { model: 'a:b' }],
    ['endpoint:/api/ask?x=1', { endpoint: '/api/ask?x=1' }],
    ['org=acme', { org: 'acme' }],
    [String.raw`org:"a \"b\" \\"`, { org: String.raw`a "b" \ `.trimEnd() }],
    ['org:""', { org: '' }],
    ['  ', {}],
    ['status:error status:error', { status: 'error' }],
    ['metadata.Team.x:1', { 'metadata.Team.x': '1' }],
    ['-status:success', { 'not.status': ['success'] }],
    ['-env:a -environment:"b c" -env:a', { 'not.environment': ['a', 'b c'] }],
    ['-metadata.team:search org:-x', { 'not.metadata.team': ['search'], org: '-x' }],
    ['-org:""', { 'not.org': [''] }],
  ])('reads %s', (text, expected) => {
    expect(parametersOf(text)).toEqual(expected)
  })

  it('"more than" and "less than" leave out the bound itself, and nothing else', () => {
    const above = Number(parametersOf('latency>2s')['latency_ms_min'])
    const below = Number(parametersOf('latency<2s')['latency_ms_max'])
    expect(above).toBeGreaterThan(2000)
    expect(below).toBeLessThan(2000)
    expect((above + 2000) / 2 === 2000 || (above + 2000) / 2 === above).toBe(true)
    expect((below + 2000) / 2 === 2000 || (below + 2000) / 2 === below).toBe(true)
    expect(parametersOf('latency>0')['latency_ms_min']).toBe(Number.MIN_VALUE)
  })

  it.each([
    ['staus:error', /no field “staus”\. Did you mean status\?/],
    ['colour:red', /Use one of the fields/],
    ['status:eror', /Use error\./],
    ['status:bad', /Use one of success, error/],
    ['latency>fast', /Write 250ms, 2s or 1\.5m/],
    ['latency:5s..1s', /Write latency:1s\.\.5s/],
    ['latency>', /has no value/],
    ['docs:1.5', /whole number/],
    ['docs<0', /never below 0/],
    ['status', /Write status:success/],
    ['status:', /Write status:success/],
    ['hello', /Texts are not searched/],
    ['4bf92f3577b34da6a3ce929d0e0e4736', /write trace:4bf9/],
    ['0192f0c1-0000-7000-8000-000000000001', /write request:0192/],
    ['model:a model:b', /given twice/],
    ['model>4', /Write model:4/],
    ['-status:eror', /Use error\./],
    ['-latency>2s', /Write latency<=2s instead/],
    ['-docs:0', /Write retrieval\.count>0/],
    ['-latency:1s..5s', /Write latency<1s or latency>5s/],
    ['-', /Write -field:value/],
    ['-status', /Write status:success/],
    [':x', /no field before/],
    ['org:"acme', /not closed/],
    ['metadata.:x', /key of the metadata/],
    [`org:${'x'.repeat(513)}`, /at most 512/],
  ])('says what to correct in %s', (text, expected) => {
    expect(problemOf(text)).toEqual([expect.stringMatching(expected)])
  })

  it('says where each problem is', () => {
    expect(parseFilter('org:acme foo:1 status:bad').problems).toMatchObject([
      { start: 9, end: 14 },
      { start: 15, end: 25 },
    ])
  })

  it('never throws, and finds every character that is no space in exactly one term', () => {
    assert(
      property(string({ unit: 'grapheme' }), (text) => {
        const { problems } = parseFilter(text)
        for (const { start, end } of problems) expect(end).toBeGreaterThan(start)
        const terms = termsOf(text)
        let position = 0
        for (const { start, end } of terms) {
          expect(text.slice(position, start).trim()).toBe('')
          expect(end).toBeGreaterThan(start)
          position = end
        }
        expect(text.slice(position).trim()).toBe('')
      }),
    )
  })

  it('reads back any value that writeValue wrote, between other terms', () => {
    const names = FIELDS.filter(({ kind }) => kind === 'text').map(({ name }) => name)
    assert(
      property(
        record({ name: constantFrom(...names), value: string({ unit: 'grapheme' }) }),
        ({ name, value }) => {
          const [term] = termsOf(`${name}:${writeValue(value)}`)
          expect(term).toMatchObject({ field: name, operator: ':', value, isOpen: false })
          const parsed = parseFilter(`status:error ${name}:${writeValue(value)} docs:0`)
          expect(parsed.problems).toEqual([])
          expect(Object.values(parsed.parameters)).toContain(value)
        },
      ),
    )
  })

  it('a filter without problems asks for every one of its terms', () => {
    const term = tuple(
      constantFrom('status:error', 'org:a', 'model:m', 'latency>1s', 'docs:0', 'metadata.k:v'),
    )
    assert(
      property(tuple(term, term, term), (terms) => {
        const wanted = new Set(terms.flat())
        const { parameters, problems } = parseFilter(terms.flat().join(' '))
        expect(problems).toEqual([])
        expect(Object.keys(parameters)).toHaveLength(wanted.size + (wanted.has('docs:0') ? 1 : 0))
      }),
    )
  })
})
