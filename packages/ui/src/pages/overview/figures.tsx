/** The eight numbers at the top. */
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries, useStats } from '../../api/queries.ts'
import type { SeriesAnswer, StatsAnswer } from '../../api/queries.ts'
import { Figure } from '../../components/figure.tsx'
import type { FigureProps } from '../../components/figure.tsx'
import { formatValue } from '../../lib/format.ts'
import { linesOf, sum, totalOf } from '../../lib/series.ts'
import { DAY_MS } from '../../lib/time-range.ts'
import type { TimeRange } from '../../lib/time-range.ts'
import { useView } from '../../lib/view.ts'

/** Below that a p99 is the slowest request, or nearly. */
const REQUESTS_FOR_P99 = 100
const ERROR_RATIO_ALARM = 0.05

interface Numbers {
  stats: StatsAnswer | undefined
  cost: SeriesAnswer | undefined
  cache: SeriesAnswer | undefined
}

/** The range as far as it has gone by: the last step is not over. */
function elapsedMs({ from, to }: TimeRange): number {
  return Math.max(60_000, Math.min(to, Date.now()) - from)
}

export function Figures(): ReactElement {
  const { range, previous, isCompared, service } = useView()
  const stats = useStats(range, service)
  const now = useNumbers(range, service, stats.data)
  const beforeStats = useStats(previous, service, isCompared)
  const before = useNumbers(previous, service, isCompared ? beforeStats.data : undefined, isCompared)
  const figures = figuresOf(now, elapsedMs(range))
  const earlier = figuresOf(before, previous.to - previous.from)
  return (
    <SimpleGrid cols={{ base: 2, sm: 4, xl: 8 }} spacing="sm">
      {figures.map((figure, index) => (
        <Figure
          key={figure.title}
          {...figure}
          isPending={stats.isPending}
          before={isCompared ? earlier[index]?.value : undefined}
        />
      ))}
      <InFlight />
    </SimpleGrid>
  )
}

function useNumbers(
  range: TimeRange,
  service: string | undefined,
  stats: StatsAnswer | undefined,
  isEnabled = true,
): Numbers {
  const cost = useSeries(range, service, { metric: 'rag_request_cost_usd' }, isEnabled).data
  const cache = useSeries(
    range,
    service,
    { metric: 'rag_cache_requests_total', by: ['result'] },
    isEnabled,
  ).data
  return { stats, cost, cache }
}

type FigureContent = Omit<FigureProps, 'isPending' | 'before'>

function figuresOf({ stats, cost, cache }: Numbers, rangeMs: number): FigureContent[] {
  return [...trafficFigures(stats, rangeMs), ...costFigures(stats, cost, cache, rangeMs)]
}

function trafficFigures(stats: StatsAnswer | undefined, rangeMs: number): FigureContent[] {
  const requests = stats?.requests ?? 0
  const errorRatio = requests === 0 ? null : (stats?.errors ?? 0) / requests
  const latency = stats?.latency
  const few = requests > 0 && requests < REQUESTS_FOR_P99 ? `only ${requests} requests · ` : ''
  return [
    {
      title: 'Requests',
      value: requests === 0 ? null : (requests * 1000) / rangeMs,
      unit: 'rate',
      detail: requests === 0 ? undefined : `${formatValue(requests, 'count')} in the range`,
      help: 'All requests of the range, sampled or not, on average.',
    },
    {
      title: 'Errors',
      value: errorRatio,
      unit: 'ratio',
      moreIs: 'bad',
      detail: errorRatio === null ? undefined : `${formatValue(stats?.errors, 'count')} failed or timed out`,
      help: 'Requests that failed or timed out, of all requests.',
      alarm: errorRatio !== null && errorRatio > ERROR_RATIO_ALARM ? 'above 5%' : undefined,
    },
    {
      title: 'Latency p95',
      value: latency?.p95 ?? null,
      unit: 'seconds',
      moreIs: 'bad',
      detail:
        latency?.p50 === null || latency === undefined
          ? undefined
          : `${few}p50 ${formatValue(latency.p50, 'seconds')} · p99 ${formatValue(latency.p99, 'seconds')}`,
      help: 'End to end. Within 1.1 % of the exact value. Percentiles of few requests say little.',
    },
    {
      title: 'Empty retrievals',
      value: stats?.retrieval.empty_rate ?? null,
      unit: 'ratio',
      moreIs: 'bad',
      detail:
        stats === undefined || stats.retrieval.retrievals === 0
          ? undefined
          : `${formatValue(stats.retrieval.empty, 'count')} of ${formatValue(stats.retrieval.retrievals, 'count')} retrievals`,
      help: 'Retrievals that found no document at all.',
    },
  ]
}

function costFigures(
  stats: StatsAnswer | undefined,
  cost: SeriesAnswer | undefined,
  cache: SeriesAnswer | undefined,
  rangeMs: number,
): FigureContent[] {
  const tokens =
    stats === undefined || stats.generation.calls === 0 ? null : stats.tokens.input + stats.tokens.output
  const priced = sum(totalOf(cost, ({ count }) => count))
  const spent = sum(totalOf(cost, (point) => point.sum))
  const unpriced = stats?.cost.unpriced_calls ?? 0
  const perDay = spent === null ? null : (spent * DAY_MS) / rangeMs
  const lookups = cache === undefined ? [] : linesOf(cache, 'result', ({ value }) => value)
  const hits = sum(lookups.filter(({ name }) => name === 'hit').flatMap(({ values }) => values)) ?? 0
  const all = sum(lookups.flatMap(({ values }) => values))
  return [
    {
      title: 'Tokens',
      value: tokens,
      unit: 'tokens',
      detail:
        tokens === null
          ? undefined
          : `${formatValue(stats?.tokens.input, 'tokens')} in · ${formatValue(stats?.tokens.output, 'tokens')} out`,
      help: 'Tokens of all model calls in the range: input and output.',
    },
    {
      title: 'Cost per request',
      value: priced === null || spent === null || priced === 0 ? null : spent / priced,
      unit: 'usd',
      moreIs: 'bad',
      detail:
        spent === null && unpriced === 0
          ? undefined
          : `${formatValue(perDay, 'usd')} a day${unpriced === 0 ? '' : ` · ${formatValue(unpriced, 'count')} unpriced`}`,
      help: 'Average over the requests whose cost is known. Calls without a known price are counted apart, never as 0.',
    },
    {
      title: 'Cache hits',
      value: all === null || all === 0 ? null : hits / all,
      unit: 'ratio',
      moreIs: 'good',
      detail:
        all === null ? undefined : `${formatValue(hits, 'count')} of ${formatValue(all, 'count')} look-ups`,
      help: 'Look-ups of all caches that hit.',
    },
  ]
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
