/**
 * The one place where a request becomes observations. The SDK runs it over every request, sampled or not;
 * the daemon runs it over the traces of clients that send no measurements. Pure but for the registry it fills.
 */
import { METRICS } from './catalogue.ts'
import type { Generation, Retrieval, TraceEvent } from './event.ts'
import { NANO_PER_USD } from './money.ts'
import type { HistogramSeries, Registry } from './registry.ts'
import { addValue, keepExemplar } from './registry.ts'
import { knownPartsCost, unattributedCost } from './unattributed-cost.ts'

const MS_PER_SECOND = 1000

/**
 * Counts one request in the registry.
 * @param weight requests it stands for, an integer >= 1 (see `weightOf`)
 */
export function measure(event: TraceEvent, registry: Registry, weight = 1): void {
  const { service, status } = event
  const operation = event.operation ?? ''
  const intent = event.intent ?? ''
  const model = answeringModel(event.generations)
  registry.count(METRICS.requests, weight, service, operation, intent, model, status)
  const latency = event.total_latency_ms / MS_PER_SECOND
  const durations = registry.observe(
    METRICS.requestDuration,
    latency,
    weight,
    service,
    operation,
    intent,
    status,
  )
  registry.raise(METRICS.lastRequest, event.timestamp / MS_PER_SECOND, service)
  if (event.kept !== undefined && event.trace_id !== undefined) noteExemplar(durations, event, latency)
  if (status === 'error' || status === 'timeout') {
    registry.count(
      METRICS.errors,
      weight,
      service,
      event.error_type ?? defaultErrorType(status),
      failedStage(event),
    )
  }
  measureParts(event, registry, weight)
  const unattributed = unattributedCost(event)
  if (unattributed > 0) registry.count(METRICS.llmCost, unattributed * weight, service, '', '', '')
  const cost = requestCost(event)
  if (cost !== undefined) registry.observe(METRICS.requestCost, cost / NANO_PER_USD, weight, service, model)
  if (event.feedback !== undefined) registry.count(METRICS.feedback, weight, service, event.feedback.rating)
}

/**
 * Counts what a request did, and not the request: all of its parts, or those that came when it was counted already.
 * @param weight as in {@link measure}
 */
export function measureParts(event: TraceEvent, registry: Registry, weight = 1): void {
  const { service, generations } = event
  if (event.retrieval !== undefined) measureRetrieval(event, event.retrieval, registry, weight)
  if (event.rerank?.displacement !== undefined) {
    registry.observe(METRICS.rerankDisplacement, event.rerank.displacement, weight, service)
  }
  measureStages(event, registry, weight)
  if (generations !== undefined) {
    for (const generation of generations) measureGeneration(service, generation, registry, weight)
  }
  if (event.docstore_cost_nano_usd !== undefined) {
    registry.count(METRICS.docstoreCost, event.docstore_cost_nano_usd * weight, service)
  }
  if (event.cache !== undefined) {
    for (const { cache, hit } of event.cache) {
      registry.count(METRICS.cacheRequests, weight, service, cache, hit ? 'hit' : 'miss')
    }
  }
  if (event.quality !== undefined) {
    for (const { metric, score, source } of event.quality) {
      registry.observe(METRICS.quality, score, weight, service, metric, source)
    }
  }
}

/** The model that gave the answer: of the last generation that names one. '' if none does. */
export function answeringModel(generations: readonly Generation[] | undefined): string {
  if (generations === undefined) return ''
  for (let i = generations.length - 1; i >= 0; i -= 1) {
    const model = generations[i]?.model
    if (model !== undefined) return model
  }
  return ''
}

/**
 * The cost of a request in nano-USD: the total that is stated, or the sum of its parts if that is more or no total is stated.
 * @returns undefined if a part is unpriced, or if nothing in the request costs anything: unknown is not zero.
 */
