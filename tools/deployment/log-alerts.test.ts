/**
 * Alerts on log lines: the LogQL of `deploy/loki`, against the streams that `deploy/alloy` makes of the lines which the loggers
 * really write. No Loki runs here.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  alertsOf,
  DEFAULT_CONFIGURATION,
  FILES,
  generateLogRuleFiles,
  generateRuleFiles,
  LOG_ALERTS,
  PORTS,
} from '@ragmeter/ops'
import type { AlertRule, RuleGroup } from '@ragmeter/ops'
import { MonitorClient } from '@ragmeter/sdk'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createLogger } from '../../packages/server/src/lib/logger.ts'
import { readLogql } from '../logql/syntax.ts'
import type { LogMatcher, LogSelection } from '../logql/syntax.ts'
import { readCompose, readDataSources, readText, readYaml } from './files.ts'

type Line = Readonly<Record<string, unknown>>

/** One line of each kind, as the logger of the SDK writes them. */
async function linesOfSdk(): Promise<readonly Line[]> {
  const written: string[] = []
  const options = { endpoint: null, service: 'docs', environment: 'production' }
  await using monitor = new MonitorClient(options, { environment: {} })
  const log = monitor.logger({ destination: { write: (line) => written.push(line) } })
  monitor.trace('what is fog?', { org: 'acme' }, () => {
    log.request({ query: 'what is fog?' })
    log.response({ durationMs: 12 })
    log.error(new Error('no'))
  })
  log.response({ durationMs: 13 })
  log.error(new Error('no'))
  log.pino.fatal('gone')
  log.pino.warn('odd')
  return written.map((line) => JSON.parse(line) as Line)
}

/** What the daemon writes in a container: names of levels, and no service, which is then that of compose. */
function lineOfDaemon(): Line {
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-log-'))
  try {
    const file = join(folder, 'daemon.log')
    createLogger({ level: 'info', file }).fatal('gone')
    return { service: 'ragmeter', ...(JSON.parse(readFileSync(file, 'utf8')) as Line) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const lines = [...(await linesOfSdk()), lineOfDaemon()]
const nameOf = (line: Line) => `${String(line['msg'])}${line['org'] === undefined ? '' : ' of an org'}`

const alloy = readText('deploy/alloy/config.alloy')
/** Labels of streams, each a field of the same name in the line. */
const STREAM_LABELS = [
  ...(/stage\.labels \{\s*values = \{([^}]*)\}/.exec(alloy)?.[1] ?? '').matchAll(/(\w+) =/g),
].map(([, name = '']) => name)

function holds(value: string, { operator, value: wanted }: LogMatcher): boolean {
  // Patterns of Loki match the whole value.
  if (operator.endsWith('~')) return new RegExp(`^(?:${wanted})$`).test(value) === (operator === '=~')
  return (value === wanted) === (operator === '=')
}

function fieldAt(line: Line, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Line | undefined)?.[key], line)
}

/** A field of a line as Loki makes a label of it; one that is missing is empty. */
function labelAt(line: Line, path: string): string {
  const value = fieldAt(line, path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function selects({ streams, fields, filters }: LogSelection, line: Line): boolean {
  const valueOf = (label: string) => labelAt(line, fields.get(label) ?? label)
  return (
    streams.every((matcher) => holds(valueOf(matcher.label), matcher)) &&
    filters.every((matcher) => holds(valueOf(matcher.label), matcher))
  )
}

/** What is wrong with how an expression reads its lines. */
function complaints({ streams, fields, filters, unwrapped }: LogSelection): string[] {
  const own = ['__error__', ...STREAM_LABELS, ...fields.keys()]
  const read = [...filters.map(({ label }) => label), ...(unwrapped === undefined ? [] : [unwrapped])]
  return [
    ...streams
      .filter(({ label }) => !STREAM_LABELS.includes(label))
      .map(({ label }) => `no stream has the label ${label}`),
    ...[...fields.values()]
      .filter((path) => lines.every((line) => fieldAt(line, path) === undefined))
      .map((path) => `no line has the field ${path}`),
    ...read.filter((label) => !own.includes(label)).map((label) => `${label} is not taken out of the line`),
  ]
}

function rulesOf(files: ReadonlyMap<string, string>): readonly AlertRule[] {
  const groups = [...files.values()].flatMap((text) => (parse(text) as { groups: RuleGroup[] }).groups)
  return groups.flatMap(({ rules }) => rules).filter((rule): rule is AlertRule => 'alert' in rule)
}

const rules = rulesOf(generateLogRuleFiles(DEFAULT_CONFIGURATION))

test('streams have the labels service and level, of which there are few', () => {
  expect(STREAM_LABELS.toSorted()).toEqual(['level', 'service'])
  expect(alloy).toContain('target_label  = "service"')
  expect(/stage\.json \{\s*expressions = \{([^}]*)\}/.exec(alloy)?.[1]?.trim()).toBe(
    'level = "level", service = "service"',
  )
})

test('what is wrong is found', () => {
  expect(() => readLogql('sum by (service (rate({service="x"}[5m]))')).toThrow(/not LogQL from/)
  const { selections } = readLogql(
    'sum(sum_over_time({org="acme"} | json name="err.name" | other="x" | unwrap size [5m]))',
  )
  expect(selections.flatMap(complaints)).toEqual([
    'no stream has the label org',
    'no line has the field err.name',
    'other is not taken out of the line',
    'size is not taken out of the line',
  ])
})

describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (name, rule) => {
  const alert = LOG_ALERTS.find((one) => one.name === name)
  const { selections, groupings } = readLogql(rule.expr)

  test('reads streams and fields that there are', () => {
    expect(selections.length).toBeGreaterThan(0)
    expect(selections.flatMap(complaints)).toEqual([])
  })

  test('has the labels it states, and names no other', () => {
    for (const labels of groupings) expect(labels).toEqual(alert?.labels)
    const named = Array.from(
      JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g),
      ([, label]) => label,
    )
    expect(alert?.labels).toEqual(expect.arrayContaining(named))
  })

  test('compares, and waits', () => {
    expect(rule.expr).toMatch(/> [\d.]+\)?/)
    expect(rule.expr).not.toContain('{threshold')
    expect(rule.for).toMatch(/^[1-9]\d*m$/)
  })

  test('has the same labels and annotations as an alert on metrics', () => {
    const [other] = rulesOf(generateRuleFiles(DEFAULT_CONFIGURATION))
    expect(Object.keys(rule.labels)).toEqual(Object.keys(other?.labels ?? {}))
    expect(Object.keys(rule.annotations)).toEqual(Object.keys(other?.annotations ?? {}))
    expect(rule.annotations['runbook_url']).toBe(`${DEFAULT_CONFIGURATION.links.runbooks}/${name}.md`)
    expect(rule.annotations['summary']).toMatch(/^[A-Z].*\.$/)
    expect(rule.annotations['description']).toMatch(/\.$/)
  })
})

