import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { BarList } from '../../components/bar-list.tsx'
import { HeatChart, QuantileChart, RatioChart, SeriesChart } from '../../components/series-chart.tsx'
import { formatValue } from '../../lib/format.ts'
import { heatOf } from '../../lib/series.ts'
import { useView } from '../../lib/view.ts'

const SCORES = 'rag_retrieval_score'

export function RetrievalTab(): ReactElement {
  return (
    <>
      <HeatChart
        title="Scores of documents over time"
        metric={SCORES}
        unit="score"
        height={240}
        note="Counts documents, not requests. Scores that no scale was given for are not shown."
      />
      <ScoreHistogram />
      <RatioChart
        title="Empty retrievals"
        metric="rag_retrievals_total"
        unit="ratio"
        label="outcome"
        part="empty"
        name="empty"
      />
      <SeriesChart
        title="Documents returned"
        metric="rag_retrieval_documents"
        unit="documents"
        by="retriever"
        show="average"
        note="Average of a retrieval, by retriever."
      />
      <QuantileChart
        title="Best score of a retrieval"
        metric="rag_retrieval_top_score"
        unit="score"
        quantiles={[0.5, 0.05]}
      />
      <SeriesChart
        title="Best score minus worst"
        metric="rag_retrieval_score_margin"
        unit="score"
        show="average"
        note="A small margin: the retriever cannot tell the documents apart."
      />
      <SeriesChart
        title="Documents that went into the prompt"
        metric="rag_retrieval_documents_used"
        unit="documents"
        show="average"
        empty="No application stated which documents it used."
      />
      <QuantileChart
        title="Answer quality"
        metric="rag_quality_score"
        unit="score"
        quantiles={[0.5]}
        by="metric"
        empty="No quality score was sent."
        note="Median by kind of score."
      />
    </>
  )
}

function ScoreHistogram(): ReactElement {
  const { range, service } = useView()
  const asked = useSeries(range, service, { metric: SCORES, hasBuckets: true })
  const { bounds, columns } = heatOf(asked.data)
  const bars = bounds.map((bound, row) => ({
    name: bound === null ? 'more' : `≤ ${formatValue(bound, 'score')}`,
    value: columns.reduce((total, column) => total + (column?.[row] ?? 0), 0),
  }))
  return (
    <BarList
      title="Scores of documents"
      subtitle="documents by score, 0 to 1, in the range"
      bars={bars}
      unit="count"
      asked={asked}
      isDistribution
    />
  )
}
