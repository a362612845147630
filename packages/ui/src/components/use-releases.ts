/** When a release was first seen: the revision that applications state about themselves. */
import { useMemo } from 'react'
import { useSeries } from '../api/queries.ts'
import { releaseMarkers } from '../lib/release-markers.ts'
import { useView } from '../lib/view.ts'
import type { ChartMarker } from './chart/model.ts'

/** Revisions of services: as many as the daemon answers. */
const REVISIONS_MAX = 500

/** The same for every chart of a page: asked once. */
export function useReleases(): readonly ChartMarker[] {
  const { range, service } = useView()
  const { data } = useSeries(range, service, {
    metric: 'rag_build_info',
    by: ['service', 'revision'],
    limit: REVISIONS_MAX,
  })
  return useMemo(() => releaseMarkers(data), [data])
}
