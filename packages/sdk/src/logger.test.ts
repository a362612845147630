import { pino } from 'pino'
import { expect, test } from 'vitest'
import { MonitorClient } from './monitor-client.ts'

function logged(): { lines: () => Record<string, unknown>[]; destination: { write(line: string): void } } {
  const lines: string[] = []
  return {
    lines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    destination: { write: (line) => lines.push(line) },
  }
}

test('MonitorClient.logger writes lines with the ids of the current request, and without its text', async () => {
  const { lines, destination } = logged()
  await using monitor = new MonitorClient(
    { endpoint: null, service: 'app', environment: 'test' },
    { environment: {} },
  )
  const log = monitor.logger({ destination })
  let ids: object = {}
  await monitor.trace('what is fog?', { org: 'acme', requestId: 'r-1' }, async (trace) => {
    ids = { request_id: 'r-1', trace_id: trace.traceId, org: 'acme', service: 'app', environment: 'test' }
    log.request({ query: 'what is fog?', operation: 'ask' })
    await Promise.resolve()
    log.response({ durationMs: 12, inputTokens: 3, outputTokens: 4, costUsd: 0.5, cached: true })
    log.error(new Error('no'), { retry: 1 })
    log.pino.warn('else')
  })
  log.pino.info('outside')
  expect(lines()).toMatchObject([
    { ...ids, event_type: 'request', query_length: 12, operation: 'ask', level: 30 },
    {
      ...ids,
      event_type: 'response',
      duration_ms: 12,
      input_tokens: 3,
      output_tokens: 4,
      cost_usd: 0.5,
      cached: true,
    },
    { ...ids, event_type: 'error', level: 50, retry: 1, err: { message: 'no' } },
    { ...ids, msg: 'else' },
    { msg: 'outside', service: 'app' },
  ])
  expect(lines().at(-1)).not.toHaveProperty('request_id')
  expect(JSON.stringify(lines())).not.toContain('fog')
})

test('MonitorClient.logger gives lines of what outlives its request the ids of that request, and still not its text', async () => {
  const { lines, destination } = logged()
  await using monitor = new MonitorClient({ endpoint: null, service: 'app' }, { environment: {} })
  const log = monitor.logger({ destination })
  const written = monitor.trace('what is fog?', { requestId: 'r-1' }, () => ({
    later: new Promise<void>((resolve) => {
      setImmediate(() => {
        log.error(new Error('no answer to: what is fog?'))
        resolve()
      })
    }),
  }))
  await written.later
  expect(lines()).toMatchObject([{ request_id: 'r-1', event_type: 'error' }])
  expect(JSON.stringify(lines())).not.toContain('fog')
})

test('MonitorClient.logger takes pino and its options, and keeps their mixin', async () => {
  const { lines, destination } = logged()
  await using monitor = new MonitorClient({ endpoint: null, service: 'app' }, { environment: {} })
  const options = { base: null, mixin: () => ({ shard: 7 }), level: 'warn' }
  const log = monitor.logger({ pino, destination, options })
  log.request()
  monitor.trace('q', () => log.error(new Error('no')))
  expect(lines()).toMatchObject([{ shard: 7, request_id: expect.any(String) as string }])
  expect(lines()[0]).not.toHaveProperty('service')
})

test.each<[string, unknown]>([
  ['an error', new Error('cannot embed what is fog?: Bearer abcdefghijklmnop')],
  ['an error with a cause', new Error('x', { cause: new Error('what is fog?') })],
  ['an error of an HTTP client', Object.assign(new Error('x'), { config: { data: 'what is fog?' } })],
  ['an error with the text as its code', Object.assign(new Error('x'), { code: 'what is fog?' })],
  ['a text', 'no answer to what is fog?'],
  ['an object', { message: 'what is fog?', prompt: 'what is fog?' }],
  ['an error whose getters throw', Object.defineProperty(new Error('x'), 'stack', { get: throwing })],
])('MonitorClient.logger writes no text of the request out of %s', async (_name, error) => {
  const { lines, destination } = logged()
  await using monitor = new MonitorClient({ endpoint: null, service: 'app' }, { environment: {} })
  const log = monitor.logger({ destination })
  monitor.trace('what is fog?', () => {
    log.error(error)
    log.pino.warn({ err: error }, 'else')
  })
  expect(lines()).toMatchObject([
    { event_type: 'error', err: { type: expect.any(String) as string } },
    { msg: 'else', err: { message: expect.any(String) as string } },
  ])
  expect(JSON.stringify(lines())).not.toContain('fog')
  expect(JSON.stringify(lines())).not.toContain('abcdefghijklmnop')
})

function throwing(): never {
  throw new Error('trap')
}

test('MonitorClient.logger keeps what tells one error from another', async () => {
  const { lines, destination } = logged()
  await using monitor = new MonitorClient({ endpoint: null, service: 'app' }, { environment: {} })
  const log = monitor.logger({ destination })
  log.error(Object.assign(new RangeError('too long'), { code: 'E_LONG', status: 422 }))
  expect(lines()).toMatchObject([
    { err: { type: 'RangeError', message: 'too long', code: 'E_LONG', status: 422 } },
  ])
  expect(lines()[0]).toMatchObject({
    err: { stack: expect.stringMatching(/logger\.test\.ts:\d+/) as string },
  })
})

test('MonitorClient.logger lets the application serialise errors its own way', async () => {
  const { lines, destination } = logged()
  await using monitor = new MonitorClient({ endpoint: null, service: 'app' }, { environment: {} })
  const serializers = { err: () => 'mine', shard: () => 7 }
  const log = monitor.logger({ destination, options: { serializers } })
  log.error(new Error('no'), { shard: 1 })
  expect(lines()).toMatchObject([{ err: 'mine', shard: 7 }])
})
