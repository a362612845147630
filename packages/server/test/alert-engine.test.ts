/** Alerts over the real writer and the real queries: evaluated, kept over a restart, told at the wire. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { OpsConfiguration } from '@ragmeter/ops'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AlertEngine } from '../src/alerts/engine.ts'
import { createNotifiers } from '../src/alerts/notify/notifiers.ts'
import { answerOf } from '../src/api/views.ts'
import type { NotifierConfiguration } from '../src/lib/notifier-configuration.ts'
import { Secret } from '../src/lib/secret.ts'
import { AlertTables } from '../src/store/sqlite/alert-tables.ts'
import type { CommittedUpdate, Store } from '../src/store/store.ts'
import type { JournalEntry } from '../src/rollup/rollup.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const START = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000

interface Received {
  path: string
  authorization: string | undefined
  body: Record<string, unknown> & { alerts?: { status: string; labels: Record<string, string> }[] }
}

let harness: Harness
let now = START
let engine: AlertEngine
let received: Received[]
/** Status and headers of the next answers; then 200. */
let answers: { status: number; headers?: Record<string, string> }[]
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Received['body']
    received.push({ path: request.url ?? '', authorization: request.headers.authorization, body })
    const { status, headers } = answers.shift() ?? { status: 200 }
    response.writeHead(status, headers).end('{}')
  })
})
let url = ''
let problems: unknown[]

beforeEach(async () => {
  harness = createHarness({ receivedAt: () => now })
  now = START
  received = []
  answers = []
  problems = []
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterEach(async () => {
  await engine[Symbol.asyncDispose]()
  await new Promise((resolve) => {
    receiver.close(resolve)
    receiver.closeAllConnections()
  })
  harness[Symbol.dispose]()
})

const store: Pick<Store, 'query' | 'writeAlerts'> = {
  query: (name, parameters) =>
    Promise.resolve(answerOf(name, parameters, harness.query(name, parameters) as never)),
  writeAlerts: (write) => {
    new AlertTables(harness.database).write(write)
    return Promise.resolve()
  },
}

const webhook = (more: Partial<NotifierConfiguration> = {}): NotifierConfiguration =>
  ({
    name: 'pager',
    type: 'webhook',
    severities: ['critical', 'warning'],
    sendResolved: true,
    repeatMinutes: 240,
    url: new Secret('the test', () => `${url}/hook`),
    bearerToken: new Secret('the test', () => 'secret-token'),
    ...more,
  }) as NotifierConfiguration

async function start(
  notifiers: readonly NotifierConfiguration[] = [webhook()],
  alerts: OpsConfiguration['alerts'] = {},
): Promise<void> {
  engine = new AlertEngine({
    store,
    // Without objectives only alerts of one family fire here.
    configuration: { ...DEFAULT_CONFIGURATION, slos: [], alerts },
    notifiers: createNotifiers(notifiers, { fetch, now: () => now, externalUrl: 'http://ragmeter' }),
    report: { accepted: () => undefined, dropped: () => undefined, took: () => undefined },
    beforeRound: () => Promise.resolve(),
    onProblem: (error) => problems.push(error),
    now: () => now,
    random: () => 0,
  })
  await engine.load()
}

/** Sends requests of the minute that begins now, and goes on to the next one. */
function minute(failed: number, succeeded: number): void {
  const traces = Array.from({ length: failed + succeeded }, (_, i) =>
    flatTrace(`${now}-${i}`, { timestamp: now + i, success: i >= failed, metadata: null }),
  )
  const { entry, seen, report } = harness.send({ resource: { service: 'docs' }, traces })
  const { measurements, gauges } = JSON.parse(entry ?? '{"measurements":[],"gauges":[]}') as JournalEntry
  engine.committed({ measurements, gauges, seen, report } satisfies CommittedUpdate)
  now += MINUTE
}

const stateOf = (name: string) => engine.status().alerts.find(({ alert }) => alert.name === name)?.state

async function failFor(minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i += 1) {
    minute(10, 10)
    await engine.round()
  }
}

describe('AlertEngine', () => {
  test('fires after `for`, says so in the history, and resolves', async () => {
    await start([])
    await failFor(2)
    expect(stateOf('RagVeryHighErrorRate')).toBe('pending')
    await failFor(5)
    expect(stateOf('RagVeryHighErrorRate')).toBe('firing')
    for (let i = 0; i < 12; i += 1) {
      minute(0, 40)
      await engine.round()
    }
    expect(stateOf('RagVeryHighErrorRate')).toBe('resolved')
    const history = harness.query('alertHistory', {
      from: 0,
      to: now + 1,
      name: 'RagVeryHighErrorRate',
      limit: 10,
    })
    expect(history.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'firing -> resolved',
      'pending -> firing',
      'inactive -> pending',
    ])
    expect(problems).toEqual([])
  })

  test.each(['crashed', 'folded'])('goes on after a restart of a database that was %s', async (how) => {
    await start([])
    await failFor(7)
    const before = engine
      .status()
      .alerts.map(({ id, state, activeAt, firedAt }) => ({ id, state, activeAt, firedAt }))
    if (how === 'folded') harness.writer.fold(now)
    harness.crash()
    await start([])
    await engine.round()
    const after = engine
      .status()
      .alerts.map(({ id, state, activeAt, firedAt }) => ({ id, state, activeAt, firedAt }))
    expect(after).toEqual(before)
    expect(after.length).toBeGreaterThan(1)
  })

  test('does not fire from a pause: what was pending waits for the rest of its `for`', async () => {
    await start([])
    await failFor(3)
    expect(stateOf('RagVeryHighErrorRate')).toBe('pending')
    const since =
      engine.status().alerts.find(({ alert }) => alert.name === 'RagVeryHighErrorRate')?.activeAt ?? 0
    harness.crash()
    now += 60 * MINUTE
    await start([])
    minute(10, 10)
    await engine.round()
    const again = engine.status().alerts.find(({ alert }) => alert.name === 'RagVeryHighErrorRate')
    expect(again?.state).toBe('pending')
    expect(again?.activeAt).toBeGreaterThan(since + 59 * MINUTE)
  })

  test('an alert that cannot be kept is a visible error, and is kept when the database works again', async () => {
    await start([])
    const write = vi.spyOn(store, 'writeAlerts').mockRejectedValue(new Error('the disk is full'))
    await failFor(3)
    expect(engine.status().errors).toEqual([
      expect.objectContaining({ name: 'writing', message: 'the disk is full' }),
    ])
    expect(problems).toHaveLength(1)
    write.mockRestore()
    await engine.round()
    expect(engine.status().errors).toEqual([])
    expect(harness.query('alertMemory', null).alerts.length).toBeGreaterThan(0)
    expect(harness.query('alertHistory', { from: 0, to: now + 1, limit: 100 }).length).toBeGreaterThan(0)
  })
})

