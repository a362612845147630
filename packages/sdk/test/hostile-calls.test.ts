/**
 * Every public name, found by looking and not by a list, is called with values that break what touches them. What an
 * application's own functions return and throw comes through, whatever stands beside them.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as sdk from '../src/index.ts'
import type { Diagnostic, Trace } from '../src/index.ts'
import { NOOP_TRACE } from '../src/noop-trace.ts'
import { InMemoryTransport } from '../src/testing.ts'

type Loose = Record<string, (...values: unknown[]) => unknown>

const fault = () => {
  throw new Error('a trap')
}
/** Throws whatever is done with it. */
const TRAP: unknown = new Proxy(() => undefined, {
  apply: fault,
  get: fault,
  getOwnPropertyDescriptor: fault,
  getPrototypeOf: fault,
  has: fault,
  ownKeys: fault,
})

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** Has every field that the SDK reads, and throws at each. */
const FIELDS = (
  'service now transport onDiagnostic environment random operation endpoint org user session requestId traceparent ' +
  'tracestate force metadata retriever latencyMs count scores documents costUsd status inCount outCount displacement ' +
  'provider model inputTokens outputTokens stage name attributes durationMs startMs limit remaining max store ' +
  'collection points entities relations kind llmOperation query registries get then usage pino options destination ' +
  'port host job grouping run'
).split(' ')

function withFields(value: unknown): object {
  return Object.fromEntries(FIELDS.map((field) => [field, value]))
}

function withGetters(): object {
  const fields = {}
  for (const field of FIELDS) Object.defineProperty(fields, field, { get: fault, enumerable: true })
  return fields
}

const SIMPLE: readonly (readonly [name: string, make: () => unknown])[] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a number', () => 7],
  ['a negative number', () => -1],
  ['NaN', () => Number.NaN],
  ['a BigInt', () => 5n],
  ['a symbol', () => Symbol('s')],
  ['true', () => true],
  ['a text', () => 'constructor'],
  ['half a character', () => '\ud800'],
  ['a list', () => [undefined, null, 5n, Symbol('s'), TRAP]],
  ['an object without a prototype', () => Object.create(null) as unknown],
  ['an object that cannot be text', () => ({ toString: fault, valueOf: fault, length: 5n })],
  ['a function', () => fault],
  ['a proxy that throws', () => TRAP],
  ['a revoked proxy', revoked],
]
const HOSTILE: typeof SIMPLE = [
  ...SIMPLE,
  ['fields that throw', withGetters],
  ...SIMPLE.map(([name, make]) => [`fields that are each ${name}`, () => withFields(make())] as const),
]

/** These run a function of the application, which they take last. */
const RUNNERS: ReadonlySet<string> = new Set([
  'trace',
  'dependency',
  'monitored',
  'retrieval',
  'rerank',
  'generation',
  'stage',
  'run',
])
/** These say by rejecting what they could not do: the application asked for it, and waits. */
const REJECTING: ReadonlySet<string> = new Set(['serveMetrics', 'pushMetrics', 'deletePushed'])

const CLIENT_METHODS = Object.getOwnPropertyNames(sdk.MonitorClient.prototype).filter(
  (name) => !['constructor', 'enabled', 'logger', 'close'].includes(name),
)
const TRACE_METHODS = Object.keys(NOOP_TRACE).filter(
  (name) => typeof NOOP_TRACE[name as keyof Trace] === 'function',
)

let transport: InMemoryTransport
let monitor: sdk.MonitorClient
let diagnostics: Diagnostic[]

beforeEach(() => {
  transport = new InMemoryTransport()
  diagnostics = []
  monitor = new sdk.MonitorClient(
    { service: 'app', sampleRate: 1, alwaysKeepPerSecondMax: 1000 },
    { transport, environment: {}, onDiagnostic: (diagnostic) => diagnostics.push(diagnostic) },
  )
})

afterEach(async () => {
  await monitor.flush()
  await monitor.close()
  const errors = transport.issues.filter(({ severity }) => severity === 'error')
  const told = diagnostics.filter(({ code }) => code !== 'merge_skipped')
  if (errors.length > 0 || told.length > 0)
    throw new Error(`The daemon would complain: ${JSON.stringify([errors, told])}`)
})

/** @param call of a method with these values and a function to run */
async function comesThrough(call: (run: () => unknown) => unknown): Promise<void> {
  const error = new Error('of the application')
  for (const result of [undefined, { answer: 1 }, TRAP, revoked(), Object.freeze([1])]) {
    let runs = 0
    const returned = call(() => {
      runs += 1
      return result
    })
    expect(Object.is(returned, result)).toBe(true)
    expect(runs).toBe(1)
  }
  const answer = {}
  expect(await call(() => Promise.resolve(answer))).toBe(answer)
  const caught = (run: () => unknown): unknown => {
    try {
      return call(run)
    } catch (reason) {
      return reason
    }
  }
  const reject = () => Promise.reject(error)
  const fail = () => {
    throw error
  }
  await expect(caught(reject)).rejects.toBe(error)
  expect(caught(fail)).toBe(error)
  for (const [, make] of SIMPLE) {
    const thrown = make()
    const failHostile = () => {
      throw thrown
    }
    expect(Object.is(caught(failHostile), thrown)).toBe(true)
  }
}

