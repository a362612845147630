/** `ragmeter alerts`: what fires, what scenarios make of the alerts, and silences. */
import { readFileSync } from 'node:fs'
import { parseScenarios } from '@ragmeter/ops'
import type { OpsConfiguration } from '@ragmeter/ops'
import { runScenario } from '@ragmeter/server'
import { ANSWER_TIMEOUT_MS, deleteJson, getJson, postJson, requireDaemon } from '../ask-daemon.ts'
import { CommandError, messageOf } from '../command-error.ts'
import { plural } from '../format.ts'
import type { Colours, CommandResult, Notice } from '../output.ts'
import { isObject } from '../probe.ts'
import type { CommandContext } from './context.ts'

export const ALERT_ACTIONS = ['list', 'test', 'silence'] as const
export type AlertAction = (typeof ALERT_ACTIONS)[number]

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

export interface AlertsOptions {
  /** Scenario files of `test`. */
  files: readonly string[]
  configuration: OpsConfiguration
  /** `label=value` or `label!=value`. */
  matchers: readonly string[]
  /** Such as 2h. */
  duration: string
  author: string | undefined
  comment: string | undefined
  /** Id of a silence to end. */
  expire: string | undefined
}

export function alerts(
  context: CommandContext,
  action: AlertAction,
  options: AlertsOptions,
): Promise<CommandResult> {
  if (action === 'test') return Promise.resolve(testScenarios(options.files, options.configuration))
  if (action === 'silence') return silence(context, options)
  return list(context)
}

async function list({ folder, token, terminal }: CommandContext): Promise<CommandResult> {
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const body = await getJson(record, '/api/v1/alerts', token)
  const errors = Array.isArray(body['errors']) ? body['errors'].filter(isObject) : []
  const warnings = errors.map(({ name, message }): Notice => ({
    code: 'evaluation_failed',
    message: `${String(name)}: ${String(message)}.`,
    hint: 'What fires may be out of date; look into the log of the daemon.',
  }))
  return { data: body, text: renderAlerts(body, terminal.colours), warnings }
}

export function renderAlerts(body: Readonly<Record<string, unknown>>, colours: Colours): string {
  const listed = (Array.isArray(body['alerts']) ? body['alerts'].filter(isObject) : []).filter(
    // The watchdog fires always: that is no news.
    ({ severity }) => severity !== 'none',
  )
  if (listed.length === 0) return 'Nothing fires, and nothing is pending.'
  return listed.map((one) => alertText(one, colours)).join('\n\n')
}

function alertText(one: Readonly<Record<string, unknown>>, colours: Colours): string {
  const { name, severity, state, description, id, silenced_by, inhibited_by } = one
  const colour = state !== 'firing' ? colours.dim : severity === 'critical' ? colours.red : colours.yellow
  const notes = [
    ...(Array.isArray(silenced_by) && silenced_by.length > 0 ? ['silenced'] : []),
    ...(typeof inhibited_by === 'string' ? ['inhibited by a worse one'] : []),
  ]
  const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`
  return `${colour(`${String(state)} ${String(severity)}`)} ${colours.bold(String(name))}${note}\n  ${String(description)}\n  ${colours.dim(`id ${String(id)}`)}`
}

/** Runs the scenarios of every file. The result is bad news if one of them fails. */
function testScenarios(files: readonly string[], configuration: OpsConfiguration): CommandResult {
  if (files.length === 0) {
    throw new CommandError(
      'usage',
      'No scenario file was given.',
      'Try: ragmeter alerts test my.alert-test.yaml',
    )
  }
  const results = files.map((file) => ({ file, ...testFile(file, configuration) }))
  const count = results.reduce((sum, { scenarios }) => sum + scenarios.length, 0)
  const failed = results.flatMap(({ scenarios }) => scenarios.filter(({ failures }) => failures.length > 0))
  const lines = results.flatMap(({ file, scenarios }) =>
    scenarios.flatMap(({ name, failures, skipped }) => [
      `${failures.length === 0 ? 'ok    ' : 'failed'} ${file}: ${name}`,
      ...failures.map((failure) => `       ${failure}`),
      ...skipped.map(({ alert, reason }) => `       ${alert} is for Prometheus only. ${reason}`),
    ]),
  )
  const summary = `${plural(count, 'scenario')}, ${failed.length} failed`
  return {
    data: { files: results },
    text: [...lines, summary].join('\n'),
    warnings: [],
    ...(failed.length === 0
      ? {}
      : { problem: new CommandError('failure', `${summary}.`, 'Correct the scenarios or the thresholds.') }),
  }
}

function testFile(
  file: string,
  configuration: OpsConfiguration,
): { scenarios: ReturnType<typeof runScenario>[] } {
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

async function silence({ folder, token }: CommandContext, options: AlertsOptions): Promise<CommandResult> {
  const body = options.expire === undefined ? silenceBody(options, Date.now()) : undefined
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  if (body === undefined) {
    const ended = await deleteJson(
      record,
      `/api/v1/silences/${encodeURIComponent(options.expire ?? '')}`,
      token,
    )
    return { data: ended, text: `Ended silence ${String(ended['id'])}.`, warnings: [] }
  }
  const made = await postJson(record, '/api/v1/silences', token, body)
  const until = new Date(Number(made['ends_at'])).toISOString()
  return { data: made, text: `Silenced until ${until}, id ${String(made['id'])}.`, warnings: [] }
}

/** @param now epoch milliseconds @throws CommandError `usage` */
export function silenceBody({ matchers, duration, author, comment }: AlertsOptions, now: number): object {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(duration) ?? []
  const factor = UNITS_MS[unit]
  if (count === undefined || factor === undefined) {
    throw new CommandError('usage', `--for ${duration} is no length of time.`, 'Try 30m, 2h or 1d.')
  }
  if (matchers.length === 0 || author === undefined || comment === undefined) {
    throw new CommandError(
      'usage',
      'A silence needs --match, --author and --comment.',
      'Try: ragmeter alerts silence --match service=docs --author ada --comment "a migration"',
    )
  }
  return {
    matchers: matchers.map(matcherOf),
    ends_at: now + Number(count) * factor,
    author,
    comment,
  }
}

function matcherOf(text: string): object {
  const [, name, operator, value] = /^([a-zA-Z_]\w*)(!?=)(.*)$/.exec(text) ?? []
  if (name !== undefined) return { name, value: value ?? '', is_equal: operator === '=' }
  throw new CommandError(
    'usage',
    `--match ${text} is no label=value.`,
    'Try service=docs, or severity!=critical.',
  )
}
