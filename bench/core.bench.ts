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
import type { TraceEvent } from '@ragmeter/core'
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

/** Median nanoseconds of one call of the body, divided by the items it handles. */
async function median(body: () => void, items: number): Promise<number> {
  const { p50 } = await time(body, { min_cpu_time: 400e6, min_samples: 50, warmup_samples: 20 })
  return p50 / items
}

function parseAll(batch: { traces: unknown[] }): void {
  const reader = new Reader()
  for (const trace of batch.traces) do_not_optimize(parseTrace(trace, reader, context))
}

function fullRegistry(seriesCount: number): Registry {
  const registry = new Registry({
    guard: new CardinalityGuard(() => undefined, { seriesPerMetricAndServiceMax: seriesCount }),
    exponential: false,
  })
  const families = [METRICS.requests, METRICS.requestDuration, METRICS.llmTokens, METRICS.stageDuration]
  for (let made = 0; made < seriesCount; made += 1) {
    const metric = families[made % families.length] as (typeof families)[0]
    const service = `service-${Math.floor(made / 1000)}`
    const labels = metric.labels.map((label, position) =>
      position === 0
        ? service
        : 'values' in label
          ? (label.values[made % label.values.length] as string)
          : `v${made % 40}`,
    )
    if (metric.type === 'counter')
      registry.merge(metric, labels, {
        type: 'counter',
        metric: metric.name,
        labels: {},
        minute: 0,
        delta: made,
      })
    else registry.observe(metric, made / 1000, 1, labels[0] as string, labels[1], labels[2], labels[3])
  }
  return registry
}

const rows: { what: string; ns: number; note: string }[] = []
const add = (what: string, ns: number, note = '') => rows.push({ what, ns, note })

const flatEvents = eventsOf(flatBatch)
const nestedEvents = eventsOf(nestedBatch)

const registry = newRegistry()
add(
  'measure, full request',
  await median(() => nestedEvents.forEach((event) => measure(event, registry)), TRACES),
)
add(
  'measure, flat request',
  await median(() => flatEvents.forEach((event) => measure(event, registry)), TRACES),
)
const ledger = new Ledger()
add(
  'Ledger.book, full request',
  await median(() => nestedEvents.forEach((event) => ledger.book(event)), TRACES),
)
const buffer = new MeasurementBuffer({ guard: new CardinalityGuard(noOverflow) })
add(
  'MeasurementBuffer.record, full request',
  await median(() => nestedEvents.forEach((event) => buffer.record(event)), TRACES),
)

const values = Float64Array.from({ length: 1000 }, (_, index) => 1.0123 ** (index - 500))
add(
  'bucketIndex',
  await median(() => {
    let sum = 0
    for (const value of values) sum += bucketIndex(value)
    do_not_optimize(sum)
  }, values.length),
)

for (const [name, batch, text] of [
  ['flat', flatBatch, flatText],
  ['nested', nestedBatch, nestedText],
] as const) {
  const json = await median(() => do_not_optimize(JSON.parse(text)), TRACES)
  const trace = await median(() => parseAll(batch), TRACES)
  const whole = await median(() => do_not_optimize(parseBatch(JSON.parse(text), context)), TRACES)
  add(`JSON.parse, ${name}, per trace`, json, `${Math.round(text.length / TRACES)} bytes`)
  add(`parseTrace, ${name}`, trace, `${(trace / json).toFixed(2)} of JSON.parse`)
  add(
    `JSON.parse + parseBatch of ${TRACES}, ${name}, per trace`,
    whole,
    `${(whole / json).toFixed(2)} of JSON.parse`,
  )
}

const SERIES = 10_000
const page = fullRegistry(SERIES)
let pageBytes = 0
const series = [...page.families()].reduce((sum, family) => sum + family.series.length, 0)
for (const format of ['text', 'openmetrics'] as const) {
  const ns = await median(() => {
    pageBytes = 0
    for (const chunk of renderRegistry(page, format)) pageBytes += chunk.length
  }, 1)
  let longest = 0
  for (const chunks = renderRegistry(page, format); ;) {
    const startedAt = performance.now()
    if (chunks.next().done === true) break
    longest = Math.max(longest, performance.now() - startedAt)
  }
  add(
    `renderRegistry, ${series} series, ${format}`,
    ns,
    `${pageBytes} bytes; longest chunk ${longest.toFixed(2)} ms`,
  )
}

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}; medians in ns`)
for (const { what, ns, note } of rows)
  console.log(`${what.padEnd(52)} ${ns.toFixed(1).padStart(12)}  ${note}`)
