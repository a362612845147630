import type { ReactElement } from 'react'
import { HeatChart, QuantileChart, SeriesChart } from '../../components/series-chart.tsx'

export function LatencyTab(): ReactElement {
  return (
    <>
      <Percentiles />
      <Rates />
    </>
  )
}

function Percentiles(): ReactElement {
  return (
    <>
      <HeatChart
        title="Latency distribution"
        metric="rag_request_duration_seconds"
        unit="seconds"
        height={240}
      />
      <QuantileChart
        title="p95 by stage"
        metric="rag_stage_duration_seconds"
        unit="seconds"
        quantiles={[0.95]}
        by="stage"
        height={240}
      />
      <QuantileChart
        title="p95 by service"
        metric="rag_request_duration_seconds"
        unit="seconds"
        quantiles={[0.95]}
        by="service"
      />
      <QuantileChart
        title="p95 by operation"
        metric="rag_request_duration_seconds"
        unit="seconds"
        quantiles={[0.95]}
        by="operation"
      />
      <QuantileChart
        title="p95 of model calls by provider"
        metric="rag_llm_request_duration_seconds"
        unit="seconds"
        quantiles={[0.95]}
        by="provider"
      />
      <QuantileChart
        title="p50 of model calls by provider"
        metric="rag_llm_request_duration_seconds"
        unit="seconds"
        quantiles={[0.5]}
        by="provider"
      />
      <QuantileChart
        title="Time to first token"
        metric="rag_llm_time_to_first_token_seconds"
        unit="seconds"
        quantiles={[0.5, 0.95]}
        compared={0.95}
        empty="No streamed model call stated when its first token came."
      />
    </>
  )
}

function Rates(): ReactElement {
  return (
    <>
      <SeriesChart
        title="Requests by service"
        metric="rag_requests_total"
        unit="per-second"
        by="service"
        show="rate"
        kind="area"
      />
      <SeriesChart
        title="Requests by intent"
        metric="rag_requests_total"
        unit="per-second"
        by="intent"
        show="rate"
        kind="area"
      />
      <SeriesChart
        title="Requests by operation"
        metric="rag_requests_total"
        unit="per-second"
        by="operation"
        show="rate"
        kind="area"
      />
      <SeriesChart
        title="HTTP requests by route"
        metric="rag_http_requests_total"
        unit="per-second"
        by="route"
        show="rate"
        kind="area"
        empty="No application measures its HTTP routes."
      />
    </>
  )
}
