/** What goes wrong: one incident of each kind that an alert is for, again and again, most often of late. */
import { DAY_MS, HOUR_MS } from '@ragmeter/core'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { CHAT, DOCUMENT_STORE, SEARCH } from './scenario.ts'
import type { ServiceName } from './scenario.ts'

export type IncidentKind =
  | 'latency'
  | 'errors'
  | 'empty_retrieval'
  | 'cost_spike'
  | 'cache_loss'
  | 'rate_limit'
  | 'quality_drop'
  | 'outage'

export interface Incident {
  readonly kind: IncidentKind
  /** Epoch milliseconds; `to` is not part of it. */
  readonly from: number
  readonly to: number
  readonly services: readonly ServiceName[]
  /** 0..1 */
  readonly strength: number
}

interface IncidentPlan {
  kind: IncidentKind
  /** Shortest and longest, in hours. */
  hours: readonly [number, number]
  /** One of these lists is struck. */
  services: readonly (readonly ServiceName[])[]
}

const ALL = [SEARCH, DOCUMENT_STORE, CHAT] as const
/** In the order in which they happen, backwards from the end. */
const PLANS: readonly IncidentPlan[] = [
  { kind: 'latency', hours: [2, 5], services: [[CHAT], [SEARCH, CHAT]] },
  { kind: 'empty_retrieval', hours: [3, 8], services: [[SEARCH, CHAT], [DOCUMENT_STORE]] },
  { kind: 'cost_spike', hours: [5, 11], services: [[CHAT]] },
  { kind: 'errors', hours: [1.5, 3], services: [[CHAT], [DOCUMENT_STORE], [SEARCH]] },
  { kind: 'quality_drop', hours: [14, 50], services: [[CHAT]] },
  { kind: 'rate_limit', hours: [2, 4], services: [[CHAT]] },
  { kind: 'cache_loss', hours: [3, 8], services: [[SEARCH, CHAT]] },
  { kind: 'outage', hours: [1, 3], services: [ALL] },
]
export const INCIDENT_KINDS: readonly IncidentKind[] = PLANS.map(({ kind }) => kind)

/** Each of the newest eight has so many days to itself, so that a month shows every kind; the others have more. */
const RECENT_DAYS = 3
const OLD_DAYS = 8
/** The longest begins in an afternoon and lasts two nights. */
const LONGEST_DAYS = 3

/** All incidents that touch the range, oldest first. @param until where the history ends: incidents are placed back from it */
export function planIncidents(seed: number, from: number, until: number): Incident[] {
  const incidents: Incident[] = []
  const today = Math.floor(until / DAY_MS) * DAY_MS
  for (let number = 0, daysAgo = 1; today - daysAgo * DAY_MS > from - LONGEST_DAYS * DAY_MS; number += 1) {
    const days = number < PLANS.length ? RECENT_DAYS : OLD_DAYS
    const incident = planIncident(createRandom(seed, 1, number), number, today - daysAgo * DAY_MS, days)
    if (incident !== undefined && incident.to > from && incident.from < until) incidents.push(incident)
    daysAgo += days
  }
  return incidents.toReversed()
}

/** Within the days that end with `day`, in office hours, when somebody would notice. */
function planIncident(random: Random, number: number, day: number, days: number): Incident | undefined {
  const plan = PLANS[number % PLANS.length]
  if (plan === undefined) return undefined
  const from = day - random.integer(0, days - 1) * DAY_MS + random.between(9, 14) * HOUR_MS
  return {
    kind: plan.kind,
    from,
    to: from + random.between(...plan.hours) * HOUR_MS,
    services: random.pick(plan.services),
    strength: random.between(0.5, 1),
  }
}

/** How requests of a service go at a moment. */
export interface Conditions {
  /** Factor on latencies of models and of retrieval. */
  slowness: number
  /** Probability of a failure of the service's own, of an empty retrieval, of being refused by the provider. */
  failing: number
  empty: number
  rateLimited: number
  /** Factor on hit rates of caches. */
  caching: number
  /** Factor on tokens of prompts: an agent that runs in circles. */
  prompting: number
  /** Taken from scores of quality and relevance. */
  worse: number
  /** Nothing arrives. */
  isDown: boolean
}

const HEALTHY: Conditions = {
  slowness: 1,
  failing: 0,
  empty: 0,
  rateLimited: 0,
  caching: 1,
  prompting: 1,
  worse: 0,
  isDown: false,
}

export function conditionsAt(incidents: readonly Incident[], at: number, service: ServiceName): Conditions {
  const current = incidents.filter(
    ({ from, to, services }) => from <= at && at < to && services.includes(service),
  )
  return current.reduce(
    (conditions, { kind, strength }) => ({ ...conditions, ...EFFECTS[kind](strength) }),
    HEALTHY,
  )
}

const EFFECTS: Readonly<Record<IncidentKind, (strength: number) => Partial<Conditions>>> = {
  latency: (strength) => ({ slowness: 2.5 + 4 * strength }),
  errors: (strength) => ({ failing: 0.12 + 0.4 * strength }),
  empty_retrieval: (strength) => ({ empty: 0.35 + 0.5 * strength, worse: 0.1 }),
  cost_spike: (strength) => ({ prompting: 4 + 6 * strength }),
  cache_loss: () => ({ caching: 0.03, slowness: 1.15 }),
  rate_limit: (strength) => ({ rateLimited: 0.2 + 0.4 * strength }),
  quality_drop: (strength) => ({ worse: 0.2 + 0.25 * strength }),
  outage: () => ({ isDown: true }),
}