export function requestCost(event: TraceEvent): number | undefined {
  if (event.cost_nano_usd === null) return undefined
  if (event.cost_nano_usd !== undefined) return knownPartsCost(event) + unattributedCost(event)
  let cost = event.docstore_cost_nano_usd
  if (event.generations === undefined) return cost
  for (const generation of event.generations) {
    if (typeof generation.cost_nano_usd !== 'number') return undefined
    cost = (cost ?? 0) + generation.cost_nano_usd
  }
  return cost
}

/**
 * How many requests a sampled trace stands for: 1/probability. A fraction becomes an integer by the trace's own
 * id, so that the same trace always weighs the same and the expectation is right.
 */
export function weightOf(id: string, probability: number): number {
  const weight = 1 / probability
  const whole = Math.floor(weight)
  return weight - whole > fractionOf(id) ? whole + 1 : whole
}

/**
 * A number in 0..1 that follows from the id: FNV-1a, then the finaliser of MurmurHash3, without which numbered ids
 * are spread unevenly.
 */
function fractionOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

function measureRetrieval(event: TraceEvent, retrieval: Retrieval, registry: Registry, weight: number): void {
  const { service } = event
  const retriever = retrieval.retriever ?? ''
  const { count } = retrieval
  const failed = retrieval.status !== undefined && retrieval.status !== 'success'
  if (failed || count !== undefined) {
    const outcome = failed ? 'error' : count === 0 ? 'empty' : 'found'
    registry.count(METRICS.retrievals, weight, service, retriever, outcome)
  }
  if (!failed && count !== undefined) {
    registry.observe(METRICS.retrievalDocuments, count, weight, service, retriever)
  }
  if (retrieval.scores !== undefined) measureScores(service, retriever, retrieval.scores, registry, weight)
  if (retrieval.documents !== undefined) {
    let used = 0
    let stated = false
    for (const document of retrieval.documents) {
      // What the answer cites it has seen; clients that know only citations count those.
      const isUsed = document.used ?? document.cited
      if (isUsed === undefined) continue
      stated = true
      if (isUsed) used += 1
    }
    if (stated) registry.observe(METRICS.retrievalDocumentsUsed, used, weight, service, retriever)
  }
}

/** Scores outside 0..1 are distances or raw BM25 and would bend the distribution: they are counted as unnormalised. */
function measureScores(
  service: string,
  retriever: string,
  scores: readonly number[],
  registry: Registry,
  weight: number,
): void {
  if (scores.length === 0) return
  let top = -Infinity
  let bottom = Infinity
  let unnormalised = 0
  let series: HistogramSeries | undefined
  for (let i = 0; i < scores.length; i += 1) {
    const score = scores[i] as number
    if (score >= 0 && score <= 1) {
      series ??= registry.histogram(METRICS.retrievalScore, service, retriever)
      addValue(series, METRICS.retrievalScore, score, weight)
    } else unnormalised += weight
    if (score > top) top = score
    if (score < bottom) bottom = score
  }
  if (unnormalised > 0) {
    registry.count(METRICS.telemetryDropped, unnormalised, service, 'unnormalised_score')
    return
  }
  registry.observe(METRICS.retrievalTopScore, top, weight, service, retriever)
  registry.observe(METRICS.retrievalScoreMargin, top - bottom, weight, service, retriever)
}

/** Latency by stage: from the stages the client sent, and from the parts it timed where no stage says the same. */
function measureStages(event: TraceEvent, registry: Registry, weight: number): void {
  const { service, stages } = event
  let retrieval = event.retrieval?.latency_ms
  let rerank = event.rerank?.latency_ms
  let generations = event.generations
  if (stages !== undefined) {
    for (const { stage, duration_ms } of stages) {
      registry.observe(METRICS.stageDuration, duration_ms / MS_PER_SECOND, weight, service, stage)
      if (stage === 'retrieval') retrieval = undefined
      else if (stage === 'rerank') rerank = undefined
      else if (stage === 'generation') generations = undefined
    }
  }
  if (retrieval !== undefined) {
    registry.observe(METRICS.stageDuration, retrieval / MS_PER_SECOND, weight, service, 'retrieval')
  }
  if (rerank !== undefined) {
    registry.observe(METRICS.stageDuration, rerank / MS_PER_SECOND, weight, service, 'rerank')
  }
  if (generations === undefined) return
  for (const { latency_ms } of generations) {
    if (latency_ms === undefined) continue
    registry.observe(METRICS.stageDuration, latency_ms / MS_PER_SECOND, weight, service, 'generation')
  }
}

