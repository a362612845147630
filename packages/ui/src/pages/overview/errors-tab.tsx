import type { ReactElement } from 'react'
import { SeriesChart } from '../../components/series-chart.tsx'
import type { Tone } from '../../components/chart/palette.ts'

const TONES: Readonly<Record<string, Tone>> = {
  success: 'good',
  error: 'bad',
  timeout: 'warn',
  cancelled: 'neutral',
}
const NO_ERRORS = 'Nothing failed in this range.'

export function ErrorsTab(): ReactElement {
  return (
    <>
      <SeriesChart
        title="Requests by status"
        metric="rag_requests_total"
        unit="count"
        by="status"
        kind="bar"
        tones={TONES}
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
        title="Errors by type"
        metric="rag_errors_total"
        unit="count"
        by="error_type"
        kind="bar"
        empty={NO_ERRORS}
      />
      <SeriesChart
        title="Model calls by status"
        metric="rag_llm_requests_total"
        unit="count"
        by="status"
        kind="bar"
        tones={TONES}
      />
      <SeriesChart
        title="Calls to dependencies by status"
        metric="rag_dependency_requests_total"
        unit="count"
        by="status"
        kind="bar"
        tones={TONES}
        empty="No application measures its dependencies."
      />
      <SeriesChart
        title="Feedback"
        metric="rag_feedback_total"
        unit="count"
        by="rating"
        kind="bar"
        tones={{ positive: 'good', negative: 'bad' }}
        empty="No feedback was sent."
      />
    </>
  )
}
