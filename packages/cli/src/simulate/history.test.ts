import { DAY_MS, HOUR_MS, MINUTE_MS, parseBatch, traceToWire } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reading } from './gauges.ts'
import { expectedRequests, simulateHistory } from './history.ts'
import type { HistoryPlan } from './history.ts'
import { planIncidents } from './incidents.ts'
import type { IncidentKind } from './incidents.ts'
import { CHAT, ENVIRONMENT, SERVICES } from './scenario.ts'

const UNTIL = Date.UTC(2026, 10, 18, 16, 30)
const planOf = (days: number, more: Partial<HistoryPlan> = {}): HistoryPlan => ({
  seed: 1,
  from: UNTIL - days * DAY_MS,
  until: UNTIL,
  requestsPerDay: 400,
  ...more,
})
const requestsOf = (plan: HistoryPlan) => [...simulateHistory(plan)].flatMap(({ requests }) => requests)
const month = requestsOf(planOf(30, { requestsPerDay: 2000 }))
const incidents = planIncidents(1, UNTIL - 30 * DAY_MS, UNTIL)

/** Requests of a service during an incident, and those on days without any. */
function during(kind: IncidentKind, service = CHAT): [TraceEvent[], TraceEvent[]] {
  const incident = incidents.find((one) => one.kind === kind)
  if (incident === undefined) throw new Error(`no ${kind}`)
  const own = month.filter((request) => request.service === service)
  const within = own.filter(({ timestamp }) => timestamp >= incident.from && timestamp < incident.to)
  const healthy = own.filter(({ timestamp }) =>
    incidents.every(({ from, to }) => timestamp < from - HOUR_MS || timestamp > to + HOUR_MS),
  )
  return [within, healthy]
}

/** Requests of a service that an incident strikes, as a share of those at the same time of the week before. */
function requestsToWeekBefore(kind: IncidentKind): number {
  const { from, to } = incidents.find((one) => one.kind === kind) ?? { from: 0, to: 0 }
  const service = struckBy(kind)
  const week = 7 * DAY_MS
  const usual = month.filter(
    (request) =>
      request.service === service && request.timestamp >= from - week && request.timestamp < to - week,
  )
  return during(kind, service)[0].length / usual.length
}

/** What happens in the hour or two since a moment, of a history that begins then or before. */
function hoursSince(since: number, from: number): (TraceEvent | Reading)[] {
  const found: (TraceEvent | Reading)[] = []
  for (const hour of simulateHistory(planOf(0, { from, requestsPerDay: 2000 }))) {
    if (hour.from > since + HOUR_MS) break
    found.push(...hour.requests.filter(({ timestamp }) => timestamp >= since))
    found.push(...hour.gauges.filter(({ at }) => at >= since))
  }
  return found
}

const struckBy = (kind: IncidentKind) => incidents.find((one) => one.kind === kind)?.services[0] ?? CHAT
const share = (requests: readonly TraceEvent[], is: (request: TraceEvent) => boolean) =>
  requests.filter(is).length / requests.length

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const isEmpty = ({ retrieval }: TraceEvent) => retrieval?.count === 0
const isError = ({ status }: TraceEvent) => status === 'error'

