import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import pc from 'picocolors'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CommandError } from '../command-error.ts'
import { createTerminal } from '../output.ts'
import { alerts, renderAlerts, silenceBody } from './alerts.ts'
import type { AlertsOptions } from './alerts.ts'

const PLAIN = pc.createColors(false)
const OPTIONS: AlertsOptions = {
  files: [],
  configuration: DEFAULT_CONFIGURATION,
  matchers: ['service=docs', 'severity!=critical'],
  duration: '2h',
  author: 'ada',
  comment: 'a migration',
  expire: undefined,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-alerts-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function scenarioFile(firingAt: number): string {
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
`,
  )
  return path
}

describe('alerts test', () => {
  const terminal = createTerminal({ write: () => undefined }, { write: () => undefined }, {}, false)
  const context = { folder: '/nonexistent', token: undefined, terminal, version: '0' }
  const run = async (files: readonly string[]) => alerts(context, 'test', { ...OPTIONS, files })

  test('runs scenarios without a daemon, and is well if they are', async () => {
    const result = await run([scenarioFile(5)])
    expect(result.text).toMatch(/^ok {4}.*everything fails\n1 scenario, 0 failed$/)
    expect(result.problem).toBeUndefined()
  })

  test('is bad news if a scenario fails, and says at which minute', async () => {
    const result = await run([scenarioFile(9)])
    expect(result.text).toMatch(/failed .*everything fails\n.*is firing at minute 5, not pending/)
    expect(result.problem).toMatchObject({ exit: 'failure' })
  })

  test.each([
    [[], /No scenario file/],
    [['/nonexistent.yaml'], /Cannot read/],
  ])('of %s is a mistake of use', async (files, message) => {
    const error: unknown = await run(files).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CommandError)
    expect(error).toMatchObject({ exit: 'usage', message: expect.stringMatching(message) })
  })
})

test('silenceBody has the matchers, and the end after the duration', () => {
  expect(silenceBody(OPTIONS, 1000)).toEqual({
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
])('silenceBody of %j says what is missing', (more, message) => {
  expect(() => silenceBody({ ...OPTIONS, ...more }, 0)).toThrow(message)
})

test('renderAlerts shows what fires and why nobody is told, and not the watchdog', () => {
  const base = { severity: 'critical', state: 'firing', description: 'All fails.', id: 'a1', silenced_by: [] }
  const text = renderAlerts(
    {
      alerts: [
        { ...base, name: 'RagCriticalErrorRate', inhibited_by: null },
        { ...base, name: 'RagHighErrorRate', severity: 'warning', silenced_by: ['s'], inhibited_by: 'a1' },
        { ...base, name: 'RagWatchdog', severity: 'none', inhibited_by: null },
      ],
    },
    PLAIN,
  )
  expect(text).toBe(
    'firing critical RagCriticalErrorRate\n  All fails.\n  id a1\n\n' +
      'firing warning RagHighErrorRate (silenced, inhibited by a worse one)\n  All fails.\n  id a1',
  )
  expect(renderAlerts({ alerts: [] }, PLAIN)).toBe('Nothing fires, and nothing is pending.')
})
