import { expect, it } from 'vitest'
import { missingOf } from './missing.ts'

const UUID = '019aa000-0000-7000-8000-00000000c0de'
const UUID_AT = 0x019aa0000000

it.each([
  ['x', '1000', 1001, { why: 'deleted', startedAt: 1000 }],
  ['x', '1000', 1000, { why: 'absent', startedAt: 1000 }],
  [UUID, undefined, UUID_AT + 1, { why: 'deleted', startedAt: UUID_AT }],
  [UUID, '1000', 1000, { why: 'absent', startedAt: 1000 }],
  [UUID, '', UUID_AT, { why: 'absent', startedAt: UUID_AT }],
  ['x', undefined, 1000, { why: 'unknown' }],
  ['x', 'soon', 1000, { why: 'unknown' }],
  [UUID, undefined, undefined, { why: 'unknown' }],
] as const)('missingOf %s at %s, of what is kept since %s', (id, at, oldestAccepted, expected) => {
  expect(missingOf(id, at, oldestAccepted)).toEqual(expected)
})
