import { expect, test } from 'vitest'
import { nullable, object, oneOf, optional, string, whole } from './json-schema.ts'

test('object requires every property that is not optional', () => {
  const schema = object({ a: whole(), b: optional(string('B.')) })
  expect(JSON.parse(JSON.stringify(schema))).toEqual({
    type: 'object',
    required: ['a'],
    properties: { a: { type: 'integer' }, b: { type: 'string', description: 'B.' } },
  })
})

test('nullable adds null to a type, and beside an enum', () => {
  expect(nullable(whole())).toEqual({ type: ['integer', 'null'] })
  expect(nullable({ oneOf: [string()] })).toEqual({
    anyOf: [{ oneOf: [{ type: 'string' }] }, { type: 'null' }],
  })
  expect(nullable(oneOf(['a']))).toEqual({ anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] })
})
