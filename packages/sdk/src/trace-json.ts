/** A trace as it goes on the wire: what `traceToWire` says, as text. A test holds the two together. */
import type {
  Generation,
  Kept,
  RetrievedDocument,
  Retrieval,
  Scalar,
  Stage,
  TraceEvent,
} from '@ragmeter/core'
import { memoise } from '@ragmeter/core'
import { asciiJson, billionths, fixed3, labelField, quote, share4, wholeNumber } from './json-text.ts'

const statusField = labelField('status')
const operationField = labelField('operation')
const endpointField = labelField('endpoint')
const intentField = labelField('intent')
const errorTypeField = labelField('error_type')
const exceptionField = labelField('exception')
const retrieverField = labelField('retriever')
const providerField = labelField('provider')
const modelField = labelField('model')
const rawModelField = labelField('model_raw')
const costSourceField = labelField('cost_source')
const stageField = labelField('stage')

/** Service, environment, release and instance are those of the client: the batch states them once. */
export function traceJson(event: TraceEvent): string {
  let json = `{"id":"${event.id}","timestamp":${wholeNumber(event.timestamp)},"total_latency_ms":${fixed3(event.total_latency_ms)}`
  json += statusField(event.status)
  if (event.trace_id !== undefined) json += `,"trace_id":"${event.trace_id}"`
  if (event.parent_span_id !== undefined) json += `,"parent_span_id":"${event.parent_span_id}"`
  if (event.request_id !== undefined) json += `,"request_id":${quote(event.request_id)}`
  if (event.query_hash !== undefined) json += `,"query_hash":"${event.query_hash}"`
  if (event.query_length !== undefined) json += `,"query_length":${event.query_length}`
  if (event.operation !== undefined) json += operationField(event.operation)
  if (event.endpoint !== undefined) json += endpointField(event.endpoint)
  if (event.intent !== undefined) json += intentField(event.intent)
  if (event.org !== undefined) json += `,"org":${quote(event.org)}`
  if (event.user_id !== undefined) json += `,"user_id":${quote(event.user_id)}`
  if (event.session_id !== undefined) json += `,"session_id":${quote(event.session_id)}`
  if (event.retrieval !== undefined) json += retrievalJson(event.retrieval)
  if (event.generations !== undefined) json += generationsJson(event.generations)
  if (event.kept !== undefined) json += keptField(event.kept)
  if (event.metadata !== undefined) json += `,"metadata":${scalarsJson(event.metadata)}`
  if (event.stages !== undefined) json += `,"stages":${stagesJson(event.stages)}`
  return `${json}${rareJson(event)}}`
}

/** What few requests have. */
function rareJson(event: TraceEvent): string {
  let json = ''
  if (event.error_type !== undefined) json += errorTypeField(event.error_type)
  if (event.error_message !== undefined) json += `,"error_message":${quote(event.error_message)}`
  if (event.exception !== undefined) json += exceptionField(event.exception)
  if (event.docstore_cost_nano_usd !== undefined) {
    json += `,"docstore_cost_usd":${billionths(event.docstore_cost_nano_usd)}`
  }
  if (event.cost_nano_usd !== undefined && event.cost_nano_usd !== null) {
    json += `,"cost_usd":${billionths(event.cost_nano_usd)}`
  }
  if (event.rerank !== undefined) json += `,"rerank":${asciiJson(event.rerank)}`
  if (event.cache !== undefined) json += `,"cache":${asciiJson(event.cache)}`
  if (event.quality !== undefined) json += `,"quality":${asciiJson(event.quality)}`
  return json
}

/** The head sample has one reason and one probability for all of its traces. */
const keptFields = new WeakMap<Kept, string>()

function keptField(kept: Kept): string {
  let field = keptFields.get(kept)
  if (field === undefined) {
    field = `,"kept":{"reason":"${kept.reason}","probability":${kept.probability}}`
    keptFields.set(kept, field)
  }
  return field
}

