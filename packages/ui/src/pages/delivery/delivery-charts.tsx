/** Delivery over time: which traces were kept, and what was dropped on the way. */
import { useMemo } from 'react'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { Chart } from '../../components/chart/chart.tsx'
import type { ChartModel } from '../../components/chart/model.ts'
import { linesOf, stepsOf, topLines } from '../../lib/series.ts'
import type { View } from '../../lib/view.ts'

const LINES_MAX = 8

interface LabelChartProps {
  view: View
  title: string
  metric: string
  label: string
  empty: string
}

export function TracesChart({ view }: { view: View }): ReactElement {
  return (
    <LabelChart
      view={view}
      title="Traces by sampling decision"
      metric="rag_traces_total"
      label="decision"
      empty="Clients with the SDK say which traces they kept."
    />
  )
}

export function DroppedChart({ view }: { view: View }): ReactElement {
  return (
    <LabelChart
      view={view}
      title="Telemetry dropped, by reason"
      metric="rag_telemetry_dropped_total"
      label="reason"
      empty="Nothing was dropped in this range."
    />
  )
}

function LabelChart({ view, title, metric, label, empty }: LabelChartProps): ReactElement {
  const { range, service } = view
  const asked = useSeries(range, service, { metric, by: [label] })
  const { data } = asked
  const model = useMemo((): ChartModel => {
    const base = { stepMs: (data?.step_seconds ?? 60) * 1000, unit: 'count', kind: 'bar' } as const
    if (data === undefined) return { ...base, steps: [], lines: [] }
    const lines = linesOf(data, label, ({ value }) => value).map(({ name, values }) => ({
      name: name.replaceAll('_', ' '),
      values,
    }))
    return { ...base, steps: stepsOf(data), lines: topLines(lines, LINES_MAX, data.omitted) }
  }, [data, label])
  return <Chart title={title} asked={[asked]} model={model} empty={empty} />
}
