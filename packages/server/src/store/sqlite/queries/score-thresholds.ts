/** Below which score a retrieval counts as low, for each service and retriever by the scores of its own. */
import type { Database, SqlValue } from '../../../lib/sqlite.ts'
import type { LowScore, LowScoreThreshold } from '../../retrieval-queries.ts'

/** Of fewer scores a low quantile is the lowest few, which says nothing. */
const SCORES_MIN = 20
/** Services and retrievers with thresholds of their own. */
const THRESHOLDS_MAX = 500

/**
 * The quantile is the smallest score such that at least that share of the requests scores no higher (the inverse of the
 * weighted distribution; type 1 of Hyndman and Fan 1996). A score is low if it is below: where all are equal, none is.
 * @param rows a statement that gives traces @param values of that statement
 */
export function scoreThresholds(
  database: Database,
  rows: string,
  values: readonly SqlValue[],
  lowScore: LowScore,
): { thresholds: LowScoreThreshold[]; omitted: number } {
  if ('below' in lowScore) return { thresholds: [], omitted: 0 }
  const found = database
    .prepare(
      `WITH scored AS (
        SELECT service, coalesce(retriever, '') AS retriever, top_score, 1.0 / coalesce(kept_probability, 1) AS weight
        FROM (${rows}) WHERE top_score IS NOT NULL
      ), ranked AS (
        SELECT service, retriever, top_score,
          sum(weight) OVER (PARTITION BY service, retriever ORDER BY top_score) AS reached,
          sum(weight) OVER (PARTITION BY service, retriever) AS whole,
          count(*) OVER (PARTITION BY service, retriever) AS traces
        FROM scored
      )
      SELECT service, retriever, min(top_score) AS below, max(traces) AS traces, count(*) OVER () AS pairs
      FROM ranked WHERE reached >= ? * whole
      GROUP BY service, retriever ORDER BY traces DESC, service, retriever LIMIT ?`,
    )
    .all(...values, lowScore.quantile, THRESHOLDS_MAX)
  return {
    thresholds: found.map((row) => ({
      service: String(row['service']),
      retriever: String(row['retriever']),
      below: Number(row['traces']) < SCORES_MIN ? null : Number(row['below']),
      traces: Number(row['traces']),
    })),
    omitted: Math.max(0, Number(found[0]?.['pairs'] ?? 0) - found.length),
  }
}