async function calls(target: object, name: string, hostile: unknown): Promise<void> {
  const method = (target as Loose)[name]?.bind(target) ?? fault
  if (RUNNERS.has(name)) {
    const wrapped = name === 'monitored'
    const before = name === 'run' ? [] : [hostile]
    await comesThrough((run) => {
      const returned = method(...before, run)
      return wrapped ? (returned as (value: unknown) => unknown)(hostile) : returned
    })
    if (name === 'trace') await comesThrough((run) => method(hostile, hostile, run))
    return
  }
  for (const values of [
    [hostile],
    [hostile, hostile],
    ['name', hostile],
    [hostile, 1],
    [hostile, true, hostile],
  ]) {
    const returned: unknown = method(...values)
    if (!(returned instanceof Promise)) continue
    const settled: unknown = await returned.catch((error: unknown) => error)
    expect(settled instanceof Error && !REJECTING.has(name)).toBe(false)
    if (name === 'serveMetrics') await (settled as { close?: () => Promise<void> }).close?.()
  }
}

/** A clock is believed to work: it is asked for every request. */
function hasClock(parts: sdk.MonitorSettings | undefined | null): boolean {
  try {
    return typeof parts?.now === 'function'
  } catch {
    return false
  }
}

describe.each(HOSTILE)('given %s', (_, make) => {
  test.each(CLIENT_METHODS)('MonitorClient.%s does not throw', async (name) => {
    await calls(monitor, name, make())
    expect(monitor.trace('q', () => 5)).toBe(5)
  })

  test.each(TRACE_METHODS)('Trace.%s does not throw, before its end and after', async (name) => {
    const trace = monitor.startTrace('q')
    await calls(trace, name, make())
    trace.end()
    await calls(trace, name, make())
    await calls(NOOP_TRACE, name, make())
    await monitor.flush()
    expect(transport.total('rag_requests_total')).toBe(1)
    expect(transport.traces).toHaveLength(1)
  })

  test('the constructor does not throw, and what it makes works', async () => {
    const hostile = make()
    const settings = { environment: {}, transport: new InMemoryTransport(), onDiagnostic: () => undefined }
    for (const [options, parts] of [
      [hostile, settings],
      [withFields(hostile), settings],
      [{ endpoint: null }, hostile],
      [{ endpoint: null }, withFields(hostile)],
    ] as [sdk.MonitorOptions, sdk.MonitorSettings][]) {
      if (hasClock(parts)) continue
      const client = new sdk.MonitorClient(options, parts)
      expect(client.trace('q', () => 5)).toBe(5)
      await client.flush()
      await client.close()
    }
  })

  test('no function of the package throws', () => {
    const { MonitorClient, ...functions } = sdk
    const callAll = () => {
      for (const value of Object.values(functions))
        if (typeof value === 'function') (value as Loose[string])(make())
    }
    expect(callAll).not.toThrow()
    expect(MonitorClient).toBeTypeOf('function')
  })

  test('lines of the logger are written', () => {
    const lines: string[] = []
    const log = monitor.logger({
      destination: { write: (line) => void lines.push(line) },
    }) as unknown as Loose
    for (const name of ['request', 'response', 'error']) log[name]?.(make(), make())
    expect(lines).toHaveLength(3)
  })
})

test('every method of the trace is there to be called', () => {
  const trace = monitor.startTrace('q')
  for (const name of TRACE_METHODS) expect(trace[name as keyof Trace]).toBeTypeOf('function')
  trace.end()
})

test('a retrieval, model call or dependency that nothing is said of is measured all the same', async () => {
  const nothing = undefined as never
  monitor.trace('q', nothing, (trace) => {
    trace.retrieval(nothing, () => [{ id: 'a' }])
    trace.generation(nothing, () => ({ usage: { input_tokens: 3, output_tokens: 4 } }))
  })
  monitor.dependency({ name: 7, kind: 'database' } as never, () => 1)
  monitor.setStoreSize({ store: 'q', collection: 12, points: 5 } as never)
  await monitor.flush()
  expect(transport.total('rag_retrievals_total')).toBe(1)
  expect(transport.total('rag_llm_tokens_total')).toBe(7)
  expect(transport.total('rag_dependency_requests_total', { dependency: '7', status: 'success' })).toBe(1)
  expect(transport.gauge('rag_vector_store_points', { collection: '12' })).toBe(5)
  expect(transport.total('rag_telemetry_dropped_total')).toBe(0)
})

test('what cannot be read is counted as invalid', async () => {
  monitor.setMemoryFacts('person', 'many' as never)
  monitor.setRateLimit(undefined as never)
  monitor.dependency(undefined as never, () => 1)
  monitor.trace('q', withGetters() as never, (trace) => trace.generation(withGetters(), () => 1))
  await monitor.flush()
  expect(transport.total('rag_telemetry_dropped_total', { reason: 'invalid' })).toBe(5)
  expect(transport.total('rag_requests_total')).toBe(1)
})

test('estimateCost has no price for a call that it cannot read', () => {
  const call = { model: 'gpt-4o', inputTokens: 1, outputTokens: 1 }
  for (const wrong of [{ model: undefined }, { model: 7 }, { inputTokens: 1n }]) {
    expect(monitor.estimateCost({ ...call, ...wrong } as never)).toBeNull()
  }
})

test.each(['trace', 'monitored'])('MonitorClient.%s without a function says what it needs', (name) => {
  expect(() => (monitor as unknown as Loose)[name]?.({}, {})).toThrow(`monitor.${name} needs a function`)
})

test('a transport that answers with nothing is tried again, and does not hold up flush and close', async () => {
  const told: string[] = []
  const client = new sdk.MonitorClient(
    { service: 'app', exitTimeoutMs: 100 },
    {
      transport: { send: () => undefined, close: fault } as never,
      environment: {},
      onDiagnostic: ({ message }) => told.push(message),
    },
  )
  client.trace('q', () => 1)
  expect(await client.flush()).toBe(false)
  expect(await client.close()).toBe(false)
  expect(told[0]).toContain('The transport answered with no delivery')
})
