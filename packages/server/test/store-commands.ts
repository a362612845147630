/** What can happen to a store: batches of two kinds of clients, folding, crashes and failures at any statement. */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { CardinalityGuard, enums, MeasurementBuffer, traceToWire } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'
import * as fc from 'fast-check'
import type { Committed } from '../src/threads/committed.ts'
import { sqliteError } from './faulty-database.ts'
import { flatTrace } from './flat-trace.ts'
import type { Counted, StoreModel } from './store-model.ts'
import type { Harness } from './writer-harness.ts'

/** A batch, and what it means. */
interface Batch {
  body: object
  /** Adds to the model what the store must now hold, once. */
  apply: (model: StoreModel) => void
}

type MakeBatch = (model: StoreModel) => Batch
export type StoreCommand = fc.Command<StoreModel, Harness>

const DISK_FULL = sqliteError(13, 'database or disk is full')
const IO_ERROR = sqliteError(10, 'disk I/O error')
const STATEMENTS_MAX = 40

const service = fc.constantFrom('docs', 'search', 'chat')
const org = fc.constantFrom('acme', 'globex', undefined)
const status = fc.constantFrom(...enums.STATUSES)
/** Minutes, hours and up to nearly a week ago. */
const age = fc.oneof(
  fc.integer({ min: 0, max: 300_000 }),
  fc.integer({ min: 0, max: 86_400_000 }),
  fc.integer({ min: 0, max: 6.9 * 86_400_000 }),
)
const latency = fc.integer({ min: 0, max: 100_000 })

/** Traces of a client that measures nothing. The number stands for id and start: the same one is the same trace. */
const flatBatch: fc.Arbitrary<MakeBatch> = fc
  .array(fc.record({ number: fc.integer({ min: 0, max: 30 }), age, service, org, status, latency }), {
    maxLength: 8,
  })
  .map((items) => (model) => {
    const traces = items.map((item) => ({
      id: `flat-${item.number}`,
      timestamp: model.now - ((item.number * 7_919_993) % (6 * 86_400_000)),
      service: item.service,
      org: item.org,
      status: item.status,
      total_latency_ms: item.latency,
    }))
    return {
      body: { traces: traces.map((trace) => flatTrace(trace.id, trace)) },
      apply: () => {
        for (const trace of traces) if (model.keep(trace)) model.counted.push(trace)
      },
    }
  })

/** A batch of a client that measures: the content follows from client and number, so that a resent one is the same. */
const measuredBatch: fc.Arbitrary<MakeBatch> = fc
  .record({
    client: fc.constantFrom('instance-a', 'instance-b'),
    sequence: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ client, sequence }) => (model) => {
    const events = Array.from({ length: sequence % 4 }, (_, position) =>
      eventOf(model.now, client, sequence, position),
    )
    const buffer = new MeasurementBuffer({ guard: new CardinalityGuard(() => undefined) })
    for (const event of events) buffer.record(event)
    const kept = events.filter((_, position) => position % 2 === 0)
    return {
      body: {
        client: { instance: client },
        sequence,
        ...buffer.drain(),
        traces: kept.map((event) => traceToWire(event)),
      },
      apply: () => {
        if (!model.accept(client, sequence)) return
        for (const event of kept) model.keep(event)
        model.counted.push(...events)
      },
    }
  })

function eventOf(now: number, client: string, sequence: number, position: number): TraceEvent & Counted {
  const seed = sequence * 31 + position * 17 + client.length
  return {
    id: `${client}-${sequence}-${position}`,
    timestamp: now - ((seed * 104_729_333) % (6 * 86_400_000)),
    total_latency_ms: (seed * 997) % 50_000,
    status: enums.STATUSES[seed % enums.STATUSES.length] ?? 'success',
    service: seed % 2 === 0 ? 'docs' : 'measured',
    org: seed % 3 === 0 ? 'acme' : undefined,
    docstore_cost_nano_usd: seed % 5,
    generations: [
      {
        provider: seed % 4 < 2 ? 'openai' : 'aws',
        model: 'm',
        cost_nano_usd: seed * 1001,
        cost_source: 'given',
      },
    ],
  }
}

