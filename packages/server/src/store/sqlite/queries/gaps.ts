/** Questions that the documents do not answer: the newest kept traces, grouped by the hash of their query. */
import type { Database, SqlValue } from '../../../lib/sqlite.ts'
import type { GapsQuery, GapsResult, LowScoreThreshold } from '../../retrieval-queries.ts'
import { GAP_REASONS } from '../../retrieval-queries.ts'
import { describeGaps, readGroups } from './gap-groups.ts'
import type { Flagged } from './gap-groups.ts'
import { scoreThresholds } from './score-thresholds.ts'
import { findSample, IS_NEGATIVE, lateNegatives, WEIGHT } from './trace-sample.ts'
import { conditionOf, rangeOf } from './traces.ts'
import type { Condition } from './traces.ts'

/** Thresholds that are named in an answer. */
const THRESHOLDS_NAMED_MAX = 50

export function queryGaps(database: Database, query: GapsQuery, clock: () => number): GapsResult {
  const { filter, lowScore, tracesMax, limit } = query
  const condition = conditionOf(database, filter)
  const sample = findSample(database, condition, { ...query, ...filter }, clock)
  const rows = newestOf(condition)
  const values = [sample.from, sample.to, ...condition.values, tracesMax]
  const { thresholds, omitted } = scoreThresholds(database, rows, values, lowScore)
  const flagged = flaggedOf(rows, values, query, thresholds, lateNegatives(database, sample.from))
  const { groups, read, ...sums } = readGroups(database, flagged, limit)
  const since = sample.isAll ? filter.from : (read.oldest ?? sample.from)
  const trend = { from: since, to: filter.to, steps: query.steps }
  const { matching, matching_complete } = sample
  return {
    based_on: { traces: read.traces, estimate: read.estimate, matching, matching_complete, since },
    thresholds: thresholds.slice(0, THRESHOLDS_NAMED_MAX),
    thresholds_omitted: omitted + Math.max(0, thresholds.length - THRESHOLDS_NAMED_MAX),
    trend,
    gaps: describeGaps(database, flagged, groups, trend),
    ...sums,
  }
}

function newestOf(condition: Condition): string {
  return `SELECT * ${rangeOf(condition)}${condition.sql} ORDER BY timestamp DESC, id DESC LIMIT ?`
}

function flaggedOf(
  rows: string,
  values: readonly SqlValue[],
  { lowScore, reason, textKey }: GapsQuery,
  thresholds: readonly LowScoreThreshold[],
  late: string,
): Flagged {
  const known = thresholds.filter(({ below }) => below !== null)
  const path = `$.${JSON.stringify(textKey)}`
  const isBad = reason === undefined ? GAP_REASONS.map((name) => `is_${name}`).join(' OR ') : `is_${reason}`
  return {
    sql: `WITH sample AS MATERIALIZED (
      SELECT timestamp, id, service, coalesce(retriever, '') AS retriever, trace_id, request_id, query_hash, metadata,
        retrieval_count, top_score, status, feedback, ${WEIGHT} AS weight
      FROM (${rows})
    ), late(name) AS MATERIALIZED (SELECT value FROM json_each(?)
    ), thresholds(service, retriever, below) AS MATERIALIZED (
      ${known.length === 0 ? 'SELECT NULL, NULL, NULL WHERE FALSE' : `VALUES ${known.map(() => '(?, ?, ?)').join(', ')}`}
    ), reasons AS (
      SELECT sample.*,
        coalesce(retrieval_count = 0, 0) AS is_empty,
        coalesce(top_score < coalesce(below, ?), 0) AS is_low_score,
        status IN ('error', 'timeout') AS is_failed,
        ${IS_NEGATIVE} AS is_negative_feedback
      FROM sample LEFT JOIN thresholds USING (service, retriever)
    ), flagged AS (
      SELECT *, ${isBad} AS is_bad,
        iif(json_type(metadata, ?) = 'text', json_extract(metadata, ?), NULL) AS known_text
      FROM reasons
    )`,
    values: [
      ...values,
      late,
      ...known.flatMap(({ service, retriever, below }) => [service, retriever, below]),
      'below' in lowScore ? lowScore.below : null,
      path,
      path,
    ],
  }
}
