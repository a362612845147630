import { expect, test } from 'vitest'

import { createAnswerCache } from './answer-cache.ts'

function cacheAt(clock: { nowMs: number }) {
  return createAnswerCache<string>({ now: () => clock.nowMs, entriesMax: 2, timeToLiveMs: 100 })
}

test('get finds the same question in other capitals and spacing', () => {
  const cache = cacheAt({ nowMs: 0 })
  cache.set('Which port?', '7246')
  expect(cache.get('  which   PORT? ')).toBe('7246')
  expect(cache.get('Which ports?')).toBeUndefined()
})

test('get forgets an answer when its time has come, used or not', () => {
  const clock = { nowMs: 0 }
  const cache = cacheAt(clock)
  cache.set('a', '1')
  clock.nowMs = 99
  expect(cache.get('a')).toBe('1')
  clock.nowMs = 100
  expect(cache.get('a')).toBeUndefined()
})

test('set drops the least recently used answer beyond the limit', () => {
  const cache = cacheAt({ nowMs: 0 })
  cache.set('a', '1')
  cache.set('b', '2')
  cache.get('a')
  cache.set('c', '3')
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['1', undefined, '3'])
})
