/** What the services say about themselves between requests: quota, sizes, releases, dependencies, batch jobs. */
import { DAY_MS, METRICS } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { readBatchJob } from './batch-job.ts'
import { conditionsAt } from './incidents.ts'
import type { Conditions, Incident } from './incidents.ts'
import type { Random } from './random.ts'
import {
  CHAT,
  DOCUMENT_STORE,
  LARGE,
  MEMORY_FACTS,
  POINTS_AT_END,
  RATE_LIMIT_REQUESTS,
  SEARCH,
  VECTOR_DATABASE,
  VECTOR_STORE,
} from './scenario.ts'
import type { ServiceName } from './scenario.ts'

/** The value of a gauge at a moment, in the metric's unit. */
export interface Reading {
  readonly metric: MetricDefinition
  readonly labels: Readonly<Record<string, string>>
  readonly at: number
  readonly value: number
}

export interface GaugeMoment {
  readonly at: number
  /** The end of the history. */
  readonly until: number
  /** Traffic, 1 is the mean of a weekday at the end. */
  readonly load: number
  readonly releases: readonly (readonly [service: ServiceName, version: string])[]
  /** All that are not over for longer than what batch jobs look back. */
  readonly incidents: readonly Incident[]
  readonly random: Random
}

type Stated = readonly [metric: MetricDefinition, labels: Readonly<Record<string, string>>, value: number]

const POINTS_PER_DAY = 900
const MS_PER_SECOND = 1000

/** Services that are down say nothing. What a batch job has pushed stays where it was pushed to. */
export function readGauges(moment: GaugeMoment): Reading[] {
  const { at, until, load, releases, incidents, random } = moment
  const noise = random.between(0.9, 1.1)
  const stated: Readonly<Record<ServiceName, (conditions: Conditions) => Stated[]>> = {
    [SEARCH]: (conditions) => [
      [METRICS.inFlight, {}, requestsInFlight(conditions, load, noise)],
      [METRICS.cacheEntries, { cache: 'embedding' }, cacheEntries(conditions, noise)],
    ],
    [DOCUMENT_STORE]: (conditions) => vectorDatabase(conditions, at, until),
    [CHAT]: (conditions) => [
      ...quota(conditions, load, noise),
      [METRICS.inFlight, {}, requestsInFlight(conditions, load, noise)],
      ...memoryFacts(conditions).map(([fact_type, facts]): Stated => [
        METRICS.memoryFacts,
        { fact_type },
        facts,
      ]),
    ],
  }
  const readings: Reading[] = []
  const state = (service: ServiceName, [metric, labels, value]: Stated) =>
    readings.push({ metric, labels: { service, ...labels }, at, value })
  for (const [service, revision] of releases) {
    const conditions = conditionsAt(incidents, at, service)
    if (conditions.isDown) continue
    state(service, [METRICS.buildInfo, { version: 'simulated', revision }, 1])
    for (const one of stated[service](conditions)) state(service, one)
  }
  for (const [metric, value] of readBatchJob(incidents, at)) state(DOCUMENT_STORE, [metric, {}, value])
  return readings
}

function requestsInFlight({ waiting }: Conditions, load: number, noise: number): number {
  return Math.round((4 * load + waiting) * noise)
}

function cacheEntries({ caching }: Conditions, noise: number): number {
  return Math.round((caching < 1 ? 300 : 50_000) * noise)
}

/** Of the requests to the large model. */
function quota({ rateLimited }: Conditions, load: number, noise: number): Stated[] {
  const labels = { provider: LARGE.provider, model: LARGE.model, limit: 'requests' }
  const left = rateLimited > 0 ? 0.02 : 1 - Math.min(0.6, 0.18 * load)
  const remaining = Math.min(RATE_LIMIT_REQUESTS, Math.round(RATE_LIMIT_REQUESTS * left * noise))
  return [
    [METRICS.rateLimitRemaining, labels, remaining],
    [METRICS.rateLimitMax, labels, RATE_LIMIT_REQUESTS],
  ]
}

/** By type of fact. */
export function memoryFacts({ growth }: Conditions): (readonly [factType: string, facts: number])[] {
  return Object.entries(MEMORY_FACTS).map(([factType, facts]) => [factType, Math.round(facts * growth)])
}

/** Its size is known while it answers. */
function vectorDatabase({ growth, isDatabaseDown }: Conditions, at: number, until: number): Stated[] {
  const up: Stated = [METRICS.dependencyUp, VECTOR_DATABASE, isDatabaseDown ? 0 : 1]
  if (isDatabaseDown) return [up]
  const points = POINTS_AT_END - (POINTS_PER_DAY * (until - at)) / DAY_MS
  return [
    up,
    [METRICS.vectorStorePoints, VECTOR_STORE, Math.round(points * growth)],
    [METRICS.storeStatsLastSuccess, { store: VECTOR_STORE.store }, at / MS_PER_SECOND],
  ]
}
