/** Delivery over time: which traces were kept, and what was dropped on the way. */
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import { SeriesChart } from '../../components/series-chart.tsx'

export function DeliveryCharts(): ReactElement {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
      <SeriesChart
        title="Traces by sampling decision"
        unit="count"
        metric="rag_traces_total"
        by="decision"
        kind="bar"
        empty="Clients with the SDK say which traces they kept."
      />
      <SeriesChart
        title="Telemetry dropped, by reason"
        unit="count"
        metric="rag_telemetry_dropped_total"
        by="reason"
        kind="bar"
        empty="Nothing was dropped in this range."
      />
    </SimpleGrid>
  )
}
