/**
 * The hot paths of core: measuring a request, parsing what arrives, rendering a page of metrics.
 * Prints medians, and the ratio of parsing to JSON.parse of the same text in the same run.
 */
import { cpus } from 'node:os'
import { do_not_optimize, measure as time } from 'mitata'
import {
  CardinalityGuard,
  Ledger,
  measure,
  MeasurementBuffer,
  METRICS,
  parseBatch,
  parseTrace,
  Reader,
  Registry,
  renderRegistry,
} from '@ragmeter/core'
import type { ExpositionFormat, TraceEvent } from '@ragmeter/core'
import { bucketIndex } from '../packages/core/src/exponential-histogram.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const TRACES = 100
const context = { now: NOW, oldest: 0, service: 'unknown', fallbackId: (index: number) => `id-${index}` }

/** The form of existing clients: all 13 keys, null where unset. */
function flatTrace(index: number): Record<string, unknown> {
  return {
    id: (0x1234_5678_9abc + index * 7919).toString(16).padStart(16, '0'),
    timestamp: new Date(NOW - index * 1000).toISOString().replace('Z', '000+00:00'),
    query_hash: (0xfeed_beef + index * 104_729).toString(16).padStart(16, '0'),
    query_length: 20 + index,
    retrieval_latency_ms: 40.125 + index,
    retrieval_count: 5,
    generation_latency_ms: 800.5 + index,
    answer_length: 400 + index,
    total_latency_ms: 860.25 + index,
    model_version: 'gpt-4o-2024-08-06',
    success: true,
    error_type: null,
    metadata: null,
  }
}

/** A full request of our own SDK: five scores, one generation with tokens and price, one metadata key. */
function nestedTrace(index: number): Record<string, unknown> {
  return {
    id: `01936f5e-8a00-7${(index % 4096).toString(16).padStart(3, '0')}-8000-00000000${(4096 + index).toString(16)}`,
    timestamp: NOW - index * 1000,
    total_latency_ms: 860.25 + index,
    status: 'success',
    trace_id: `4bf92f3577b34da6a3ce929d0e0e${(4096 + index).toString(16)}`,
    query_hash: (0xfeed_beef + index * 104_729).toString(16).padStart(64, '0'),
    query_length: 20 + index,
    operation: 'ask',
    org: 'acme',
    retrieval: {
      retriever: 'bm25',
      latency_ms: 40.125 + index,
      count: 5,
      scores: [0.91, 0.83, 0.71, 0.52, 0.43],
    },
    generations: [
      {
        provider: 'openai',
        model: 'gpt-4o',
        model_raw: 'gpt-4o-2024-08-06',
        latency_ms: 800.5 + index,
        input_tokens: 1200 + index,
        output_tokens: 300,
        cost_usd: 0.006,
        cost_source: 'genai-prices',
      },
    ],
    kept: { reason: 'head', probability: 0.1 },
    metadata: { plan: 'pro' },
  }
}

const flat = Array.from({ length: TRACES }, (_, index) => flatTrace(index))
const nested = Array.from({ length: TRACES }, (_, index) => nestedTrace(index))
const flatText = JSON.stringify({ traces: flat })
const nestedText = JSON.stringify({ resource: { service: 'docs-assistant' }, traces: nested })
// As they come from the wire: the objects of a literal have other shapes inside the engine.
const flatBatch = JSON.parse(flatText) as { traces: unknown[] }
const nestedBatch = JSON.parse(nestedText) as { traces: unknown[] }

const noOverflow = () => {
  throw new Error('the benchmark does not overflow')
}
const newRegistry = () => new Registry({ guard: new CardinalityGuard(noOverflow) })

function eventsOf(batch: unknown): TraceEvent[] {
  return (parseBatch(batch, { ...context, service: 'docs-assistant' })?.traces ?? []).map(({ event }) => ({
    ...event,
    kept: undefined,
  }))
}

function parseAll(batch: { traces: unknown[] }): void {
  const reader = new Reader()
  for (const trace of batch.traces) do_not_optimize(parseTrace(trace, reader, context))
}

/** Services with 500 series each of counters and histograms, as a daemon that serves many has them. */
function fullRegistry(count: number): Registry {
  const guard = new CardinalityGuard(noOverflow)
  const full = new Registry({ guard, exponential: false })
  for (let made = 0; made < count; made += 1) {
    const service = `service-${Math.floor(made / 500)}`
    const operation = `operation-${made % 50}`
    const intent = `intent-${Math.floor(made / 50) % 10}`
    // One series in five is a histogram with its 16 lines, as in the catalogue.
    if (made % 5 === 0)
      full.observe(METRICS.requestDuration, made / 1000, 1, service, operation, intent, 'success')
    else full.count(METRICS.requests, made, service, operation, intent, 'gpt-4o', 'success')
  }
  return full
}

