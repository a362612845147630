/** Questions that the documents do not answer: the newest kept traces, grouped by the hash of their query. */
import type { Database } from '../../../lib/sqlite.ts'
import type { GapsQuery, GapsResult, LowScoreThreshold } from '../../retrieval-queries.ts'
import { GAP_REASONS } from '../../retrieval-queries.ts'
import { describeGaps, readGroups, TEXT } from './gap-groups.ts'
import type { Flagged } from './gap-groups.ts'
import { scoreThresholds } from './score-thresholds.ts'
import { findSample, IS_NEGATIVE, lateNegatives, WEIGHT } from './trace-sample.ts'
import type { Sample } from './trace-sample.ts'
import { conditionOf, rangeOf } from './traces.ts'
import type { Condition } from './traces.ts'

/** Thresholds that are named in an answer. */
const THRESHOLDS_NAMED_MAX = 50

export function queryGaps(database: Database, query: GapsQuery, clock: () => number): GapsResult {
  const { filter } = query
  const condition = conditionOf(database, filter)
  const sample = findSample(database, condition, { ...query, ...filter }, clock)
  try {
    takeSample(database, query, condition, sample)
    return gapsOf(database, query, sample)
  } finally {
    database.exec('DROP TABLE IF EXISTS temp.sample')
  }
}

/**
 * The rows are read once, into a table in the memory of this connection: the questions below look at all of them several
 * times, and of a narrow filter they lie far apart.
 */
function takeSample(
  database: Database,
  { textKey, tracesMax }: GapsQuery,
  condition: Condition,
  sample: Sample,
): void {
  const path = textPath(textKey)
  database.exec('DROP TABLE IF EXISTS temp.sample')
  database
    .prepare(
      `CREATE TEMP TABLE sample AS
      WITH late(name) AS MATERIALIZED (SELECT value FROM json_each(?))
      SELECT timestamp, id, service, coalesce(retriever, '') AS retriever, query_hash, top_score, ${WEIGHT} AS weight,
        iif(query_hash IS NULL, ${TEXT}, NULL) AS text,
        coalesce(retrieval_count = 0, 0) AS is_empty,
        status IN ('error', 'timeout') AS is_failed,
        ${IS_NEGATIVE} AS is_negative_feedback
      ${rangeOf(condition)}${condition.sql} ORDER BY timestamp DESC, id DESC LIMIT ?`,
    )
    .run(
      lateNegatives(database, sample.from),
      path,
      path,
      sample.from,
      sample.to,
      ...condition.values,
      tracesMax,
    )
}

function gapsOf(database: Database, query: GapsQuery, sample: Sample): GapsResult {
  const { filter, lowScore, limit } = query
  const { thresholds, omitted } = scoreThresholds(database, lowScore)
  const flagged = flaggedOf(query, thresholds)
  const { groups, read, ...sums } = readGroups(database, flagged, limit)
  const since = sample.isAll ? filter.from : (read.oldest ?? sample.from)
  const trend = { from: since, to: filter.to, steps: query.steps }
  const { matching, matching_complete } = sample
  return {
    based_on: { traces: read.traces, estimate: read.estimate, matching, matching_complete, since },
    thresholds: thresholds.slice(0, THRESHOLDS_NAMED_MAX),
    thresholds_omitted: omitted + Math.max(0, thresholds.length - THRESHOLDS_NAMED_MAX),
    trend,
    gaps: describeGaps(database, flagged, groups, trend, textPath(query.textKey)),
    ...sums,
  }
}

function textPath(key: string): string {
  return `$.${JSON.stringify(key)}`
}

function flaggedOf({ lowScore, reason }: GapsQuery, thresholds: readonly LowScoreThreshold[]): Flagged {
  const known = thresholds.filter(({ below }) => below !== null)
  const isBad = reason === undefined ? GAP_REASONS.map((name) => `is_${name}`).join(' OR ') : `is_${reason}`
  return {
    sql: `WITH thresholds(service, retriever, below) AS MATERIALIZED (
      ${known.length === 0 ? 'SELECT NULL, NULL, NULL WHERE FALSE' : `VALUES ${known.map(() => '(?, ?, ?)').join(', ')}`}
    ), reasons AS (
      SELECT sample.*, coalesce(top_score < coalesce(below, ?), 0) AS is_low_score
      FROM temp.sample AS sample LEFT JOIN thresholds USING (service, retriever)
    ), flagged AS (SELECT *, ${isBad} AS is_bad FROM reasons)`,
    values: [
      ...known.flatMap(({ service, retriever, below }) => [service, retriever, below]),
      'below' in lowScore ? lowScore.below : null,
    ],
  }
}
