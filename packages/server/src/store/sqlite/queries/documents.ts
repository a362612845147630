/** What becomes of documents: how often each is retrieved, used and cited, and how the requests ended that used it. */
import type { RetrievedDocument, TraceEvent } from '@ragmeter/core'
import type { Database, SqlRow } from '../../../lib/sqlite.ts'
import type { DocumentsQuery, DocumentsResult } from '../../retrieval-queries.ts'
import { idOf } from '../trace-id.ts'
import { detailsIn } from '../trace-rows.ts'
import { DocumentSums } from './document-sums.ts'
import { findSample, IS_NEGATIVE, lateNegatives, WEIGHT } from './trace-sample.ts'
import { conditionOf, rangeOf } from './traces.ts'

/** Rows between two looks at the clock. */
const CHUNK_ROWS = 100

export function queryDocuments(
  database: Database,
  query: DocumentsQuery,
  clock: () => number,
): DocumentsResult {
  const { filter, order, tracesMax, documentsMax, limit, deadline } = query
  const given = conditionOf(database, filter)
  const condition = { ...given, sql: `${given.sql} AND retrieval_count > 0` }
  const sample = findSample(database, condition, { ...query, ...filter }, clock)
  const rows = database
    .prepare(
      `WITH late(name) AS MATERIALIZED (SELECT value FROM json_each(?)), sample AS (
        SELECT * ${rangeOf(condition)}${condition.sql} ORDER BY timestamp DESC, id DESC LIMIT ?
      )
      SELECT timestamp, id, service, ${WEIGHT} AS weight,
        status IN ('error', 'timeout') OR ${IS_NEGATIVE} AS is_bad,
        (SELECT body FROM trace_details AS details
          WHERE details.timestamp = sample.timestamp AND details.id = sample.id) AS body
      FROM sample`,
    )
    .iterate(lateNegatives(database, sample.from), sample.from, sample.to, ...condition.values, tracesMax)
  const sums = new DocumentSums(documentsMax)
  let read = 0
  let since = sample.to
  let isCutShort = false
  for (const row of rows) {
    // A trace has up to 200 documents, so a chunk of them takes some milliseconds at most.
    if (read % CHUNK_ROWS === 0 && clock() > deadline) {
      isCutShort = true
      break
    }
    read += 1
    since = Number(row['timestamp'])
    sums.add({
      service: String(row['service']),
      id: idOf(row['id']),
      timestamp: since,
      weight: Number(row['weight']),
      isBad: row['is_bad'] === 1,
      documents: documentsOf(row),
    })
  }
  return {
    based_on: {
      traces: read,
      estimate: sums.all.estimate,
      matching: sample.matching,
      matching_complete: sample.matching_complete,
      since: sample.isAll && !isCutShort ? filter.from : since,
    },
    ...sums.result(order, limit),
  }
}

/** Scores beside the documents belong to them by their place, if there are as many. */
function documentsOf(row: SqlRow): readonly RetrievedDocument[] {
  const retrieval: TraceEvent['retrieval'] = detailsIn(row['body'])?.retrieval
  const { documents = [], scores = [] } = retrieval ?? {}
  if (documents.length !== scores.length) return documents
  return documents.map((document, index) => ({ ...document, score: document.score ?? scores[index] }))
}
