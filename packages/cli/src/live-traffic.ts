/**
 * The services of the scenario as traffic of this moment: requests that take the time they say, measured by the SDK
 * like those of any application.
 */
import { createIdGenerator, usdOf } from '@ragmeter/core'
import type { Generation, TraceEvent } from '@ragmeter/core'
import type { GenerationRecord, MonitorClient, Trace } from '@ragmeter/sdk'
import { memoryFacts } from './simulate/gauges.ts'
import { arrives, occasionAt } from './simulate/history.ts'
import { conditionsAt, INCIDENT_KINDS, peakTraffic } from './simulate/incidents.ts'
import type { Incident, IncidentKind } from './simulate/incidents.ts'
import { createRandom } from './simulate/random.ts'
import { makeRequest } from './simulate/request.ts'
import {
  CHAT,
  DOCUMENT_STORE,
  LARGE,
  POINTS_AT_END,
  RATE_LIMIT_REQUESTS,
  SERVICES,
  VECTOR_DATABASE,
  VECTOR_STORE,
} from './simulate/scenario.ts'
import type { ServiceName } from './simulate/scenario.ts'

/** Kinds that traffic of this moment can show: the runs of a batch job are hours apart. */
export const LIVE_INCIDENT_KINDS: readonly IncidentKind[] = INCIDENT_KINDS.filter(
  (kind) => kind !== 'batch_failure' && kind !== 'batch_stall',
)

export interface LiveTraffic {
  readonly seed: number
  /** Requests a second, of all services together, while traffic is as usual. */
  readonly rate: number
  /** What goes wrong all the time; undefined is nothing. */
  readonly incident: IncidentKind | undefined
  /** Infinity plays until it is stopped. */
  readonly durationMs: number
}

export interface Stage {
  readonly monitors: Readonly<Record<ServiceName, MonitorClient>>
  /** Ends the play before its time. */
  readonly stopped: AbortSignal
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds of any origin. */
  monotonicNow(): number
  /** Resolves then, or as soon as the signal says so. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** Requests under way at once: beyond it the play falls behind its rate rather than fill the memory. */
const IN_FLIGHT_MAX = 1000
const MS_PER_SECOND = 1000

/** Plays until the time is over or it is stopped, and lets the requests under way end. @returns requests played */
export async function playTraffic(traffic: LiveTraffic, stage: Stage): Promise<number> {
  const random = createRandom(traffic.seed, 4)
  const ids = createIdGenerator((bytes) => random.fillBytes(bytes))
  const incidents = incidentsOf(traffic.incident)
  const peak = peakTraffic(incidents)
  const inFlight = new Set<Promise<void>>()
  const startedAt = stage.monotonicNow()
  // Starts are added up, so that what a late timer loses is made up for.
  let dueMs = 0
  let count = 0
  for (;;) {
    dueMs += (-Math.log(1 - random.next()) * MS_PER_SECOND) / (traffic.rate * peak)
    if (dueMs > traffic.durationMs) break
    await stage.wait(startedAt + dueMs - stage.monotonicNow(), stage.stopped)
    if (stage.stopped.aborted) break
    const at = stage.now()
    const occasion = occasionAt(at, at, incidents, random)
    if (!arrives(occasion, peak, random)) continue
    const plan = makeRequest(occasion, random, ids)
    if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight)
    count += 1
    const playing = play(plan, stage).finally(() => inFlight.delete(playing))
    inFlight.add(playing)
  }
  await Promise.all(inFlight)
  return count
}

/** What the services tell beside their requests; how many of those are under way they know themselves. */
export function stateGauges(monitors: Stage['monitors'], incident: IncidentKind | undefined): void {
  const incidents = incidentsOf(incident)
  const chat = conditionsAt(incidents, 0, CHAT)
  const store = conditionsAt(incidents, 0, DOCUMENT_STORE)
  if (chat.isDown) return
  const { provider, model } = LARGE
  const remaining = RATE_LIMIT_REQUESTS * (chat.rateLimited > 0 ? 0.02 : 0.8)
  monitors[CHAT].setRateLimit({ provider, model, limit: 'requests', remaining, max: RATE_LIMIT_REQUESTS })
  for (const [factType, facts] of memoryFacts(chat)) monitors[CHAT].setMemoryFacts(factType, facts)
  const { dependency: name, kind } = VECTOR_DATABASE
  monitors[DOCUMENT_STORE].dependencyUp({ name, kind }, !store.isDatabaseDown)
  if (!store.isDatabaseDown) {
    monitors[DOCUMENT_STORE].setStoreSize({
      ...VECTOR_STORE,
      points: Math.round(POINTS_AT_END * store.growth),
    })
  }
}