describe('simulateHistory', () => {
  it('gives the same history for the same seed, and another one for another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => JSON.stringify(requestsOf(planOf(2, { seed }))))
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  it('has the same last days however long it is', () => {
    const short = requestsOf(planOf(1))
    const long = requestsOf(planOf(4)).filter(({ timestamp }) => timestamp >= UNTIL - DAY_MS)
    expect(short.length).toBeGreaterThan(100)
    expect(long).toEqual(short)
  })

  it.each<IncidentKind>(['surge', 'batch_stall'])(
    'has the same hours wherever it begins after an incident of kind %s',
    (kind) => {
      const { to } = incidents.find((one) => one.kind === kind) ?? { to: 0 }
      for (let minutes = -10; minutes <= 180; minutes += 10) {
        const from = Math.floor(to / MINUTE_MS + minutes) * MINUTE_MS
        const short = hoursSince(from, from)
        expect(short.length).toBeGreaterThan(50)
        expect(short).toEqual(hoursSince(from, from - DAY_MS))
      }
    },
  )

  it('stays within its range and in the order of time, at any edge', () => {
    const minutes = fc.integer({ min: 1, max: 3 * 24 * 60 })
    fc.assert(
      fc.property(minutes, minutes, fc.nat(50), (length, end, seed) => {
        const until = UNTIL - end * MINUTE_MS
        const plan = { seed, from: until - length * MINUTE_MS, until, requestsPerDay: 200 }
        const hours = [...simulateHistory(plan)]
        expect([hours[0]?.from, hours.at(-1)?.to]).toEqual([plan.from, plan.until])
        const moments = hours.flatMap(({ requests }) => requests.map(({ timestamp }) => timestamp))
        expect(moments).toEqual(moments.toSorted((left, right) => left - right))
        for (const { from, to, requests, gauges } of hours) {
          for (const at of [...requests.map(({ timestamp }) => timestamp), ...gauges.map((one) => one.at)]) {
            expect(at >= from && at < to).toBe(true)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('labels every request and every gauge as simulated', () => {
    const names = SERVICES.map(({ name }) => name)
    for (const { requests, gauges } of simulateHistory(planOf(2))) {
      for (const request of requests) {
        expect(names).toContain(request.service)
        expect(request).toMatchObject({ environment: ENVIRONMENT, metadata: { simulated: true } })
      }
      for (const { labels } of gauges) expect(names).toContain(labels['service'])
    }
    for (const name of names) expect(name).toMatch(/^simulated-/)
  })

  it('makes requests that the daemon takes as they are', () => {
    const traces = month.slice(-300).map((request) => traceToWire(request))
    const body = JSON.parse(JSON.stringify({ traces })) as unknown
    const parsed = parseBatch(body, { now: UNTIL, oldest: 0, service: '', fallbackId: () => '' })
    expect([parsed?.traces.length, parsed?.issues]).toEqual([300, []])
    expect(plain(parsed?.traces.map(({ event }) => event))).toEqual(plain(month.slice(-300)))
  })

  it('has busy weekdays, quiet nights, and more traffic than a year ago', () => {
    const plan = planOf(365)
    const at = (day: number, hour: number) => expectedRequests(plan, Date.UTC(2026, 10, day, hour))
    expect(at(18, 10)).toBeGreaterThan(8 * at(18, 3))
    expect(at(18, 10)).toBeGreaterThan(3 * at(15, 10))
    expect(at(18, 10)).toBeGreaterThan(2.5 * expectedRequests(plan, Date.UTC(2025, 10, 19, 10)))
    const days = Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 24 }, (__, hour) => expectedRequests(plan, UNTIL - (day * 24 + hour) * HOUR_MS)),
    )
    const week = days.flat().reduce((sum, value) => sum + value, 0)
    expect(week / 7).toBeGreaterThan(0.7 * plan.requestsPerDay)
    expect(week / 7).toBeLessThan(plan.requestsPerDay)
  })

  it.each<[IncidentKind, (request: TraceEvent) => boolean, number]>([
    ['latency', ({ total_latency_ms: latency }) => latency > 6000, 10],
    ['cost_spike', ({ generations = [] }) => (generations.at(-1)?.input_tokens ?? 0) > 4000, 10],
    ['rate_limit', ({ error_type: type }) => type === 'rate_limited', 20],
    ['quality_drop', ({ quality }) => quality !== undefined && (quality[0]?.score ?? 1) < 0.6, 3],
    ['cache_loss', ({ cache = [] }) => cache.some(({ hit }) => !hit), 1.15],
  ])('shows an incident of kind %s in the requests it strikes', (kind, isStruck, factor) => {
    const [struck, healthy] = during(kind)
    expect(struck.length).toBeGreaterThan(20)
    expect(share(struck, isStruck)).toBeGreaterThan(factor * share(healthy, isStruck))
  })

  it('shows errors and empty retrievals in the services they strike', () => {
    const [failing, sound] = during('errors', struckBy('errors'))
    expect(share(failing, isError)).toBeGreaterThan(10 * share(sound, isError))
    const [empty, full] = during('empty_retrieval', struckBy('empty_retrieval'))
    expect(share(empty, isEmpty)).toBeGreaterThan(5 * share(full, isEmpty))
  })

  it('has many more requests during a surge, and hardly any during a drop of traffic', () => {
    expect(requestsToWeekBefore('surge')).toBeGreaterThan(4)
    expect(requestsToWeekBefore('traffic_drop')).toBeLessThan(0.1)
  })

  it('has no request at all during an outage', () => {
    const [struck] = during('outage')
    expect(struck).toEqual([])
  })
})
