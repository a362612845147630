/** What is left of error budgets, weighted by events: an hour with many requests counts more than a quiet one. */
import { DAY_MS } from '@ragmeter/core'
import { BURN_WINDOWS_MINUTES, errorBudget, sloErrorRatio } from '@ragmeter/ops'
import type { Signal, Slo } from '@ragmeter/ops'
import { budgetSignals } from './daemon-signals.ts'
import type { Sample } from './evaluate.ts'
import type { KnownPast } from './known-past.ts'

export interface SloState {
  readonly name: string
  readonly description: string
  readonly service: string
  readonly target: number
  readonly windowDays: number
  readonly sli: number
  readonly events: number
  readonly budgetRemaining: number
  /** How much of the window is known; all of it but after the start of a daemon of very many series. */
  readonly coveredDays: number
  readonly burnRates: readonly { readonly windowMinutes: number; readonly rate: number | null }[]
}

function byService(samples: readonly Sample[]): ReadonlyMap<string, number> {
  return new Map(samples.map(({ labels, value }) => [labels['service'] ?? '', value]))
}

/** @param evaluate computes signals at a moment @param at that moment, epoch milliseconds */
export function sloStates(
  slo: Slo,
  evaluate: (signal: Signal) => readonly Sample[],
  known: KnownPast,
  at: number,
): SloState[] {
  const { errorRatio, total } = budgetSignals(slo)
  const coveredDays = Math.min(slo.windowDays, (at - known.since(errorRatio)) / DAY_MS)
  const events = byService(evaluate(total))
  const budget = errorBudget(slo)
  const burning = BURN_WINDOWS_MINUTES.map((windowMinutes) => {
    const signal = sloErrorRatio(slo, windowMinutes)
    return { windowMinutes, ratios: byService(known.covers(signal, at) ? evaluate(signal) : []) }
  })
  return Array.from(byService(evaluate(errorRatio)), ([service, bad]) => ({
    name: slo.name,
    description: slo.description,
    service,
    target: slo.target,
    windowDays: slo.windowDays,
    sli: 1 - bad,
    events: events.get(service) ?? 0,
    budgetRemaining: 1 - bad / budget,
    coveredDays,
    burnRates: burning.map(({ windowMinutes, ratios }) => {
      const ratio = ratios.get(service)
      return { windowMinutes, rate: ratio === undefined ? null : ratio / budget }
    }),
  }))
}
