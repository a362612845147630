/** The four charts above the fold: how much, how slow, where the time goes, what fails. */
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import type { SeriesAnswer } from '../../api/queries.ts'
import { Chart } from '../../components/chart/chart.tsx'
import type { ChartLine, ChartMarker } from '../../components/chart/model.ts'
import type { Tone } from '../../components/chart/palette.ts'
import { useClock } from '../../lib/clock.tsx'
import { inWords, quantileName } from '../../components/series-chart.tsx'
import { linesOf, perSecond, stepsOf, sum, topLines, totalOf } from '../../lib/series.ts'
import type { Value } from '../../lib/series.ts'
import { useView } from '../../lib/view.ts'
import { useReleases } from './use-releases.ts'

const QUANTILES = [0.5, 0.95, 0.99]
const STATUS_TONES: Readonly<Record<string, Tone>> = {
  success: 'good',
  error: 'bad',
  timeout: 'warn',
  cancelled: 'neutral',
}
const STATUS_ORDER = ['success', 'cancelled', 'rejected', 'timeout', 'error']
/** A p99 of fewer is the slowest request, or nearly. */
const REQUESTS_FOR_P99 = 100
const ERROR_LINES_MAX = 7

export function MainCharts(): ReactElement {
  const { range, service } = useView()
  const markers = useReleases(range, service)
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
      <RequestsChart markers={markers} />
      <LatencyChart markers={markers} />
      <StagesChart />
      <ErrorsChart />
    </SimpleGrid>
  )
}

function RequestsChart({ markers }: { markers: readonly ChartMarker[] }): ReactElement {
  const { range, previous, service, isCompared } = useView()
  const question = { metric: 'rag_requests_total', by: ['status'] }
  const asked = useSeries(range, service, question)
  const before = useSeries(previous, service, { metric: question.metric }, isCompared)
  const stepMs = stepOf(asked.data)
  const steps = stepsOfAnswer(asked.data)
  const { now } = useClock()
  const lines: ChartLine[] =
    asked.data === undefined
      ? []
      : linesOf(asked.data, 'status', ({ value }) => value)
          .toSorted((left, right) => STATUS_ORDER.indexOf(left.name) - STATUS_ORDER.indexOf(right.name))
          .map(({ name, values }) => ({
            name,
            values: perSecond(values, steps, stepMs, now),
            ...toneOf(name),
          }))
  const earlier = isCompared
    ? [
        previousLine(
          'all, period before',
          perSecond(
            totalOf(before.data, ({ value }) => value),
            stepsOfAnswer(before.data),
            stepMs,
            now,
          ),
        ),
      ]
    : []
  return (
    <Chart
      title="Requests by status"
      asked={[asked]}
      model={{
        steps: stepsOfAnswer(asked.data),
        stepMs,
        unit: 'per-second',
        kind: 'area',
        lines: [...lines, ...earlier],
        markers,
      }}
    />
  )
}

function LatencyChart({ markers }: { markers: readonly ChartMarker[] }): ReactElement {
  const { range, previous, service, isCompared } = useView()
  const metric = 'rag_request_duration_seconds'
  const asked = useSeries(range, service, { metric, quantiles: QUANTILES })
  const before = useSeries(previous, service, { metric, quantiles: [0.95] }, isCompared)
  const lines = QUANTILES.map((quantile) => ({
    name: quantileName(quantile),
    values: totalOf(asked.data, (point) => point.quantiles?.[String(quantile)]),
  }))
  const earlier = isCompared
    ? [
        previousLine(
          'p95, period before',
          totalOf(before.data, (point) => point.quantiles?.['0.95']),
        ),
      ]
    : []
  const counts = totalOf(asked.data, ({ count }) => count).filter((count) => count !== null)
  const few = counts.filter((count) => count < REQUESTS_FOR_P99).length
  return (
    <Chart
      title="Latency, end to end"
      asked={[asked]}
      note={
        few === 0
          ? undefined
          : `In ${few} of ${counts.length} steps the percentiles rest on fewer than ${REQUESTS_FOR_P99} requests: their p99 is about the slowest one.`
      }
      model={{
        steps: stepsOfAnswer(asked.data),
        stepMs: stepOf(asked.data),
        unit: 'seconds',
        kind: 'line',
        lines: asked.data === undefined ? [] : [...lines, ...earlier],
        markers,
      }}
    />
  )
}

/** Averages can be stacked; percentiles of parts do not add up to a percentile of the whole. */
function StagesChart(): ReactElement {
  const { range, service } = useView()
  const asked = useSeries(range, service, { metric: 'rag_stage_duration_seconds', by: ['stage'] })
  const requests = useSeries(range, service, { metric: 'rag_request_duration_seconds' })
  const counts = totalOf(requests.data, ({ count }) => count)
  const lines =
    asked.data === undefined
      ? []
      : linesOf(asked.data, 'stage', (point) => point.sum).map(({ name, values }) => ({
          name: inWords(name),
          values: values.map((seconds, index) => averageOf(seconds, counts[index])),
        }))
  return (
    <Chart
      title="Where the time goes, by stage"
      asked={[asked, requests]}
      note="Average of a request. Stages that ran beside each other add up to more than the request took."
      model={{
        steps: stepsOfAnswer(asked.data),
        stepMs: stepOf(asked.data),
        unit: 'seconds',
        kind: 'area',
        lines,
      }}
    />
  )
}

function averageOf(seconds: Value, count: Value | undefined): Value {
  return seconds === null || count === null || count === undefined || count === 0 ? null : seconds / count
}

function ErrorsChart(): ReactElement {
  const { range, service } = useView()
  const asked = useSeries(range, service, { metric: 'rag_errors_total', by: ['error_type'] })
  const requests = useSeries(range, service, { metric: 'rag_requests_total' })
  const lines =
    asked.data === undefined
      ? []
      : topLines(
          linesOf(asked.data, 'error_type', ({ value }) => value).map(({ name, values }) => ({
            name: inWords(name),
            values,
          })),
          ERROR_LINES_MAX,
          asked.data.omitted,
        )
  const hasRequests = (sum(totalOf(requests.data, ({ value }) => value)) ?? 0) > 0
  return (
    <Chart
      title="Errors by type"
      asked={[asked, requests]}
      empty={hasRequests ? 'There were requests, and none of them failed.' : undefined}
      model={{
        steps: stepsOfAnswer(asked.data),
        stepMs: stepOf(asked.data),
        unit: 'count',
        kind: 'bar',
        lines,
      }}
    />
  )
}

function toneOf(status: string): { tone?: Tone } {
  const tone = STATUS_TONES[status]
  return tone === undefined ? {} : { tone }
}

function previousLine(name: string, values: readonly Value[]): ChartLine {
  return { name, values, isPrevious: true, tone: 'neutral' }
}

function stepsOfAnswer(data: SeriesAnswer | undefined): number[] {
  return data === undefined ? [] : stepsOf(data)
}

function stepOf(data: SeriesAnswer | undefined): number {
  return (data?.step_seconds ?? 60) * 1000
}
