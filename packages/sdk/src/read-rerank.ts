/** Reads how much a reranker changed the order from what it returns. */
import { LIMITS } from '@ragmeter/core'
import { listOf, readId, readScore } from './read-retrieval.ts'
import type { RerankRecord } from './trace.ts'

/** Cohere, Voyage, Jina and the AI SDK say where a document stood before. */
const POSITION_FIELDS = ['index', 'originalIndex', 'original_index'] as const

/** @param before the documents in their order before reranking, if the application stated them */
export function readRerank(result: unknown, before: readonly unknown[] | undefined): RerankRecord {
  const after = listOf(result)?.slice(0, LIMITS.documentsPerTraceMax)
  if (after === undefined) return before === undefined ? {} : { inCount: before.length }
  const scores = Array.from(after, (item) => readScore(item)).filter((score) => score !== undefined)
  const displacement = displacementOf(after, before)
  return {
    outCount: after.length,
    ...(before === undefined ? {} : { inCount: before.length }),
    ...(scores.length === 0 ? {} : { scores }),
    ...(displacement === undefined ? {} : { displacement }),
  }
}

/** Mean absolute change of rank. @returns undefined if it is not known where every document stood */
function displacementOf(
  after: readonly unknown[],
  before: readonly unknown[] | undefined,
): number | undefined {
  if (after.length === 0) return undefined
  const positions = before === undefined ? undefined : positionsOf(before)
  let sum = 0
  for (let rank = 0; rank < after.length; rank += 1) {
    const item = after[rank]
    const previous = statedPosition(item) ?? positions?.get(item) ?? positions?.get(readId(item))
    if (previous === undefined) return undefined
    sum += Math.abs(previous - rank)
  }
  return sum / after.length
}

function positionsOf(before: readonly unknown[]): Map<unknown, number> {
  const positions = new Map<unknown, number>()
  before.forEach((item, position) => {
    positions.set(item, position)
    const id = readId(item)
    if (id !== undefined) positions.set(id, position)
  })
  return positions
}

function statedPosition(item: unknown): number | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  for (const field of POSITION_FIELDS) {
    const position = (item as Readonly<Record<string, unknown>>)[field]
    if (Number.isInteger(position) && (position as number) >= 0) return position as number
  }
  return undefined
}
