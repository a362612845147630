import { expect, test } from 'vitest'

import { orgOf } from './orgs.ts'

test('orgOf gives every company its share of a hundred consecutive numbers', () => {
  const counts = new Map<string, number>()
  for (let key = 1234; key < 1334; key += 1) counts.set(orgOf(key), (counts.get(orgOf(key)) ?? 0) + 1)
  expect([...counts.values()].toSorted((one, other) => other - one)).toEqual([38, 22, 15, 10, 7, 5, 3])
})

test('orgOf gives the same number the same company', () => {
  expect(orgOf(44)).toBe('helio-health')
  expect(orgOf(144)).toBe('helio-health')
})
