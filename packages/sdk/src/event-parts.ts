/** From what an application records to the parts of an event: checked, named and priced. */
import { enums, LIMITS, memoise, nanoUsd, normaliseModel, normaliseProvider } from '@ragmeter/core'
import type { Generation, PriceBook, Rerank, Retrieval, RetrievedDocument, TokenUsage } from '@ragmeter/core'
import {
  checkedCount,
  checkedLatency,
  checkedScores,
  checkedStatus,
  checkedText,
  checkedUsd,
  oneOf,
} from './checked-values.ts'
import type { GenerationOptions, GenerationRecord, RerankRecord, RetrievalRecord } from './trace.ts'
import type { AnswerUsage } from './usage.ts'

const providerName = memoise(normaliseProvider)
const modelName = memoise(normaliseModel)

export function retrievalOf(record: Loose<RetrievalRecord>): Retrieval {
  const documents = checkedDocuments(record.documents)
  const scores = checkedScores(record.scores ?? scoresOf(documents))
  return {
    retriever: checkedText(record.retriever, LIMITS.nameLengthMax),
    latency_ms: checkedLatency(record.latencyMs),
    count: checkedCount(record.count) ?? lengthOf(record.documents) ?? scores?.length,
    scores,
    documents,
    status: checkedStatus(record.status),
  }
}

function lengthOf(list: readonly unknown[] | undefined): number | undefined {
  return Array.isArray(list) ? list.length : undefined
}

/** Only what is known of documents: what else the application's objects hold is content. */
function checkedDocuments(documents: RetrievalRecord['documents']): RetrievedDocument[] | undefined {
  if (!Array.isArray(documents)) return undefined
  const list = documents as readonly (RetrievedDocument | undefined)[]
  return Array.from(list.slice(0, LIMITS.documentsPerTraceMax), (document) => ({
    id: checkedText(document?.id, LIMITS.documentIdLengthMax),
    score: Number.isFinite(document?.score) ? document?.score : undefined,
    rank: checkedCount(document?.rank),
    used: typeof document?.used === 'boolean' ? document.used : undefined,
    cited: typeof document?.cited === 'boolean' ? document.cited : undefined,
  }))
}

/**
 * Which of the documents went into the prompt, or are cited by the answer and so were in the prompt too; what was said
 * of them before stays true.
 */
export function markDocuments(
  documents: readonly RetrievedDocument[],
  ids: readonly (string | number)[],
  mark: 'used' | 'cited',
): RetrievedDocument[] {
  // Cut as the ids of the documents are.
  const marked = new Set(
    ids.slice(0, LIMITS.partsPerRequestMax).map((id) => String(id).slice(0, LIMITS.documentIdLengthMax)),
  )
  return documents.map((document) => {
    const isMarked = document[mark] === true || (document.id !== undefined && marked.has(document.id))
    const used = document.used === true || isMarked
    return mark === 'used' ? { ...document, used } : { ...document, used, cited: isMarked }
  })
}

function scoresOf(documents: readonly RetrievedDocument[] | undefined): readonly number[] | undefined {
  const scores = documents?.map(({ score }) => score).filter((score) => score !== undefined)
  return scores === undefined || scores.length === 0 ? undefined : scores
}

/** Two retrievals of one request, such as a vector and a keyword search: one retrieval by both. */
export function joinRetrievals(first: Retrieval, second: Retrieval): Retrieval {
  return {
    retriever: joinNames(first.retriever, second.retriever),
    latency_ms: sum(first.latency_ms, second.latency_ms),
    count: sum(first.count, second.count),
    scores: concat(first.scores, second.scores, LIMITS.scoresPerRetrievalMax),
    documents: concat(first.documents, second.documents, LIMITS.documentsPerTraceMax),
    status: isFailure(first.status) ? first.status : second.status,
  }
}

