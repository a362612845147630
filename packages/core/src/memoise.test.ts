import { expect, test } from 'vitest'
import { memoise } from './memoise.ts'

test('memoise computes once per key, and stays bounded', () => {
  const computed: string[] = []
  const length = memoise((key) => computed.push(key), 2)
  expect(['a', 'b', 'a', 'b', 'a'].map(length)).toEqual([1, 2, 1, 2, 1])
  expect(length('c')).toBe(3)
  expect(length('a')).toBe(4)
  expect(computed).toEqual(['a', 'b', 'c', 'a'])
})
