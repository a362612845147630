/** Incidents are for alerts: the daemon's own evaluation over the simulated history, around one incident of every kind. */
import { readFileSync } from 'node:fs'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import { ALERTS, alertsOf, daemonCondition, DEFAULT_CONFIGURATION, FAMILIES } from '@ragmeter/ops'
import type { AlertSpecification } from '@ragmeter/ops'
import { observeScenario } from '@ragmeter/server'
import type { ObservedAlert } from '@ragmeter/server'
import { describe, expect, test } from 'vitest'
import { simulateHistory } from '../src/simulate/history.ts'
import type { SimulatedHour } from '../src/simulate/history.ts'
import {
  FAMILIES_NOT_SIMULATED,
  INCIDENT_ALERTS,
  REQUESTS_PER_DAY_OF_ALERTS,
} from '../src/simulate/incident-alerts.ts'
import { INCIDENT_KINDS, planIncidents } from '../src/simulate/incidents.ts'
import type { Incident, IncidentKind } from '../src/simulate/incidents.ts'
import { SERVICES } from '../src/simulate/scenario.ts'
import { recordScenario } from './recorded-scenario.ts'

const UNTIL = Date.UTC(2026, 10, 18, 16, 30)
const SEED = 1
const NAMES = SERVICES.map(({ name }) => name)
const MONTH = planIncidents(SEED, UNTIL - 30 * DAY_MS, UNTIL)
const all = new Map(alertsOf(DEFAULT_CONFIGURATION).map((alert) => [alert.name, alert]))
/** What is looked at before an incident, where an alert does not compare with the day before. */
const BEFORE_HOURS = 4
const BEFORE_HOURS_OF: Readonly<Partial<Record<IncidentKind, number>>> = {
  cost_spike: 49,
  outage: 26,
  traffic_drop: 26,
}
/** An alert that does not fire within so long of an incident does not fire for it. */
const WITHIN_MS = 3 * HOUR_MS
/** Conditions hold for a while before an alert fires. */
const LATE_MS = 10 * MINUTE_MS

function alertNamed(name: string): AlertSpecification {
  const alert = all.get(name)
  if (alert === undefined) throw new Error(`there is no alert ${name}`)
  return alert
}

/** The daemon evaluates these; the others are proven with a real Prometheus, by e2e/simulate.test.ts. */
function evaluatedAlerts(kind: IncidentKind): AlertSpecification[] {
  return INCIDENT_ALERTS[kind].map(alertNamed).filter((alert) => daemonCondition(alert) !== undefined)
}

/** Of these services alone. */
function* hoursBetween(from: number, to: number, services: readonly string[]): Generator<SimulatedHour> {
  const plan = { seed: SEED, from, until: UNTIL, requestsPerDay: REQUESTS_PER_DAY_OF_ALERTS }
  for (const { requests, gauges, ...hour } of simulateHistory(plan)) {
    if (hour.from >= to) return
    yield {
      ...hour,
      requests: requests.filter(({ service }) => services.includes(service)),
      gauges: gauges.filter(({ labels }) => services.includes(labels['service'] ?? '')),
    }
  }
}

interface Firing extends Pick<ObservedAlert, 'alert' | 'labels'> {
  /** Epoch milliseconds. */
  readonly at: number
}

/** When which of the alerts began to fire. @param from a full hour */
function firingsOf(
  alerts: readonly AlertSpecification[],
  services: readonly string[],
  from: number,
  to: number,
): Firing[] {
  const read = JSON.stringify(alerts)
  const hours = hoursBetween(from, to, services)
  const scenario = recordScenario(hours, from, ({ name }) => read.includes(name))
  const observed = observeScenario(scenario, alerts, DEFAULT_CONFIGURATION)
  return Array.from(observed.values()).flatMap(({ alert, labels, transitions }) =>
    transitions
      .filter(({ state }) => state === 'firing')
      .map(({ minute }) => ({ alert, labels, at: from + minute * MINUTE_MS })),
  )
}

function incidentOf(kind: IncidentKind): Incident {
  const incident = MONTH.find((one) => one.kind === kind)
  if (incident === undefined) throw new Error(`no ${kind} within the month`)
  return incident
}

const fullHour = (at: number) => Math.floor(at / HOUR_MS) * HOUR_MS

describe('an incident', () => {
  const evaluated = INCIDENT_KINDS.filter((kind) => evaluatedAlerts(kind).length > 0)

  test.each(evaluated)('of kind %s makes its alerts fire, which were quiet before it', (kind) => {
    const incident = incidentOf(kind)
    const alerts = evaluatedAlerts(kind)
    const from = fullHour(incident.from) - (BEFORE_HOURS_OF[kind] ?? BEFORE_HOURS) * HOUR_MS
    const to = Math.min(incident.to + LATE_MS, incident.from + WITHIN_MS)
    const firings = firingsOf(alerts, incident.services, from, to)
    expect(firings.filter(({ at }) => at < incident.from)).toEqual([])
    const during = firings.filter(({ at }) => at < to)
    expect(new Set(during.map(({ alert }) => alert))).toEqual(new Set(alerts.map(({ name }) => name)))
  })
})

test('on a day without an incident no alert fires that is more than a note', () => {
  const from = Date.UTC(2026, 10, 16, 6)
  const to = from + 12 * HOUR_MS
  expect(MONTH.filter((incident) => incident.from < to && incident.to > from - 12 * HOUR_MS)).toEqual([])
  const alerts = Array.from(all.values()).filter(
    (alert) => daemonCondition(alert) !== undefined && ['critical', 'warning'].includes(alert.severity),
  )
  expect(alerts.length).toBeGreaterThan(30)
  expect(firingsOf(alerts, NAMES, from, to)).toEqual([])
})

test.each(INCIDENT_KINDS)('docs/simulate.md says what alerts an incident of kind %s is for', (kind) => {
  const page = readFileSync(new URL('../../../docs/simulate.md', import.meta.url), 'utf8')
  const row = page.split('\n').find((line) => line.startsWith(`| \`${kind}\` `)) ?? ''
  expect(row.match(/Rag\w+/g)).toEqual(INCIDENT_ALERTS[kind])
})

describe('every family of alerts', () => {
  const simulated = new Set(
    Object.values(INCIDENT_ALERTS)
      .flat()
      .map((name) => alertNamed(name).family),
  )

  test.each(FAMILIES)('%s: has an incident, or a reason why it has none', (family) => {
    expect([family, simulated.has(family)]).toEqual([family, FAMILIES_NOT_SIMULATED[family] === undefined])
  })

  test('that is read from batch jobs alone is evaluated by Prometheus', () => {
    const names = new Set(Object.values(INCIDENT_ALERTS).flat())
    const elsewhere = Array.from(names).filter((name) => daemonCondition(alertNamed(name)) === undefined)
    expect(elsewhere).toEqual(
      ALERTS.filter(({ family }) => family === 'batch')
        .map(({ name }) => name)
        .toReversed(),
    )
  })
})
