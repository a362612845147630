import { enums, parseTrace, Reader } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../lib/sqlite.ts'
import type { Database } from '../../lib/sqlite.ts'
import { migrate } from './migrate.ts'
import { summaryOf, traceOf, TraceTable } from './trace-rows.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

let database: Database
let table: TraceTable
beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database)
  table = new TraceTable(database)
})
afterEach(() => database.close())

/** A trace as the writer gets it: parsed, hashed, priced. */
function eventOf(wire: object): TraceEvent {
  const reader = new Reader()
  const event = parseTrace(wire, reader, {
    now: NOW,
    oldest: 0,
    service: 'docs',
    fallbackId: () => 'fallback',
  })
  if (event === undefined) throw new Error(JSON.stringify(reader.issues))
  if (event.query_hash !== undefined) event.query_hash = '00112233445566778899aabbccddeeff'
  for (const generation of event.generations ?? []) {
    if (generation.cost_nano_usd !== undefined) continue
    generation.cost_nano_usd = null
    generation.cost_source = 'unpriced'
  }
  return event
}

function readBack(): TraceEvent[] {
  const details = database.prepare('SELECT body FROM trace_details WHERE timestamp = ? AND id = ?')
  return database
    .prepare('SELECT * FROM traces ORDER BY timestamp, id')
    .all()
    .map((row) => traceOf(row, details.get(row['timestamp'] ?? null, row['id'] ?? null)?.['body']))
}

const trace = (id: string, timestamp: number) => eventOf({ id, timestamp, total_latency_ms: 1 })

