/**
 * Multi-window, multi-burn-rate alerts on error budgets (Google SRE workbook, chapter 5): a burn rate of 1 spends the
 * budget exactly by the end of its window. Two windows each: the long one says that it matters, the short one that it goes on.
 */
import { all, compare, enough } from '../alerts/catalogue/shared.ts'
import type { AlertSpecification, Condition } from '../alerts/specification.ts'
import type { ThresholdKey } from '../configuration/thresholds.ts'
import { errorBudget, roundedRatio, sloErrorRatio, sloTotal } from './slo.ts'
import type { Slo } from './slo.ts'

interface BurnWindows {
  readonly factor: number
  readonly longMinutes: number
  readonly shortMinutes: number
}

/** 2 % of a budget of 30 days in an hour, or 5 % in six hours. */
const FAST: readonly [BurnWindows, BurnWindows] = [
  { factor: 14.4, longMinutes: 60, shortMinutes: 5 },
  { factor: 6, longMinutes: 360, shortMinutes: 30 },
]
/** 10 % in a day, or in three days. */
const SLOW: readonly [BurnWindows, BurnWindows] = [
  { factor: 3, longMinutes: 1440, shortMinutes: 120 },
  { factor: 1, longMinutes: 4320, shortMinutes: 360 },
]
/** Every window that an alert looks at, and whose burn rate is shown; ascending. */
export const BURN_WINDOWS_MINUTES: readonly number[] = [...FAST, ...SLOW]
  .flatMap(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes])
  .filter((minutes, position, list) => list.indexOf(minutes) === position)
  .sort((left, right) => left - right)

/** No share of bad events exceeds 1: an alert whose threshold comes close could hardly fire, so there is none. */
const RATIO_MAX = 0.95
const HOUR_MINUTES = 60

function pascalCase(name: string): string {
  return name
    .split('_')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('')
}

type Speed = 'Fast' | 'Slow'

export function burnAlertName({ name }: Slo, speed: Speed): string {
  return `Rag${pascalCase(name)}BudgetBurn${speed}`
}

function burning(slo: Slo, { factor, longMinutes, shortMinutes }: BurnWindows): Condition {
  const threshold = roundedRatio(factor * errorBudget(slo))
  return all(
    compare(sloErrorRatio(slo, longMinutes), '>', threshold),
    compare(sloErrorRatio(slo, shortMinutes), '>', threshold),
  )
}

function burnAlert(
  slo: Slo,
  speed: Speed,
  [first, second]: readonly [BurnWindows, BurnWindows],
  traffic: { windowMinutes: number; min: ThresholdKey },
): AlertSpecification {
  const isFast = speed === 'Fast'
  const left = isFast ? 'hours' : 'days'
  return {
    name: burnAlertName(slo, speed),
    family: 'slo',
    severity: isFast ? 'critical' : 'warning',
    when: all(
      { kind: 'any', of: [burning(slo, first), burning(slo, second)] },
      enough(sloTotal(slo, traffic.windowMinutes), ['service'], traffic.min),
    ),
    forMinutes: isFast ? 2 : 15,
    summary: `An error budget of a RAG service is being spent within ${left}.`,
    description: `{value} of the events of {service} miss the objective ${slo.name} (${slo.description.replace(/\.$/, '')}; target ${roundedRatio(slo.target * 100)}%).`,
    valueFormat: 'percent',
    labels: { slo: slo.name },
    dashboard: 'slo',
    ...(isDefault(slo) ? {} : { runbook: `RagBudgetBurn${speed}` }),
  }
}

/** Objectives of these names have runbooks of their own. */
const WITH_RUNBOOK = new Set(['availability', 'latency', 'retrieval', 'faithfulness'])

function isDefault({ name }: Slo): boolean {
  return WITH_RUNBOOK.has(name)
}

/** The alerts of one objective: a page where it can fire at all, and a ticket. */
export function burnRateAlerts(slo: Slo): readonly AlertSpecification[] {
  const fast = burnAlert(slo, 'Fast', FAST, { windowMinutes: HOUR_MINUTES, min: 'sloHourlyMin' })
  const slow = burnAlert(slo, 'Slow', SLOW, { windowMinutes: 6 * HOUR_MINUTES, min: 'sloSixHourlyMin' })
  return FAST[0].factor * errorBudget(slo) <= RATIO_MAX ? [fast, slow] : [slow]
}
