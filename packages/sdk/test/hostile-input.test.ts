/** Applications without types hand in anything: nothing may throw, and no batch may be spoiled for the daemon. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MonitorClient } from '../src/index.ts'
import type { Trace } from '../src/index.ts'
import { InMemoryTransport } from '../src/testing.ts'

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withNullPrototype: true,
  withSparseArray: true,
})

const METHODS = [
  'recordRetrieval',
  'recordUsed',
  'recordCitations',
  'recordRerank',
  'recordGeneration',
  'recordStage',
  'recordCache',
  'recordQuality',
  'recordAnswer',
  'recordError',
  'addMetadata',
  'setOrg',
  'setUser',
  'setSession',
  'setIntent',
  'end',
] as const satisfies readonly (keyof Trace)[]

/** Records with the right names and the wrong values find more than arbitrary objects. */
const FIELDS = [
  'retriever',
  'latencyMs',
  'count',
  'scores',
  'documents',
  'status',
  'provider',
  'model',
  'operation',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'stage',
  'durationMs',
  'attributes',
  'name',
  'displacement',
]
const record = fc.dictionary(fc.constantFrom(...FIELDS), anything)
const value = fc.oneof(anything, record)
const step = fc.tuple(fc.constantFrom(...METHODS), fc.array(value, { maxLength: 3 }))
const options = fc.oneof(
  anything,
  fc.dictionary(
    fc.constantFrom('operation', 'org', 'user', 'requestId', 'traceparent', 'metadata', 'force'),
    anything,
  ),
)

type Loose = Record<string, (...values: unknown[]) => unknown>

test('whatever is handed in, nothing throws and the daemon can read the batch', async () => {
  const transport = new InMemoryTransport()
  const diagnostics: unknown[] = []
  const monitor = new MonitorClient(
    { service: 'app', sampleRate: 1, queueTracesMax: 100_000 },
    { transport, environment: {}, onDiagnostic: (diagnostic) => diagnostics.push(diagnostic) },
  )
  const loose = monitor as unknown as Loose
  let traces = 0
  fc.assert(
    fc.property(value, options, fc.array(step), (query, traceOptions, steps) => {
      const trace = loose['startTrace']?.call(monitor, query, traceOptions) as Loose
      traces += 1
      for (const [method, values] of steps) trace[method]?.(...values)
      void trace['headers']?.()
      trace['end']?.()
    }),
    { numRuns: 2000 },
  )
  await monitor.flush()
  await monitor.close()
  expect(diagnostics).toEqual([])
  expect(transport.traces).toHaveLength(traces)
  expect(transport.total('rag_requests_total')).toBe(traces)
  expect(transport.issues.filter(({ severity }) => severity === 'error')).toEqual([])
})

test('whatever functions return, they return it unchanged', async () => {
  const transport = new InMemoryTransport()
  await using monitor = new MonitorClient({ service: 'app', sampleRate: 1 }, { transport, environment: {} })
  fc.assert(
    fc.property(anything, (result) => {
      const returned = monitor.trace('q', (trace) => {
        expect(trace.retrieval({}, () => result)).toBe(result)
        expect(trace.rerank({ documents: [] }, () => result)).toBe(result)
        expect(trace.stage('tool', () => result)).toBe(result)
        return trace.generation({}, () => result)
      })
      expect(returned).toBe(result)
      expect(monitor.monitored({}, () => result)()).toBe(result)
    }),
    { numRuns: 500 },
  )
})
