/** When a release was first seen: the revision that applications state about themselves. */
import { useSeries } from '../../api/queries.ts'
import type { ChartMarker } from '../../components/chart/model.ts'
import type { TimeRange } from '../../lib/time-range.ts'

/** More would hide the chart. */
const MARKERS_MAX = 8

export function useReleases(range: TimeRange, service: string | undefined): readonly ChartMarker[] {
  const { data } = useSeries(range, service, { metric: 'rag_build_info', by: ['revision'] })
  if (data === undefined) return []
  return data.series
    .flatMap(({ labels, points }) => {
      const at = points[0]?.at
      const label = labels['revision'] ?? ''
      // What was there from the start came before the range.
      return at === undefined || label === '' || at <= range.from ? [] : [{ at, label: label.slice(0, 24) }]
    })
    .slice(0, MARKERS_MAX)
}
