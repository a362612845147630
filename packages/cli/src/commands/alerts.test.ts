import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import pc from 'picocolors'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CommandError } from '../command-error.ts'
import { createTerminal } from '../output.ts'
import { alerts, notifyResult, renderAlerts } from './alerts.ts'
import type { AlertsOptions } from './alerts.ts'
import { renderMade, renderSilences, silenceBody } from './silence.ts'

const PLAIN = pc.createColors(false)
const NOTHING: AlertsOptions = {
  files: [],
  configuration: DEFAULT_CONFIGURATION,
  matchers: [],
  duration: undefined,
  author: undefined,
  comment: undefined,
  expire: undefined,
}
const SILENCE: AlertsOptions = {
  ...NOTHING,
  matchers: ['service=docs', 'severity!=critical'],
  duration: '2h',
  author: 'ada',
  comment: 'a migration',
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-alerts-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function scenarioFile(firingAt: number, more = ''): string {
  const path = join(folder, 'my.alert-test.yaml')
  writeFileSync(
    path,
    `scenarios:
  - name: everything fails
    series:
      'rag_requests_total{service="docs",status="error"}': 10*20
    alerts:
      - alert: RagHighErrorRate
        labels: { service: docs }
        transitions: [{ minute: 2, state: pending }, { minute: ${firingAt}, state: firing }]
${more}`,
  )
  return path
}

const terminal = createTerminal({ write: () => undefined }, { write: () => undefined }, {}, false)
const CONTEXT = { folder: '/nonexistent', token: undefined, terminal, version: '0' }

async function mistakeOf(call: Promise<unknown>): Promise<CommandError> {
  const error: unknown = await call.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(CommandError)
  return error as CommandError
}

const run = (files: readonly string[]) => alerts(CONTEXT, 'test', { ...NOTHING, files })

describe('alerts test', () => {
  test('runs scenarios without a daemon, and is well if they are', async () => {
    const result = await run([scenarioFile(5)])
    expect(result.text).toMatch(/^ok {6}.*everything fails\n1 scenario, 0 failed, 0 skipped$/)
    expect(result.problem).toBeUndefined()
  })

  test('is bad news if a scenario fails, and says at which minute', async () => {
    const result = await run([scenarioFile(9)])
    expect(result.text).toMatch(/failed {2}.*everything fails\n.*is firing at minute 5, not pending/)
    expect(result.problem).toMatchObject({ exit: 'failure' })
  })

  test('does not call well what it cannot test, and fails all the same if the rest does', async () => {
    const ofPrometheus = '      - alert: RagTargetDown\n        transitions: [{ minute: 1, state: firing }]\n'
    const result = await run([scenarioFile(5, ofPrometheus)])
    expect(result.text).toMatch(
      /^skipped .*everything fails\n {8}RagTargetDown was not tested: Prometheus only[.] .*\n1 scenario, 0 failed, 1 skipped$/,
    )
    expect(result.problem).toBeUndefined()
    expect((await run([scenarioFile(9, ofPrometheus)])).text).toMatch(/1 scenario, 1 failed, 0 skipped$/)
  })

  test.each([
    [[], /No scenario file/],
    [['/nonexistent.yaml'], /Cannot read/],
  ])('of %s is a mistake of use', async (files, message) => {
    expect(await mistakeOf(run(files))).toMatchObject({
      exit: 'usage',
      message: expect.stringMatching(message) as string,
    })
  })
})

test.each([
  ['list', { files: ['x.yaml'] }, 'alerts list has no use for a file.'],
  ['list', { matchers: ['service=docs'] }, 'alerts list has no use for --match.'],
  ['test', { files: ['x.yaml'], duration: '2h' }, 'alerts test has no use for --for.'],
  ['notify', {}, 'alerts notify needs the name of one notifier of ragmeter.yaml.'],
  ['notify', { files: ['pager'], author: 'ada' }, 'alerts notify has no use for --author.'],
  ['silence', { files: ['x.yaml'] }, 'alerts silence has no use for a file.'],
  ['silence', { ...SILENCE, expire: 'a' }, '--expire ends a silence and takes nothing else.'],
] as const)('alerts %s refuses what it would not look at: %j', async (action, more, message) => {
  const error = await mistakeOf(alerts(CONTEXT, action, { ...NOTHING, ...more }))
  expect(error).toMatchObject({ exit: 'usage', message })
})

test('notifyResult says that the notifier took the test, or fails with what the receiver answered', () => {
  expect(notifyResult('pager', { delivered: true, error: null }).text).toBe('pager took the test.')
  expect(() => notifyResult('pager', { delivered: false, error: 'HTTP 401' })).toThrow(
    'pager did not take the test: HTTP 401.',
  )
})

test('silenceBody has the matchers, and the end after the duration', () => {
  expect(silenceBody(SILENCE, 1000)).toEqual({
    matchers: [
      { name: 'service', value: 'docs', is_equal: true },
      { name: 'severity', value: 'critical', is_equal: false },
    ],
    ends_at: 1000 + 2 * 3_600_000,
    author: 'ada',
    comment: 'a migration',
  })
})

test.each([
  [{ matchers: [] }, /--match/],
  [{ author: undefined }, /--author/],
  [{ duration: 'soon' }, /no length of time/],
  [{ matchers: ['docs'] }, /no label=value/],
  [{ matchers: ['alertname=~Rag.*'] }, /regular expression/],
  [{ matchers: ['service=docs', 'alertname!~Rag.*'] }, /regular expression/],
])('silenceBody of %j says what is wrong', (more, message) => {
  expect(() => silenceBody({ ...SILENCE, ...more }, 0)).toThrow(message)
})

test('silenceBody is for an hour if no time is stated', () => {
  expect(silenceBody({ ...SILENCE, duration: undefined }, 0)).toMatchObject({ ends_at: 3_600_000 })
})

test('renderMade says which active alerts the silence is about, and if there is none', () => {
  const made = { id: 's1', ends_at: 0 }
  const active = [
    { name: 'RagHighErrorRate', silenced_by: ['s0', 's1'] },
    { name: 'RagHighErrorRate', silenced_by: ['s1'] },
    { name: 'RagLowCacheHitRatio', silenced_by: [] },
  ]
  expect(renderMade(made, { alerts: active })).toBe(
    'Silenced until 1970-01-01T00:00:00.000Z, id s1.\nIt silences 2 alerts that are active now: RagHighErrorRate.',
  )
  expect(renderMade(made, { alerts: active.slice(2) })).toMatch(/\nNo alert that is active now is silenced/)
})

test('renderSilences shows those that are not over, with conditions, times and ids', () => {
  const one = { starts_at: 0, ends_at: 60_000, author: 'ada', comment: 'a migration' }
  const matchers = [
    { name: 'service', value: 'docs', is_equal: true },
    { name: 'severity', value: 'critical', is_equal: false },
  ]
  const silences = [
    { ...one, id: 's1', state: 'active', matchers },
    { ...one, id: 's2', state: 'pending', matchers: matchers.slice(0, 1) },
    { ...one, id: 's3', state: 'expired', matchers },
  ]
  expect(renderSilences({ silences })).toBe(
    'service=docs severity!=critical until 1970-01-01T00:01:00.000Z\n  ada: a migration\n  id s1\n\n' +
      'service=docs from 1970-01-01T00:00:00.000Z until 1970-01-01T00:01:00.000Z\n  ada: a migration\n  id s2',
  )
  expect(renderSilences({ silences: silences.slice(2) })).toBe('Nothing is silenced.')
})

test('renderAlerts shows what fires, since when and why nobody is told, and not the watchdog', () => {
  const base = {
    severity: 'critical',
    state: 'firing',
    description: 'All fails.',
    id: 'a1',
    silenced_by: [],
    active_at: 0,
    fired_at: 60_000,
    resolved_at: null,
  }
  const text = renderAlerts(
    {
      alerts: [
        { ...base, name: 'RagCriticalErrorRate', inhibited_by: null },
        { ...base, name: 'RagHighErrorRate', severity: 'warning', silenced_by: ['s'], inhibited_by: 'a1' },
        { ...base, name: 'RagNoTraces', state: 'pending', fired_at: null },
        { ...base, name: 'RagSilence', state: 'resolved', resolved_at: 120_000 },
        { ...base, name: 'RagWatchdog', severity: 'none', inhibited_by: null },
      ],
    },
    PLAIN,
    180_000,
  )
  expect(text).toBe(
    'firing critical RagCriticalErrorRate\n  All fails.\n  since 1970-01-01T00:01:00.000Z, 2 min ago, id a1\n\n' +
      'firing warning RagHighErrorRate (silenced, inhibited by a worse one)\n  All fails.\n' +
      '  since 1970-01-01T00:01:00.000Z, 2 min ago, id a1\n\n' +
      'pending critical RagNoTraces\n  All fails.\n  since 1970-01-01T00:00:00.000Z, 3 min ago, id a1\n\n' +
      'resolved critical RagSilence\n  All fails.\n  since 1970-01-01T00:02:00.000Z, 1 min ago, id a1',
  )
  expect(renderAlerts({ alerts: [] }, PLAIN, 0)).toBe('Nothing fires, and nothing is pending.')
})

test('what is shown of alerts and silences forges no line and no control sequence', () => {
  const hostile = '\u001b[2Jdocs\r\nFAKE LINE'
  const alert = {
    name: hostile,
    description: hostile,
    id: hostile,
    active_at: 0,
    severity: 'warning',
    state: 'firing',
  }
  const matchers = [{ name: 'service', value: hostile, is_equal: true }]
  const silence = { id: hostile, matchers, author: hostile, comment: hostile, ends_at: 0 }
  const texts = [
    [renderAlerts({ alerts: [alert] }, PLAIN, 0), 3],
    [renderSilences({ silences: [silence] }), 3],
    [renderMade({ id: 'a', ends_at: 0 }, { alerts: [{ name: hostile, silenced_by: ['a'] }] }), 2],
  ] as const
  for (const [text, lines] of texts) {
    expect(text).toContain('\uFFFD[2Jdocs FAKE LINE')
    expect(text).not.toMatch(/[^\P{Cc}\n]/u)
    expect(text.split('\n')).toHaveLength(lines)
  }
})