function measureGeneration(
  service: string,
  generation: Generation,
  registry: Registry,
  weight: number,
): void {
  const provider = generation.provider ?? ''
  const model = generation.model ?? ''
  const operation = generation.operation ?? 'chat'
  const { input_tokens, output_tokens, cost_nano_usd } = generation
  registry.count(
    METRICS.llmRequests,
    weight,
    service,
    provider,
    model,
    operation,
    generation.status ?? 'success',
  )
  if (generation.latency_ms !== undefined) {
    const latency = generation.latency_ms / MS_PER_SECOND
    registry.observe(METRICS.llmDuration, latency, weight, service, provider, model, operation)
  }
  if (generation.time_to_first_token_ms !== undefined) {
    const latency = generation.time_to_first_token_ms / MS_PER_SECOND
    registry.observe(METRICS.llmFirstToken, latency, weight, service, provider, model)
  }
  if (input_tokens !== undefined) {
    registry.count(METRICS.llmTokens, input_tokens * weight, service, provider, model, operation, 'input')
  }
  if (output_tokens !== undefined) {
    registry.count(METRICS.llmTokens, output_tokens * weight, service, provider, model, operation, 'output')
  }
  measureTokenDetails(service, provider, model, generation, registry, weight)
  if (typeof cost_nano_usd === 'number') {
    registry.count(METRICS.llmCost, cost_nano_usd * weight, service, provider, model, operation)
  } else {
    registry.count(METRICS.llmUnpriced, weight, service, provider, model)
  }
}

function measureTokenDetails(
  service: string,
  provider: string,
  model: string,
  generation: Generation,
  registry: Registry,
  weight: number,
): void {
  const { cache_read_tokens, cache_write_tokens, reasoning_tokens } = generation
  if (cache_read_tokens !== undefined) {
    registry.count(
      METRICS.llmTokensDetail,
      cache_read_tokens * weight,
      service,
      provider,
      model,
      'cache_read',
    )
  }
  if (cache_write_tokens !== undefined) {
    registry.count(
      METRICS.llmTokensDetail,
      cache_write_tokens * weight,
      service,
      provider,
      model,
      'cache_write',
    )
  }
  if (reasoning_tokens !== undefined) {
    registry.count(METRICS.llmTokensDetail, reasoning_tokens * weight, service, provider, model, 'reasoning')
  }
}

/** Only a kept trace can be looked up, so only a kept trace becomes an exemplar. */
function noteExemplar(series: HistogramSeries, event: TraceEvent, latency: number): void {
  const exemplar = { trace_id: event.trace_id as string, value: latency, timestamp: event.timestamp }
  keepExemplar(series, METRICS.requestDuration, exemplar)
}

function defaultErrorType(status: 'error' | 'timeout'): string {
  return status === 'timeout' ? 'timeout' : 'other'
}

/** The first stage that failed; '' if no stage is known to have. */
function failedStage(event: TraceEvent): string {
  if (event.stages !== undefined) {
    for (const { stage, status } of event.stages) if (status === 'error' || status === 'timeout') return stage
  }
  if (event.retrieval?.status === 'error' || event.retrieval?.status === 'timeout') return 'retrieval'
  const failed = event.generations?.some(({ status }) => status === 'error' || status === 'timeout') === true
  return failed ? 'generation' : ''
}
