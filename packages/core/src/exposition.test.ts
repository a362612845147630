import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CardinalityGuard } from './cardinality-guard.ts'
import { METRIC_LIST, METRICS } from './catalogue.ts'
import { CONTENT_TYPES, negotiateFormat, renderRegistry } from './exposition.ts'
import type { ExpositionFormat } from './exposition.ts'
import { defineMetrics } from './metric.ts'
import { gauge } from './metric-kinds.ts'
import { keepExemplar, Registry } from './registry.ts'

const newRegistry = () => new Registry({ guard: new CardinalityGuard(() => undefined), exponential: false })
const pageOf = (registry: Registry, format: ExpositionFormat) =>
  Array.from(renderRegistry(registry, format)).join('')

function small(): Registry {
  const registry = newRegistry()
  registry.count(METRICS.requests, 3, 'docs', 'ask', '', 'gpt-4o', 'success')
  registry.count(METRICS.requests, 1, 'docs', '', '', '', 'error')
  const labels = ['docs', 'ask', '', 'success'] as const
  registry.observe(METRICS.requestDuration, 0.05, 2, ...labels)
  const series = registry.observe(METRICS.requestDuration, 2.5, 1, ...labels)
  keepExemplar(series, METRICS.requestDuration, {
    trace_id: '4bf9"\\',
    value: 2.5,
    timestamp: 1_763_719_200_123,
  })
  registry.raise(METRICS.lastRequest, 1_763_719_200.123, 'docs')
  registry.count(METRICS.llmCost, 6_000_001, 'docs', 'openai', 'gpt-4o', 'chat')
  registry.series(METRICS.inFlight, ['docs'])
  return registry
}

describe('renderRegistry', () => {
  test('in text format', () => {
    expect(pageOf(small(), 'text')).toBe(`# HELP rag_requests_total RAG requests by final status.
# TYPE rag_requests_total counter
rag_requests_total{service="docs",operation="ask",model="gpt-4o",status="success"} 3
rag_requests_total{service="docs",status="error"} 1
rag_requests_total{service="docs",operation="ask",model="gpt-4o",status="error"} 0
rag_requests_total{service="docs",operation="ask",model="gpt-4o",status="timeout"} 0
rag_requests_total{service="docs",operation="ask",status="error"} 0
rag_requests_total{service="docs",operation="ask",status="timeout"} 0
# HELP rag_request_duration_seconds End-to-end latency of RAG requests.
# TYPE rag_request_duration_seconds histogram
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="0.05"} 2
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="0.1"} 2
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="0.25"} 2
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="0.5"} 2
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="1.0"} 2
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="2.0"} 2
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="3.0"} 3
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="5.0"} 3
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="8.0"} 3
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="13.0"} 3
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="20.0"} 3
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="30.0"} 3
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="60.0"} 3
rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="+Inf"} 3
rag_request_duration_seconds_sum{service="docs",operation="ask",status="success"} 2.6
rag_request_duration_seconds_count{service="docs",operation="ask",status="success"} 3
# HELP rag_last_request_timestamp_seconds Unix time of the start of the last request.
# TYPE rag_last_request_timestamp_seconds gauge
rag_last_request_timestamp_seconds{service="docs"} 1763719200.123
# HELP rag_llm_cost_usd_total LLM cost in US dollars, of the calls whose price is known, and what a stated total of a request leaves over.
# TYPE rag_llm_cost_usd_total counter
rag_llm_cost_usd_total{service="docs",provider="openai",model="gpt-4o",operation="chat"} 0.006000001
# HELP rag_requests_in_flight Requests being processed.
# TYPE rag_requests_in_flight gauge
`)
  })

  test('in OpenMetrics: families without _total, units, exemplars, and an end', () => {
    const page = pageOf(small(), 'openmetrics')
    const lines = page.split('\n')
    expect(lines.slice(0, 3)).toEqual([
      '# HELP rag_requests RAG requests by final status.',
      '# TYPE rag_requests counter',
      'rag_requests_total{service="docs",operation="ask",model="gpt-4o",status="success"} 3',
    ])
    expect(lines).toContain('# UNIT rag_request_duration_seconds seconds')
    expect(lines).toContain('# UNIT rag_llm_cost_usd usd')
    expect(lines.filter((line) => line.includes(' # '))).toEqual([
      'rag_request_duration_seconds_bucket{service="docs",operation="ask",status="success",le="3.0"} 3 # {trace_id="4bf9\\"\\\\"} 2.5 1763719200.123',
    ])
    expect(page.endsWith('\n# EOF\n')).toBe(true)
  })

  test('of nothing is an empty page', () => {
    expect(pageOf(newRegistry(), 'text')).toBe('')
    expect(pageOf(newRegistry(), 'openmetrics')).toBe('# EOF\n')
  })

  test('includeEnd false leaves the end to the caller', () => {
    expect(Array.from(renderRegistry(newRegistry(), 'openmetrics', false)).join('')).toBe('')
  })

  test('comes in chunks that together are the page', () => {
    const registry = new Registry({ guard: new CardinalityGuard(() => undefined), exponential: false })
    for (let i = 0; i < 1000; i += 1)
      registry.count(METRICS.requests, 1, `s${Math.floor(i / 50)}`, `o${i % 50}`)
    const chunks = Array.from(renderRegistry(registry, 'text'))
    expect(chunks.length).toBeGreaterThanOrEqual(4)
    // Two lines of header, and the empty end of the last line.
    expect(chunks.join('').split('\n')).toHaveLength(2 + 1000 + 1)
  })

  test('help is escaped as each format wants it', () => {
    const [metric] = Object.values(defineMetrics({ odd: gauge('application', 'odd', [], 'A "b" \\ c\nd.') }))
    const registry = newRegistry()
    if (metric !== undefined) registry.set(metric, 1, 's')
    expect(pageOf(registry, 'text')).toContain('# HELP odd A "b" \\\\ c\\nd.\n')
    expect(pageOf(registry, 'openmetrics')).toContain('# HELP odd A \\"b\\" \\\\ c\\nd.\n')
  })

  test.each([
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
    [1e21, '1e+21'],
    [1e-9, '1e-9'],
    [-0.5, '-0.5'],
  ])('a gauge of %d is written %s', (value, text) => {
    const registry = newRegistry()
    registry.set(METRICS.inFlight, value, 's')
    expect(pageOf(registry, 'text')).toContain(`rag_requests_in_flight{service="s"} ${text}\n`)
  })

  test('label values cannot break out of their quotes, and no two series look the same', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({
        unit: fc.constantFrom('"', '\\', '\n', '\r', '}', '{', ',', '=', '\0', '\ud800', 'n', '#', ' '),
      }),
    )
    fc.assert(
      fc.property(fc.uniqueArray(hostile, { maxLength: 10 }), (values) => {
        const registry = newRegistry()
        for (const value of values) registry.count(METRICS.requests, 1, 's', value)
        const lines = pageOf(registry, 'text').split('\n').slice(2, -1)
        expect(lines.length).toBe(registry.family(METRICS.requests).series.length)
        expect(new Set(lines).size).toBe(lines.length)
        const read = lines.map((line) =>
          /^rag_requests_total\{service="s"(?:,operation="((?:[^"\\\n]|\\["\\n])+)")?\} \d+$/s.exec(line),
        )
        expect(read).not.toContain(null)
        const operations = read.map((match) =>
          JSON.stringify(
            (match?.[1] ?? '').replaceAll(/\\(.)/gs, (_, escaped: string) =>
              escaped === 'n' ? '\n' : escaped,
            ),
          ),
        )
        expect(operations.sort()).toEqual(
          Array.from(new Set(values.map((value) => JSON.stringify(value.toWellFormed())))).sort(),
        )
      }),
    )
  })
})

