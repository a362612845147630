/** Reads documents and scores from what retrievers return: lists, or objects that hold one under a common name. */
import { LIMITS } from '@ragmeter/core'
import type { RetrievedDocument } from '@ragmeter/core'

export interface RetrievalReading {
  count: number
  scores: readonly number[] | undefined
}

type Fields = Readonly<Record<string, unknown>>

/** Where clients of vector stores, search engines and frameworks put the list. */
const LIST_FIELDS = [
  'documents',
  'docs',
  'results',
  'matches',
  'hits',
  'points',
  'nodes',
  'sourceNodes',
  'objects',
  'rows',
  'items',
  'data',
] as const
const SCORE_FIELDS = [
  'score',
  'similarity',
  'relevance_score',
  'relevanceScore',
  '_score',
  'rank_score',
] as const
const ID_FIELDS = ['id', '_id', 'documentId', 'document_id', 'chunkId', 'chunk_id'] as const

/** @returns undefined if no list of documents is found: then the count is unknown, not zero */
export function readRetrieval(result: unknown): RetrievalReading | undefined {
  const items = listOf(result)
  if (items === undefined) return undefined
  const scores: number[] = []
  const length = Math.min(items.length, LIMITS.scoresPerRetrievalMax)
  for (let i = 0; i < length; i += 1) {
    const score = readScore(items[i])
    if (score !== undefined) scores.push(score)
  }
  return { count: items.length, scores: scores.length === 0 ? undefined : scores }
}

/** Which documents they were: only the traces that are kept say so. */
export function readDocuments(result: unknown): readonly RetrievedDocument[] | undefined {
  const items = listOf(result)?.slice(0, LIMITS.documentsPerTraceMax)
  const documents = items && Array.from(items, (item) => ({ id: readId(item), score: readScore(item) }))
  return documents === undefined || documents.length === 0 ? undefined : documents
}

/** The list inside a result, two levels deep: Elasticsearch has `hits.hits`, Chroma a list of lists. */
export function listOf(result: unknown): readonly unknown[] | undefined {
  if (isList(result)) return result
  if (!isFields(result)) return undefined
  const ids = result['ids']
  if (isList(ids)) return (isList(ids[0]) ? ids[0] : ids).map(asId)
  for (const field of LIST_FIELDS) {
    const value = result[field]
    if (isList(value)) return value
    if (field === 'hits' && isFields(value) && isList(value['hits'])) return value['hits']
  }
  return undefined
}

export function readScore(item: unknown): number | undefined {
  // LangChain's similaritySearchWithScore returns pairs.
  if (Array.isArray(item)) return typeof item[1] === 'number' ? finite(item[1]) : undefined
  if (!isFields(item)) return undefined
  for (const field of SCORE_FIELDS) if (typeof item[field] === 'number') return finite(item[field])
  const metadata = item['metadata']
  return isFields(metadata) && typeof metadata['score'] === 'number' ? finite(metadata['score']) : undefined
}

export function readId(item: unknown): string | undefined {
  if (Array.isArray(item)) return readId(item[0])
  if (!isFields(item)) return undefined
  for (const field of ID_FIELDS) {
    const value = item[field]
    if (typeof value === 'string' || typeof value === 'number') return cut(String(value))
  }
  const { metadata, node } = item
  if (isFields(metadata) && typeof metadata['id'] === 'string') return cut(metadata['id'])
  return isFields(node) && typeof node['id_'] === 'string' ? cut(node['id_']) : undefined
}

function asId(id: unknown): Fields {
  return { id }
}

function cut(id: string): string {
  return id.slice(0, LIMITS.documentIdLengthMax)
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