export function rerankOf(record: Loose<RerankRecord>): Rerank {
  return {
    latency_ms: checkedLatency(record.latencyMs),
    in_count: checkedCount(record.inCount),
    out_count: checkedCount(record.outCount),
    scores: checkedScores(record.scores),
    displacement: isMeasure(record.displacement) ? record.displacement : undefined,
  }
}

/** @param atMs when the call was made, epoch milliseconds: some prices depend on it */
export function generationOf(record: Loose<GenerationRecord>, prices: PriceBook, atMs: number): Generation {
  const raw = checkedText(record.model, LIMITS.nameLengthMax)
  const model = raw === undefined ? undefined : modelName(raw)
  const provider = checkedText(record.provider, LIMITS.nameLengthMax)
  const input = checkedCount(record.inputTokens)
  const output = checkedCount(record.outputTokens)
  const generation: Generation = {
    provider: provider === undefined ? undefined : providerName(provider),
    model,
    model_raw: raw === model ? undefined : raw,
    operation: oneOf(record.operation, enums.LLM_OPERATIONS),
    latency_ms: checkedLatency(record.latencyMs),
    time_to_first_token_ms: checkedLatency(record.timeToFirstTokenMs),
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: checkedCount(record.cacheReadTokens),
    cache_write_tokens: checkedCount(record.cacheWriteTokens),
    reasoning_tokens: checkedCount(record.reasoningTokens),
    cost_nano_usd: null,
    cost_source: 'unpriced',
    answer_length: checkedCount(record.answerLength),
    status: checkedStatus(record.status),
  }
  const given = checkedUsd(record.costUsd)
  if (given !== undefined) {
    generation.cost_nano_usd = nanoUsd(given)
    generation.cost_source = 'given'
  } else if (raw !== undefined && (input !== undefined || output !== undefined)) {
    const priced = prices.price(provider, raw, usageOf(generation), atMs)
    generation.cost_nano_usd = priced.costNanoUsd
    generation.cost_source = priced.source
  }
  return generation
}

function usageOf(generation: Generation): TokenUsage {
  return {
    inputTokens: generation.input_tokens ?? 0,
    outputTokens: generation.output_tokens ?? 0,
    // The book takes absent parts as 0, and one shape for all calls keeps it fast.
    cacheReadTokens: generation.cache_read_tokens ?? 0,
    cacheWriteTokens: generation.cache_write_tokens ?? 0,
    reasoningTokens: generation.reasoning_tokens ?? 0,
  }
}

function joinNames(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined || first.split('+').includes(second)) return first ?? second
  return `${first}+${second}`.slice(0, LIMITS.nameLengthMax)
}

function sum(first: number | undefined, second: number | undefined): number | undefined {
  return first === undefined || second === undefined ? (first ?? second) : first + second
}

function concat<Item>(
  first: readonly Item[] | undefined,
  second: readonly Item[] | undefined,
  lengthMax: number,
): readonly Item[] | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return [...first, ...second].slice(0, lengthMax)
}

function isFailure(status: Retrieval['status']): boolean {
  return status !== undefined && status !== 'success'
}

function isMeasure(value: number | undefined): boolean {
  return typeof value === 'number' && value >= 0 && value <= LIMITS.countMax
}

/** A record whose fields may be stated as unknown: all exist, so that records of one kind have one shape. */
export type Loose<Record> = { [Field in keyof Record]?: Record[Field] | undefined }

/** What the answer tells, and what the application states: where they differ, the application knows better. */
export function recordOfAnswer(options: GenerationOptions, answer: AnswerUsage): Loose<GenerationRecord> {
  const { usage } = answer
  return {
    provider: options.provider ?? answer.provider,
    model: options.model ?? answer.model,
    operation: options.operation,
    latencyMs: undefined,
    timeToFirstTokenMs: undefined,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    cacheReadTokens: usage?.cacheReadTokens,
    cacheWriteTokens: usage?.cacheWriteTokens,
    reasoningTokens: usage?.reasoningTokens,
    costUsd: undefined,
    answerLength: answer.answerLength,
    status: undefined,
  }
}