function incidentsOf(incident: IncidentKind | undefined): Incident[] {
  if (incident === undefined) return []
  const services = SERVICES.map(({ name }) => name)
  return [{ kind: incident, from: -Infinity, to: Infinity, services, strength: 0.8 }]
}

async function play(plan: TraceEvent, stage: Stage): Promise<void> {
  const monitor = stage.monitors[plan.service as ServiceName]
  const trace = monitor.startTrace(`question ${plan.query_hash?.slice(0, 8) ?? ''}`, {
    operation: plan.operation ?? '',
    endpoint: plan.endpoint ?? '',
    org: plan.org ?? '',
    user: plan.user_id ?? '',
    metadata: { simulated: true },
  })
  for (const { cache, hit } of plan.cache ?? []) trace.recordCache(cache, hit)
  let elapsedMs = 0
  for (const { stage: name, duration_ms: durationMs, status } of plan.stages ?? []) {
    const startedAt = stage.monotonicNow()
    await stage.wait(durationMs, stage.stopped)
    const latencyMs = stage.monotonicNow() - startedAt
    elapsedMs += durationMs
    if (name === 'retrieval') recordRetrieval(trace, plan, latencyMs)
    else if (name === 'rerank') recordRerank(trace, plan, latencyMs)
    else {
      trace.recordStage({ stage: name, durationMs: latencyMs, status: status ?? 'success' })
      const isEmbedding = name === 'embedding'
      const call = plan.generations?.find(({ operation }) => (operation === 'embeddings') === isEmbedding)
      if (call !== undefined) trace.recordGeneration(recordOf(call, latencyMs))
    }
  }
  await stage.wait(plan.total_latency_ms - elapsedMs, stage.stopped)
  for (const { metric, score, source } of plan.quality ?? []) trace.recordQuality(metric, score, source)
  finish(trace, plan, stage.stopped.aborted)
}

function finish(trace: Trace, plan: TraceEvent, isStopped: boolean): void {
  if (isStopped) trace.end({ status: 'cancelled' })
  else {
    if (plan.error_type !== undefined && plan.status !== 'rejected') {
      trace.recordError(Object.assign(new Error(plan.error_message), { code: plan.error_type }))
    }
    trace.end(plan.status === 'rejected' ? { status: 'rejected' } : {})
  }
}

function recordRetrieval(trace: Trace, plan: TraceEvent, latencyMs: number): void {
  const { retriever = '', count = 0, documents = [], scores = [], status = 'success' } = plan.retrieval ?? {}
  const cost = usdOf(plan.docstore_cost_nano_usd)
  const found = status === 'success' ? { count, documents, scores } : {}
  trace.recordRetrieval({
    retriever,
    latencyMs,
    status,
    ...found,
    ...(cost === null ? {} : { costUsd: cost }),
  })
}

function recordRerank(trace: Trace, { rerank }: TraceEvent, latencyMs: number): void {
  const { in_count: inCount = 0, out_count: outCount = 0, displacement = 0 } = rerank ?? {}
  trace.recordRerank({ latencyMs, inCount, outCount, displacement })
}

/** Priced by the SDK, like any call. */
function recordOf(call: Generation, latencyMs: number): GenerationRecord {
  const { provider = '', model = '', operation, input_tokens, output_tokens } = call
  const first = call.time_to_first_token_ms
  const planned = call.latency_ms ?? latencyMs
  return {
    provider,
    model,
    latencyMs,
    operation: operation === 'embeddings' ? 'embeddings' : 'chat',
    status: call.status ?? 'success',
    ...(call.status === 'error' ? {} : { inputTokens: input_tokens ?? 0, outputTokens: output_tokens ?? 0 }),
    ...(first === undefined ? {} : { timeToFirstTokenMs: (first / planned) * latencyMs }),
  }
}
