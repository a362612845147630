/** A trace as it goes on the wire: what `traceToWire` says, as text. A test holds the two together. */
import type { Generation, RetrievedDocument, Retrieval, Scalar, Stage, TraceEvent } from '@ragmeter/core'
import { asciiJson, billionths, fixed3, fixed6, quote, quoteLabel, wholeNumber } from './json-text.ts'

/**
 * Service, environment, release and instance are those of the client: the batch states them once.
 */
export function traceJson(event: TraceEvent): string {
  let json = `{"id":"${event.id}","timestamp":${wholeNumber(event.timestamp)},"total_latency_ms":${fixed3(event.total_latency_ms)},"status":"${event.status}"`
  if (event.trace_id !== undefined) json += `,"trace_id":"${event.trace_id}"`
  if (event.parent_span_id !== undefined) json += `,"parent_span_id":"${event.parent_span_id}"`
  if (event.request_id !== undefined) json += `,"request_id":${quote(event.request_id)}`
  if (event.query_hash !== undefined) json += `,"query_hash":"${event.query_hash}"`
  if (event.query_length !== undefined) json += `,"query_length":${event.query_length}`
  if (event.operation !== undefined) json += `,"operation":${quoteLabel(event.operation)}`
  if (event.endpoint !== undefined) json += `,"endpoint":${quoteLabel(event.endpoint)}`
  if (event.intent !== undefined) json += `,"intent":${quoteLabel(event.intent)}`
  if (event.org !== undefined) json += `,"org":${quote(event.org)}`
  if (event.user_id !== undefined) json += `,"user_id":${quote(event.user_id)}`
  if (event.session_id !== undefined) json += `,"session_id":${quote(event.session_id)}`
  if (event.error_type !== undefined) json += `,"error_type":"${event.error_type}"`
  if (event.error_message !== undefined) json += `,"error_message":${quote(event.error_message)}`
  if (event.exception !== undefined) json += `,"exception":${quote(event.exception)}`
  if (event.retrieval !== undefined) json += `,"retrieval":${retrievalJson(event.retrieval)}`
  if (event.generations !== undefined) json += `,"generations":${generationsJson(event.generations)}`
  if (event.docstore_cost_nano_usd !== undefined)
    json += `,"docstore_cost_usd":${billionths(event.docstore_cost_nano_usd)}`
  if (event.kept !== undefined)
    json += `,"kept":{"reason":"${event.kept.reason}","probability":${event.kept.probability}}`
  if (event.metadata !== undefined) json += `,"metadata":${scalarsJson(event.metadata)}`
  if (event.stages !== undefined) json += `,"stages":${stagesJson(event.stages)}`
  return `${json}${rareJson(event)}}`
}

/** What few requests have, and what has no shape of its own. */
function rareJson(event: TraceEvent): string {
  let json = ''
  if (event.rerank !== undefined) json += `,"rerank":${asciiJson(event.rerank)}`
  if (event.cache !== undefined) json += `,"cache":${asciiJson(event.cache)}`
  if (event.quality !== undefined) json += `,"quality":${asciiJson(event.quality)}`
  return json
}

function retrievalJson(retrieval: Retrieval): string {
  const { retriever, latency_ms, count, scores, documents, status } = retrieval
  let json = ''
  if (retriever !== undefined) json += `,"retriever":${quoteLabel(retriever)}`
  if (latency_ms !== undefined) json += `,"latency_ms":${fixed3(latency_ms)}`
  if (count !== undefined) json += `,"count":${count}`
  if (scores !== undefined) json += `,"scores":${scoresJson(scores)}`
  if (documents !== undefined) json += `,"documents":${documentsJson(documents)}`
  if (status !== undefined) json += `,"status":"${status}"`
  return `{${json.slice(1)}}`
}

function documentsJson(documents: readonly RetrievedDocument[]): string {
  let list = ''
  for (const { id, score, rank, used } of documents) {
    let json = ''
    if (id !== undefined) json += `,"id":${quote(id)}`
    if (score !== undefined) json += `,"score":${fixed6(score)}`
    if (rank !== undefined) json += `,"rank":${rank}`
    if (used !== undefined) json += `,"used":${used}`
    list += `,{${json.slice(1)}}`
  }
  return `[${list.slice(1)}]`
}

function stagesJson(stages: readonly Stage[]): string {
  let list = ''
  for (const { stage, name, start_ms, duration_ms, status, attributes } of stages) {
    let json = `{"stage":${quoteLabel(stage)},"duration_ms":${fixed3(duration_ms)}`
    if (name !== undefined) json += `,"name":${quote(name)}`
    if (start_ms !== undefined) json += `,"start_ms":${fixed3(start_ms)}`
    if (status !== undefined) json += `,"status":"${status}"`
    if (attributes !== undefined) json += `,"attributes":${scalarsJson(attributes)}`
    list += `,${json}}`
  }
  return `[${list.slice(1)}]`
}

function scoresJson(scores: readonly number[]): string {
  let json = ''
  for (let i = 0; i < scores.length; i += 1) json += `,${fixed6(scores[i] as number)}`
  return `[${json.slice(1)}]`
}

function generationsJson(generations: readonly Generation[]): string {
  let json = ''
  for (const generation of generations) json += `,${generationJson(generation)}`
  return `[${json.slice(1)}]`
}

function generationJson(generation: Generation): string {
  let json = ''
  if (generation.provider !== undefined) json += `,"provider":${quoteLabel(generation.provider)}`
  if (generation.model !== undefined) json += `,"model":${quoteLabel(generation.model)}`
  if (generation.model_raw !== undefined) json += `,"model_raw":${quoteLabel(generation.model_raw)}`
  if (generation.operation !== undefined) json += `,"operation":${quoteLabel(generation.operation)}`
  if (generation.latency_ms !== undefined) json += `,"latency_ms":${fixed3(generation.latency_ms)}`
  if (generation.time_to_first_token_ms !== undefined)
    json += `,"time_to_first_token_ms":${fixed3(generation.time_to_first_token_ms)}`
  if (generation.input_tokens !== undefined) json += `,"input_tokens":${generation.input_tokens}`
  if (generation.output_tokens !== undefined) json += `,"output_tokens":${generation.output_tokens}`
  if (generation.cache_read_tokens !== undefined)
    json += `,"cache_read_tokens":${generation.cache_read_tokens}`
  if (generation.cache_write_tokens !== undefined)
    json += `,"cache_write_tokens":${generation.cache_write_tokens}`
  if (generation.reasoning_tokens !== undefined) json += `,"reasoning_tokens":${generation.reasoning_tokens}`
  if (generation.cost_nano_usd !== undefined) {
    json += `,"cost_usd":${generation.cost_nano_usd === null ? 'null' : billionths(generation.cost_nano_usd)}`
  }
  if (generation.cost_source !== undefined) json += `,"cost_source":"${generation.cost_source}"`
  if (generation.answer_length !== undefined) json += `,"answer_length":${generation.answer_length}`
  if (generation.status !== undefined) json += `,"status":"${generation.status}"`
  return `{${json.slice(1)}}`
}

function scalarsJson(scalars: Readonly<Record<string, Scalar>>): string {
  let json = ''
  for (const key of Object.keys(scalars)) {
    const value = scalars[key]
    json += `,${quoteLabel(key)}:${typeof value === 'string' ? quote(value) : String(value)}`
  }
  return `{${json.slice(1)}}`
}
