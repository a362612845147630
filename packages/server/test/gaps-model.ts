/** What GET /api/v1/retrieval/gaps must answer, worked out over plain lists. */
import type { GapReason, GapsQuery } from '../src/store/retrieval-queries.ts'
import { GAP_REASONS } from '../src/store/retrieval-queries.ts'

/** One trace as a test sends it. */
export interface ModelTrace {
  id: string
  timestamp: number
  service: string
  environment: string | undefined
  retriever: string | undefined
  query: string | undefined
  question: string | undefined
  count: number | undefined
  score: number | undefined
  status: 'success' | 'error' | 'timeout' | 'cancelled'
  rating: 'positive' | 'negative' | undefined
  /** Rated negative after it was sent, by this name of it. */
  lateName: 'id' | 'trace_id' | 'request_id' | undefined
  /** A power of two: sums of weights are then exact in any order. */
  probability: number | undefined
}

export interface ModelGap {
  service: string
  query: string | undefined
  text: string | null
  bad: { traces: number; estimate: number }
  asked: { traces: number; estimate: number }
  reasons: Record<GapReason, number>
  last_seen: number
  trend: number[]
}

export interface ModelAnswer {
  read: { traces: number; estimate: number }
  gaps: ModelGap[]
  ungrouped: { traces: number; estimate: number }
}

const SCORES_MIN = 20

export function modelGaps(traces: readonly ModelTrace[], query: GapsQuery): ModelAnswer {
  const { filter, tracesMax, reason, steps } = query
  const read = traces
    .filter(
      ({ timestamp, service, environment, retriever }) =>
        timestamp >= filter.from &&
        timestamp < filter.to &&
        (filter.service === undefined || service === filter.service) &&
        (filter.environment === undefined || environment === filter.environment) &&
        (filter.retriever === undefined || retriever === filter.retriever),
    )
    .sort((left, right) => right.timestamp - left.timestamp)
    .slice(0, tracesMax)
  const low = lowScoreOf(read, query)
  const reasonsOf = (trace: ModelTrace): GapReason[] =>
    GAP_REASONS.filter((name) => isTrue(trace, name, low(trace)))
  const isBad = (trace: ModelTrace) => {
    const found = reasonsOf(trace)
    return reason === undefined ? found.length > 0 : found.includes(reason)
  }
  const bad = read.filter(isBad)
  const keyed = bad.filter(({ query: text, question }) => text !== undefined || question !== undefined)
  const keys = new Set(keyed.map(keyOf))
  const gaps = Array.from(keys, (key): ModelGap => {
    const asked = read.filter((trace) => keyOf(trace) === key)
    const mine = asked.filter(isBad)
    const trend = Array.from({ length: steps }, () => 0)
    for (const trace of mine) {
      const step = Math.floor(((trace.timestamp - filter.from) * steps) / (filter.to - filter.from))
      trend[step] = (trend[step] ?? 0) + weightOf(trace)
    }
    return {
      service: asked[0]?.service ?? '',
      query: asked[0]?.query,
      text: asked.find(({ question }) => question !== undefined)?.question ?? null,
      bad: sum(mine),
      asked: sum(asked),
      reasons: Object.fromEntries(
        GAP_REASONS.map((name) => [
          name,
          sum(mine.filter((trace) => reasonsOf(trace).includes(name))).estimate,
        ]),
      ) as Record<GapReason, number>,
      last_seen: Math.max(...mine.map(({ timestamp }) => timestamp)),
      trend,
    }
  })
  return {
    read: sum(read),
    gaps: gaps.sort(
      (left, right) => right.bad.estimate - left.bad.estimate || right.last_seen - left.last_seen,
    ),
    ungrouped: sum(bad.filter((trace) => !keyed.includes(trace))),
  }
}

function isTrue(trace: ModelTrace, reason: GapReason, below: number | undefined): boolean {
  switch (reason) {
    case 'empty':
      return trace.count === 0
    case 'low_score':
      return trace.score !== undefined && below !== undefined && trace.score < below
    case 'failed':
      return trace.status === 'error' || trace.status === 'timeout'
    case 'negative_feedback':
      return trace.rating === 'negative' || trace.lateName !== undefined
    default:
      return reason satisfies never
  }
}

/** The smallest score such that at least the share of the weight scores no higher. */
function lowScoreOf(
  read: readonly ModelTrace[],
  { lowScore }: GapsQuery,
): (trace: ModelTrace) => number | undefined {
  if ('below' in lowScore) return () => lowScore.below
  return ({ service, retriever }) => {
    const scored = read
      .filter(
        (trace) => trace.service === service && trace.retriever === retriever && trace.score !== undefined,
      )
      .sort((left, right) => (left.score ?? 0) - (right.score ?? 0))
    if (scored.length < SCORES_MIN) return undefined
    const whole = sum(scored).estimate
    let reached = 0
    for (const trace of scored) {
      reached += weightOf(trace)
      if (reached >= lowScore.quantile * whole) return trace.score
    }
    return undefined
  }
}

function keyOf({ service, query, question }: ModelTrace): string {
  return JSON.stringify(query === undefined ? [service, null, question] : [service, query])
}

function weightOf({ probability = 1 }: ModelTrace): number {
  return 1 / probability
}

function sum(traces: readonly ModelTrace[]): { traces: number; estimate: number } {
  return {
    traces: traces.length,
    estimate: traces.reduce((total, trace) => total + weightOf(trace), 0),
  }
}
