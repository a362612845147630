import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONTEXT, eventOf, NOW, wireTrace } from '../test/arbitrary-trace.ts'
import { LIMITS } from './limits.ts'
import { parseBatch } from './parse-batch.ts'
import { parseTrace } from './parse-trace.ts'
import { Reader } from './reader.ts'

const json = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' })

/** Bytes in UTF-8. */
const bytes = (text: string) => new TextEncoder().encode(text).length

/** The longest text that may be in a batch, by the name of its field; metadata has limits of its own. */
function textLimit(field: string): number {
  const limits: Record<string, number> = {
    id: LIMITS.documentIdLengthMax,
    query_hash: LIMITS.queryHashLengthMax,
    endpoint: LIMITS.endpointLengthMax,
    error_message: LIMITS.errorMessageLengthMax,
    comment: LIMITS.commentLengthMax,
    path: 1000,
    got: 400,
    hint: 1000,
  }
  return limits[field] ?? LIMITS.nameLengthMax
}

/** Every way in which a parsed value breaks a limit or a promise. */
function violations(value: unknown, field = '', path = ''): string[] {
  if (typeof value === 'string') {
    const fits = /\.(metadata|attributes|dimensions)\./.test(path)
      ? bytes(value) <= LIMITS.metadataValueBytesMax * (path.includes('.dimensions.') ? 3 : 1)
      : value.length <= textLimit(field)
    return fits && value.isWellFormed() ? [] : [`${path}: ${value}`]
  }
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? [] : [`${path}: ${value}`]
  if (Array.isArray(value)) {
    const list = value as unknown[]
    const tooLong = list.length > LIMITS.tracesPerBatchMax ? [`${path}: ${list.length} items`] : []
    return tooLong.concat(list.flatMap((item, index) => violations(item, field, `${path}[${index}]`)))
  }
  if (typeof value !== 'object' || value === null) return []
  if (Object.getPrototypeOf(value) !== Object.prototype) return [`${path}: a foreign prototype`]
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key.isWellFormed() && bytes(key) <= 64 ? [] : [`${path}: key ${key}`]),
    ...violations(item, key, `${path}.${key}`),
  ])
}

/** Promises that parseBatch breaks for a body, however odd the body is. */
function broken(body: unknown): string[] {
  const batch = parseBatch(body, CONTEXT)
  if (batch === undefined) return []
  const found = violations(batch)
  const promise = (name: string, kept: boolean) => kept || found.push(name)
  promise('issues are bounded', batch.issues.length <= 2 * LIMITS.issuesReportedMax)
  const counted = Object.values(batch.issueCounts).reduce((sum, count) => sum + count, 0)
  promise('issues are counted', counted === batch.issues.length + batch.issuesOmitted)
  for (const { event } of batch.traces) {
    promise('not too old', event.timestamp >= CONTEXT.oldest)
    promise('not in the future', event.timestamp <= NOW + LIMITS.futureSkewMaxMs)
    promise('a latency', event.total_latency_ms >= 0 && event.total_latency_ms <= LIMITS.latencyMsMax)
    promise('stages', (event.stages?.length ?? 0) <= LIMITS.stagesPerTraceMax)
    promise('generations', (event.generations?.length ?? 0) <= LIMITS.generationsPerTraceMax)
    promise('scores', (event.retrieval?.scores?.length ?? 0) <= LIMITS.scoresPerRetrievalMax)
    promise('documents', (event.retrieval?.documents?.length ?? 0) <= LIMITS.documentsPerTraceMax)
    promise('cache', (event.cache?.length ?? 0) <= LIMITS.cachesPerTraceMax)
    promise('quality', (event.quality?.length ?? 0) <= LIMITS.qualityPerTraceMax)
    promise('metadata', Object.keys(event.metadata ?? {}).length <= LIMITS.metadataKeysMax)
  }
  const errors = batch.issues.filter(
    ({ severity, path }) => severity === 'error' && path.startsWith('traces['),
  )
  const rejected = new Set(errors.map(({ index }) => index)).size
  promise('a rejected trace has an error', rejected === batch.traceCount - batch.traces.length)
  return found
}

