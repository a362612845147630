import { assert, anything, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyView, COMMON_VIEWS, readViews, viewSearch, withView } from './saved-views.ts'

describe('saved views', () => {
  it('keep the filter, the columns and the pickers, not the range', () => {
    const search = { q: 'status:error', cols: 'status,org', service: 'docs', from: 'now-1h', at: '1' }
    expect(viewSearch(search)).toEqual({ q: 'status:error', cols: 'status,org', service: 'docs' })
  })

  it('replace what was there', () => {
    expect(applyView({ name: 'a', search: { q: 'org:a' } })).toEqual({
      q: 'org:a',
      cols: undefined,
      service: undefined,
      env: undefined,
    })
  })

  it('that everybody has change the filter alone: service, environment and columns stay', () => {
    for (const view of COMMON_VIEWS) expect(Object.keys(applyView(view))).toEqual(['q'])
  })

  it('have each name once, the last one said', () => {
    const views = withView([{ name: 'a', search: { q: '1' } }], { name: ' a ', search: { q: '2' } })
    expect(views).toEqual([{ name: 'a', search: { q: '2' } }])
    expect(withView(views, { name: ' ', search: {} })).toEqual(views)
  })

  it('are read back as they were written', () => {
    const views = [{ name: 'a', search: { q: 'org:"x y"' } }]
    expect(readViews(JSON.stringify(views))).toEqual(views)
  })

  it('are none where the storage holds something else', () => {
    assert(
      property(anything(), string(), (value, text) => {
        expect(Array.isArray(readViews(JSON.stringify(value)))).toBe(true)
        expect(Array.isArray(readViews(text))).toBe(true)
      }),
    )
    expect(readViews('[1, {"name":"x"}, {"name":"y","search":{"q":1}}]')).toEqual([])
  })
})
