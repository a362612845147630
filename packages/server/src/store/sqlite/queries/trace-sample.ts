/** The newest traces that match a filter, for questions that are too expensive to ask of all of them. */
import { LIMITS } from '@ragmeter/core'
import type { Database } from '../../../lib/sqlite.ts'
import type { Basis } from '../../retrieval-queries.ts'
import { rangeOf, windowsBackwards } from './traces.ts'
import type { Condition } from './traces.ts'

/** Ratings that came after their request and are looked at, the newest first. */
const LATE_RATINGS_MAX = 10_000

/** Requests that a trace stands for. */
export const WEIGHT = '1.0 / coalesce(kept_probability, 1)'

export interface SampleBounds {
  from: number
  to: number
  tracesMax: number
  countMax: number
  deadline: number
}

/** Where a sample lies: the traces of [from, to), the newest of them first and at most `tracesMax`. */
export interface Sample extends Pick<Basis, 'matching' | 'matching_complete'> {
  from: number
  to: number
  /** Whether it has all that match. */
  isAll: boolean
}

/** Counting takes a tenth of the time that reading does: what is not read is counted all the same, within bounds. */
export function findSample(
  database: Database,
  condition: Condition,
  bounds: SampleBounds,
  clock: () => number,
): Sample {
  const { from: oldest, to: newest, tracesMax, countMax, deadline } = bounds
  const count = database.prepare(`SELECT count(*) AS count ${rangeOf(condition)}${condition.sql}`)
  let matching = 0
  let start: number | undefined
  let reached = newest
  for (const { from, to } of windowsBackwards(database, condition, { from: oldest, to: newest })) {
    if (clock() > deadline || matching >= countMax) break
    matching += Number(count.get(from, to, ...condition.values)?.['count'])
    reached = from
    if (start === undefined && matching >= tracesMax) start = from
  }
  const isWhole = reached <= oldest
  return {
    from: start ?? reached,
    to: newest,
    matching,
    matching_complete: isWhole,
    isAll: isWhole && matching <= tracesMax,
  }
}

/**
 * The traces that were rated negative after their request, by whatever name the rating gave them: id, trace id or
 * request id. UUIDs as the database writes them, in hex without dashes. JSON, for `json_each`.
 * @param from start of the oldest trace of interest
 */
export function lateNegatives(database: Database, from: number): string {
  // A rating may be older than the start of its request by as much as clocks may differ.
  const names = database
    .prepare(
      "SELECT trace FROM feedback WHERE at >= ? AND rating = 'negative' ORDER BY at DESC, event_id LIMIT ?",
    )
    .all(from - LIMITS.futureSkewMaxMs, LATE_RATINGS_MAX)
    .map((row) => String(row['trace']))
  const uuids = names.filter((name) => UUID.test(name)).map((name) => name.replaceAll('-', ''))
  return JSON.stringify([...names, ...uuids])
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a trace was rated negative, with it or later; `late` is a table of the names of `lateNegatives`. */
export const IS_NEGATIVE = `(coalesce(feedback = 'negative', 0)
  OR iif(typeof(id) = 'blob', lower(hex(id)), id) IN late
  OR coalesce(trace_id IN late, 0)
  OR coalesce(request_id IN late, 0))`
