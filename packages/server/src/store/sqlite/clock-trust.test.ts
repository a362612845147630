import { HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { ClockTrust } from './clock-trust.ts'

const NOW = Date.UTC(2026, 0, 15)

test.each([
  ['runs', 0, true],
  ['is set by ten minutes', 10 * MINUTE_MS, true],
  ['is set back by ten minutes', -10 * MINUTE_MS, true],
  ['is set by more', 10 * MINUTE_MS + 1, false],
  ['is set back by more', -10 * MINUTE_MS - 1, false],
])('ClockTrust of a clock that %s', (_, jump, expected) => {
  const clock = new ClockTrust()
  expect(clock.observe(NOW, 500)).toBe(true)
  expect(clock.observe(NOW + 30_000 + jump, 30_500)).toBe(expected)
})

test('ClockTrust comes back an hour after the last jump', () => {
  const clock = new ClockTrust()
  let now = NOW
  let monotonic = 0
  const pass = (ms: number, jump = 0) => clock.observe((now += ms + jump), (monotonic += ms))
  pass(0)
  expect([pass(1000, HOUR_MS), pass(30 * MINUTE_MS), pass(1000, -HOUR_MS), pass(HOUR_MS - 1)]).toEqual([
    false,
    false,
    false,
    false,
  ])
  expect(pass(1)).toBe(true)
})
