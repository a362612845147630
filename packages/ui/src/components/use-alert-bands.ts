/** When alerts fired, as bands of the charts of a page. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { alertsQuery, useAlertHistory } from '../api/alerts.ts'
import { useClock } from '../lib/clock.tsx'
import { firingIntervals } from '../lib/intervals.ts'
import { useView } from '../lib/view.ts'
import type { ChartBand } from './chart/model.ts'

/** The latest. More would hide the chart. */
const BANDS_MAX = 12

/** The same for every chart of a page: asked once. Those of other services are left out, and those nobody has to act on. */
export function useAlertBands(): readonly ChartBand[] {
  const { range, service } = useView()
  const { now } = useClock()
  const { data: changes } = useAlertHistory({ from: range.from, to: range.to })
  const { data: current } = useQuery(alertsQuery)
  return useMemo(() => {
    const active = (current?.alerts ?? []).filter(({ severity }) => severity !== 'none')
    return firingIntervals(changes ?? [], active, range, now)
      .filter(({ name, labels }) => name !== 'RagWatchdog' && isOf(labels['service'], service))
      .slice(0, BANDS_MAX)
      .map(({ name, labels, from, to }) => ({ from, to, label: bandLabel(name, labels['service']) }))
  }, [changes, current, range, now, service])
}

function isOf(given: string | undefined, service: string | undefined): boolean {
  return service === undefined || given === undefined || given === service
}

function bandLabel(name: string, service: string | undefined): string {
  return service === undefined ? name : `${name} (${service.slice(0, 40)})`
}
