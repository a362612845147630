import { expect, test } from 'vitest'
import { readShared, sharedSearch } from './url-state.ts'

test('readShared of nothing is the last day, all services, every 30 seconds', () => {
  expect(readShared({})).toEqual({
    from: 'now-24h',
    to: 'now',
    service: undefined,
    environment: undefined,
    zone: 'local',
    refreshSeconds: 30,
    isCompared: false,
  })
})

test('readShared takes what is valid, and the default for what is not', () => {
  expect(readShared({ tz: 'utc', refresh: '0', compare: '1', service: 'docs' })).toMatchObject({
    zone: 'utc',
    refreshSeconds: 0,
    isCompared: true,
    service: 'docs',
  })
  expect(readShared({ tz: 'mars', refresh: '7', compare: 'yes' })).toMatchObject({
    zone: 'local',
    refreshSeconds: 30,
    isCompared: false,
  })
})

test('sharedSearch leaves behind what belongs to one page', () => {
  expect(sharedSearch({ from: 'now-1h', service: 'docs', tab: 'errors', q: 'x' })).toEqual({
    from: 'now-1h',
    service: 'docs',
  })
})
