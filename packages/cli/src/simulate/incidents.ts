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
  | 'surge'
  | 'traffic_drop'
  | 'database_down'
  | 'capacity'
  | 'batch_failure'
  | 'batch_stall'

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
/** In the order in which they happen, backwards from the end: first those that the traces of the last days show. */
const PLANS: readonly IncidentPlan[] = [
  { kind: 'latency', hours: [2, 5], services: [[CHAT], [SEARCH, CHAT]] },
  { kind: 'empty_retrieval', hours: [3, 8], services: [[SEARCH, CHAT], [DOCUMENT_STORE]] },
  { kind: 'cost_spike', hours: [5, 11], services: [[CHAT]] },
  { kind: 'errors', hours: [1.5, 3], services: [[CHAT], [DOCUMENT_STORE], [SEARCH]] },
  { kind: 'surge', hours: [1, 3], services: [[SEARCH], [CHAT]] },
  { kind: 'database_down', hours: [1, 3], services: [[DOCUMENT_STORE]] },
  { kind: 'batch_failure', hours: [4, 9], services: [[DOCUMENT_STORE]] },
  { kind: 'quality_drop', hours: [14, 30], services: [[CHAT]] },
  { kind: 'rate_limit', hours: [2, 4], services: [[CHAT]] },
  { kind: 'capacity', hours: [4, 12], services: [[DOCUMENT_STORE, CHAT]] },
  { kind: 'cache_loss', hours: [3, 8], services: [[SEARCH, CHAT]] },
  { kind: 'traffic_drop', hours: [2, 5], services: [[SEARCH], [CHAT]] },
  { kind: 'batch_stall', hours: [4, 9], services: [[DOCUMENT_STORE]] },
  { kind: 'outage', hours: [1, 3], services: [ALL] },
]
export const INCIDENT_KINDS: readonly IncidentKind[] = PLANS.map(({ kind }) => kind)

/** Of the newest, one of each kind, every third has two working days to itself and the others one, so that a month shows all. */
const RECENT_DAYS = [2, 1, 1] as const
/** Working days of each of the others. */
const OLD_DAYS = 6
/** The longest begins in an afternoon and lasts two nights. */
const LONGEST_DAYS = 3
const DAYS_PER_WEEK = 7
const WORKING_DAYS_PER_WEEK = 5

/** All incidents that touch the range, oldest first. @param until where the history ends: incidents are placed back from it */
export function planIncidents(seed: number, from: number, until: number): Incident[] {
  const incidents: Incident[] = []
  const days = workingDays(from, until)
  for (let number = 0, taken = 0; ; number += 1) {
    const size = number < PLANS.length ? (RECENT_DAYS[number % RECENT_DAYS.length] ?? 1) : OLD_DAYS
    const slot = days.slice(taken, (taken += size))
    // One that is cut off would be another one in a longer history, and lies before this one.
    if (slot.length < size) return incidents.toReversed()
    const incident = planIncident(createRandom(seed, 1, number), number, slot)
    if (incident !== undefined && incident.to > from && incident.from < until) incidents.push(incident)
  }
}

/** Starts of those that incidents of the range can begin on, newest first. Nobody notices what goes wrong at a weekend. */
function workingDays(from: number, until: number): number[] {
  const today = Math.floor(until / DAY_MS) * DAY_MS
  const slotDays = Math.ceil((OLD_DAYS / WORKING_DAYS_PER_WEEK) * DAYS_PER_WEEK) + 2
  const count = Math.ceil((today - from) / DAY_MS) + LONGEST_DAYS + slotDays
  return Array.from({ length: count }, (_, daysAgo) => today - (daysAgo + 1) * DAY_MS).filter((day) => {
    const weekday = new Date(day).getUTCDay()
    return weekday >= 1 && weekday <= WORKING_DAYS_PER_WEEK
  })
}

/** On one of the days, in office hours, when somebody would notice. */
function planIncident(random: Random, number: number, days: readonly number[]): Incident | undefined {
  const plan = PLANS[number % PLANS.length]
  if (plan === undefined) return undefined
  const from = random.pick(days) + random.between(9, 14) * HOUR_MS
  return {
    kind: plan.kind,
    from,
    to: from + random.between(...plan.hours) * HOUR_MS,
    services: random.pick(plan.services),
    strength: random.between(0.5, 1),
  }
}

/** How requests of a service go at a moment, and how it is itself. */
export interface Conditions {
  /** Factor on how many requests arrive. */
  traffic: number
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
  /** Requests that wait for a free worker. */
  waiting: number
  /** Factor on the sizes of stores and memory. */
  growth: number
  isDatabaseDown: boolean
  /** What a run of the service's batch job comes to that begins now. */
  batchJob: 'succeeds' | 'fails' | 'does not run'
  /** The service says nothing, not even about itself. */
  isDown: boolean
}

const HEALTHY: Conditions = {
  traffic: 1,
  slowness: 1,
  failing: 0,
  empty: 0,
  rateLimited: 0,
  caching: 1,
  prompting: 1,
  worse: 0,
  waiting: 0,
  growth: 1,
  isDatabaseDown: false,
  batchJob: 'succeeds',
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

/** The highest factor on traffic that one of the incidents brings, at least 1. */
export function peakTraffic(incidents: readonly Incident[]): number {
  return Math.max(1, ...incidents.map(({ kind, strength }) => EFFECTS[kind](strength).traffic ?? 1))
}

const EFFECTS: Readonly<Record<IncidentKind, (strength: number) => Partial<Conditions>>> = {
  latency: (strength) => ({ slowness: 2.5 + 4 * strength }),
  errors: (strength) => ({ failing: 0.12 + 0.4 * strength }),
  empty_retrieval: (strength) => ({ empty: 0.35 + 0.5 * strength, worse: 0.1 }),
  cost_spike: (strength) => ({ prompting: 8 + 8 * strength }),
  cache_loss: () => ({ caching: 0.03, slowness: 1.15 }),
  rate_limit: (strength) => ({ rateLimited: 0.2 + 0.4 * strength }),
  quality_drop: (strength) => ({ worse: 0.2 + 0.25 * strength }),
  outage: () => ({ traffic: 0, isDown: true }),
  surge: (strength) => ({ traffic: 3 + 5 * strength, waiting: 120 + 280 * strength, slowness: 1.4 }),
  traffic_drop: () => ({ traffic: 0.01 }),
  database_down: (strength) => ({ failing: 0.7 + 0.3 * strength, isDatabaseDown: true }),
  capacity: (strength) => ({ growth: 2 + 3 * strength }),
  batch_failure: () => ({ batchJob: 'fails' }),
  batch_stall: () => ({ batchJob: 'does not run' }),
}
