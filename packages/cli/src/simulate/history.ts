/**
 * A history, hour by hour: pure, and the same for the same seed. Each hour has random numbers of its own, so that an
 * hour does not depend on how long the history before it is.
 */
import { createIdGenerator, DAY_MS, GAUGE_TIME_TO_LIVE_MS, HOUR_MS } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'
import { LOOK_BACK_MS } from './batch-job.ts'
import type { Occasion } from './draft.ts'
import { readGauges } from './gauges.ts'
import type { Reading } from './gauges.ts'
import { conditionsAt, peakTraffic, planIncidents } from './incidents.ts'
import type { Incident } from './incidents.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { makeRequest } from './request.ts'
import { GROWTH_PER_YEAR, HOUR_WEIGHTS, ORGS, RELEASES, SERVICES, WEEKDAY_WEIGHTS } from './scenario.ts'
import type { Release, ServiceName } from './scenario.ts'

export interface HistoryPlan {
  /** Any integer >= 0. */
  readonly seed: number
  /** Epoch milliseconds, full minutes; `until` is not part of it. */
  readonly from: number
  readonly until: number
  /** Of a usual weekday at the end; there were fewer before. */
  readonly requestsPerDay: number
}

export interface SimulatedHour {
  /** Epoch milliseconds; of the first and of the last hour only the part within the history. */
  readonly from: number
  readonly to: number
  /** In the order of their start. */
  readonly requests: readonly TraceEvent[]
  /** In the order of time. */
  readonly gauges: readonly Reading[]
}

const HOURS_PER_DAY = 24
const YEAR_MS = 365 * DAY_MS
/** As long as a gauge is shown that is not stated again, so that there is no moment without one. */
const GAUGE_INTERVAL_MS = GAUGE_TIME_TO_LIVE_MS

export function* simulateHistory(plan: HistoryPlan): IterableIterator<SimulatedHour> {
  const first = Math.floor(plan.from / HOUR_MS) * HOUR_MS
  const incidents = planIncidents(plan.seed, first - LOOK_BACK_MS, plan.until)
  for (let hour = first; hour < plan.until; hour += HOUR_MS) {
    const recent = incidents.filter(({ from, to }) => from < hour + HOUR_MS && to > hour - LOOK_BACK_MS)
    const current = recent.filter(({ to }) => to > hour)
    const [from, to] = [Math.max(hour, plan.from), Math.min(hour + HOUR_MS, plan.until)]
    const isWithin = (at: number) => at >= from && at < to
    const requests = requestsOf(plan, hour, current).filter(({ timestamp }) => isWithin(timestamp))
    yield { from, to, requests, gauges: gaugesOf(plan, hour, recent, isWithin) }
  }
}

/** How many requests are expected in the hour that begins then. */
export function expectedRequests(plan: HistoryPlan, hour: number): number {
  const date = new Date(hour)
  const weekday = WEEKDAY_WEIGHTS[date.getUTCDay()] ?? 1
  const hourly = HOUR_WEIGHTS[date.getUTCHours()] ?? 1
  const growth = Math.exp((-GROWTH_PER_YEAR * (plan.until - hour)) / YEAR_MS)
  return (plan.requestsPerDay / HOURS_PER_DAY) * hourly * weekday * growth * holiday(date)
}

/** Between the years hardly anybody asks. */
function holiday(date: Date): number {
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()]
  return (month === 12 && day >= 24) || (month === 1 && day === 1) ? 0.3 : 1
}

function requestsOf(plan: HistoryPlan, hour: number, incidents: readonly Incident[]): TraceEvent[] {
  const random = createRandom(plan.seed, 2, hour / HOUR_MS)
  const ids = createIdGenerator((bytes) => random.fillBytes(bytes))
  const peak = peakTraffic(incidents)
  const count = random.poisson(expectedRequests(plan, hour) * peak)
  const starts = Array.from({ length: count }, () => hour + Math.floor(random.next() * HOUR_MS))
  starts.sort((left, right) => left - right)
  return starts.flatMap((at) => {
    const occasion = occasionAt(at, plan.until, incidents, random)
    return arrives(occasion, peak, random) ? [makeRequest(occasion, random, ids)] : []
  })
}

/** Of as many requests as there were at the peak, those that there are under these conditions. */
export function arrives({ conditions: { traffic } }: Occasion, peak: number, random: Random): boolean {
  return traffic >= peak || random.chance(traffic / peak)
}

/** Who asks at a moment. @param until the end of the history: releases and customers came before it */
export function occasionAt(
  at: number,
  until: number,
  incidents: readonly Incident[],
  random: Random,
): Occasion {
  const service = random.weighted(SERVICES).name
  const daysAgo = (until - at) / DAY_MS
  const org = random.weighted(ORGS.filter(({ joinedDaysAgo }) => daysAgo < joinedDaysAgo)).name
  const conditions = conditionsAt(incidents, at, service)
  return { service, org, at, release: releaseAt(service, at, until), conditions }
}

export function releaseAt(service: ServiceName, at: number, until: number): Release {
  const release = RELEASES[service].find(({ daysAgo }) => at >= until - daysAgo * DAY_MS)
  if (release === undefined) throw new RangeError(`${service} has no release at ${at}.`)
  return release
}

function gaugesOf(
  plan: HistoryPlan,
  hour: number,
  incidents: readonly Incident[],
  isWithin: (at: number) => boolean,
): Reading[] {
  const random = createRandom(plan.seed, 3, hour / HOUR_MS)
  const moments = Array.from({ length: HOUR_MS / GAUGE_INTERVAL_MS }, (_, i) => hour + i * GAUGE_INTERVAL_MS)
  return moments.flatMap((at) => {
    const load = expectedRequests(plan, hour) / (plan.requestsPerDay / HOURS_PER_DAY)
    const releases = SERVICES.map(({ name }) => [name, releaseAt(name, at, plan.until).version] as const)
    const readings = readGauges({ at, until: plan.until, load, releases, incidents, random })
    return isWithin(at) ? readings : []
  })
}
