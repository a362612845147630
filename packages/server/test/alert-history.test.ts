/** Signals and budgets over time, and the list of alerts, over the real writer and the real queries. */
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { Signal } from '@ragmeter/ops'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alertRules } from '../src/alerts/alert-rules.ts'
import { readRunbook } from '../src/alerts/runbooks.ts'
import { createHistories } from '../src/alerts/signal-history.ts'
import { answerOf } from '../src/api/views.ts'
import type { Store } from '../src/store/store.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const START = Date.UTC(2026, 10, 21, 12)
const DAYS = 40

let harness: Harness
let now = START
const store: Pick<Store, 'query'> = {
  query: (name, parameters) =>
    Promise.resolve(answerOf(name, parameters, harness.query(name, parameters) as never)),
}
const histories = createHistories({ store, configuration: DEFAULT_CONFIGURATION, now: () => now })

beforeEach(() => {
  now = START
  harness = createHarness({ receivedAt: () => now })
})
afterEach(() => harness[Symbol.dispose]())

/** Requests of the minute that begins now; goes on to the next one. */
function minute(service: string, failed: number, succeeded: number): void {
  const traces = Array.from({ length: failed + succeeded }, (_, i) =>
    flatTrace(`${service}-${now}-${i}`, { timestamp: now + i, success: i >= failed, metadata: null }),
  )
  harness.send({ resource: { service }, traces })
  now += MINUTE
}

