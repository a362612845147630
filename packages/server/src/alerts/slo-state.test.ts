import { MINUTE_MS } from '@ragmeter/core'
import { DEFAULT_CONFIGURATION, DEFAULT_SLOS } from '@ragmeter/ops'
import { expect, test } from 'vitest'
import { daemonSignals } from './daemon-signals.ts'
import { Evaluation } from './evaluate.ts'
import { KnownPast } from './known-past.ts'
import type { Shortened } from './known-past.ts'
import { sloStates } from './slo-state.ts'
import { planSources } from './sources.ts'
import { Windows } from './windows.ts'

const DAY = 1440
const START = Date.UTC(2026, 0, 1)

test('sloStates weighs by events: a quiet night of failures costs less than an hour of rush', () => {
  const [availability] = DEFAULT_SLOS
  if (availability === undefined) throw new Error('there is no objective')
  const windows = new Windows(planSources(daemonSignals(DEFAULT_CONFIGURATION)))
  const add = (minute: number, status: string, delta: number) => {
    const labels = { service: 'docs', status }
    const at = START + minute * MINUTE_MS
    windows.add({ type: 'counter', metric: 'rag_requests_total', labels, minute: at, delta }, '', at)
  }
  // 20 days of 100 requests an hour; in one night, one request an hour, and it fails.
  for (let hour = 0; hour < 20 * 24; hour += 1) add(hour * 60, 'success', 100)
  for (let hour = 480; hour < 486; hour += 1) add(hour * 60, 'error', 1)
  const evaluation = new Evaluation(windows, DEFAULT_CONFIGURATION.thresholds, START + 21 * DAY * MINUTE_MS)
  const statesKnownSince = (...shortened: Shortened[]) =>
    sloStates(
      availability,
      (signal) => evaluation.signal(signal),
      new KnownPast(shortened),
      START + 21 * DAY * MINUTE_MS,
    )
  const [state] = statesKnownSince()
  expect(state).toMatchObject({
    name: 'availability',
    service: 'docs',
    events: 48_006,
    windowDays: 30,
    coveredDays: 30,
  })
  expect(state?.sli).toBeCloseTo(48_000 / 48_006, 10)
  expect(state?.budgetRemaining).toBeCloseTo(1 - 6 / 48_006 / 0.005, 10)
  const rates = Object.fromEntries(
    state?.burnRates.map(({ windowMinutes, rate }) => [windowMinutes, rate]) ?? [],
  )
  expect(rates[5]).toBeNull()
  expect(rates[DAY]).toBeCloseTo(200)
  expect(rates[3 * DAY]).toBeCloseTo(6 / 4806 / 0.005)
  // Only two days are known: the days are stated, and longer windows have no rate.
  const since = {
    minutesSince: START + (21 * DAY - 30) * MINUTE_MS,
    hoursSince: START + 19 * DAY * MINUTE_MS,
  }
  const [cut] = statesKnownSince({ metric: 'rag_requests_total', ...since })
  expect(cut).toMatchObject({ windowDays: 30, coveredDays: 2 })
  expect(cut?.burnRates.map(({ windowMinutes, rate }) => [windowMinutes, rate !== null])).toEqual([
    [5, false],
    [30, false],
    [60, false],
    [120, false],
    [360, false],
    [DAY, true],
    [3 * DAY, false],
  ])
  expect(statesKnownSince({ metric: 'rag_retrievals_total', ...since })[0]).toEqual(state)
})
