import { expect, test } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

test.each([
  ['perod', 'period'],
  ['SERVICE', 'service'],
  ['servcie', 'service'],
  ['retentionDay', 'retentionDays'],
  ['serviceName', 'service'],
  ['peri', 'period'],
  ['xyz', undefined],
  ['', undefined],
])('nearest of %s is %s', (word, expected) => {
  expect(nearest(word, ['service', 'period', 'retentionDays'])).toBe(expected)
})

test('nearest does not look at very long words', () => {
  expect(nearest('x'.repeat(10_000), ['x'.repeat(9_999)])).toBeUndefined()
})

test('didYouMean is silent without a candidate', () => {
  expect(didYouMean('prot', ['port'])).toBe(' Did you mean "port"?')
  expect(didYouMean('zzz', ['port'])).toBe('')
})
