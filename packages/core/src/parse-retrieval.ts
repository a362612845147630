/** Parses what one trace says about retrieval and reranking. */
import { STATUSES } from './enums.ts'
import type { RetrievedDocument, Rerank, Retrieval } from './event.ts'
import { LIMITS } from './limits.ts'
import type { JsonObject, Reader } from './reader.ts'

/** Nested `retrieval`, or the flat fields of clients that know only those. */
export function parseRetrieval(input: JsonObject, reader: Reader): Retrieval | undefined {
  const nested = reader.object(input['retrieval'], 'retrieval')
  if (nested === undefined) return parseFlatRetrieval(input, reader)
  reader.scope = 'retrieval'
  const list = nested['documents']
  const documents = reader.objects(list, 'documents', LIMITS.documentsPerTraceMax, parseDocument)
  const retrieval: Retrieval = {
    retriever: reader.text(nested['retriever'], 'retriever', LIMITS.nameLengthMax),
    latency_ms: reader.number(nested['latency_ms'], 'latency_ms', 0, LIMITS.latencyMsMax),
    // All documents that were returned count, those over the limit too; an empty list is an empty retrieval.
    count:
      reader.count(nested['count'], 'count', LIMITS.countMax) ??
      (Array.isArray(list) ? list.length : undefined),
    scores: parseScores(nested['scores'], reader) ?? documentScores(documents),
    documents,
    status: reader.oneOf(nested['status'], 'status', STATUSES),
  }
  reader.scope = ''
  return retrieval
}

export function parseRerank(value: unknown, reader: Reader): Rerank | undefined {
  const nested = reader.object(value, 'rerank')
  if (nested === undefined) return undefined
  reader.scope = 'rerank'
  const rerank: Rerank = {
    latency_ms: reader.number(nested['latency_ms'], 'latency_ms', 0, LIMITS.latencyMsMax),
    in_count: reader.count(nested['in_count'], 'in_count', LIMITS.countMax),
    out_count: reader.count(nested['out_count'], 'out_count', LIMITS.countMax),
    scores: parseScores(nested['scores'], reader),
    displacement: reader.number(nested['displacement'], 'displacement', 0, LIMITS.countMax),
  }
  reader.scope = ''
  return rerank
}

function parseFlatRetrieval(input: JsonObject, reader: Reader): Retrieval | undefined {
  const latency = input['retrieval_latency_ms']
  const latencyMs = reader.number(latency, 'retrieval_latency_ms', 0, LIMITS.latencyMsMax)
  const count = reader.count(input['retrieval_count'], 'retrieval_count', LIMITS.countMax)
  return latencyMs === undefined && count === undefined ? undefined : { latency_ms: latencyMs, count }
}

function parseDocument(item: JsonObject, reader: Reader): RetrievedDocument {
  return {
    id: reader.text(item['id'], 'id', LIMITS.documentIdLengthMax),
    score: reader.number(item['score'], 'score', -Number.MAX_VALUE, Number.MAX_VALUE),
    rank: reader.count(item['rank'], 'rank', LIMITS.countMax),
    used: reader.flag(item['used'], 'used'),
    cited: reader.flag(item['cited'], 'cited'),
  }
}

function documentScores(documents: readonly RetrievedDocument[] | undefined): number[] | undefined {
  const scores = documents?.map(({ score }) => score).filter((score) => score !== undefined)
  return scores === undefined || scores.length === 0 ? undefined : scores
}

/** @returns undefined if nothing is left */
function parseScores(value: unknown, reader: Reader): number[] | undefined {
  const items = reader.items(value, 'scores', LIMITS.scoresPerRetrievalMax)
  if (items === undefined) return undefined
  const scores: number[] = []
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i]
    const score = typeof item === 'number' && Number.isFinite(item) ? item + 0 : oddScore(item, i, reader)
    if (score !== undefined) scores.push(score)
  }
  return scores.length === 0 ? undefined : scores
}

function oddScore(item: unknown, position: number, reader: Reader): number | undefined {
  const field = `scores[${position}]`
  return reader.number(reader.required(item, field), field, -Number.MAX_VALUE, Number.MAX_VALUE)
}
