import type { ReactElement } from 'react'
import { useLedger, useSeries } from '../../api/queries.ts'
import type { LedgerAnswer, SeriesAnswer } from '../../api/queries.ts'
import { BarList } from '../../components/bar-list.tsx'
import type { Bar } from '../../components/bar-list.tsx'
import { QuantileChart, SeriesChart } from '../../components/series-chart.tsx'
import { formatValue } from '../../lib/format.ts'
import { NOT_STATED } from '../../lib/series.ts'
import { useView } from '../../lib/view.ts'

const ROWS_MAX = 10

export function LlmTab(): ReactElement {
  return (
    <>
      <SeriesChart
        title="Cost by model"
        metric="rag_llm_cost_usd_total"
        unit="usd"
        by="model"
        kind="bar"
        note="Of the calls whose price is known."
      />
      <SeriesChart
        title="Calls without a known price"
        metric="rag_llm_unpriced_requests_total"
        unit="count"
        by="model"
        kind="bar"
        empty="Every call has a price."
      />
      <SeriesChart
        title="Tokens"
        metric="rag_llm_tokens_total"
        unit="per-second"
        by="token_type"
        show="rate"
        kind="area"
      />
      <SeriesChart
        title="Tokens by model"
        metric="rag_llm_tokens_total"
        unit="per-second"
        by="model"
        show="rate"
        kind="area"
      />
      <QuantileChart
        title="Cost per request"
        metric="rag_request_cost_usd"
        unit="usd"
        quantiles={[0.5, 0.95]}
        compared={0.95}
        note="Of the requests whose cost is known."
      />
      <OrgsByCost />
      <RequestsByIntentAndModel />
      <SeriesChart
        title="Model calls"
        metric="rag_llm_requests_total"
        unit="per-second"
        by="model"
        show="rate"
        kind="area"
      />
      <SeriesChart
        title="Rate limit remaining"
        metric="rag_llm_rate_limit_remaining"
        unit="count"
        by="limit"
        empty="No application stated its rate limits."
      />
    </>
  )
}

function OrgsByCost(): ReactElement {
  const { range, service } = useView()
  const asked = useLedger(range, { group: ['org'], service, limit: ROWS_MAX })
  return (
    <BarList
      title="Organisations by cost"
      subtitle="US dollars, whole UTC days of the range"
      bars={orgBars(asked.data)}
      unit="usd"
      asked={asked}
    />
  )
}

function orgBars(data: LedgerAnswer | undefined): Bar[] {
  if (data === undefined) return []
  const rows = data.rows.map(({ key, ...sums }) => ({
    name: key['org'] === undefined || key['org'] === '' ? NOT_STATED : key['org'],
    value: sums.llm_cost_usd + (sums.docstore_cost_usd ?? 0),
    detail: `${formatValue(sums.requests, 'count')} requests, ${formatValue(sums.unpriced, 'count')} calls unpriced`,
  }))
  const { others } = data
  if (others === null) return rows
  const value = others.llm_cost_usd + (others.docstore_cost_usd ?? 0)
  return [...rows, { name: 'all others', value, isOthers: true }]
}

function RequestsByIntentAndModel(): ReactElement {
  const { range, service } = useView()
  const asked = useSeries(range, service, {
    metric: 'rag_requests_total',
    by: ['intent', 'model'],
    limit: 100,
  })
  return (
    <BarList
      title="Requests by intent and model"
      subtitle="requests in the range"
      bars={intentBars(asked.data)}
      unit="count"
      asked={asked}
      note={
        asked.data !== undefined && asked.data.omitted > 0
          ? `${asked.data.omitted} more are left out.`
          : undefined
      }
    />
  )
}

function intentBars(data: SeriesAnswer | undefined): Bar[] {
  const rows = (data?.series ?? [])
    .map(({ labels, points }) => ({
      name: [labels['intent'], labels['model']]
        .map((part) => (part === undefined || part === '' ? NOT_STATED : part))
        .join(' · '),
      value: points.reduce((total, { value }) => total + (value ?? 0), 0),
    }))
    .toSorted((left, right) => right.value - left.value)
  const rest = rows.slice(ROWS_MAX)
  if (rest.length === 0) return rows
  const value = rest.reduce((total, row) => total + row.value, 0)
  return [...rows.slice(0, ROWS_MAX), { name: `${rest.length} others`, value, isOthers: true }]
}
