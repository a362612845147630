import type { ReactElement } from 'react'
import { RatioChart, SeriesChart } from '../../components/series-chart.tsx'

const NOT_SENT = 'No application states this.'

export function StoresTab(): ReactElement {
  return (
    <>
      <Caches />
      <Stores />
    </>
  )
}

function Caches(): ReactElement {
  return (
    <>
      <RatioChart
        title="Cache hit ratio"
        metric="rag_cache_requests_total"
        unit="ratio"
        label="result"
        part={['hit']}
        name="hits of look-ups"
      />
      <RatioChart
        title="Cache hit ratio by cache"
        metric="rag_cache_requests_total"
        unit="ratio"
        label="result"
        part={['hit']}
        name="hits of look-ups"
        by="cache"
      />
      <SeriesChart
        title="Cache look-ups by cache"
        metric="rag_cache_requests_total"
        unit="count"
        by="cache"
        kind="bar"
      />
      <SeriesChart
        title="Cache entries"
        metric="rag_cache_entries"
        unit="count"
        by="cache"
        empty={NOT_SENT}
      />
    </>
  )
}

function Stores(): ReactElement {
  return (
    <>
      <SeriesChart
        title="Requests in flight"
        metric="rag_requests_in_flight"
        unit="count"
        name="in flight"
        note="Highest of each step."
      />
      <SeriesChart
        title="Dependencies that answer"
        metric="rag_dependency_up"
        unit="state"
        by="dependency"
        kind="state"
        height={160}
        empty={NOT_SENT}
        note="Down: no instance reached it in the step."
      />
      <SeriesChart
        title="Points in vector stores"
        metric="rag_vector_store_points"
        unit="count"
        by="collection"
        empty={NOT_SENT}
      />
      <SeriesChart
        title="Facts in memory"
        metric="rag_memory_facts"
        unit="count"
        by="fact_type"
        empty={NOT_SENT}
      />
      <SeriesChart
        title="Entities in graph stores"
        metric="rag_graph_store_entities"
        unit="count"
        by="store"
        empty={NOT_SENT}
      />
      <SeriesChart
        title="Relations in graph stores"
        metric="rag_graph_store_relations"
        unit="count"
        by="store"
        empty={NOT_SENT}
      />
    </>
  )
}
