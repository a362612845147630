import { describe, expect, test } from 'vitest'
import type { Attempt } from '../alert-queries.ts'
import { fateWords, notificationRows, sumsOf } from './notification-rows.ts'

const attempt = (
  at: number,
  notification: string,
  number: number,
  outcome: Attempt['outcome'],
  notifier = 'pager',
): Attempt => ({
  at,
  notifier,
  notification,
  attempt: number,
  outcome,
  error: outcome === 'delivered' ? null : `HTTP 50${number}`,
  duration_ms: 5,
  alerts: [{ id: 'a', name: 'RagHighErrorRate', state: 'firing' }],
})

// The latest first, as the API has them.
const ATTEMPTS = [
  attempt(60, 'n3', 1, 'failed'),
  attempt(50, 'n2', 2, 'dead'),
  attempt(45, 'n1', 1, 'delivered', 'chat'),
  attempt(40, 'n2', 1, 'failed'),
  attempt(30, 'n1', 2, 'delivered'),
  attempt(20, 'n1', 1, 'failed'),
]

describe('notificationRows', () => {
  test('has one row for each notification of each notifier, with its last outcome', () => {
    const rows = notificationRows(ATTEMPTS)
    expect(rows.map(({ id, notifier, fate, attempts, at }) => [id, notifier, fate, attempts, at])).toEqual([
      ['n3', 'pager', 'waiting', 1, 60],
      ['n2', 'pager', 'dead', 2, 50],
      ['n1', 'chat', 'delivered', 1, 45],
      ['n1', 'pager', 'delivered', 2, 30],
    ])
  })

  test('keeps why an attempt failed, also once it was delivered', () => {
    expect(notificationRows(ATTEMPTS).map(({ error }) => error)).toEqual([
      'HTTP 501',
      'HTTP 502',
      null,
      'HTTP 501',
    ])
  })
})

test('sumsOf counts what arrived, at which attempt, and what did not', () => {
  const rows = notificationRows(ATTEMPTS)
  expect(sumsOf(rows, 'pager')).toEqual({ delivered: 1, retried: 1, dead: 1, lastDeliveredAt: 30 })
  expect(sumsOf(rows, 'chat')).toEqual({ delivered: 1, retried: 0, dead: 0, lastDeliveredAt: 45 })
  expect(sumsOf(rows, 'other')).toEqual({ delivered: 0, retried: 0, dead: 0, lastDeliveredAt: undefined })
})

test.each([
  ['delivered', 1, 'delivered'],
  ['delivered', 3, 'delivered at attempt 3'],
  ['waiting', 1, 'failed once, is tried again'],
  ['waiting', 4, 'failed 4 times, is tried again'],
  ['dead', 8, 'given up after 8 attempts'],
  ['dead', 1, 'given up after the first attempt'],
  ['dead', 0, 'given up before the first attempt'],
] as const)('fateWords of %s at attempt %i', (fate, attempts, words) => {
  expect(fateWords({ fate, attempts })).toBe(words)
})
