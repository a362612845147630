import { assert, nat, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { complete } from './complete.ts'
import type { Suggestion } from './complete.ts'

const KNOWN = {
  model: [
    { value: 'gpt-4o', count: 1200 },
    { value: 'claude sonnet', count: 3 },
  ],
}
const labels = (text: string, cursor = text.length) => complete(text, cursor, KNOWN).map(({ label }) => label)
const apply = (text: string, { insert, start, end }: Suggestion) =>
  text.slice(0, start) + insert + text.slice(end)

describe('complete', () => {
  it('offers every field where nothing is written', () => {
    expect(labels('')).toEqual(expect.arrayContaining(['status', 'latency', 'org', 'metadata.KEY']))
  })

  it('offers the fields that begin as what is written, first', () => {
    expect(labels('status:error mod')).toEqual(['model'])
    expect(labels('la')[0]).toBe('latency')
  })

  it('offers values with how often they were seen, in quotes where they need them', () => {
    const found = complete('model:', 6, KNOWN)
    expect(found.map(({ insert, detail }) => [insert, detail])).toEqual([
      ['gpt-4o', '1,200'],
      ['"claude sonnet"', '3'],
    ])
    expect(labels('model:son')).toEqual(['claude sonnet'])
  })

  it('offers the words of a choice, seen or not', () => {
    expect(labels('status:')).toEqual(['success', 'error', 'timeout', 'rejected', 'cancelled'])
    expect(labels('status:t')[0]).toBe('timeout')
  })

  it('replaces the term at the cursor, and no other', () => {
    const [suggestion] = complete('mod org:acme', 3, KNOWN)
    expect(suggestion && apply('mod org:acme', suggestion)).toBe('model: org:acme')
  })

  it('offers what can be left out behind a minus, and keeps the minus', () => {
    const [suggestion] = complete('-mod', 4, KNOWN)
    expect(suggestion && apply('-mod', suggestion)).toBe('-model:')
    expect(labels('-la')).not.toContain('latency')
    expect(labels('-model:gpt')).toEqual(['gpt-4o'])
    expect(labels('-')).toContain('status')
  })

  it('keeps within the text, whatever is written', () => {
    assert(
      property(string({ unit: 'grapheme' }), nat(), (text, position) => {
        const cursor = Math.min(position, text.length)
        for (const { start, end } of complete(text, cursor, KNOWN)) {
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeGreaterThanOrEqual(start)
          expect(end).toBeLessThanOrEqual(text.length)
        }
      }),
    )
  })
})