const delivered = () => harness.query('notifications', { limit: 100 })
/** What the receiver was told of one alert. */
const told = (name: string) =>
  received.filter(({ body }) => (body['groupLabels'] as Record<string, string>)['alertname'] === name)

/** Attempts are kept by the next round. */
const settled = (count: number) =>
  vi.waitFor(async () => {
    await engine.round()
    expect(delivered().length).toBeGreaterThanOrEqual(count)
  })

describe('notifications', () => {
  test('tell a webhook what Alertmanager would: the worst alerts once, and that they are over', async () => {
    await start()
    await failFor(7)
    await settled(2)
    expect(stateOf('RagHighErrorRate')).toBe('firing')
    expect([
      told('RagCriticalErrorRate'),
      told('RagVeryHighErrorRate'),
      told('RagHighErrorRate'),
    ]).toMatchObject([[{}], [{}], []])
    expect(told('RagCriticalErrorRate')[0]).toMatchObject({
      path: '/hook',
      authorization: 'Bearer secret-token',
      body: {
        version: '4',
        status: 'firing',
        receiver: 'pager',
        externalURL: 'http://ragmeter',
        groupLabels: { alertname: 'RagCriticalErrorRate', service: 'docs' },
        commonLabels: { severity: 'critical', alert_family: 'errors' },
        alerts: [
          {
            status: 'firing',
            endsAt: '0001-01-01T00:00:00Z',
            fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          },
        ],
      },
    })
    for (let i = 0; i < 12; i += 1) {
      minute(0, 40)
      await engine.round()
    }
    await settled(4)
    expect(told('RagCriticalErrorRate').map(({ body }) => body['status'])).toEqual(['firing', 'resolved'])
  })

  test('repeat what goes on after the interval, not before, and not after a restart', async () => {
    await start([webhook({ repeatMinutes: 10 })])
    await failFor(7)
    await settled(2)
    harness.crash()
    await engine[Symbol.asyncDispose]()
    await start([webhook({ repeatMinutes: 10 })])
    await failFor(2)
    expect(told('RagCriticalErrorRate')).toHaveLength(1)
    await failFor(9)
    await settled(4)
    expect(told('RagCriticalErrorRate')).toHaveLength(2)
  })

  test('say that an alert is over when it was switched off while it fired', async () => {
    await start()
    await failFor(7)
    await settled(2)
    const { evaluated } = engine.status()
    await engine[Symbol.asyncDispose]()
    await start([webhook()], { RagCriticalErrorRate: { enabled: false } })
    await failFor(1)
    await settled(3)
    expect(told('RagCriticalErrorRate').map(({ body }) => body['status'])).toEqual(['firing', 'resolved'])
    expect(engine.status().evaluated).toBe(evaluated - 1)
    now += 20 * MINUTE
    await engine.round()
    expect(stateOf('RagCriticalErrorRate')).toBeUndefined()
  })

  test('are not sent for what is silenced, and are when the silence ends', async () => {
    await start()
    const silence = await engine.createSilence({
      matchers: [{ name: 'service', value: 'docs' }],
      ends_at: now + 60 * MINUTE,
      author: 'ada',
      comment: 'a migration',
    })
    await failFor(8)
    expect(stateOf('RagCriticalErrorRate')).toBe('firing')
    expect(received).toEqual([])
    await engine.expireSilence(silence.id)
    await failFor(1)
    await settled(2)
    expect(told('RagCriticalErrorRate')).toHaveLength(1)
  })

  test('are tried again after what the receiver asks for, and given up when it refuses', async () => {
    await start()
    answers = [
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503, headers: { 'retry-after': '0' } },
    ]
    await failFor(7)
    await settled(4)
    const attempts = delivered().filter(({ alerts }) => alerts[0]?.name === 'RagCriticalErrorRate')
    expect(attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error])).toEqual([
      [3, 'delivered', null],
      [2, 'failed', 'HTTP 503'],
      [1, 'failed', 'HTTP 429'],
    ])
  })

  test('that a receiver refuses for good are dead letters, and not tried for ever', async () => {
    await start()
    answers = [{ status: 400 }]
    await failFor(9)
    await settled(2)
    expect(told('RagCriticalErrorRate')).toHaveLength(1)
    expect(harness.query('notifications', { outcome: 'dead', limit: 10 })).toMatchObject([
      { attempt: 1, error: 'HTTP 400', notifier: 'pager' },
    ])
  })

  test('never hold the address or the token of a receiver that does not answer', async () => {
    await start([
      webhook({ url: new Secret('the test', () => 'http://127.0.0.1:1/services/T0/secret-path') }),
    ])
    await failFor(7)
    await settled(1)
    const [attempt] = delivered()
    expect(attempt).toMatchObject({ outcome: 'failed' })
    expect(JSON.stringify([delivered(), problems, engine.status()])).not.toMatch(/secret/)
  })
})