describe('parseBatch never throws and keeps every limit', () => {
  test('of any JSON', () => {
    fc.assert(
      fc.property(json, (body) => {
        expect(broken(body)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('of any JSON where a batch has its lists', () => {
    const names = fc.constantFrom(
      'traces',
      'measurements',
      'ledger',
      'client',
      'resource',
      'dropped',
      'sequence',
      'closed',
    )
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(json, fc.array(json))), (body) => {
        expect(broken(body)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('of valid traces with any of their values replaced by any JSON', () => {
    const mutation = fc.record({ at: fc.nat(), value: json })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(wireTrace, fc.array(mutation, { maxLength: 3 })), { maxLength: 5 }),
        (traces) => {
          const mutated = traces.map(([trace, mutations]) => mutations.reduce<unknown>(replaced, trace))
          expect(broken({ traces: mutated })).toEqual([])
        },
      ),
      { numRuns: 500 },
    )
  })

  test('of a batch of valid traces with some that are not', () => {
    const bad = fc.constantFrom<unknown>(
      null,
      5,
      'x',
      [],
      {},
      { total_latency_ms: -1 },
      { total_latency_ms: 1, timestamp: 'x' },
    )
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            wireTrace.map((trace) => ({ trace, good: true })),
            bad.map((trace) => ({ trace, good: false })),
          ),
        ),
        (items) => {
          const body = { traces: items.map(({ trace }) => trace) }
          expect(broken(body)).toEqual([])
          const batch = parseBatch(body, CONTEXT)
          const good = items.flatMap((item, index) => (item.good ? [index] : []))
          expect(batch?.traces.map(({ index }) => index)).toEqual(good)
          expect(batch?.traceCount).toBe(items.length)
          for (const { index, event } of batch?.traces ?? [])
            expect(event).toEqual(eventOf(items[index]?.trace))
        },
      ),
    )
  })

  test('of JSON that nests as deep as a body can', () => {
    const depth = 200_000
    const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
    const base = { id: 'a', timestamp: NOW, total_latency_ms: 1 }
    const batch = parseBatch({ traces: [{ ...base, metadata: { deep }, stages: deep, org: deep }] }, CONTEXT)
    // Whether its text can be made depends on the stack of the engine: it is cut to the limit then, like any other.
    const kept = batch?.traces[0]?.event.metadata?.['deep']
    expect(kept === null || (typeof kept === 'string' && kept.length === LIMITS.metadataValueBytesMax)).toBe(
      true,
    )
    expect(batch?.issueCounts).toEqual({ wrong_type: 2, too_long: 1 })
  })
})

/** The value with the item at a position, counted depth first, replaced. */
function replaced(value: unknown, { at, value: other }: { at: number; value: unknown }): unknown {
  let total = 0
  const count = (item: unknown): void => {
    total += 1
    if (typeof item === 'object' && item !== null) Object.values(item).forEach(count)
  }
  count(value)
  let left = at % total
  const rebuild = (item: unknown): unknown => {
    left -= 1
    if (left < 0 && left >= -1) return other
    if (Array.isArray(item)) return item.map(rebuild)
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, rebuild(inner)]))
  }
  return rebuild(value)
}

test('a hostile batch costs no more memory for its issues than is reported', () => {
  const scores = new Array<string>(200).fill('')
  const traces = Array.from({ length: 500 }, () => ({ total_latency_ms: 1, retrieval: { scores } }))
  const batch = parseBatch({ traces }, CONTEXT)
  expect(batch?.issues).toHaveLength(LIMITS.issuesReportedMax)
  expect(batch?.issueCounts).toEqual({ wrong_type: 100_000 })
  expect(batch?.issuesOmitted).toBe(100_000 - LIMITS.issuesReportedMax)
})

test('parseBatch reports rejections however many warnings came before', () => {
  const traces = Array.from({ length: 301 }, (_, index) => ({
    total_latency_ms: index < 300 ? 1 : -1,
    org: {},
  }))
  const batch = parseBatch({ traces }, CONTEXT)
  expect(batch?.issues.filter(({ severity }) => severity === 'error').map(({ path }) => path)).toEqual([
    'traces[300].total_latency_ms',
  ])
})

test.each([
  ['traces', LIMITS.tracesPerBatchMax, { id: 'a', total_latency_ms: 1 }, 'traceCount'],
  [
    'measurements',
    LIMITS.measurementsPerBatchMax,
    { metric: 'rag_requests_total', type: 'counter', labels: {}, minute: NOW, delta: 1 },
    'measurementCount',
  ],
  ['ledger', LIMITS.ledgerRowsPerBatchMax, { kind: 'requests', day: '2026-11-21' }, 'ledgerRowCount'],
] as const)('parseBatch counts the %s over the limit as not accepted', (list, limit, item, count) => {
  const batch = parseBatch({ [list]: new Array<unknown>(limit + 3).fill(item) }, CONTEXT)
  expect([batch?.[list]?.length, batch?.[count]]).toEqual([limit, limit + 3])
  expect(batch?.issues).toMatchObject([{ code: 'too_many', path: list, severity: 'error' }])
})

test('all returned documents count, also those that are not kept', () => {
  const documents = Array.from({ length: LIMITS.documentsPerTraceMax + 3 }, () => ({ score: 1 }))
  const batch = parseBatch({ traces: [{ total_latency_ms: 1, retrieval: { documents } }] }, CONTEXT)
  expect(batch?.traces[0]?.event.retrieval?.count).toBe(LIMITS.documentsPerTraceMax + 3)
  expect(batch?.traces[0]?.event.retrieval?.documents).toHaveLength(LIMITS.documentsPerTraceMax)
})

test('a trace with valid fields alone is parsed without an issue', () => {
  fc.assert(
    fc.property(wireTrace, (trace) => {
      const reader = new Reader()
      parseTrace(trace, reader, CONTEXT)
      expect(reader.issues).toEqual([])
    }),
  )
})

test.each<readonly [body: object, hint: string]>([
  [{}, 'Nothing was stored. State one of: traces, measurements, ledger, dropped, closed.'],
  [{ traces: null, client: { instance: 'i' } }, 'Nothing was stored. State one of: traces,'],
  [{ id: 'a2', total_latency_ms: 812 }, 'Put the trace into a list: {"traces": [...]}.'],
  ...['Traces', 'trace', 'TRACE', 'tarces', 'tracse', 'tracess', 'races'].map(
    (key) => [{ total_latency_ms: 1, [key]: [] }, `Did you mean \`traces\` by \`${key}\`?`] as const,
  ),
])('parseBatch of %j, which has no contents, says so', (body, hint) => {
  expect(parseBatch(body, CONTEXT)?.issues).toEqual([
    {
      code: 'missing',
      severity: 'warning',
      index: 0,
      path: 'traces',
      got: expect.stringMatching(/null|undefined/) as string,
      hint: expect.stringContaining(hint) as string,
    },
  ])
})

test.each([{ traces: [] }, { measurements: [] }, { ledger: [] }, { dropped: {} }, { closed: false }])(
  'parseBatch of %j has nothing to complain of',
  (body) => expect(parseBatch(body, CONTEXT)?.issues).toEqual([]),
)