describe('negotiateFormat', () => {
  test.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/plain', 'text'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    ['APPLICATION/OpenMetrics-Text;Q=0.9, text/plain;q=0.5', 'openmetrics'],
    ['application/openmetrics-text;q=0.4,text/plain;q=0.5', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=nonsense', 'text'],
    [
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;q=0.3',
      'text',
    ],
    [';;,,;q=1', 'text'],
  ] as const)('%s is %s', (accept, format) => {
    expect(negotiateFormat(accept)).toBe(format)
    expect(CONTENT_TYPES[format]).toContain('charset=utf-8')
  })
})

/** One series or more of every metric of the catalogue. */
function complete(): Registry {
  const registry = newRegistry()
  for (const metric of METRIC_LIST) {
    for (const pick of [0, 1]) {
      const labels = metric.labels.map((label) =>
        'values' in label ? (label.values[pick] ?? '') : `${label.name}-${pick}`,
      )
      const [a = '', b, c, d, e] = labels
      if (metric.type === 'counter') registry.count(metric, 1000 * (pick + 1), a, b, c, d, e)
      else if (metric.type === 'gauge') registry.set(metric, 0.5 + pick, a, b, c, d, e)
      else registry.observe(metric, 0.3 + pick, 2, a, b, c, d, e)
    }
  }
  return registry
}

// In a constant, or it would be taken for a binary that a package brings.
const promtool = 'promtool'
const version = spawnSync(promtool, ['--version'])
const missing = version.error === undefined ? '' : ' (skipped without promtool: apt-get install prometheus)'
test.skipIf(missing !== '')(
  `promtool check metrics finds nothing to say about the catalogue${missing}`,
  () => {
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
      input: pageOf(complete(), 'text'),
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  },
)

test('the complete page names every metric of the catalogue', () => {
  const page = pageOf(complete(), 'text')
  expect(METRIC_LIST.filter(({ name, type }) => !page.includes(`# TYPE ${name} ${type}\n`))).toEqual([])
})
