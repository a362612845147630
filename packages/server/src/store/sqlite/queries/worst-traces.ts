/** The traces that show a trouble best, of all that match: those that failed before the others, then the slowest. */
import type { Database, SqlRow } from '../../../lib/sqlite.ts'
import type { WorstTracesQuery, WorstTracesResult } from '../../store.ts'
import { summaryOf } from '../trace-rows.ts'
import { conditionOf, isFailure, rangeOf, windowsBackwards } from './traces.ts'

export function queryWorstTraces(
  database: Database,
  { filter, limit, deadline }: WorstTracesQuery,
  clock: () => number,
): WorstTracesResult {
  const condition = conditionOf(database, filter)
  // SQLite then holds no more than `limit` of the rows it sorts.
  const select = database.prepare(
    `SELECT * ${rangeOf(condition)}${condition.sql}
    ORDER BY status IN ('error', 'timeout') DESC, total_latency_ms DESC, timestamp DESC, id DESC LIMIT ?`,
  )
  let worst: SqlRow[] = []
  let since = filter.to
  for (const { from, to } of windowsBackwards(database, condition, filter)) {
    if (clock() > deadline) break
    // Of equals the newer ones stay in front: sorting is stable, and windows come newest first.
    worst = [...worst, ...select.all(from, to, ...condition.values, limit)]
      .toSorted((left, right) => failure(right) - failure(left) || latencyOf(right) - latencyOf(left))
      .slice(0, limit)
    since = from
  }
  return { traces: worst.map(summaryOf), since }
}

function failure(row: SqlRow): number {
  return Number(isFailure(String(row['status'])))
}

function latencyOf(row: SqlRow): number {
  return Number(row['total_latency_ms'])
}