const staged = (i: number, isHealthy: boolean) => ({
  id: `${now}-${i}`,
  timestamp: now + i,
  total_latency_ms: isHealthy ? 300 : 900,
  status: isHealthy ? 'success' : 'error',
  ...(isHealthy ? {} : { error_type: 'retrieval_error' }),
  org: isHealthy || i % 4 === 0 ? 'initech' : 'acme',
  release: isHealthy ? '1.0' : '1.1',
  stages: [
    { stage: 'retrieval', duration_ms: isHealthy ? 60 : 700, ...(isHealthy ? {} : { status: 'error' }) },
    { stage: 'generation', duration_ms: 200 },
  ],
})

describe('evidence', () => {
  test('names the stage that changed, the failed traces, who is affected, and what is new', async () => {
    await start([])
    const commit = (isHealthy: boolean, count: number) => {
      const traces = Array.from({ length: count }, (_, i) => staged(i, isHealthy))
      const { entry, seen, report } = harness.send({ resource: { service: 'docs' }, traces })
      const { measurements, gauges } = JSON.parse(entry ?? '') as JournalEntry
      engine.committed({ measurements, gauges, seen, report })
      now += MINUTE
    }
    for (let i = 0; i < 30; i += 1) commit(true, 10)
    for (let i = 0; i < 12; i += 1) {
      commit(false, 40)
      await engine.round()
    }
    const id = engine.status().alerts.find(({ alert }) => alert.name === 'RagCriticalErrorRate')?.id ?? ''
    const { evidence } = await engine.evidence(id, Infinity)
    expect(evidence['stages']).toMatchObject([
      { stage: 'retrieval', is_suspect: true, errors_before: 0 },
      { stage: 'generation', is_suspect: false },
    ])
    const [orgs, worst, releases] = ['orgs', 'worst_traces', 'releases'].map(
      (name) => evidence[name],
    ) as object[][]
    expect(orgs).toMatchObject([
      { value: 'acme', share: 0.75, share_before: 0 },
      { value: 'initech', share: 0.25, share_before: 1 },
    ])
    expect(worst).toHaveLength(10)
    expect(worst?.[0]).toMatchObject({
      status: 'error',
      error_type: 'retrieval_error',
      total_latency_ms: 900,
    })
    expect(releases?.[0]).toMatchObject({ value: '1.1', share_before: 0 })
    expect(evidence['changes']).toEqual([
      expect.stringMatching(/^Release 1.1 is new: \d+% of the traces.$/),
      expect.stringMatching(/^Traffic is \d+.\d times what it was.$/),
    ])
  })

  test('of an alert that is not there is a refusal', async () => {
    await start([])
    await expect(engine.evidence('0000', now)).rejects.toThrow(/no alert with the id "0000"/)
  })
})
