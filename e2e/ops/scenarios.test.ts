/** Every scenario of an alert, run by promtool against the rules that are shipped. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseScenarios, scenarioMinutes } from '@ragmeter/ops'
import type { RuleGroup } from '@ragmeter/ops'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { program } from '../programs.ts'
import { groupsFor, promtoolTest } from './promtool-scenario.ts'

const root = join(import.meta.dirname, '../..')
const scenarioFolder = join(root, 'packages/ops/scenarios')
const ruleFolder = join(root, 'deploy/prometheus')
const promtool = program('promtool')

const groups = readdirSync(ruleFolder)
  .filter((name) => name.endsWith('.rules.yml') && name !== 'compat.rules.yml')
  .flatMap((name) => (parse(readFileSync(join(ruleFolder, name), 'utf8')) as { groups: RuleGroup[] }).groups)

const alerts = groups.flatMap(({ rules }) => rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : [])))

/** The output of promtool if it found something wrong. */
async function complaints(folder: string, file: string): Promise<string> {
  return promisify(execFile)('promtool', ['test', 'rules', file], { cwd: folder, maxBuffer: 1 << 26 }).then(
    () => '',
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  )
}

/** What promtool finds wrong with the scenarios of an alert, after a change of their text. */
async function judge(alert: string, change: (text: string) => string): Promise<string> {
  const text = change(readFileSync(join(scenarioFolder, `${alert}.alert-test.yaml`), 'utf8'))
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-scenario-'))
  try {
    const { scenarios } = parseScenarios(text)
    expect(scenarios.length).toBeGreaterThan(0)
    // Days of evaluations by the minute take half a minute; where minutes do not matter, fewer will do.
    const isLong = scenarios.some((scenario) => scenarioMinutes(scenario) > 1700)
    const evaluationMinutes = isLong ? 5 : 1
    const { rule, groups: needed } = groupsFor(alert, groups)
    writeFileSync(join(folder, 'rules.yml'), stringify({ groups: needed }))
    const file = promtoolTest(
      { rule, ruleFile: 'rules.yml', evaluationMinutes },
      scenarios.map((scenario) => ({ scenario })),
    )
    writeFileSync(join(folder, 'test.yml'), stringify(file))
    return await complaints(folder, 'test.yml')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.skipIf(promtool.missing)(`scenarios in Prometheus${promtool.note}`, () => {
  test.each(alerts)('%s does what its scenarios say', async (alert) => {
    expect(await judge(alert, (text) => text)).toBe('')
  })

  test('a service with any characters is one value in the link of an alert', async () => {
    expect(await judge('RagHighErrorRate', (text) => text.replaceAll('docs', 'a&b=c d%'))).toBe('')
  })
})
