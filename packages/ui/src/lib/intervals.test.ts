import { describe, expect, test } from 'vitest'
import { firingIntervals } from './intervals.ts'

const RANGE = { from: 1000, to: 2000 }
const change = (at: number, id: string, from: string, to: string) => ({
  at,
  id,
  name: `name of ${id}`,
  labels: {},
  from,
  to,
})
const spans = (...given: Parameters<typeof firingIntervals>) =>
  firingIntervals(...given).map(({ id, from, to }) => [id, from, to])

describe('firingIntervals', () => {
  test('lasts from firing to resolved, whatever order the changes have', () => {
    const changes = [
      change(1500, 'a', 'firing', 'resolved'),
      change(1100, 'a', 'inactive', 'pending'),
      change(1200, 'a', 'pending', 'firing'),
    ]
    expect(spans(changes, [], RANGE, 1900)).toEqual([['a', 1200, 1500]])
  })

  test('began with the range if it fired before, and ends with now if it still does', () => {
    const changes = [change(1300, 'old', 'firing', 'resolved'), change(1600, 'new', 'pending', 'firing')]
    expect(spans(changes, [], RANGE, 1900)).toEqual([
      ['new', 1600, 1900],
      ['old', 1000, 1300],
    ])
  })

  test('one that fires all the time has no change in the range; a pending one does not fire', () => {
    const active = [
      { id: 'a', name: 'a', labels: {}, state: 'firing', fired_at: 10 },
      { id: 'b', name: 'b', labels: {}, state: 'pending', fired_at: null },
    ]
    expect(spans([], active, RANGE, 5000)).toEqual([['a', 1000, 2000]])
    expect(spans([], active, { from: 0, to: 10 }, 5000)).toEqual([])
  })

  test('one that came and went several times has several', () => {
    const changes = [
      change(1100, 'a', 'pending', 'firing'),
      change(1200, 'a', 'firing', 'resolved'),
      change(1300, 'a', 'resolved', 'pending'),
      change(1400, 'a', 'pending', 'firing'),
    ]
    const active = [{ id: 'a', name: 'a', labels: {}, state: 'firing', fired_at: 1400 }]
    expect(spans(changes, active, RANGE, 1800)).toEqual([
      ['a', 1400, 1800],
      ['a', 1100, 1200],
    ])
  })
})
