import { DAY_MS, HOUR_MS } from '@ragmeter/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { conditionsAt, INCIDENT_KINDS, planIncidents } from './incidents.ts'
import type { Incident } from './incidents.ts'
import { CHAT, SEARCH } from './scenario.ts'

const UNTIL = Date.UTC(2026, 10, 21, 16, 30)
const seeds = fc.nat(1000)

test('planIncidents has one of each kind within every last month, in the order of time', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const month = planIncidents(seed, UNTIL - 30 * DAY_MS, UNTIL)
      expect(new Set(month.map(({ kind }) => kind))).toEqual(new Set(INCIDENT_KINDS))
      const starts = month.map(({ from }) => from)
      expect(starts).toEqual(starts.toSorted((left, right) => left - right))
    }),
  )
})

test('planIncidents gives the same incidents for a shorter history, as far as it reaches', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 300 }), (seed, days) => {
      const from = UNTIL - days * DAY_MS
      const year = planIncidents(seed, UNTIL - 365 * DAY_MS, UNTIL)
      expect(planIncidents(seed, from, UNTIL)).toEqual(year.filter(({ to }) => to > from))
    }),
  )
})

test('conditionsAt is healthy but during an incident of the service', () => {
  const incident: Incident = {
    kind: 'rate_limit',
    from: UNTIL,
    to: UNTIL + HOUR_MS,
    services: [CHAT],
    strength: 0.5,
  }
  const limited = (at: number, service: typeof CHAT | typeof SEARCH) =>
    conditionsAt([incident], at, service).rateLimited
  expect([limited(UNTIL, CHAT), limited(UNTIL + HOUR_MS - 1, CHAT)]).toEqual([0.4, 0.4])
  expect([limited(UNTIL - 1, CHAT), limited(UNTIL + HOUR_MS, CHAT), limited(UNTIL, SEARCH)]).toEqual([
    0, 0, 0,
  ])
})
