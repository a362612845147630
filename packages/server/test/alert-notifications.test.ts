/** Who is told of alerts, at the wire: over the real writer, the real queries and a real receiver. */
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { OpsConfiguration } from '@ragmeter/ops'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { NotifierConfiguration } from '../src/lib/notifier-configuration.ts'
import { Secret } from '../src/lib/secret.ts'
import { AlertHarness, MINUTE } from './alert-harness.ts'

let alerting: AlertHarness
beforeEach(async () => {
  alerting = await AlertHarness.create()
})
afterEach(() => alerting[Symbol.asyncDispose]())

const delivered = () => alerting.harness.query('notifications', { limit: 100 })
/** What the receiver was told of one alert. */
const told = (name: string) =>
  alerting.received.filter(
    ({ body }) => (body['groupLabels'] as Record<string, string>)['alertname'] === name,
  )

/** Attempts are kept by the next round. */
const settled = (count: number) =>
  vi.waitFor(async () => {
    await alerting.engine.round()
    expect(delivered().length).toBeGreaterThanOrEqual(count)
  })

describe('notifications', () => {
  test('tell a webhook what Alertmanager would: the worst alerts once, and that they are over', async () => {
    await alerting.start()
    await alerting.failFor(7)
    await settled(2)
    expect(alerting.stateOf('RagHighErrorRate')).toBe('firing')
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
    await alerting.succeedFor(12)
    await settled(4)
    expect(told('RagCriticalErrorRate').map(({ body }) => body['status'])).toEqual(['firing', 'resolved'])
  })

  test('repeat what goes on after the interval, not before, and not after a restart', async () => {
    await alerting.start([alerting.webhook({ repeatMinutes: 10 })])
    await alerting.failFor(7)
    await settled(2)
    alerting.harness.crash()
    await alerting.engine[Symbol.asyncDispose]()
    await alerting.start([alerting.webhook({ repeatMinutes: 10 })])
    await alerting.failFor(2)
    expect(told('RagCriticalErrorRate')).toHaveLength(1)
    await alerting.failFor(9)
    await settled(4)
    expect(told('RagCriticalErrorRate')).toHaveLength(2)
  })

  test('say that an alert is over when it was switched off while it fired', async () => {
    await alerting.start()
    await alerting.failFor(7)
    await settled(2)
    const { evaluated } = alerting.engine.status()
    await alerting.engine[Symbol.asyncDispose]()
    await alerting.start([alerting.webhook()], { alerts: { RagCriticalErrorRate: { enabled: false } } })
    await alerting.failFor(1)
    await settled(3)
    expect(told('RagCriticalErrorRate').map(({ body }) => body['status'])).toEqual(['firing', 'resolved'])
    expect(alerting.engine.status().evaluated).toBe(evaluated - 1)
    alerting.now += 20 * MINUTE
    await alerting.engine.round()
    expect(alerting.stateOf('RagCriticalErrorRate')).toBeUndefined()
  })

  test.each<[string, Partial<OpsConfiguration>, Partial<OpsConfiguration>]>([
    ['RagCriticalErrorRate', {}, { alerts: { RagCriticalErrorRate: { severity: 'info' } } }],
    ['RagAvailabilityBudgetBurnFast', { slos: DEFAULT_CONFIGURATION.slos }, { slos: [] }],
  ])('say that %s is over that was changed or removed while it fired', async (name, before, after) => {
    await alerting.start(undefined, before)
    await alerting.failFor(7)
    await vi.waitFor(() => expect(told(name)).toHaveLength(1))
    await alerting.engine[Symbol.asyncDispose]()
    await alerting.start(undefined, after)
    await alerting.succeedFor(12)
    await vi.waitFor(() =>
      expect(told(name).map(({ body }) => body['status'])).toEqual(['firing', 'resolved']),
    )
    expect(alerting.stateOf(name)).not.toBe('firing')
    const history = alerting.harness.query('alertHistory', { from: 0, to: alerting.now, name, limit: 1 })
    expect(history).toMatchObject([{ from: 'firing', to: 'resolved' }])
  })

  test('say that an alert is over although the daemon was stopped for hours before it could', async () => {
    await alerting.start()
    await alerting.failFor(7)
    await settled(2)
    alerting.answers = Array.from({ length: 9 }, () => ({ status: 503 }))
    await alerting.succeedFor(11)
    expect(alerting.stateOf('RagCriticalErrorRate')).toBe('resolved')
    await alerting.engine[Symbol.asyncDispose]()
    alerting.answers = []
    alerting.received.splice(0)
    alerting.now += 300 * MINUTE
    await alerting.start()
    await alerting.engine.round()
    await vi.waitFor(() =>
      expect(told('RagCriticalErrorRate').map(({ body }) => body['status'])).toEqual(['resolved']),
    )
    await vi.waitFor(async () => {
      await alerting.engine.round()
      expect(alerting.stateOf('RagCriticalErrorRate')).toBeUndefined()
    })
  })

  test('are not sent for what is silenced, and are when the silence ends', async () => {
    await alerting.start()
    const silence = await alerting.engine.createSilence({
      matchers: [{ name: 'service', value: 'docs' }],
      ends_at: alerting.now + 60 * MINUTE,
      author: 'ada',
      comment: 'a migration',
    })
    await alerting.failFor(8)
    expect(alerting.stateOf('RagCriticalErrorRate')).toBe('firing')
    expect(alerting.received).toEqual([])
    await alerting.engine.expireSilence(silence.id)
    await alerting.failFor(1)
    await settled(2)
    expect(told('RagCriticalErrorRate')).toHaveLength(1)
  })

  test('are tried again after what the receiver asks for', async () => {
    await alerting.start()
    await alerting.engine.createSilence({
      matchers: [{ name: 'alertname', value: 'RagVeryHighErrorRate' }],
      ends_at: alerting.now + 60 * MINUTE,
      author: 'ada',
      comment: 'only one is told',
    })
    alerting.answers = [
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503, headers: { 'retry-after': '0' } },
    ]
    await alerting.failFor(7)
    await settled(3)
    const attempts = delivered().filter(({ alerts }) => alerts[0]?.name === 'RagCriticalErrorRate')
    expect(attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error])).toEqual([
      [3, 'delivered', null],
      [2, 'failed', 'HTTP 503'],
      [1, 'failed', 'HTTP 429'],
    ])
  })

  test('that a receiver refuses are dead letters, and told anew while they hold, until it takes them', async () => {
    await alerting.start()
    alerting.answers = [{ status: 401 }]
    await alerting.failFor(9)
    await settled(2)
    expect(told('RagCriticalErrorRate')).toHaveLength(1)
    expect(alerting.harness.query('notifications', { outcome: 'dead', limit: 10 })).toMatchObject([
      { attempt: 1, error: 'HTTP 401', notifier: 'pager' },
    ])
    await alerting.failFor(5)
    await settled(3)
    expect(told('RagCriticalErrorRate')).toHaveLength(2)
    await alerting.failFor(10)
    expect(told('RagCriticalErrorRate')).toHaveLength(2)
  })

  test('that are not delivered are an error that is seen and logged once, until all are', async () => {
    await alerting.start()
    alerting.answers = [{ status: 401 }, { status: 403 }]
    await alerting.failFor(9)
    await settled(2)
    expect(alerting.engine.status().errors).toEqual([
      expect.objectContaining({
        name: 'notifier pager',
        message: expect.stringMatching(/is not delivered: HTTP 40[13]$/),
      }),
    ])
    expect(alerting.problems).toHaveLength(1)
    await alerting.failFor(6)
    await settled(4)
    expect(alerting.engine.status().errors).toEqual([])
    expect(alerting.problems).toHaveLength(1)
    expect(alerting.outcomes).toEqual(['pager dead', 'pager dead', 'pager delivered', 'pager delivered'])
  })

  test('can be tried: one is sent at once, and what the receiver answers is said', async () => {
    await alerting.start()
    alerting.answers = [{ status: 403 }]
    expect(await alerting.engine.testNotifier('pager')).toEqual({ error: 'HTTP 403' })
    expect(await alerting.engine.testNotifier('pager')).toEqual({ error: null })
    expect(alerting.received[1]).toMatchObject({
      authorization: 'Bearer secret-token',
      body: { status: 'resolved', groupLabels: { alertname: 'RagTestNotification' } },
    })
    await expect(alerting.engine.testNotifier('nobody')).rejects.toThrow(
      /no notifier "nobody"; there are pager/,
    )
    expect([alerting.engine.status().errors, alerting.outcomes]).toEqual([[], []])
  })

  test('that an alert is over are told anew too, when the receiver refused them', async () => {
    await alerting.start()
    await alerting.failFor(7)
    await settled(2)
    alerting.answers = [{ status: 401 }, { status: 401 }]
    await alerting.succeedFor(12)
    await settled(4)
    expect(alerting.stateOf('RagCriticalErrorRate')).toBe('resolved')
    await alerting.succeedFor(6)
    await settled(6)
    expect(told('RagCriticalErrorRate').map(({ body }) => body['status'])).toEqual([
      'firing',
      'resolved',
      'resolved',
    ])
  })

  test('are kept as soon as they are told: a crash in the same round repeats none', async () => {
    await alerting.start()
    await alerting.failFor(7)
    await vi.waitFor(() => expect(delivered()).toHaveLength(2))
    alerting.harness.crash()
    await alerting.start()
    await alerting.failFor(2)
    expect(told('RagCriticalErrorRate')).toHaveLength(1)
  })

  test('of an Alertmanager say what is true at the time of the attempt, and a change waits for no pause', async () => {
    await alerting.start([{ ...alerting.webhook(), type: 'alertmanager' } as NotifierConfiguration])
    await alerting.failFor(4)
    const next = alerting.engine.status().alerts.find(({ alert }) => alert.name === 'RagVeryHighErrorRate')
    const firesAt = (next?.activeAt ?? 0) + (next?.alert.forMinutes ?? 0) * MINUTE
    await vi.waitFor(() => expect(delivered()[0]?.outcome).toBe('delivered'))
    alerting.received.splice(0)
    alerting.answers = [{ status: 503, headers: { 'retry-after': '600' } }]
    alerting.now = firesAt - 10_000
    await alerting.engine.round()
    await vi.waitFor(() => expect(delivered()[0]?.outcome).toBe('failed'))
    alerting.now = firesAt
    await alerting.engine.round()
    await vi.waitFor(() => expect(delivered()[0]).toMatchObject({ outcome: 'delivered', attempt: 2 }))
    expect(alerting.received.map(({ path, body }) => [path, Object.keys(body).length])).toEqual([
      ['/hook/api/v2/alerts', 2],
      ['/hook/api/v2/alerts', 3],
    ])
  })

  test('never hold the address or the token of a receiver that does not answer', async () => {
    await alerting.start([
      alerting.webhook({
        url: new Secret('the test', () => 'http://127.0.0.1:1/services/T0/secret-path'),
      }),
    ])
    await alerting.failFor(7)
    await settled(1)
    const [attempt] = delivered()
    expect(attempt).toMatchObject({ outcome: 'failed' })
    expect(JSON.stringify([delivered(), alerting.problems, alerting.engine.status()])).not.toMatch(/secret/)
  })
})
