/** What the numbers at the top are made of, from what the daemon says of a range. */
import type { StatsAnswer } from '../../api/queries.ts'
import type { FigureProps } from '../../components/figure.tsx'
import { formatLength } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import type { TimeRange } from '../../lib/time-range.ts'

/** Below that a p99 is the slowest request, or nearly. */
const REQUESTS_FOR_P99 = 100
const ERROR_RATIO_ALARM = 0.05
const MINUTE_MS = 60_000

export type FigureContent = Omit<FigureProps, 'isPending' | 'before'>
type Range = Pick<TimeRange, 'from' | 'to'>

/**
 * How much of a range was measured: what was before the first request is not known, and the last step is not over.
 * @param since first request of all; null if there never was one
 */
export function measuredMs({ from, to }: Range, since: number | null | undefined, now: number): number {
  return Math.max(MINUTE_MS, Math.min(to, now) - Math.max(from, since ?? from))
}

/** Nothing is compared with a period of which a part is not known. */
export function isKnown({ from }: Range, since: number | null | undefined): boolean {
  return since !== null && since !== undefined && since <= from
}

export function trafficFigures(stats: StatsAnswer | undefined, range: Range, now: number): FigureContent[] {
  const requests = stats?.requests ?? 0
  const since = stats?.measured_since
  const lengthMs = measuredMs(range, since, now)
  const part = isKnown(range, since) ? '' : ` · ${formatLength(lengthMs)} measured`
  const errorRatio = requests === 0 ? null : (stats?.errors ?? 0) / requests
  return [
    {
      title: 'Requests',
      value: requests === 0 ? null : (requests * 1000) / lengthMs,
      unit: 'rate',
      detail: requests === 0 ? undefined : `${formatValue(requests, 'count')} in the range${part}`,
      help: 'All requests of the range, sampled or not, on average: over the time since the first one, if that is within the range.',
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
    latencyFigure(stats),
    emptyFigure(stats),
  ]
}

function latencyFigure(stats: StatsAnswer | undefined): FigureContent {
  const requests = stats?.requests ?? 0
  const latency = stats?.latency
  const few = requests > 0 && requests < REQUESTS_FOR_P99 ? `only ${requests} requests · ` : ''
  return {
    title: 'Latency p95',
    value: latency?.p95 ?? null,
    unit: 'seconds',
    moreIs: 'bad',
    detail:
      latency?.p50 === null || latency === undefined
        ? undefined
        : `${few}p50 ${formatValue(latency.p50, 'seconds')} · p99 ${formatValue(latency.p99, 'seconds')}`,
    help: 'End to end. Within 1.1 % of the exact value. Percentiles of few requests say little.',
  }
}

function emptyFigure(stats: StatsAnswer | undefined): FigureContent {
  const answered = stats === undefined ? 0 : stats.retrieval.retrievals - stats.retrieval.failed
  return {
    title: 'Empty retrievals',
    value: stats?.retrieval.empty_rate ?? null,
    unit: 'ratio',
    moreIs: 'bad',
    detail:
      answered === 0
        ? undefined
        : `${formatValue(stats?.retrieval.empty, 'count')} of ${formatValue(answered, 'count')} retrievals`,
    help: 'Retrievals that found no document at all, of those that did not fail.',
  }
}

export function tokenFigure(stats: StatsAnswer | undefined): FigureContent {
  const { input = null, output = null } = stats?.tokens ?? {}
  const isUnknown = input === null && output === null
  return {
    title: 'Tokens',
    value: isUnknown ? null : (input ?? 0) + (output ?? 0),
    unit: 'tokens',
    isLowerBound: input === null || output === null,
    detail: isUnknown
      ? undefined
      : `${formatValue(input, 'tokens')} in · ${formatValue(output, 'tokens')} out`,
    help: 'Tokens of the model calls of the range that state them: input and output.',
  }
}

/** The same amount as on Costs and in the ledger, over the range instead of whole days. */
export function costFigure(stats: StatsAnswer | undefined): FigureContent {
  const usd = stats?.cost.usd ?? null
  const unpriced = stats?.cost.unpriced_calls ?? 0
  const isLowerBound = unpriced > 0
  const calls = unpriced === 0 ? [] : [`${formatValue(unpriced, 'count')} calls unpriced`]
  const known = usd === null ? [] : [`${isLowerBound ? '≥ ' : ''}${formatValue(usd, 'usd')} in the range`]
  const details = [...known, ...calls]
  return {
    title: 'Cost per request',
    value: usd === null || stats === undefined || stats.requests === 0 ? null : usd / stats.requests,
    unit: 'usd',
    isLowerBound,
    moreIs: 'bad',
    detail: details.length === 0 ? undefined : details.join(' · '),
    help: 'What is known of model calls and document store, divided by all requests. With calls that have no known price it is a lower bound.',
  }
}
