/** One round of evaluation after the other: all alerts at one moment, and what became of each. No I/O. */
import { daemonCondition } from '@ragmeter/ops'
import type { AlertSpecification, Condition, Thresholds } from '@ragmeter/ops'
import { advance, forgetResolved, LABEL_SETS_MAX, skipPause } from './alert-state.ts'
import type { ActiveAlert, ActiveAlerts, Transition } from './alert-state.ts'
import { Evaluation } from './evaluate.ts'
import type { Judged } from './inhibition.ts'
import type { Windows } from './windows.ts'

/** Why an alert could not be evaluated; it keeps its state meanwhile. */
export interface EvaluationError {
  readonly name: string
  readonly message: string
  /** Epoch milliseconds. */
  readonly since: number
}

interface Evaluated {
  readonly alert: AlertSpecification
  /** Undefined for one that is not evaluated any more: it holds no longer, and who was told is told that too. */
  readonly condition: Condition | undefined
  readonly active: ActiveAlerts
}

export class Rounds {
  readonly #windows: Windows
  readonly #thresholds: Thresholds
  readonly #evaluated: Evaluated[]
  readonly #errors = new Map<string, EvaluationError>()

  /** @param alerts those that only Prometheus can evaluate are left out */
  constructor(alerts: readonly AlertSpecification[], thresholds: Thresholds, windows: Windows) {
    this.#windows = windows
    this.#thresholds = thresholds
    this.#evaluated = alerts.flatMap((alert) => {
      const condition = daemonCondition(alert)
      return condition === undefined ? [] : [{ alert, condition, active: new Map<string, ActiveAlert>() }]
    })
  }

  /** How many alerts are evaluated. */
  get size(): number {
    return this.#evaluated.filter(({ condition }) => condition !== undefined).length
  }

  get errors(): readonly EvaluationError[] {
    return Array.from(this.#errors.values())
  }

  /** Alerts that are pending, firing or lately resolved. */
  active(): readonly Judged[] {
    return this.#evaluated.flatMap(({ alert, active }) =>
      Array.from(active.values(), (one) => ({ alert, active: one })),
    )
  }

  /**
   * Goes on from what was kept. @param pauseMs how long nothing was evaluated
   * @param specificationOf alerts that are not evaluated any more, but may have fired
   */
  restore(
    kept: readonly ActiveAlert[],
    pauseMs: number,
    specificationOf: (name: string) => AlertSpecification,
  ): void {
    const byName = new Map(this.#evaluated.map(({ alert, active }) => [alert.name, active]))
    for (const one of kept) {
      let active = byName.get(one.name)
      if (active === undefined) {
        active = new Map<string, ActiveAlert>()
        const alert = { ...specificationOf(one.name), keepFiringMinutes: 0 }
        this.#evaluated.push({ alert, condition: undefined, active })
        byName.set(one.name, active)
      }
      skipPause(one, pauseMs)
      active.set(one.id, one)
    }
  }

  /** Drops what has been over for long. @param isAwaited whether somebody has still to be told that it is over */
  forget(at: number, isAwaited: (id: string) => boolean): void {
    for (const { active } of this.#evaluated) forgetResolved(active, at, isAwaited)
  }

  /** Evaluates one alert after the other. @param at epoch milliseconds @yields what became of the alert */
  *run(at: number): Generator<readonly Transition[], void> {
    const evaluation = new Evaluation(this.#windows, this.#thresholds, at)
    for (const one of this.#evaluated) yield this.#judge(one, evaluation, at)
  }

  #judge({ alert, condition, active }: Evaluated, evaluation: Evaluation, at: number): readonly Transition[] {
    try {
      const samples = condition === undefined ? [] : evaluation.condition(condition)
      if (samples.length > LABEL_SETS_MAX) {
        this.#fail(alert.name, `${samples.length} label sets, of which ${LABEL_SETS_MAX} are alerted on`, at)
      } else this.#errors.delete(alert.name)
      return advance(alert, active, samples, at)
    } catch (error) {
      this.#fail(alert.name, error instanceof Error ? error.message : String(error), at)
      return []
    }
  }

  #fail(name: string, message: string, at: number): void {
    this.#errors.set(name, { name, message, since: this.#errors.get(name)?.since ?? at })
  }
}
