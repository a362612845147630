import { expect, test } from 'vitest'
import { RecentCommits } from './recent-commits.ts'

test('RecentCommits has no times before the first commit', () => {
  expect(new RecentCommits().times()).toBeNull()
})

test('RecentCommits gives the nearest ranks, in whatever order they came', () => {
  const commits = new RecentCommits()
  for (let durationMs = 100; durationMs >= 1; durationMs -= 1) commits.add(durationMs)
  expect(commits.times()).toEqual({ count: 100, p50Ms: 50, p95Ms: 95, maxMs: 100 })
})

test('RecentCommits forgets all but the latest 256', () => {
  const commits = new RecentCommits()
  commits.add(9000)
  for (let index = 0; index < 256; index += 1) commits.add(2)
  expect(commits.times()).toEqual({ count: 256, p50Ms: 2, p95Ms: 2, maxMs: 2 })
})
