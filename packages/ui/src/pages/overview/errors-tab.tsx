import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { BarList } from '../../components/bar-list.tsx'
import { inWords, RatioChart, SeriesChart } from '../../components/series-chart.tsx'
import { FAILED, STATUS_ORDER, STATUS_TONES } from '../../components/status-look.ts'
import { sum } from '../../lib/series.ts'
import { useView } from '../../lib/view.ts'

const NO_ERRORS = 'Nothing failed in this range.'

export function ErrorsTab(): ReactElement {
  return (
    <>
      <RatioChart
        title="Error ratio"
        metric="rag_requests_total"
        unit="ratio"
        label="status"
        part={FAILED}
        name="failed or timed out"
      />
      <ErrorBreakdown />
      <RatioChart
        title="Error ratio by service"
        metric="rag_requests_total"
        unit="ratio"
        label="status"
        part={FAILED}
        name="failed or timed out"
        by="service"
      />
      <SeriesChart
        title="Errors by stage"
        metric="rag_errors_total"
        unit="count"
        by="stage"
        kind="bar"
        empty={NO_ERRORS}
      />
      <SeriesChart
        title="Request outcomes"
        metric="rag_requests_total"
        unit="count"
        by="status"
        kind="bar"
        tones={STATUS_TONES}
        order={STATUS_ORDER}
      />
      <SeriesChart
        title="Model calls by status"
        metric="rag_llm_requests_total"
        unit="count"
        by="status"
        kind="bar"
        tones={STATUS_TONES}
        order={STATUS_ORDER}
      />
      <SeriesChart
        title="Calls to dependencies by status"
        metric="rag_dependency_requests_total"
        unit="count"
        by="status"
        kind="bar"
        tones={STATUS_TONES}
        order={STATUS_ORDER}
        empty="No application measures its dependencies."
      />
      <SeriesChart
        title="Feedback"
        metric="rag_feedback_total"
        unit="count"
        by="rating"
        kind="bar"
        tones={{ positive: 'good', neutral: 'neutral', negative: 'bad' }}
        order={['positive', 'neutral', 'negative']}
        empty="No feedback was sent."
      />
    </>
  )
}

function ErrorBreakdown(): ReactElement {
  const { range, service } = useView()
  const asked = useSeries(range, service, { metric: 'rag_errors_total', by: ['error_type'] })
  const bars = (asked.data?.series ?? []).map(({ labels, points }) => ({
    name: inWords(labels['error_type'] ?? ''),
    value: sum(points.map(({ value }) => value ?? null)) ?? 0,
  }))
  return (
    <BarList
      title="Error breakdown by type"
      subtitle="errors in the range"
      bars={bars}
      unit="count"
      asked={asked}
    />
  )
}
