import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { BarList } from '../../components/bar-list.tsx'
import { HeatChart, QuantileChart, RatioChart, SeriesChart } from '../../components/series-chart.tsx'
import { formatValue } from '../../lib/format.ts'
import { heatOf } from '../../lib/series.ts'
import { useView } from '../../lib/view.ts'

const SCORES = 'rag_retrieval_score'
const NO_QUALITY = 'No quality score was sent.'

export function RetrievalTab(): ReactElement {
  return (
    <>
      <Found />
      <WhatCameOfIt />
    </>
  )
}

function Found(): ReactElement {
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
        part={['empty']}
        name="empty"
      />
      <HeatChart title="Documents returned" metric="rag_retrieval_documents" unit="documents" />
      <SeriesChart
        title="Documents of a retrieval, on average"
        metric="rag_retrieval_documents"
        unit="documents"
        by="retriever"
        show="average"
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
    </>
  )
}

function WhatCameOfIt(): ReactElement {
  return (
    <>
      <SeriesChart
        title="Documents that went into the prompt"
        metric="rag_retrieval_documents_used"
        unit="documents"
        show="average"
        note="Average of a retrieval."
        empty="No application stated which documents it used."
      />
      <SeriesChart
        title="Ranks moved by reranking"
        metric="rag_rerank_displacement_ranks"
        unit="ranks"
        show="average"
        note="Average of the documents kept. Near zero, the reranker changes nothing."
        empty="Nothing was reranked."
      />
      <QuantileChart
        title="Answer quality, p50"
        metric="rag_quality_score"
        unit="score"
        quantiles={[0.5]}
        by="metric"
        empty={NO_QUALITY}
      />
      <QuantileChart
        title="Answer quality, p5"
        metric="rag_quality_score"
        unit="score"
        quantiles={[0.05]}
        by="metric"
        empty={NO_QUALITY}
        note="One answer in twenty is worse."
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
