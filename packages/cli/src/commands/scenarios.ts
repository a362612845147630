/** `ragmeter alerts test`: runs scenario files against the alerts as they are configured. */
import { readFileSync } from 'node:fs'
import { parseScenarios } from '@ragmeter/ops'
import type { OpsConfiguration } from '@ragmeter/ops'
import { runScenario } from '@ragmeter/server'
import { CommandError, messageOf } from '../command-error.ts'
import { plural } from '../format.ts'
import type { CommandResult } from '../output.ts'

type ScenarioResult = ReturnType<typeof runScenario>

/** The result is bad news if one of them fails. @throws CommandError `usage` */
export function testScenarios(files: readonly string[], configuration: OpsConfiguration): CommandResult {
  if (files.length === 0) {
    throw new CommandError(
      'usage',
      'No scenario file was given.',
      'Try: ragmeter alerts test my.alert-test.yaml',
    )
  }
  const results = files.map((file) => ({ file, ...testFile(file, configuration) }))
  const all = results.flatMap(({ scenarios }) => scenarios)
  const count = (wanted: Verdict) => all.filter((one) => verdictOf(one) === wanted).length
  const lines = results.flatMap(({ file, scenarios }) =>
    scenarios.flatMap((one) => [
      `${verdictOf(one).padEnd(7)} ${file}: ${one.name}`,
      ...one.failures.map((failure) => `        ${failure}`),
      ...one.skipped.map(
        ({ alert, reason }) => `        ${alert} was not tested: Prometheus only. ${reason}`,
      ),
    ]),
  )
  const failed = count('failed')
  const summary = `${plural(all.length, 'scenario')}, ${failed} failed, ${count('skipped')} skipped`
  return {
    data: { files: results },
    text: [...lines, summary].join('\n'),
    warnings: [],
    ...(failed === 0
      ? {}
      : { problem: new CommandError('failure', `${summary}.`, 'Correct the scenarios or the thresholds.') }),
  }
}

type Verdict = 'ok' | 'failed' | 'skipped'

/** Skipped: some of it was not tested, so nobody knows whether it is well. */
function verdictOf({ failures, skipped }: ScenarioResult): Verdict {
  if (failures.length > 0) return 'failed'
  return skipped.length > 0 ? 'skipped' : 'ok'
}

function testFile(file: string, configuration: OpsConfiguration): { scenarios: readonly ScenarioResult[] } {
  const { scenarios, issues } = parseScenarios(readText(file))
  const [issue] = issues
  if (issue !== undefined) {
    const more = issues.length > 1 ? `, and ${issues.length - 1} more` : ''
    throw new CommandError('usage', `${file}: ${issue.path} ${issue.problem}${more}.`, `${issue.remedy}.`)
  }
  return { scenarios: scenarios.map((scenario) => runScenario(scenario, configuration)) }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError('usage', `Cannot read ${file}: ${messageOf(error)}.`, 'Check the path.', error)
  }
}
