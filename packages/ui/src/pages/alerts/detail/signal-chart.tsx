/** What the alert looks at, over time, beside its threshold; the times in which it fired are marked. */
import { useMemo } from 'react'
import type { ReactElement } from 'react'
import type { Alert, Transition } from '../../../api/alerts.ts'
import { Chart } from '../../../components/chart/chart.tsx'
import type { ChartModel } from '../../../components/chart/model.ts'
import { useClock } from '../../../lib/clock.tsx'
import { firingIntervals } from '../../../lib/intervals.ts'
import { HOUR_MS } from '../../../lib/time-range.ts'
import { useSignal } from '../alert-queries.ts'
import type { Rule } from '../alert-queries.ts'
import { thresholdWords, UNITS } from '../alert-words.ts'

/** Hours that are looked back, to choose from. */
const HOURS = [1, 3, 6, 12, 24] as const

export interface SignalChartProps {
  rule: Rule
  labels: Readonly<Record<string, string>>
  /** Since when its condition holds, or its last change. */
  since: number | undefined
  transitions: readonly Transition[]
  alert: Alert | undefined
}

export function SignalChart({ rule, labels, since, transitions, alert }: SignalChartProps): ReactElement {
  const { now } = useClock()
  // As long again before it as since: the healthy time is seen too.
  const wantedHours = since === undefined ? 6 : (2 * (now - since)) / HOUR_MS
  const hours = HOURS.find((one) => one >= wantedHours) ?? 24
  const signal = useSignal(rule.name, labels, hours)
  const { data } = signal
  const words = thresholdWords(rule) ?? ''
  const model = useMemo((): ChartModel => {
    const steps = data?.points.map(({ at }) => at) ?? []
    const stepMs = (data?.step_seconds ?? 60) * 1000
    const range = { from: steps[0] ?? 0, to: (steps.at(-1) ?? 0) + stepMs }
    const active = alert === undefined ? [] : [alert]
    return {
      steps,
      stepMs,
      unit: UNITS[rule.value_format],
      kind: 'line',
      lines: [{ name: 'value', values: data?.points.map(({ value }) => value) ?? [] }],
      bands: firingIntervals(transitions, active, range, now)
        .filter(({ to }) => to > range.from)
        .map(({ name, from, to }) => ({ from: Math.max(from, range.from), to, label: name })),
      ...(data === undefined ? {} : { limit: { value: data.threshold, label: `fires ${words}` } }),
    }
  }, [data, rule.value_format, words, transitions, alert, now])
  return (
    <Chart
      title={`What it looks at, last ${hours === 1 ? 'hour' : `${hours} hours`}`}
      asked={[signal]}
      model={model}
      empty="Nothing was measured in this time: an alert without a value does not fire."
      note={
        rule.for_minutes === 0
          ? undefined
          : `It fires once its condition has held for ${rule.for_minutes} min without a break.`
      }
    />
  )
}
