/** What is left of error budgets, weighted by events: an hour with many requests counts more than a quiet one. */
import { BURN_WINDOWS_MINUTES, errorBudget, sloErrorRatio } from '@ragmeter/ops'
import type { Signal, Slo } from '@ragmeter/ops'
import { budgetSignals } from './daemon-signals.ts'
import type { Sample } from './evaluate.ts'

export interface SloState {
  readonly name: string
  readonly description: string
  readonly service: string
  readonly target: number
  readonly windowDays: number
  readonly sli: number
  readonly events: number
  readonly budgetRemaining: number
  readonly burnRates: readonly { readonly windowMinutes: number; readonly rate: number | null }[]
}

function byService(samples: readonly Sample[]): ReadonlyMap<string, number> {
  return new Map(samples.map(({ labels, value }) => [labels['service'] ?? '', value]))
}

/** @param evaluate computes signals at the moment that is meant */
export function sloStates(slo: Slo, evaluate: (signal: Signal) => readonly Sample[]): SloState[] {
  const { errorRatio, total } = budgetSignals(slo)
  const events = byService(evaluate(total))
  const budget = errorBudget(slo)
  const burning = BURN_WINDOWS_MINUTES.map((windowMinutes) => ({
    windowMinutes,
    ratios: byService(evaluate(sloErrorRatio(slo, windowMinutes))),
  }))
  return Array.from(byService(evaluate(errorRatio)), ([service, bad]) => ({
    name: slo.name,
    description: slo.description,
    service,
    target: slo.target,
    windowDays: slo.windowDays,
    sli: 1 - bad,
    events: events.get(service) ?? 0,
    budgetRemaining: 1 - bad / budget,
    burnRates: burning.map(({ windowMinutes, ratios }) => {
      const ratio = ratios.get(service)
      return { windowMinutes, rate: ratio === undefined ? null : ratio / budget }
    }),
  }))
}
