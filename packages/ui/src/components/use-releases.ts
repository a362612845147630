/** When a release was first seen: the revision that applications state about themselves. */
import { useMemo } from 'react'
import { useSeries } from '../api/queries.ts'
import { useView } from '../lib/view.ts'
import type { ChartMarker } from './chart/model.ts'

/** The latest. More would hide the chart. */
const MARKERS_MAX = 8

/** The same for every chart of a page: asked once. */
export function useReleases(): readonly ChartMarker[] {
  const { range, service } = useView()
  const { data } = useSeries(range, service, { metric: 'rag_build_info', by: ['revision'] })
  return useMemo(() => {
    const markers = (data?.series ?? []).flatMap(({ labels, points }) => {
      const at = points[0]?.at
      const label = labels['revision'] ?? ''
      // What was there from the start came before the range.
      return at === undefined || label === '' || at <= range.from ? [] : [{ at, label: label.slice(0, 24) }]
    })
    return markers.toSorted((left, right) => right.at - left.at).slice(0, MARKERS_MAX)
  }, [data, range.from])
}
