/** What the services say about themselves between requests: quota, sizes, releases, dependencies. */
import { DAY_MS, METRICS } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { conditionsAt } from './incidents.ts'
import type { Incident } from './incidents.ts'
import type { Random } from './random.ts'
import {
  CHAT,
  DOCUMENT_STORE,
  LARGE,
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
  readonly incidents: readonly Incident[]
  readonly random: Random
}

const POINTS_AT_END = 480_000
const POINTS_PER_DAY = 900

/** Services that are down say nothing. */
export function readGauges({ at, until, load, releases, incidents, random }: GaugeMoment): Reading[] {
  const conditions = (service: ServiceName) => conditionsAt(incidents, at, service)
  const noise = random.between(0.9, 1.1)
  const { rateLimited } = conditions(CHAT)
  const remaining =
    rateLimited > 0 ? 0.02 * RATE_LIMIT_REQUESTS : RATE_LIMIT_REQUESTS * (1 - Math.min(0.6, 0.18 * load))
  const limit = { provider: LARGE.provider, model: LARGE.model, limit: 'requests' }
  const points = Math.round(POINTS_AT_END - (POINTS_PER_DAY * (until - at)) / DAY_MS)
  const isUp = conditions(DOCUMENT_STORE).failing > 0 ? 0 : 1
  const readings: [ServiceName, MetricDefinition, Record<string, string>, number][] = [
    ...releases.map(([service, version]): (typeof readings)[number] => [
      service,
      METRICS.buildInfo,
      { version: 'simulated', revision: version },
      1,
    ]),
    [CHAT, METRICS.rateLimitRemaining, limit, Math.min(RATE_LIMIT_REQUESTS, Math.round(remaining * noise))],
    [CHAT, METRICS.rateLimitMax, limit, RATE_LIMIT_REQUESTS],
    [CHAT, METRICS.inFlight, {}, Math.round(4 * load * noise)],
    [SEARCH, METRICS.cacheEntries, { cache: 'embedding' }, cacheEntries(conditions(SEARCH).caching, noise)],
    [DOCUMENT_STORE, METRICS.vectorStorePoints, { ...VECTOR_STORE }, points],
    [DOCUMENT_STORE, METRICS.dependencyUp, { ...VECTOR_DATABASE }, isUp],
  ]
  return readings
    .filter(([service]) => !conditions(service).isDown)
    .map(([service, metric, labels, value]) => ({ metric, labels: { service, ...labels }, at, value }))
}

function cacheEntries(caching: number, noise: number): number {
  return Math.round((caching < 1 ? 300 : 50_000) * noise)
}
