/** Retrieval over time, and each retriever beside the others. Exact over all requests. */
import { Paper, SimpleGrid, Stack } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { HeatChart, SeriesChart } from '../../components/series-chart.tsx'
import { stepsOf, totalOf } from '../../lib/series.ts'
import type { Point } from '../../lib/series.ts'
import { useView } from '../../lib/view.ts'
import { emptyLines, returnedWhereFound } from './health-numbers.ts'
import { METRICS } from './metrics.ts'
import { useRetrievalState } from './retrieval-state.ts'
import { RetrieverTable } from './retriever-table.tsx'

const LINES_MAX = 8
const SCORE_NOTE = 'Average. Only scores from 0 to 1 are measured: others have no scale.'

export function HealthTab(): ReactElement {
  const { retriever } = useRetrievalState()
  const labels = retriever === undefined ? {} : { retriever }
  const { range, service } = useView()
  const { data } = useSeries(range, service, {
    metric: METRICS.retrievals,
    by: ['retriever', 'outcome'],
    labels,
  })
  if (data?.series.length === 0) return <Nothing />
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
        <EmptyChart labels={labels} />
        <SeriesChart
          title="Best score by retriever"
          metric={METRICS.topScore}
          unit="score"
          by="retriever"
          show="average"
          labels={labels}
          note={SCORE_NOTE}
          empty="No retrieval sent scores from 0 to 1."
        />
        <DocumentsChart labels={labels} />
        <SeriesChart
          title="Score margin by retriever"
          metric={METRICS.margin}
          unit="score"
          by="retriever"
          show="average"
          labels={labels}
          note="Best score minus the last one returned, on average. Near 0 the retriever cannot tell the documents apart."
          empty="No retrieval sent scores from 0 to 1."
        />
        <SeriesChart
          title="Rerank displacement"
          metric={METRICS.displacement}
          unit="ranks"
          show="average"
          name="ranks moved"
          note={`Ranks that the reranker moved the documents it kept, on average${retriever === undefined ? '' : '; of all retrievers'}.`}
          empty="No rerank was measured."
        />
        <HeatChart
          title="Spread of the best score"
          metric={METRICS.topScore}
          unit="score"
          labels={labels}
          note="Retrievals by their best score."
          empty="No retrieval sent scores from 0 to 1."
        />
      </SimpleGrid>
      <RetrieverTable />
    </Stack>
  )
}

function Nothing(): ReactElement {
  return (
    <Paper>
      <EmptyState title="No retrieval in this range">
        Choose a longer range, another service or another retriever. An application records its retrievals
        with trace.retrieval of the SDK, or sends a retrieval with each trace.
      </EmptyState>
    </Paper>
  )
}

interface LabelsProps {
  labels: Readonly<Record<string, string>>
}

function EmptyChart({ labels }: LabelsProps): ReactElement {
  const { range, service } = useView()
  const asked = useSeries(range, service, {
    metric: METRICS.retrievals,
    by: ['retriever', 'outcome'],
    labels,
  })
  const { data } = asked
  return (
    <Chart
      title="Empty retrievals by retriever"
      asked={[asked]}
      model={{
        steps: data === undefined ? [] : stepsOf(data),
        stepMs: (data?.step_seconds ?? 60) * 1000,
        unit: 'ratio',
        kind: 'line',
        lines: data === undefined ? [] : emptyLines(data).slice(0, LINES_MAX),
      }}
      note="Of the retrievals that did not fail."
    />
  )
}

function DocumentsChart({ labels }: LabelsProps): ReactElement {
  const { range, service } = useView()
  const returned = useSeries(range, service, { metric: METRICS.returned, labels })
  const used = useSeries(range, service, { metric: METRICS.used, labels })
  const outcomes = useSeries(range, service, { metric: METRICS.retrievals, by: ['outcome'], labels })
  const { data } = returned
  const lines = [
    { name: 'returned', values: returnedWhereFound(returned.data, outcomes.data) },
    { name: 'in the prompt', values: totalOf(used.data, average) },
  ]
  return (
    <Chart
      title="Documents returned and in the prompt"
      asked={[returned, used, outcomes]}
      model={{
        steps: data === undefined ? [] : stepsOf(data),
        stepMs: (data?.step_seconds ?? 60) * 1000,
        unit: 'documents',
        kind: 'line',
        lines: lines.filter(({ values }) => values.some((value) => value !== null)),
      }}
      note="Average of the retrievals that found any. What was in the prompt is known where the application states it."
    />
  )
}

function average({ count, sum }: Point): number | undefined {
  return count === undefined || count === 0 || sum === undefined ? undefined : sum / count
}
