/**
 * What one full RAG request costs an application: a retrieval with five scores, a model call with tokens and a known
 * price, one metadata key. Beside it, in the same run: prom-client making the same observations, and an OpenTelemetry
 * trace of three spans, without its export and, as our traces are, as the JSON that is sent. Two figures a row: the median time on the thread of the application (mitata), and the CPU
 * time of the whole process, which adds garbage collection and compression on other threads.
 */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { context as otelContext, trace as otelTrace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { measure as time } from 'mitata'
import * as prom from 'prom-client'
import { METRIC_LIST } from '@ragmeter/core'
import { MonitorClient } from '@ragmeter/sdk'
import type { Transport } from '@ragmeter/sdk'

/** Requests between two flushes: at 200 requests a second, what five seconds bring. */
const REQUESTS_PER_FLUSH = 1000
const ROUNDS = 3

interface Variant {
  readonly name: string
  /** Runs the requests of one flush interval, and the flush. */
  readonly run: () => void | Promise<void>
}

const ORGS = ['acme', 'globex', 'initech', 'umbrella', 'hooli']
const QUESTION = 'How long is raw data kept before the daemon deletes it, and can I change that?'

/** Values that differ from request to request, made beforehand so that making them is not measured. */
const requests = Array.from({ length: REQUESTS_PER_FLUSH }, (_, i) => ({
  org: ORGS[i % ORGS.length] as string,
  scores: Array.from({ length: 5 }, (_score, rank) => 0.95 - rank * 0.11 - (i % 13) / 200),
  retrievalMs: 8 + (i % 97) / 3,
  llmMs: 400 + (i % 501),
  inputTokens: 900 + (i % 300),
  outputTokens: 120 + (i % 80),
}))
type Request = (typeof requests)[number]

function client(options: { sampleRate: number; enabled?: boolean }): MonitorClient {
  const transport: Transport = { send: () => Promise.resolve({ kind: 'accepted' }), close: () => undefined }
  const settings = { transport, environment: {} }
  const kept = { queueTracesMax: 100_000, flushIntervalMs: 600_000, alwaysKeepPerSecondMax: 0 }
  return new MonitorClient({ service: 'bench', ...kept, ...options }, settings)
}

function manualForm(monitor: MonitorClient, request: Request): void {
  const trace = monitor.startTrace(QUESTION, { operation: 'ask', org: request.org })
  trace.recordRetrieval({ retriever: 'bm25', latencyMs: request.retrievalMs, scores: request.scores })
  trace.recordGeneration({
    provider: 'openai',
    model: 'gpt-4o',
    latencyMs: request.llmMs,
    inputTokens: request.inputTokens,
    outputTokens: request.outputTokens,
  })
  trace.addMetadata('team', 'search')
  trace.end()
}

const documents = requests.map(({ scores }) => scores.map((score, rank) => ({ id: `doc-${rank}`, score })))

function callbackForm(monitor: MonitorClient, request: Request, index: number): string {
  return monitor.trace(QUESTION, { operation: 'ask', org: request.org }, (trace) => {
    trace.retrieval({ retriever: 'bm25' }, () => documents[index])
    const usage = { prompt_tokens: request.inputTokens, completion_tokens: request.outputTokens }
    trace.generation({ provider: 'openai', model: 'gpt-4o' }, () => ({ usage }))
    trace.addMetadata('team', 'search')
    return 'answer'
  })
}

function ours(name: string, monitor: MonitorClient, one: typeof callbackForm | typeof manualForm): Variant {
  return {
    name,
    run: async () => {
      for (let i = 0; i < REQUESTS_PER_FLUSH; i += 1) one(monitor, requests[i] as Request, i)
      await monitor.flush()
    },
  }
}

/** The same counters and histograms, by name, labels and buckets; without the ledger, which prom-client has no place for. */
function promVariant(): Variant {
  const registry = new prom.Registry()
  const metric = (name: string) => {
    const found = METRIC_LIST.find((definition) => definition.name === name)
    if (found === undefined) throw new Error(`No metric ${name}`)
    const labelNames = found.labels.map((label) => label.name)
    return { name, help: found.help, labelNames, registers: [registry], buckets: [...found.buckets] }
  }
  const counter = (name: string) => new prom.Counter(metric(name))
  const gauge = (name: string) => new prom.Gauge(metric(name))
  const histogram = (name: string) => new prom.Histogram(metric(name))
  const m = {
    requests: counter('rag_requests_total'),
    duration: histogram('rag_request_duration_seconds'),
    last: gauge('rag_last_request_timestamp_seconds'),
    inFlight: gauge('rag_requests_in_flight'),
    retrievals: counter('rag_retrievals_total'),
    documents: histogram('rag_retrieval_documents'),
    score: histogram('rag_retrieval_score'),
    top: histogram('rag_retrieval_top_score'),
    margin: histogram('rag_retrieval_score_margin'),
    stage: histogram('rag_stage_duration_seconds'),
    calls: counter('rag_llm_requests_total'),
    callDuration: histogram('rag_llm_request_duration_seconds'),
    tokens: counter('rag_llm_tokens_total'),
    cost: counter('rag_llm_cost_usd_total'),
    requestCost: histogram('rag_request_cost_usd'),
    traces: counter('rag_traces_total'),
  }
  const service = 'bench'
  const retriever = 'bm25'
  const call = { service, provider: 'openai', model: 'gpt-4o', operation: 'chat' }
  const one = (request: Request) => {
    m.inFlight.inc({ service })
    const started = performance.now()
    const cost = request.inputTokens * 2.5e-6 + request.outputTokens * 1e-5
    m.retrievals.inc({ service, retriever, outcome: 'found' })
    m.documents.observe({ service, retriever }, request.scores.length)
    for (const score of request.scores) m.score.observe({ service, retriever }, score)
    m.top.observe({ service, retriever }, request.scores[0] ?? 0)
    m.margin.observe({ service, retriever }, (request.scores[0] ?? 0) - (request.scores[4] ?? 0))
    m.stage.observe({ service, stage: 'retrieval' }, request.retrievalMs / 1000)
    m.stage.observe({ service, stage: 'generation' }, request.llmMs / 1000)
    m.calls.inc({ ...call, status: 'success' })
    m.callDuration.observe(call, request.llmMs / 1000)
    m.tokens.inc({ ...call, token_type: 'input' }, request.inputTokens)
    m.tokens.inc({ ...call, token_type: 'output' }, request.outputTokens)
    m.cost.inc(call, cost)
    m.requestCost.observe({ service, model: 'gpt-4o' }, cost)
    m.requests.inc({ service, operation: 'ask', intent: '', model: 'gpt-4o', status: 'success' })
    const seconds = (performance.now() - started) / 1000
    m.duration.observe({ service, operation: 'ask', intent: '', status: 'success' }, seconds)
    m.last.set({ service }, Date.now() / 1000)
    m.traces.inc({ service, decision: 'not_sampled' })
    m.inFlight.dec({ service })
  }
  return {
    name: 'prom-client, same observations',
    run: () => {
      for (const request of requests) one(request)
    },
  }
}

/** @param send what the exporter does with the spans before they would leave */
function otelVariant(name: string, send: (spans: ReadableSpan[]) => void): Variant {
  otelContext.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const exporter = {
    export: (spans: ReadableSpan[], done: (result: { code: number }) => void) => {
      send(spans)
      done({ code: 0 })
    },
    shutdown: () => Promise.resolve(),
  }
  const processor = new BatchSpanProcessor(exporter, { maxQueueSize: 100_000, scheduledDelayMillis: 600_000 })
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('bench')
  const one = (request: Request) => {
    const root = tracer.startSpan('ask', {
      attributes: { 'rag.org': request.org, 'rag.operation': 'ask', team: 'search' },
    })
    const inside = otelTrace.setSpan(otelContext.active(), root)
    const retrieval = tracer.startSpan('retrieval', { attributes: { 'rag.retriever': 'bm25' } }, inside)
    retrieval.setAttribute('rag.scores', request.scores)
    retrieval.end()
    const attributes = { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-4o' }
    const generation = tracer.startSpan('chat gpt-4o', { attributes }, inside)
    generation.setAttribute('gen_ai.usage.input_tokens', request.inputTokens)
    generation.setAttribute('gen_ai.usage.output_tokens', request.outputTokens)
    generation.end()
    root.end()
  }
  return {
    name,
    run: async () => {
      for (const request of requests) one(request)
      await processor.forceFlush()
    },
  }
}

const variants: Readonly<Record<string, () => Variant>> = {
  unsampled: () => ours('ours, not sampled', client({ sampleRate: 0 }), manualForm),
  sampled: () => ours('ours, sampled, with sealing and JSON', client({ sampleRate: 1 }), manualForm),
  unsampledCallback: () => ours('ours, callback form, not sampled', client({ sampleRate: 0 }), callbackForm),
  sampledCallback: () => ours('ours, callback form, sampled', client({ sampleRate: 1 }), callbackForm),
  disabled: () => ours('ours, disabled', client({ sampleRate: 1, enabled: false }), manualForm),
  prometheus: promVariant,
  opentelemetry: () => otelVariant('OpenTelemetry, 3 spans, export not counted', () => undefined),
  opentelemetryJson: () =>
    otelVariant('OpenTelemetry, 3 spans, with JSON', (spans) => JsonTraceSerializer.serializeRequest(spans)),
}

interface Figures {
  /** Median microseconds a request on the application's thread. */
  thread: number
  /** Microseconds a request of CPU time of the process, other threads included. */
  cpu: number
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function figuresOf(variant: Variant): Promise<Figures> {
  const stats = await time(() => variant.run(), { min_cpu_time: 400_000_000 })
  const samples: number[] = []
  for (let sample = 0; sample < 7; sample += 1) {
    const before = process.cpuUsage()
    for (let flush = 0; flush < 40; flush += 1) await variant.run()
    const { user, system } = process.cpuUsage(before)
    samples.push((user + system) / (40 * REQUESTS_PER_FLUSH))
  }
  return { thread: stats.p50 / REQUESTS_PER_FLUSH / 1000, cpu: median(samples) }
}

/** Each variant in a process of its own, so that none warms or litters the heap of another. */
function inOwnProcess(name: string): Figures {
  const child = spawnSync(process.execPath, [...process.execArgv, import.meta.filename, name], {
    encoding: 'utf8',
  })
  if (child.status !== 0) throw new Error(`${name} failed: ${child.stderr}`)
  return JSON.parse(child.stdout) as Figures
}

function compareAll(): void {
  const names = Object.keys(variants)
  const rounds = new Map<string, Figures[]>(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    // Round about, so that a busy while of the machine does not fall on one row alone.
    for (const name of names) rounds.get(name)?.push(inOwnProcess(name))
  }
  const results = new Map(
    names.map((name) => {
      const figures = rounds.get(name) ?? []
      return [
        name,
        { thread: median(figures.map(({ thread }) => thread)), cpu: median(figures.map(({ cpu }) => cpu)) },
      ]
    }),
  )
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, ${REQUESTS_PER_FLUSH} requests a flush`,
  )
  console.log(`${''.padEnd(44)}  thread us  CPU us  CPU vs prom-client  CPU vs OpenTelemetry`)
  for (const [name, { thread, cpu }] of results) {
    const ratio = (base: string) => (cpu / (results.get(base)?.cpu ?? Number.NaN)).toFixed(2)
    const label = variants[name]?.().name ?? name
    const figures = `${thread.toFixed(2).padStart(9)}  ${cpu.toFixed(2).padStart(6)}`
    console.log(
      `${label.padEnd(44)}  ${figures}  ${ratio('prometheus').padStart(18)}  ${ratio('opentelemetry').padStart(20)}`,
    )
  }
}

const chosen = variants[process.argv[2] ?? '']
if (chosen === undefined) compareAll()
else process.stdout.write(JSON.stringify(await figuresOf(chosen())))
// Clients and span processors still hold timers.
process.exit(0)
