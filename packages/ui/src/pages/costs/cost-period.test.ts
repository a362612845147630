import { describe, expect, test } from 'vitest'
import {
  daysIn,
  daysOfPeriod,
  isWhollyKnown,
  monthBefore,
  rangeText,
  readDay,
  sameDaysOfLastMonth,
} from './cost-period.ts'

const at = (text: string) => Date.parse(text)
const NOW = at('2026-11-21T23:59:59Z')

describe('daysOfPeriod', () => {
  test.each([
    ['month', '2026-11-01', '2026-11-21'],
    ['last-month', '2026-10-01', '2026-10-31'],
    ['7d', '2026-11-15', '2026-11-21'],
    ['365d', '2025-11-22', '2026-11-21'],
  ] as const)('%s', (period, from, to) => {
    expect(daysOfPeriod(period, undefined, undefined, NOW)).toEqual({ from, to })
  })
  test('chosen days', () => {
    expect(daysOfPeriod('custom', '2026-01-05', '2026-02-01', NOW)).toEqual({
      from: '2026-01-05',
      to: '2026-02-01',
    })
  })
  test.each([
    ['2026-02-01', '2026-01-05'],
    ['2026-02-30', '2026-03-05'],
    [undefined, '2026-03-05'],
    ['1970-01-01', '2026-03-05'],
  ])('chosen days %s to %s make no range: this month', (from, to) => {
    expect(daysOfPeriod('custom', from, to, NOW)).toEqual({ from: '2026-11-01', to: '2026-11-21' })
  })
})

describe('sameDaysOfLastMonth', () => {
  test.each([
    ['2026-11-21T12:00:00Z', '2026-10-01', '2026-10-21'],
    ['2026-03-31T12:00:00Z', '2026-02-01', '2026-02-28'],
    ['2026-01-01T00:00:00Z', '2025-12-01', '2025-12-01'],
  ])('on %s', (now, from, to) => {
    expect(sameDaysOfLastMonth(at(now))).toEqual({ from, to })
  })
})

test('monthBefore of March in a leap year ends on the 29th', () => {
  expect(monthBefore(at('2028-03-10T00:00:00Z'))).toEqual({ from: '2028-02-01', to: '2028-02-29' })
})

test('readDay takes days of the calendar only', () => {
  expect(readDay('2026-02-29')).toBeUndefined()
  expect(readDay('2028-02-29')).toBe(Date.UTC(2028, 1, 29))
  expect(readDay('yesterday')).toBeUndefined()
})

test('daysIn has every day, both ends included', () => {
  expect(daysIn({ from: '2026-02-27', to: '2026-03-02' })).toEqual([
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
  ])
})

test('rangeText is short where it can be', () => {
  expect(rangeText({ from: '2026-11-01', to: '2026-11-21' })).toBe('1–21 Nov 2026')
  expect(rangeText({ from: '2026-10-25', to: '2026-11-21' })).toBe('25 Oct – 21 Nov 2026')
  expect(rangeText({ from: '2025-12-25', to: '2026-01-02' })).toBe('25 Dec 2025 – 2 Jan 2026')
  expect(rangeText({ from: '2026-11-21', to: '2026-11-21' })).toBe('21 Nov 2026')
})

test('isWhollyKnown only where data began before the first day: that day itself may have begun at noon', () => {
  const days = { from: '2026-10-12', to: '2026-10-21' }
  expect(isWhollyKnown(days, '2026-10-11')).toBe(true)
  for (const firstDay of ['2026-10-12', '2026-10-13', '2026-11-01', null, undefined]) {
    expect(isWhollyKnown(days, firstDay)).toBe(false)
  }
})