describe('createHistories', () => {
  test('signal is what the alert saw at each minute, of the labels that are meant alone', async () => {
    for (let i = 0; i < 5; i += 1) minute('docs', 0, 10)
    for (let i = 0; i < 5; i += 1) minute('docs', 5, 5)
    for (let i = 0; i < 5; i += 1) minute('chat', 10, 0)
    harness.writer.fold(now)
    const history = await histories.signal('RagHighErrorRate', { service: 'docs', severity: 'warning' }, 1)
    const at = (minutes: number) =>
      history.points.find((point) => point.at === START + minutes * MINUTE)?.value
    expect([history.comparison, history.threshold, history.stepSeconds]).toEqual(['>', 0.05, 60])
    // The window of five minutes moves from health over to failure, and out of all requests.
    expect([at(5), at(6), at(10), at(15)]).toEqual([0, 0.1, 0.5, null])
    expect(at(-5)).toBeNull()
  })

  test('of a past that was too long to read, what is not known as a whole is null', async () => {
    for (let i = 0; i < 30; i += 1) minute('docs', 1, 9)
    const shortened = [
      {
        metric: 'rag_requests_total',
        minutesSince: START + 10 * MINUTE,
        hoursSince: now - 30 * DAY + MINUTE,
      },
    ]
    const cut: Pick<Store, 'query'> = {
      query: async (name, parameters) => {
        const answer = JSON.parse(Buffer.from(await store.query(name, parameters)).toString('utf8')) as object
        return new TextEncoder().encode(JSON.stringify({ ...answer, shortened }))
      },
    }
    const ofCut = createHistories({ store: cut, configuration: DEFAULT_CONFIGURATION, now: () => now })
    const { points } = await ofCut.signal('RagHighErrorRate', { service: 'docs' }, 1)
    // Windows of five minutes, and nothing is known before the tenth minute.
    const known = points.filter(({ value }) => value !== null).map(({ at }) => (at - START) / MINUTE)
    expect(known).toEqual(Array.from({ length: 16 }, (_, i) => 15 + i))
    const lastBudgets = async (one: typeof histories) =>
      (await one.budgets(2)).slos
        .filter(({ slo }) => slo === 'availability' || slo === 'retrieval')
        .map(({ points: ofBudget }) => ofBudget.at(-1)?.value ?? null)
    expect(await lastBudgets(histories)).toEqual([expect.closeTo(-19, 9), 1])
    expect(await lastBudgets(ofCut)).toEqual([null, 1])
  })

  test('signal of an alert that the daemon does not evaluate is refused', async () => {
    await expect(histories.signal('RagTargetDown', {}, 1)).rejects.toMatchObject({ code: 'not_found' })
    await expect(histories.signal('nothing', {}, 1)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('budgets are those of the window before each moment, and unknown before the first event', async () => {
    minute('docs', 1, 399)
    now = START + 24 * 60 * MINUTE
    harness.writer.fold(now)
    const { slos, stepSeconds } = await histories.budgets(2)
    const points = slos.find(({ slo, service }) => slo === 'availability' && service === 'docs')?.points ?? []
    expect(stepSeconds).toBe(3600)
    // Two of 400 may fail, and one did.
    expect(points.at(-1)?.value).toBeCloseTo(0.5, 9)
    expect(points[0]?.value).toBeNull()
  })
})

/** What is left of 0.5 % of the requests within thirty days, of those that began at the same time of each day. */
function leftOf(failed: (day: number) => number, perDay: number, at: number): number {
  const days = Array.from({ length: DAYS }, (_, day) => day).filter((day) => {
    const begun = START + day * DAY
    return begun >= at - 30 * DAY && begun < at
  })
  const bad = days.reduce((sum, day) => sum + failed(day), 0)
  return 1 - bad / (days.length * perDay) / 0.005
}

test.each([
  ['docs', (day: number) => day % 3, 20],
  ['chat', (day: number) => (day === 17 ? 10 : 0), 10],
])(
  'createHistories: budgets of %s over forty days equal a plain sum at every moment',
  async (service, failed, perDay) => {
    for (let day = 0; day < DAYS; day += 1) {
      now = START + day * DAY
      minute(service, failed(day), perDay - failed(day))
      now = START + day * DAY + 60 * MINUTE
      minute('other', 5, 5)
      harness.writer.fold(now)
    }
    now = START + DAYS * DAY
    const { slos, stepSeconds } = await histories.budgets(30)
    const points = slos.find((one) => one.slo === 'availability' && one.service === service)?.points ?? []
    expect([stepSeconds, points.length, points.at(-1)?.at]).toEqual([6 * 3600, 120, now])
    for (const { at, value } of points) expect(value).toBeCloseTo(leftOf(failed, perDay, at), 9)
  },
)

test('alertRules has every alert, the worst values first, and says which are evaluated elsewhere', () => {
  const values = [
    { labels: { service: 'a' }, value: 0.1 },
    { labels: { service: 'b' }, value: 0.9 },
  ]
  const rules = alertRules(DEFAULT_CONFIGURATION, () => values)
  const of = (name: string) => rules.find((rule) => rule.name === name)
  expect(of('RagHighErrorRate')).toMatchObject({ comparison: '>', threshold: 0.05, sampleCount: 2 })
  expect(of('RagHighErrorRate')?.samples[0]).toMatchObject(values[1] ?? {})
  expect(of('RagLowCacheHitRate')).toMatchObject({ comparison: '<' })
  expect(of('RagLowCacheHitRate')?.samples[0]).toMatchObject(values[0] ?? {})
  expect(of('RagTargetDown')).toMatchObject({ comparison: null, threshold: null, samples: [] })
  expect(of('RagTargetDown')?.notEvaluated).toMatch(/^Only Prometheus: /)
  expect(of('RagHighErrorRate')?.notEvaluated).toBeNull()
  expect(of('RagNoLogs')).toMatchObject({ comparison: null, notEvaluated: expect.stringMatching(/Loki/) })
})

/** Of RagHighErrorRate where three quarters of so many requests failed. */
function heldBackOf(requests: number) {
  const rules = alertRules(DEFAULT_CONFIGURATION, ({ kind }) => [
    { labels: { service: 'docs' }, value: kind === 'increase' ? requests : 0.75 },
  ])
  return rules.find(({ name }) => name === 'RagHighErrorRate')?.samples[0]?.heldBack
}

/** Much failed within a day, nothing lately. */
function failedBefore(signal: Signal) {
  const ofRatio = signal.kind === 'ratio' && signal.numerator.windowMinutes >= 1440 ? 0.9 : 0.01
  return [{ labels: { service: 'docs' }, value: signal.kind === 'ratio' ? ofRatio : 1000 }]
}

test('alertRules says what holds an alert back whose value is beyond its threshold', () => {
  expect(heldBackOf(4)).toEqual({
    metric: 'rag_requests_total',
    windowMinutes: 5,
    offsetMinutes: 0,
    value: 4,
    valueFormat: 'count',
    comparison: '>=',
    threshold: 20,
  })
  expect(heldBackOf(20)).toBeNull()
})

test('alertRules says that an alert is held back by another day', () => {
  const rules = alertRules(DEFAULT_CONFIGURATION, () => [{ labels: { service: 'docs' }, value: 0.001 }])
  expect(rules.find(({ name }) => name === 'RagVeryLowQueryRate')?.samples[0]?.heldBack).toMatchObject({
    metric: 'rag_requests_total',
    windowMinutes: 60,
    offsetMinutes: 1440,
  })
})

test('alertRules says that an objective is held back by its shorter window', () => {
  const rule = alertRules(DEFAULT_CONFIGURATION, failedBefore).find(
    ({ name }) => name === 'RagLatencyBudgetBurnSlow',
  )
  expect(rule?.samples[0]).toEqual({
    labels: { service: 'docs' },
    value: 0.9,
    heldBack: {
      metric: null,
      windowMinutes: 120,
      offsetMinutes: 0,
      value: 0.01,
      valueFormat: 'percent',
      comparison: '>',
      threshold: 0.15,
    },
  })
})

test('alertRules has what is switched off, as what it is, and asks nothing for it', () => {
  const choice = { enabled: false, severity: 'info' } as const
  const names = ['RagHighErrorRate', 'RagNoLogs', 'RagTargetDown', 'RagLatencyBudgetBurnSlow']
  const alerts = Object.fromEntries(names.map((name) => [name, choice]))
  const asked: unknown[] = []
  const rulesOf = (choices: typeof alerts) =>
    alertRules({ ...DEFAULT_CONFIGURATION, alerts: choices }, (signal) => {
      asked.push(signal)
      return [{ labels: {}, value: 0 }]
    })
  const off = rulesOf(alerts)
  const askedWhileOff = asked.splice(0).length
  expect(off.map(({ name }) => name)).toEqual(rulesOf({}).map(({ name }) => name))
  // Two of them read log lines, or what only Prometheus knows.
  expect(asked.length - askedWhileOff).toBe(2)
  for (const name of names) {
    expect(off.find((rule) => rule.name === name)).toMatchObject({
      notEvaluated: 'Switched off in ragmeter.yaml.',
      severity: 'info',
      samples: [],
      threshold: null,
    })
  }
})

test.each(['../../package', 'RagHighErrorRate/../../x', '', 'Rag%2e', 'RagNothingOfTheKind'])(
  'readRunbook refuses %j',
  async (name) => {
    await expect(readRunbook(name)).rejects.toMatchObject({ code: 'not_found' })
  },
)