interface Task {
  what: string
  body: () => void
  /** Items that one call of the body handles. */
  items: number
  note?: string
  /** The task with which to compare. */
  against?: string
}

const registry = newRegistry()
const ledger = new Ledger()
const buffer = new MeasurementBuffer({ guard: new CardinalityGuard(noOverflow) })
const flatEvents = eventsOf(flatBatch)
const nestedEvents = eventsOf(nestedBatch)
const values = Float64Array.from({ length: 1000 }, (_, index) => 1.0123 ** (index - 500))
const page = fullRegistry(10_000)
const seriesCount = Array.from(page.families()).reduce((sum, family) => sum + family.series.length, 0)

function parsing(form: string, batch: { traces: unknown[] }, text: string): Task[] {
  const against = `JSON.parse, ${form}, per trace`
  return [
    {
      what: against,
      body: () => do_not_optimize(JSON.parse(text)),
      items: TRACES,
      note: `${Math.round(text.length / TRACES)} bytes`,
    },
    { what: `parseTrace, ${form}`, body: () => parseAll(batch), items: TRACES, against },
    {
      what: `JSON.parse + parseBatch of ${TRACES}, ${form}, per trace`,
      body: () => do_not_optimize(parseBatch(JSON.parse(text), context)),
      items: TRACES,
      against,
    },
  ]
}

function rendering(format: ExpositionFormat): Task {
  let longest = 0
  for (let run = 0; run < 50; run += 1) {
    // The first runs are not compiled yet.
    if (run === 40) longest = 0
    for (const chunks = renderRegistry(page, format); ;) {
      const startedAt = performance.now()
      if (chunks.next().done === true) break
      longest = Math.max(longest, performance.now() - startedAt)
    }
  }
  return {
    what: `renderRegistry, ${seriesCount} series, ${format}`,
    body: () => {
      for (const chunk of renderRegistry(page, format)) do_not_optimize(chunk)
    },
    items: 1,
    note: `longest chunk ${longest.toFixed(2)} ms`,
  }
}

const tasks: Task[] = [
  { what: 'measure, full request', body: () => measureAll(nestedEvents), items: TRACES },
  { what: 'measure, flat request', body: () => measureAll(flatEvents), items: TRACES },
  {
    what: 'Ledger.book, full request',
    body: () => {
      for (const event of nestedEvents) ledger.book(event)
    },
    items: TRACES,
  },
  {
    what: 'MeasurementBuffer.record, full request',
    body: () => {
      for (const event of nestedEvents) buffer.record(event)
    },
    items: TRACES,
  },
  {
    what: 'bucketIndex',
    body: () => {
      let sum = 0
      for (const value of values) sum += bucketIndex(value)
      do_not_optimize(sum)
    },
    items: values.length,
  },
  ...parsing('flat', flatBatch, flatText),
  ...parsing('nested', nestedBatch, nestedText),
  rendering('text'),
  rendering('openmetrics'),
]

function measureAll(events: readonly TraceEvent[]): void {
  for (const event of events) measure(event, registry)
}

/** Rounds over all tasks, so that a machine that is slow for a while is slow for all of them. */
const ROUNDS = 7
const rounds: Map<string, number>[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const results = new Map<string, number>()
  for (const { what, body, items } of tasks) {
    const { p50 } = await time(body, { min_cpu_time: 60e6, warmup_samples: 30, warmup_threshold: 1e9 })
    results.set(what, p50 / items)
  }
  rounds.push(results)
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1] ?? Number.NaN
}

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}; medians of the quietest of ${ROUNDS} rounds in ns`,
)
for (const { what, note, against } of tasks) {
  const nanoseconds = Math.min(...rounds.map((results) => results.get(what) ?? Number.NaN))
  const ratios = rounds.map(
    (results) => (results.get(what) ?? Number.NaN) / (results.get(against ?? what) ?? Number.NaN),
  )
  const ratio = against === undefined ? '' : `${medianOf(ratios).toFixed(2)} of JSON.parse`
  console.log(`${what.padEnd(52)} ${nanoseconds.toFixed(1).padStart(12)}  ${note ?? ratio}`)
}
