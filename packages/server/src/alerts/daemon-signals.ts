/** Every signal that the daemon computes: those of its alerts, and those of its objectives. */
import { alertsOf, BURN_WINDOWS_MINUTES, daemonCondition, sloErrorRatio, sloTotal } from '@ragmeter/ops'
import type { OpsConfiguration, Signal, Slo } from '@ragmeter/ops'
import { signalsOf } from './sources.ts'

const MINUTES_PER_DAY = 1440

/** The share of bad events and the number of events over the whole window of an objective. */
export function budgetSignals(slo: Slo): { errorRatio: Signal; total: Signal } {
  const minutes = slo.windowDays * MINUTES_PER_DAY
  return {
    errorRatio: sloErrorRatio(slo, minutes),
    total: { kind: 'increase', of: sloTotal(slo, minutes), by: ['service'] },
  }
}

export function daemonSignals(configuration: OpsConfiguration): readonly Signal[] {
  const ofAlerts = alertsOf(configuration).flatMap((alert) => {
    const condition = daemonCondition(alert)
    return condition === undefined ? [] : signalsOf(condition)
  })
  const ofSlos = configuration.slos.flatMap((slo) => [
    ...Object.values(budgetSignals(slo)),
    ...BURN_WINDOWS_MINUTES.map((minutes) => sloErrorRatio(slo, minutes)),
  ])
  return [...ofAlerts, ...ofSlos]
}
