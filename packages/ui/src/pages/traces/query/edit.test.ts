import { assert, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { exclusionsOf, valueOf, withExclusion, withoutExclusion, withoutField, withTerm } from './edit.ts'

it('withTerm replaces what was said of the field, by any of its names, and keeps the rest', () => {
  expect(withTerm('env:dev  status:error latency>2s', 'environment', 'eu west')).toBe(
    'status:error latency>2s environment:"eu west"',
  )
})

it('withoutField takes away every term of the field', () => {
  expect(withoutField('latency>1s org:a latency<5s', 'latency')).toBe('org:a')
})

it('valueOf reads back what withTerm wrote', () => {
  assert(
    property(string({ unit: 'grapheme' }), string({ unit: 'grapheme' }), (text, value) => {
      // An open quote in front would swallow the term.
      const before = text.replaceAll('"', '')
      expect(valueOf(withTerm(before, 'org', value), 'org')).toBe(value)
    }),
  )
})

it('withExclusion adds to what is left out of the field, and takes away what was asked of it', () => {
  const text = withExclusion(withExclusion('env:dev status:error', 'environment', 'a b'), 'environment', 'c')
  expect(text).toBe('status:error -environment:"a b" -environment:c')
  expect(withExclusion(text, 'environment', 'c')).toBe(text)
  expect(exclusionsOf(text, 'env')).toEqual(['a b', 'c'])
  expect(valueOf(text, 'environment')).toBeUndefined()
  expect(withoutExclusion(text, 'environment', 'a b')).toBe('status:error -environment:c')
})
