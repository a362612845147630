import { describe, expect, test } from 'vitest'
import { paceOf, rateText, rateTone, windowName } from './pace.ts'
import type { Slo } from './slo-queries.ts'

function slo(remaining: number, hour: number | null, day: number | null): Slo {
  return {
    name: 'availability',
    description: 'Valid requests succeed.',
    service: 'docs',
    target: 0.99,
    window_days: 30,
    covered_days: 30,
    sli: 0.995,
    events: 1000,
    error_budget_remaining: remaining,
    burn_rates: [
      { window_minutes: 60, rate: hour },
      { window_minutes: 1440, rate: day },
    ],
  }
}

describe('paceOf', () => {
  // A rate of 1 spends a whole budget within its 30 days.
  test.each([
    [0.5, 0, 5, 'warn', 'At the pace of the last day the budget is used up in 3 days.'],
    [0.5, 60, 5, 'bad', 'At the pace of the last hour the budget is used up in 6 hours.'],
    [0.01, 600, 5, 'bad', 'At the pace of the last hour the budget is used up in a minute.'],
    [0.9, 0.1, 0.5, 'good', 'At the pace of the last day the budget lasts'],
    [0.1, 0.1, 0.5, 'warn', 'the budget lasts'],
    [1, 0, 0, 'good', 'Nothing has been spent in the last day.'],
    [1, null, null, 'none', 'No events in the last day'],
    [-0.5, 0, 0.5, 'bad', 'more has failed than may fail. At the pace of the last day it comes back.'],
    [
      -4,
      9,
      9,
      'bad',
      '5.0 times as much has failed as may fail. At the pace of the last day it is spent faster',
    ],
    [-4, 0, 9, 'bad', 'At the pace of the last day it is spent faster than it comes back.'],
    [-4, 9, 2, 'bad', 'At the pace of the last hour it is spent faster than it comes back.'],
    [-65, null, null, 'bad', '66 times as much has failed'],
  ] as const)('remaining %d, hour %s, day %s', (remaining, hour, day, tone, words) => {
    const pace = paceOf(slo(remaining, hour, day))
    expect(pace.tone).toBe(tone)
    expect(pace.words).toContain(words)
  })
})

test('windowName and rateText are short', () => {
  expect([5, 30, 60, 360, 1440, 4320].map(windowName)).toEqual([
    '5 min',
    '30 min',
    '1 h',
    '6 h',
    '1 day',
    '3 days',
  ])
  expect([null, 0, 0.123, 1, 14.44, 250.4].map(rateText)).toEqual(['–', '×0', '×0.12', '×1', '×14', '×250'])
})

test('rateTone says when a budget is spent faster than it comes back', () => {
  expect([null, 0, 1, 1.1, 14.4].map(rateTone)).toEqual(['none', 'good', 'good', 'warn', 'bad'])
})
