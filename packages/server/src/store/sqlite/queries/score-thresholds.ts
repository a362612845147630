/** Below which score a retrieval counts as low, for each service and retriever by the scores of its own. */
import type { Database } from '../../../lib/sqlite.ts'
import type { LowScore, LowScoreThreshold } from '../../retrieval-queries.ts'

/** Of fewer scores a low quantile is the lowest few, which says nothing. */
const SCORES_MIN = 20
/** Services and retrievers with thresholds of their own. */
const THRESHOLDS_MAX = 500

/**
 * The quantile is the smallest score such that at least that share of the requests scores no higher (the inverse of the
 * weighted distribution; type 1 of Hyndman and Fan 1996). A score is low if it is below: where all are equal, none is.
 * Of the traces in the temporary table `sample`.
 */
export function scoreThresholds(
  database: Database,
  lowScore: LowScore,
): { thresholds: LowScoreThreshold[]; omitted: number } {
  if ('below' in lowScore) return { thresholds: [], omitted: 0 }
  const found = database
    .prepare(
      `WITH ranked AS (
        SELECT service, retriever, top_score,
          sum(weight) OVER (PARTITION BY service, retriever ORDER BY top_score) AS reached,
          sum(weight) OVER (PARTITION BY service, retriever) AS whole,
          count(*) OVER (PARTITION BY service, retriever) AS traces
        FROM temp.sample WHERE top_score IS NOT NULL
      )
      SELECT service, retriever, min(top_score) AS below, max(traces) AS traces, count(*) OVER () AS pairs
      FROM ranked WHERE reached >= ? * whole
      GROUP BY service, retriever ORDER BY traces DESC, service, retriever LIMIT ?`,
    )
    .all(lowScore.quantile, THRESHOLDS_MAX)
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
