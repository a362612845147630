/** Signals that are recorded: by the name and labels under which rules and dashboards read them. */
import { selector, signalPromql } from '../alerts/promql-signal.ts'
import type { FindRecording } from '../alerts/promql-signal.ts'
import type { LabelCondition, Signal } from '../alerts/signal.ts'
import type { RecordingRule } from './rule-file.ts'

export interface Recording {
  /** `level:metric:operation`: the labels kept, the metric without `_total`, what was done with it. */
  readonly record: string
  readonly signal: Signal
  /** Fixed labels that the rule adds. */
  readonly labels?: Readonly<Record<string, string>>
  /** Cheaper PromQL of the same signal. @default that of the signal */
  readonly expression?: string
}

export function recordingOf({ record, signal, labels, expression }: Recording): RecordingRule {
  return { record, expr: expression ?? signalPromql(signal), ...(labels === undefined ? {} : { labels }) }
}

/** Finds the recording of a signal, so that what is computed once is read by all. */
export function findRecordingIn(recordings: readonly Recording[]): FindRecording {
  // The first of several wins, which is the last that a map is given.
  const byExpression = new Map(
    recordings.map((recording) => [signalPromql(recording.signal), recording] as const).toReversed(),
  )
  return (expression, where) => {
    const recording = byExpression.get(expression)
    if (recording === undefined) return undefined
    const fixed: Record<string, LabelCondition> = {}
    for (const [name, value] of Object.entries(recording.labels ?? {})) fixed[name] = { in: [value] }
    return selector(recording.record, { ...fixed, ...where })
  }
}