const anyBatch = fc.oneof(flatBatch, measuredBatch)
const group = fc.array(anyBatch, { minLength: 1, maxLength: 3 })

/** A command without preconditions; afterwards the store equals the model. */
function command(name: string, run: (model: StoreModel, harness: Harness) => void): StoreCommand {
  return {
    check: () => true,
    run(model, harness) {
      run(model, harness)
      model.compare(harness)
    },
    toString: () => name,
  }
}

function send(harness: Harness, batches: readonly Batch[]): Committed {
  return harness.send(...batches.map(({ body }) => body))
}

function sendAndApply(model: StoreModel, harness: Harness, batches: readonly Batch[]): void {
  const { outcomes } = send(harness, batches)
  deepEqual(
    outcomes.map(({ outcome }) => outcome),
    batches.map(() => 'stored'),
  )
  for (const batch of batches) batch.apply(model)
}

const sending = group.map((makers) =>
  command(`send ${makers.length}`, (model, harness) => {
    sendAndApply(
      model,
      harness,
      makers.map((make) => make(model)),
    )
  }),
)

/** Not acknowledged: all of the group is there or nothing; the clients send it again. */
const crashingInSend = fc
  .record({ makers: group, statements: fc.nat({ max: STATEMENTS_MAX }) })
  .map(({ makers, statements }) =>
    command(`crash in send after ${statements}`, (model, harness) => {
      const batches = makers.map((make) => make(model))
      const before = harness.query('stats', { from: 0, to: model.now + 1 }).requests_total
      harness.crashDuring(() => send(harness, batches), statements)
      const counted = harness.query('stats', { from: 0, to: model.now + 1 }).requests_total - before
      sendAndApply(model, harness, batches)
      ok([0, model.counted.length - before].includes(counted))
    }),
  )

const failingSend = fc
  .record({
    makers: group,
    statements: fc.nat({ max: STATEMENTS_MAX }),
    error: fc.constantFrom(DISK_FULL, IO_ERROR),
  })
  .map(({ makers, statements, error }) =>
    command(`${error.message} in send after ${statements}`, (model, harness) => {
      const batches = makers.map((make) => make(model))
      harness.faulty.failAfter(statements, error)
      const { outcomes } = send(harness, batches)
      if (harness.faulty.clear()) {
        for (const batch of batches) batch.apply(model)
        return
      }
      deepEqual(
        outcomes.map((outcome) => 'code' in outcome && [outcome.code, outcome.retryAfterSeconds]),
        batches.map(() => ['storage_unavailable', 5]),
      )
      ok(harness.writer.writeError?.includes(error.message))
      model.compare(harness)
      sendAndApply(model, harness, batches)
      equal(harness.writer.writeError, null)
    }),
  )

const folding = fc.constant(
  command('fold', (model, harness) => {
    harness.writer.fold(model.now)
    model.compareTables(harness)
  }),
)

const failingFold = fc.nat({ max: 4 * STATEMENTS_MAX }).map((statements) =>
  command(`fold fails after ${statements}`, (model, harness) => {
    harness.faulty.failAfter(statements, DISK_FULL)
    try {
      harness.writer.fold(model.now)
    } catch (error) {
      ok(String(error).includes('disk is full'))
      ok(harness.writer.writeError?.includes('disk is full'))
    }
    harness.faulty.clear()
    model.compare(harness)
    harness.writer.fold(model.now)
    equal(harness.writer.writeError, null)
    model.compareTables(harness)
  }),
)

const crashingInFold = fc.nat({ max: 4 * STATEMENTS_MAX }).map((statements) =>
  command(`crash in fold after ${statements}`, (model, harness) => {
    harness.crashDuring(() => {
      try {
        harness.writer.fold(model.now)
      } catch (error) {
        ok(String(error).includes('killed'))
      }
    }, statements)
  }),
)

const crashing = fc.constant(
  command('crash', (model, harness) => {
    harness.crash()
    model.compareTables(harness)
  }),
)

export const storeCommands = fc.commands(
  [sending, sending, crashingInSend, failingSend, folding, failingFold, crashingInFold, crashing],
  { maxCommands: 25 },
)
