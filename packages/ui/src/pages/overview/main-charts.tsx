/** The four charts above the fold: how much, what fails, how slow, where the time goes. */
import { enums } from '@ragmeter/core'
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { inWords, QuantileChart, SeriesChart } from '../../components/series-chart.tsx'
import { STATUS_ORDER, STATUS_TONES } from '../../components/status-look.ts'
import { useAlertBands } from '../../components/use-alert-bands.ts'
import { useReleases } from '../../components/use-releases.ts'
import { linesOf, stepsOf, sum, totalOf } from '../../lib/series.ts'
import type { Line, Value } from '../../lib/series.ts'
import { useView } from '../../lib/view.ts'

/** The stack has the same order from bottom to top. */
const STAGE_ORDER: readonly string[] = enums.STAGES

export function MainCharts(): ReactElement {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
      <SeriesChart
        title="Requests by status"
        metric="rag_requests_total"
        unit="per-second"
        by="status"
        show="rate"
        kind="area"
        tones={STATUS_TONES}
        order={STATUS_ORDER}
      />
      <ErrorsChart />
      <QuantileChart
        title="Latency, end to end"
        metric="rag_request_duration_seconds"
        unit="seconds"
        quantiles={[0.5, 0.95, 0.99]}
        compared={0.95}
      />
      <StagesChart />
    </SimpleGrid>
  )
}

function ErrorsChart(): ReactElement {
  const { range, service } = useView()
  const requests = useSeries(range, service, { metric: 'rag_requests_total', by: ['status'] })
  const hasRequests = requests.data !== undefined && requests.data.series.length > 0
  return (
    <SeriesChart
      title="Errors by type"
      metric="rag_errors_total"
      unit="count"
      by="error_type"
      kind="bar"
      empty={hasRequests ? 'There were requests, and none of them failed.' : undefined}
    />
  )
}

/** Averages can be stacked; percentiles of parts do not add up to a percentile of the whole. */
function StagesChart(): ReactElement {
  const { range, previous, service, isCompared } = useView()
  const ofStages = { metric: 'rag_stage_duration_seconds', by: ['stage'] }
  const ofRequests = { metric: 'rag_request_duration_seconds' }
  const asked = useSeries(range, service, ofStages)
  const requests = useSeries(range, service, ofRequests)
  const stagesBefore = useSeries(previous, service, ofStages, isCompared)
  const requestsBefore = useSeries(previous, service, ofRequests, isCompared)
  const lines = averages(asked.data, requests.data)
  const earlier = isCompared ? averages(stagesBefore.data, requestsBefore.data) : []
  const before = {
    name: 'all, period before',
    values: (earlier[0]?.values ?? []).map((_, step) =>
      sum(earlier.map(({ values }) => values[step] ?? null)),
    ),
    isPrevious: true,
    tone: 'neutral' as const,
  }
  return (
    <Chart
      title="Where the time goes, by stage"
      asked={[asked, requests]}
      note="Average of a request. Stages beside each other add up to more than the request took."
      model={{
        steps: asked.data === undefined ? [] : stepsOf(asked.data),
        stepMs: (asked.data?.step_seconds ?? 60) * 1000,
        unit: 'seconds',
        kind: 'area',
        lines: earlier.length === 0 ? lines : [...lines, before],
        markers: useReleases(),
        bands: useAlertBands(),
      }}
    />
  )
}

type Asked = ReturnType<typeof useSeries>['data']

/** Seconds of each stage in an average request. */
function averages(stages: Asked, requests: Asked): Line[] {
  if (stages === undefined || requests === undefined) return []
  const counts = totalOf(requests, ({ count }) => count)
  return linesOf(stages, 'stage', (point) => point.sum)
    .toSorted((left, right) => place(left) - place(right))
    .map(({ name, values }) => ({
      name: inWords(name),
      values: values.map((seconds, index) => averageOf(seconds, counts[index])),
    }))
}

function place({ name }: Line): number {
  return STAGE_ORDER.includes(name) ? STAGE_ORDER.indexOf(name) : STAGE_ORDER.length
}

function averageOf(seconds: Value, count: Value | undefined): Value {
  return seconds === null || count === null || count === undefined || count === 0 ? null : seconds / count
}
