/** The eight numbers at the top. */
import { SimpleGrid, Text } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries, useStats } from '../../api/queries.ts'
import type { SeriesAnswer, StatsAnswer } from '../../api/queries.ts'
import { Figure } from '../../components/figure.tsx'
import { useClock } from '../../lib/clock.tsx'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import { linesOf, sum, totalOf } from '../../lib/series.ts'
import type { TimeRange } from '../../lib/time-range.ts'
import { useView } from '../../lib/view.ts'
import { costFigure, isKnown, tokenFigure, trafficFigures } from './figure-values.ts'
import type { FigureContent } from './figure-values.ts'

export function Figures(): ReactElement {
  const { range, previous, isCompared, service, zone } = useView()
  const stats = useStats(range, service)
  const before = useStats(previous, service, isCompared)
  const figures = useFigures(range, service, stats.data)
  const earlier = useFigures(previous, service, isCompared ? before.data : undefined, isCompared)
  const since = stats.data?.measured_since
  const isComparable = isCompared && isKnown(previous, since)
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4, xl: 8 }} spacing="sm">
        {figures.map((figure, index) => (
          <Figure
            key={figure.title}
            {...figure}
            isPending={stats.isPending}
            before={isComparable ? earlier[index]?.value : undefined}
          />
        ))}
        <InFlight />
      </SimpleGrid>
      {isCompared && !isComparable && typeof since === 'number' && (
        <Text size="xs" c="dimmed">
          {`Not compared with the period before: nothing was measured until ${formatMoment(since, zone)} ${zoneName(zone)}.`}
        </Text>
      )}
    </>
  )
}

function useFigures(
  range: TimeRange,
  service: string | undefined,
  stats: StatsAnswer | undefined,
  isEnabled = true,
): FigureContent[] {
  const { now } = useClock()
  const question = { metric: 'rag_cache_requests_total', by: ['result'] }
  const cache = useSeries(range, service, question, isEnabled).data
  return [...trafficFigures(stats, range, now), tokenFigure(stats), costFigure(stats), cacheFigure(cache)]
}

function cacheFigure(cache: SeriesAnswer | undefined): FigureContent {
  const lookups = cache === undefined ? [] : linesOf(cache, 'result', ({ value }) => value)
  const hits = sum(lookups.filter(({ name }) => name === 'hit').flatMap(({ values }) => values)) ?? 0
  const all = sum(lookups.flatMap(({ values }) => values))
  return {
    title: 'Cache hits',
    value: all === null || all === 0 ? null : hits / all,
    unit: 'ratio',
    moreIs: 'good',
    detail:
      all === null ? undefined : `${formatValue(hits, 'count')} of ${formatValue(all, 'count')} look-ups`,
    help: 'Look-ups of all caches that hit.',
  }
}

/** What is true now, whatever the range: the last step that has a value. */
function InFlight(): ReactElement {
  const { range, service } = useView()
  const flight = useSeries(range, service, { metric: 'rag_requests_in_flight' })
  const by = ['provider', 'model', 'limit']
  const remaining = useSeries(range, service, { metric: 'rag_llm_rate_limit_remaining', by })
  const most = useSeries(range, service, { metric: 'rag_llm_rate_limit_max', by })
  const value = totalOf(flight.data, (point) => point.value).findLast((step) => step !== null)
  const headroom = headroomOf(remaining.data, most.data)
  return (
    <Figure
      title="In flight"
      value={value}
      unit="count"
      isPending={flight.isPending}
      detail={headroom === null ? undefined : `rate limit: ${formatValue(headroom, 'ratio')} left`}
      help="Requests being processed at the end of the range, and the smallest share that is left of any rate limit of a model."
    />
  )
}

/** Of all limits the one that is closest to its end. */
function headroomOf(remaining: SeriesAnswer | undefined, most: SeriesAnswer | undefined): number | null {
  const maxima = new Map(
    most?.series.map(({ labels, points }) => [JSON.stringify(labels), points.at(-1)?.value]),
  )
  const shares = (remaining?.series ?? []).flatMap(({ labels, points }) => {
    const maximum = maxima.get(JSON.stringify(labels))
    const left = points.at(-1)?.value
    return maximum === undefined || maximum === 0 || left === undefined ? [] : [left / maximum]
  })
  return shares.length === 0 ? null : Math.min(...shares)
}