/** What JSON keeps of it: undefined is not there. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
)
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const latency = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
)
const whole = fc.nat({ max: 1_000_000_000 })
const score = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const scalar = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)
const oneOf = <Value>(values: readonly Value[]) => fc.constantFrom(...values)

const flat = {
  id: fc.oneof(
    fc.uuid(),
    fc.uuid().map((id) => id.toUpperCase()),
    text,
  ),
  timestamp: fc.integer({ min: NOW - 1000, max: NOW }),
  total_latency_ms: latency,
  success: maybe(fc.boolean()),
  status: maybe(oneOf(enums.STATUSES)),
  query_hash: maybe(text),
  query_length: maybe(whole),
  retrieval_latency_ms: maybe(latency),
  retrieval_count: maybe(whole),
  generation_latency_ms: maybe(latency),
  answer_length: maybe(whole),
  model_version: maybe(fc.oneof(text, oneOf(['gpt-4o', 'gpt-4o-2024-08-06']))),
  error_type: maybe(fc.oneof(text, oneOf(enums.ERROR_TYPES))),
  metadata: maybe(fc.dictionary(text, scalar, { maxKeys: 4 })),
}
const document = fc.record(
  { id: text, score, rank: whole, used: fc.boolean(), cited: fc.boolean() },
  { requiredKeys: [] },
)
const generation = fc.record(
  {
    provider: oneOf(['openai', 'aws', 'mine']),
    model: fc.oneof(text, oneOf(['gpt-4o', 'us.anthropic.claude-sonnet-4-20250514-v1:0'])),
    operation: oneOf(enums.LLM_OPERATIONS),
    latency_ms: latency,
    time_to_first_token_ms: latency,
    input_tokens: whole,
    output_tokens: whole,
    cache_read_tokens: whole,
    cache_write_tokens: whole,
    reasoning_tokens: whole,
    cost_usd: fc.oneof(
      fc.constant(null),
      fc.integer({ min: 0, max: 1e9 }).map((nano) => nano / 1e9),
    ),
    cost_source: oneOf(enums.COST_SOURCES),
    answer_length: whole,
    status: oneOf(enums.STATUSES),
  },
  { requiredKeys: [] },
)
const nested = {
  ...flat,
  trace_id: maybe(text),
  parent_span_id: maybe(text),
  request_id: maybe(text),
  service: maybe(text),
  environment: maybe(text),
  release: maybe(text),
  instance: maybe(text),
  operation: maybe(text),
  endpoint: maybe(text),
  intent: maybe(text),
  org: maybe(text),
  user_id: maybe(text),
  session_id: maybe(text),
  error_message: maybe(text),
  exception: maybe(text),
  stages: maybe(
    fc.array(
      fc.record(
        {
          stage: oneOf(enums.STAGES),
          duration_ms: latency,
          name: text,
          start_ms: latency,
          attributes: fc.dictionary(text, scalar, { maxKeys: 3 }),
        },
        { requiredKeys: ['stage', 'duration_ms'] },
      ),
      { maxLength: 12 },
    ),
  ),
  retrieval: maybe(
    fc.record(
      {
        retriever: text,
        latency_ms: latency,
        count: whole,
        scores: fc.array(score, { maxLength: 5 }),
        documents: fc.array(document, { maxLength: 30 }),
        status: oneOf(enums.STATUSES),
      },
      { requiredKeys: [] },
    ),
  ),
  rerank: maybe(
    fc.record(
      { latency_ms: latency, in_count: whole, scores: fc.array(score), displacement: latency },
      { requiredKeys: [] },
    ),
  ),
  generations: maybe(fc.array(generation, { maxLength: 3 })),
  docstore_cost_usd: maybe(fc.integer({ min: 0, max: 1e9 }).map((nano) => nano / 1e9)),
  cost_usd: maybe(fc.integer({ min: 0, max: 1e9 }).map((nano) => nano / 1e9)),
  cache: maybe(fc.array(fc.record({ cache: oneOf(enums.CACHES), hit: fc.boolean() }), { maxLength: 2 })),
  quality: maybe(
    fc.array(
      fc.record({
        metric: text,
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        source: oneOf(enums.QUALITY_SOURCES),
      }),
      { maxLength: 2 },
    ),
  ),
  feedback: maybe(
    fc.record({ rating: oneOf(enums.FEEDBACK_RATINGS), comment: text }, { requiredKeys: ['rating'] }),
  ),
  kept: maybe(
    fc.record({
      reason: oneOf(enums.KEPT_REASONS),
      probability: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    }),
  ),
}

describe('TraceTable', () => {
  it.each([
    ['flat', fc.record(flat)],
    ['nested', fc.record(nested)],
  ])('gives back every %s trace that was inserted, whole', (_, wire: fc.Arbitrary<object>) => {
    fc.assert(
      fc.property(wire, (body) => {
        database.exec('DELETE FROM traces; DELETE FROM trace_details')
        const event = eventOf(body)
        const sent = plain(event)
        expect(table.insert(event)).toBe(true)
        expect(plain(readBack())).toEqual([sent])
        expect(table.insert(event)).toBe(false)
        expect(readBack()).toHaveLength(1)
      }),
      { numRuns: 150 },
    )
  })

  it.each([
    [
      'a generation of which only the tokens are known',
      { generations: [{ input_tokens: 5, output_tokens: 2 }] },
    ],
    ['a generation of which nothing is known', { generations: [{}] }],
    ['a retrieval of which only the retriever is known', { retrieval: { retriever: 'bm25' } }],
    ['a cost without parts', { cost_usd: 0.25 }],
    [
      'a cost beside parts that cost something else',
      { cost_usd: 0.25, docstore_cost_usd: 0.1, generations: [{ cost_usd: 0.01 }] },
    ],
    ['a free call', { generations: [{ model: 'llama3', cost_usd: 0 }] }],
  ])('keeps %s', (_, more) => {
    const event = eventOf({ id: 'a', timestamp: NOW, total_latency_ms: 1, ...more })
    const sent = plain(event)
    table.insert(event)
    expect(plain(readBack())).toEqual([sent])
  })

  it('tells traces apart by start and id together', () => {
    const uuid = '0193c0de-0000-7000-8000-000000000001'
    const inserted = [
      trace('a', NOW),
      trace('a', NOW - 1),
      trace('b', NOW),
      trace(uuid, NOW),
      trace(uuid.toUpperCase(), NOW),
      trace(uuid, NOW),
    ].map((event) => table.insert(event))
    expect(inserted).toEqual([true, true, true, true, true, false])
  })

  it('keeps nothing but columns of a flat trace, however its model is named', () => {
    for (const model of ['gpt-4o', 'gpt-4o-2024-08-06']) {
      table.insert(
        eventOf({
          id: model,
          timestamp: NOW,
          total_latency_ms: 900,
          query_hash: 'abc',
          query_length: 12,
          retrieval_latency_ms: 12.5,
          retrieval_count: 3,
          generation_latency_ms: 800,
          answer_length: 120,
          model_version: model,
          success: true,
          metadata: { tenant: 'acme' },
        }),
      )
    }
    expect(database.prepare('SELECT count(*) AS n FROM trace_details').get()).toEqual({ n: 0 })
  })
})

describe('summaryOf', () => {
  it('sums up the calls of a request, and knows what it does not know', () => {
    table.insert(
      eventOf({
        id: 'a',
        timestamp: NOW,
        total_latency_ms: 1,
        retrieval: { scores: [-3, 0.5, 0.2], count: 3 },
        generations: [
          { provider: 'openai', model: 'gpt-4o', latency_ms: 10, input_tokens: 5, cost_usd: 0.5 },
          { provider: 'aws', latency_ms: 30, input_tokens: 7, cost_usd: 0.25, answer_length: 9 },
        ],
      }),
    )
    const [summary] = database
      .prepare('SELECT * FROM traces')
      .all()
      .map((row) => summaryOf(row))
    expect(summary).toMatchObject({
      top_score: 0.5,
      retrieval_count: 3,
      retrieval_latency_ms: null,
      generation_latency_ms: 40,
      input_tokens: 12,
      output_tokens: null,
      provider: 'aws',
      model: 'gpt-4o',
      cost_usd: 0.75,
    })
  })
})