function retrievalJson(retrieval: Retrieval): string {
  const { retriever, latency_ms, count, scores, documents, status } = retrieval
  let json = ''
  if (retriever !== undefined) json += retrieverField(retriever)
  if (latency_ms !== undefined) json += `,"latency_ms":${fixed3(latency_ms)}`
  if (count !== undefined) json += `,"count":${count}`
  if (scores !== undefined) json += `,"scores":[${scoresJson(scores)}]`
  if (documents !== undefined) json += `,"documents":[${documentsJson(documents)}]`
  if (status !== undefined) json += statusField(status)
  return `,"retrieval":{${json.slice(1)}}`
}

function scoresJson(scores: readonly number[]): string {
  if (scores.length === 0) return ''
  let json = share4(scores[0] as number)
  for (let i = 1; i < scores.length; i += 1) json += `,${share4(scores[i] as number)}`
  return json
}

function documentsJson(documents: readonly RetrievedDocument[]): string {
  let list = ''
  for (const { id, score, rank, used, cited } of documents) {
    let json = ''
    if (id !== undefined) json += `,"id":${quote(id)}`
    if (score !== undefined) json += `,"score":${share4(score)}`
    if (rank !== undefined) json += `,"rank":${rank}`
    if (used !== undefined) json += `,"used":${used}`
    if (cited !== undefined) json += `,"cited":${cited}`
    list += `${list === '' ? '' : ','}{${json.slice(1)}}`
  }
  return list
}

function stagesJson(stages: readonly Stage[]): string {
  let list = ''
  for (const { stage, name, start_ms, duration_ms, status, attributes } of stages) {
    let json = `${list === '' ? '' : ','}{"duration_ms":${fixed3(duration_ms)}${stageField(stage)}`
    if (name !== undefined) json += `,"name":${quote(name)}`
    if (start_ms !== undefined) json += `,"start_ms":${fixed3(start_ms)}`
    if (status !== undefined) json += statusField(status)
    if (attributes !== undefined) json += `,"attributes":${scalarsJson(attributes)}`
    list += `${json}}`
  }
  return `[${list}]`
}

function generationsJson(generations: readonly Generation[]): string {
  let list = ''
  for (const generation of generations) list += `${list === '' ? '' : ','}${generationJson(generation)}`
  return `,"generations":[${list}]`
}

function generationJson(generation: Generation): string {
  const { latency_ms, time_to_first_token_ms, input_tokens, output_tokens, cost_nano_usd } = generation
  let json = ''
  if (generation.provider !== undefined) json += providerField(generation.provider)
  if (generation.model !== undefined) json += modelField(generation.model)
  if (generation.model_raw !== undefined) json += rawModelField(generation.model_raw)
  if (generation.operation !== undefined) json += operationField(generation.operation)
  if (latency_ms !== undefined) json += `,"latency_ms":${fixed3(latency_ms)}`
  if (time_to_first_token_ms !== undefined) {
    json += `,"time_to_first_token_ms":${fixed3(time_to_first_token_ms)}`
  }
  if (input_tokens !== undefined) json += `,"input_tokens":${input_tokens}`
  if (output_tokens !== undefined) json += `,"output_tokens":${output_tokens}`
  if (generation.cache_read_tokens !== undefined)
    json += `,"cache_read_tokens":${generation.cache_read_tokens}`
  if (generation.cache_write_tokens !== undefined) {
    json += `,"cache_write_tokens":${generation.cache_write_tokens}`
  }
  if (generation.reasoning_tokens !== undefined) json += `,"reasoning_tokens":${generation.reasoning_tokens}`
  if (cost_nano_usd !== undefined) {
    json += `,"cost_usd":${cost_nano_usd === null ? 'null' : billionths(cost_nano_usd)}`
  }
  if (generation.cost_source !== undefined) json += costSourceField(generation.cost_source)
  if (generation.answer_length !== undefined) json += `,"answer_length":${generation.answer_length}`
  if (generation.status !== undefined) json += statusField(generation.status)
  return `{${json.slice(1)}}`
}

/** `"key":`, made once for each key. */
const keyOf = memoise((key: string) => `${quote(key)}:`, 1000)

function scalarsJson(scalars: Readonly<Record<string, Scalar>>): string {
  let json = ''
  for (const key of Object.keys(scalars)) {
    const value = scalars[key]
    const text = typeof value === 'string' ? quote(value) : String(value)
    json += `${json === '' ? '' : ','}${keyOf(key)}${text}`
  }
  return `{${json}}`
}
