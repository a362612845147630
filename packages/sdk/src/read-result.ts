/** Reads what a monitored function tells about its request in the object it returns, and records it. */
import type { ActiveTrace } from './active-trace.ts'
import { recordOfAnswer } from './event-parts.ts'
import { readRetrieval } from './read-retrieval.ts'
import type { GenerationOptions, RetrievalRecord } from './trace.ts'
import { readUsage } from './usage.ts'
import type { AnswerUsage } from './usage.ts'

type Fields = Readonly<Record<string, unknown>>

/** Fields that hold a score 0..1, and the quality metric they become. */
const SCORES: readonly (readonly [field: string, metric: string])[] = [
  ['relevance_score', 'relevance'],
  ['relevanceScore', 'relevance'],
  ['answer_relevancy', 'relevance'],
  ['context_precision', 'context_precision'],
  ['contextPrecision', 'context_precision'],
  ['context_utilisation', 'context_utilisation'],
  ['contextUtilisation', 'context_utilisation'],
  ['faithfulness', 'faithfulness'],
  ['groundedness', 'groundedness'],
]

/** Where answers of a RAG pipeline carry what they were made from. */
const SOURCES = ['documents', 'docs', 'sources', 'sourceNodes', 'source_documents', 'contexts'] as const

/** @param options what the application stated about the model call */
export function readResult(trace: ActiveTrace, result: unknown, options: GenerationOptions): void {
  try {
    recordAnswer(trace, readUsage(result), options, isFields(result) ? result : {})
    if (!isFields(result)) return
    recordSources(trace, result)
    for (const [field, metric] of SCORES) {
      const score = result[field]
      if (typeof score === 'number') trace.recordQuality(metric, score)
    }
  } catch {
    // A getter of the application's object threw. What it returns is its own business.
  }
}

/** A model call is counted if anything says that there was one. */
export function recordAnswer(
  trace: ActiveTrace,
  answer: AnswerUsage,
  options: GenerationOptions,
  fields: Fields,
  timeToFirstTokenMs?: number,
): void {
  const latencyMs = numberOf(fields, 'generation_latency_ms', 'llm_latency_ms', 'llmLatencyMs')
  const record = recordOfAnswer(options, answer)
  if (record.model === undefined && answer.usage === undefined && latencyMs === undefined) return
  record.latencyMs = latencyMs
  record.timeToFirstTokenMs = timeToFirstTokenMs
  trace.addGeneration(record, undefined)
}

function recordSources(trace: ActiveTrace, result: Fields): void {
  const latencyMs = numberOf(result, 'retrieval_latency_ms', 'retrievalLatencyMs')
  const list = SOURCES.map((field) => result[field]).find((value) => Array.isArray(value))
  const reading = list === undefined ? undefined : readRetrieval(list)
  const count = reading?.count ?? numberOf(result, 'retrieval_count', 'retrievalCount')
  if (count === undefined && latencyMs === undefined) return
  const record: RetrievalRecord = {}
  if (count !== undefined) record.count = count
  if (reading?.scores !== undefined) record.scores = reading.scores
  if (latencyMs !== undefined) record.latencyMs = latencyMs
  trace.retrieved ??= list
  trace.recordRetrieval(record)
}

function numberOf(fields: Fields, ...names: string[]): number | undefined {
  for (const name of names) if (typeof fields[name] === 'number') return fields[name]
  return undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
