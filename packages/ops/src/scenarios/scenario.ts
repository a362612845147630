/**
 * Scenarios: what metrics do, minute by minute, and what alerts make of it. The files `*.alert-test.yaml` hold them; promtool
 * runs them against the rules, and the daemon against its own evaluation.
 *
 * Minute 0 is the first. What happens in minute M is seen by the evaluation at M + 1, and by no earlier one.
 */

/** Observations of a histogram within a minute: how many, of which value. */
export interface Observations {
  readonly times: number
  readonly value: number
}

/**
 * What a series does in one minute. `number`: a counter goes up by it, a gauge has it. `observations`: of a histogram.
 * `now`: a gauge that states a moment has the end of this minute. `keep`: a gauge has the value of the minute before.
 * `missing`: nothing is stated; one of our gauges still has its last value for a few minutes, as on `/metrics`.
 */
export type MinuteValue =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'observations'; readonly observations: readonly Observations[] }
  | { readonly kind: 'now' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'missing' }

/** A value for some minutes in a row. */
export interface Run {
  readonly value: MinuteValue
  readonly minutes: number
}

export type SeriesType = 'counter' | 'gauge' | 'histogram'

export interface ScenarioSeries {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly type: SeriesType
  readonly runs: readonly Run[]
}

export const ALERT_STATES = ['inactive', 'pending', 'firing'] as const
/** What an evaluation makes of an alert. A firing alert that becomes inactive is resolved. */
export type AlertState = (typeof ALERT_STATES)[number]

/** The evaluation at this minute is the first with this state. */
export interface Transition {
  readonly minute: number
  readonly state: AlertState
}

/** What becomes of one alert with one set of labels. It is inactive until the first transition. */
export interface Expectation {
  readonly alert: string
  /** Those of its signal, without severity and family. */
  readonly labels: Readonly<Record<string, string>>
  readonly transitions: readonly Transition[]
  /** How far a transition may lie from its minute. Default 0. */
  readonly toleranceMinutes: number
  /** What it says when it begins to fire. */
  readonly description?: string
}

export interface Scenario {
  readonly name: string
  readonly series: readonly ScenarioSeries[]
  /**
   * Alerts that are evaluated. Label sets of them that are not listed stay inactive throughout; so does an alert that is listed
   * without transitions.
   */
  readonly expectations: readonly Expectation[]
}

/** Length in minutes: that of the longest series. */
export function scenarioMinutes({ series }: Scenario): number {
  return Math.max(0, ...series.map(({ runs }) => runs.reduce((sum, { minutes }) => sum + minutes, 0)))
}

/** The values minute by minute, as long as the series is. */
export function minuteValues({ runs }: ScenarioSeries): readonly MinuteValue[] {
  return runs.flatMap(({ value, minutes }) => Array.from({ length: minutes }, () => value))
}
