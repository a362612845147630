/** What failed, by type: how often, where, since when and until when. */
import type { SeriesAnswer } from '../../api/queries.ts'
import { stepsOf } from '../../lib/series.ts'

type Answer = Pick<SeriesAnswer, 'from' | 'to' | 'step_seconds' | 'series'>

export interface Place {
  stage: string
  service: string
  count: number
}

export interface ErrorRow {
  type: string
  count: number
  /** Of all requests in the range; null without requests. */
  share: number | null
  /** One for each step of the range. */
  trend: readonly number[]
  /** Where, the most frequent first. */
  places: readonly Place[]
}

/** A moment that is known as well as the data behind it: it lies within `precisionMs` after `at`. */
export interface Seen {
  at: number
  precisionMs: number
}

/** @param errors by error_type, stage and service @param requests in the range @returns the most frequent first */
export function errorRows(errors: Answer, requests: number): ErrorRow[] {
  const steps = new Map(stepsOf(errors).map((at, index) => [at, index]))
  const rows = new Map<string, { count: number; trend: number[]; places: Place[] }>()
  for (const { labels, points } of errors.series) {
    const type = labels['error_type'] ?? ''
    const row = rows.get(type) ?? { count: 0, trend: new Array<number>(steps.size).fill(0), places: [] }
    rows.set(type, row)
    let count = 0
    for (const { at, value = 0 } of points) {
      count += value
      const step = steps.get(at)
      if (step !== undefined) row.trend[step] = (row.trend[step] ?? 0) + value
    }
    if (count === 0) continue
    row.count += count
    row.places.push({ stage: labels['stage'] ?? '', service: labels['service'] ?? '', count })
  }
  return Array.from(rows, ([type, { count, trend, places }]) => ({
    type,
    count,
    share: requests > 0 ? count / requests : null,
    trend,
    places: places.sort((left, right) => right.count - left.count),
  }))
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count)
}

/** Sum of all points. */
export function totalOfSeries({ series }: Pick<Answer, 'series'>): number {
  return series.reduce(
    (sum, { points }) => sum + points.reduce((inner, { value = 0 }) => inner + value, 0),
    0,
  )
}

/** The first and the last moment with a value, by value of a label. */
export interface SeenSpan {
  first: Seen
  last: Seen
}

/**
 * Days reach back for years and minutes for hours: each answer makes what the one before says more precise, as far as
 * it reaches.
 * @param answers the coarsest first
 */
export function seenByType(answers: readonly Answer[]): Map<string, SeenSpan> {
  const spans = new Map<string, SeenSpan>()
  for (const { series, step_seconds: seconds } of answers) {
    const precisionMs = seconds * 1000
    for (const { labels, points } of series) {
      const type = labels['error_type'] ?? ''
      const moments = points.filter(({ value = 0 }) => value > 0).map(({ at }) => at)
      const [first, last] = [moments[0], moments.at(-1)]
      if (first === undefined || last === undefined) continue
      const known = spans.get(type)
      if (known === undefined) {
        spans.set(type, { first: { at: first, precisionMs }, last: { at: last, precisionMs } })
        continue
      }
      if (isWithin(first, known.first)) known.first = { at: first, precisionMs }
      // The newest may have come after the coarser question was answered.
      if (last >= known.last.at) known.last = { at: last, precisionMs }
    }
  }
  return spans
}

function isWithin(at: number, { at: start, precisionMs }: Seen): boolean {
  return at >= start && at < start + precisionMs
}