test.each([
  ['RagFatalLogs', ['gone', 'gone']],
  ['RagErrorLogs', ['error of an org', 'error', 'gone', 'gone']],
  ['RagOrgErrors', ['error of an org']],
  ['RagOrgSlowResponses', ['response of an org']],
  ['RagNoLogs', lines.map(nameOf)],
])('%s reads the lines that it is about, and no others', (name, expected) => {
  const { selections } = readLogql(rules.find(({ alert }) => alert === name)?.expr ?? '')
  for (const selection of selections)
    expect(lines.filter((line) => selects(selection, line)).map(nameOf)).toEqual(expected)
})

test('RagOrgSlowResponses reads how long they took', () => {
  const { selections } = readLogql(rules.find(({ alert }) => alert === 'RagOrgSlowResponses')?.expr ?? '')
  const paths = selections.flatMap(({ unwrapped, fields }) => fields.get(unwrapped ?? '') ?? [])
  const [response] = lines.filter((line) => nameOf(line) === 'response of an org')
  expect(paths.map((path) => response?.[path])).toEqual([12])
})

test('no alert on log lines has the name of one on metrics', () => {
  const names = [...alertsOf(DEFAULT_CONFIGURATION), ...LOG_ALERTS].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test.each(LOG_ALERTS.map(({ name }) => name))(
  'the LogQL in the runbook of %s reads what there is',
  (name) => {
    const text = readText(`docs/runbooks/${name}.md`)
    const blocks = Array.from(text.matchAll(/^ *```logql\n([^]*?)^ *```/gm), ([, block = '']) => block.trim())
    expect(blocks.length).toBeGreaterThan(0)
    for (const block of blocks) {
      const { selections } = readLogql(block)
      expect(selections.length).toBeGreaterThan(0)
      expect(selections.flatMap(complaints)).toEqual([])
    }
  },
)

describe('loki.yaml', () => {
  const loki = readYaml('deploy/loki/loki.yaml') as {
    auth_enabled: boolean
    common: { path_prefix: string; storage: { filesystem: { rules_directory: string } } }
    limits_config: { retention_period: string }
    ruler: Readonly<Record<string, string>>
  }
  const container = readCompose().services['loki']
  const mounts = new Map(
    (container?.volumes ?? []).map((volume) => volume.split(':')).map(([from, to]) => [to, from]),
  )

  test('loads the generated rules, from the folder of its only tenant', () => {
    const folder = loki.common.storage.filesystem.rules_directory
    expect(mounts.get('/etc/loki')).toBe('./loki')
    expect(FILES.logRules).toBe(`deploy/loki${folder.slice('/etc/loki'.length)}/fake/logs.rules.yml`)
    expect(loki.auth_enabled).toBe(false)
  })

  test('copies them to where it can write', () => {
    expect(container?.read_only).toBe(true)
    expect(mounts.get('/loki')).toBe('loki-data')
    expect(loki.ruler['rule_path']).toMatch(/^\/loki\//)
  })

  test('tells the Alertmanager of the stack, and leads to the lines in its Grafana', () => {
    expect(loki.ruler['alertmanager_url']).toBe(`http://alertmanager:${PORTS.alertmanager}`)
    expect(loki.ruler['external_url']).toBe(DEFAULT_CONFIGURATION.links.grafana)
    expect(loki.ruler['datasource_uid']).toBe(readDataSources().find(({ type }) => type === 'loki')?.uid)
  })

  test('keeps lines for longer than an alert looks back', () => {
    const hours = Number(/^(\d+)h$/.exec(loki.limits_config.retention_period)?.[1])
    expect(rules.map(({ expr }) => expr).join(' ')).toContain('[1h] offset 1d')
    expect(hours).toBeGreaterThan(24 + 1)
  })
})
